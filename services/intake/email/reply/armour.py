"""Rule: what OpenPGP puts around a signed text goes (RFC 9580 section 7)."""

from __future__ import annotations

from services.intake.email.reply.lines import Lines, is_blank

_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_ESCAPE = "- "  # before lines that begin with a dash


def without_armour(lines: Lines) -> Lines:
    """The signed text as it was before it was signed, and what stands around it."""
    bare = [line.rstrip() for line in lines]
    if _BEGIN not in bare or _SIGNATURE not in bare[bare.index(_BEGIN) :]:
        return lines
    begin = bare.index(_BEGIN)
    signature = bare.index(_SIGNATURE, begin)
    end = bare.index(_END, signature) if _END in bare[signature:] else len(lines)
    # The armour's own fields end at an empty line.
    start = next((at for at in range(begin, signature) if is_blank(lines[at])), begin)
    text = (line.removeprefix(_ESCAPE) for line in lines[start + 1 : signature])
    return (*lines[:begin], *text, *lines[end + 1 :])
