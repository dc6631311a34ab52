"""The services of Ideenkanal."""
