"""Words of others for mail, in which nothing becomes a link: programs make one of whatever looks like an address."""

from __future__ import annotations

import re

# "https://", "mailto:", "\\server": what programs take for the beginning of an address, whatever follows.
_SCHEME = re.compile(r"(?<=\w):(?=/[/\\])|(?<=\w):(?=\\\\)")
_SCHEME_WORD = re.compile(
    r"\b(mailto|tel|sms|callto|skype|news|file|ftp|data|javascript|vbscript|outlook|about):(?=\S)", re.IGNORECASE
)
_SERVER = re.compile(r"\\\\(?=\w)")
_AT = re.compile(r"(?<=\S)[@\uff20](?=\S)")
# A dot within a name whose last part may be a top-level domain; also the full stops of other scripts, which browsers
# read as dots. A file's name that no domain ends like stays as it is.
_DOT = re.compile(r"(?<=[^\s.])[.\u3002\uff0e\uff61](?=[^\W\d_][\w\-])")
_FILE_END = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|heic|webp|tiff?|docx?|xlsx?|pptx?|od[tsp]|txt|csv|mp[34])(?![\w./@:\-])", re.IGNORECASE
)
_SENTENCE = re.compile(r"[A-ZÄÖÜ][a-zäöüß]")


def unlinked(words: str) -> str:
    """The words with each address broken where all can see it: "https[:]//www[.]example[.]org", "a[at]example[.]org".

    Where only the blank between two sentences is missing there is one.
    """
    words = _SCHEME_WORD.sub(r"\1[:]", _SCHEME.sub("[:]", _SERVER.sub(r"\\[\\]", words)))
    return _DOT.sub(_broken, _AT.sub("[at]", words))


def _broken(dot: re.Match[str]) -> str:
    if _FILE_END.match(dot.string, dot.start()):
        return dot[0]
    return f"{dot[0]} " if _SENTENCE.match(dot.string, dot.end()) else "[.]"
