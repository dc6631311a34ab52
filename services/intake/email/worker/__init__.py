"""Child processes that work on hostile mail, with a limit on their time and on their memory."""
