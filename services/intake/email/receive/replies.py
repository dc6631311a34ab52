"""What the server says of its own accord, with enhanced status codes (RFC 3463)."""

from __future__ import annotations

# What would be permanent is said of a mail or a mailbox alone: a limit passes, and honest senders try again.
STORED = "250 2.0.0 stored"
TRY_AGAIN = "451 4.3.0 the message could not be stored, please try again later"
NO_SPACE = "452 4.3.1 insufficient system storage, please try again later"
NO_MEMORY = "452 4.3.1 too many large messages at a time, please try again later"
TOO_LARGE = "552 5.3.4 the message is larger than this server takes"
TOO_MANY_MAILS = "450 4.7.1 too many messages from your network address, please try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 too many recipients"
NO_SUCH_MAILBOX = "550 5.1.1 no such mailbox here"
BAD_SENDER = "553 5.1.7 the sender's address cannot be answered"
UNKNOWN_COMMAND = "500 5.5.2 command not recognized"
NO_RECIPIENT = "503 5.5.1 need RCPT command"
NO_ARGUMENT = "501 5.5.4 syntax: DATA"
GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"

# After these the connection is closed.
TOO_BUSY = "421 4.3.2 too many connections, please try again later"
TOO_MANY_CONNECTIONS = "421 4.7.0 too many connections from your network address, please try again later"
TOO_MANY_ERRORS = "421 4.7.0 too many errors, please try again later"
TOO_SLOW = "421 4.4.2 timeout, please try again later"
NOT_INTRODUCED = "421 4.7.0 expected the PROXY protocol from a trusted network"
SHUTTING_DOWN = "421 4.3.2 the service is shutting down"

# The library's own replies have none, and LMTP demands them (RFC 2033 section 5).
_ENHANCED = {
    "221": "2.0.0",
    "250": "2.0.0",
    "252": "2.5.0",
    "454": "4.7.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "552": "5.3.4",
    "555": "5.5.4",
}


def enhanced(reply: str) -> str:
    """A reply with an enhanced status code: its own, or the one that belongs to its basic code."""
    code, _, said = reply.partition(" ")
    if said[1:2] == "." or code not in _ENHANCED:
        return reply
    return f"{code} {_ENHANCED[code]} {said}"
