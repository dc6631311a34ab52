"""Answers of staff to their digests by mail: what a line means, what is done at once, and what waits for a yes."""
