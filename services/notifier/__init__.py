"""The way out: what is due, what it says, and how it is delivered."""
