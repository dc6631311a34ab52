"""Attached files, whatever channel brings them: names and types that can be relied on."""
