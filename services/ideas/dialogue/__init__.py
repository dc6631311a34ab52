"""Dialogues in a chat: what a message, an edit or a press of a button changes, and what is answered."""
