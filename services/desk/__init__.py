"""The web: health, and the submitter's status page."""
