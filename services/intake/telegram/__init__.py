"""Telegram: an update loop that commits before it confirms, the reading of updates, and the fetching of files."""

from services.ideas.channels import TELEGRAM

CHANNEL = TELEGRAM
