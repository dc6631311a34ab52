"""The way in: channels that store raw messages before they acknowledge them, and the reader."""
