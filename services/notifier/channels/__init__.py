"""One deliverer for each channel."""
