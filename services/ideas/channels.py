"""The channels by which people write and are written to, as the rows of the store name them."""

EMAIL, TELEGRAM = "email", "telegram"
