"""What a mail carries beside its words: files, each with a name, a type and a role that can be relied on."""
