"""The web: health, the submitter's status page, whether we may write to them, and the legal pages."""
