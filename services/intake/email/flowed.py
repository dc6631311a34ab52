"""RFC 3676: text in the form "flowed", whose lines end where the window of the program that wrote it ended."""

from __future__ import annotations

_SIGNATURE = "-- "


def unwrapped(text: str, *, delete_space: bool) -> str:
    r"""The paragraphs as they were written, quoted ones behind their > marks; `delete_space` is the parameter DelSp.

    Lines end in \n.
    """
    paragraphs: list[tuple[int, list[str]]] = []
    goes_on = False
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_signature = content == _SIGNATURE
        if goes_on and not is_signature and paragraphs[-1][0] == depth:
            paragraphs[-1][1].append(content)
        else:
            paragraphs.append((depth, [content]))
        goes_on = content.endswith(" ") and not is_signature
        if goes_on and delete_space:
            paragraphs[-1][1][-1] = content[:-1]
    return "\n".join(">" * depth + " " * bool(depth) + "".join(lines) for depth, lines in paragraphs)
