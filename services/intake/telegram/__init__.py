"""Telegram: an update loop that commits before it confirms, and the reading of updates."""
