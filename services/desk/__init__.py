"""The web: health, the submitter's status page, and whether we may write to them."""
