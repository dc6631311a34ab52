"""What a mail carries beside its words: its files, as far as they are kept."""
