"""Whether a German text can be a question: there is a mark, a word that asks, or a verb in front.

Dictation and phones leave the question mark out.
"""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"""\?|\b(?:we(?:r|n|m|ssen)|wie(?:so|viele?)?|was|wann|wo(?:zu|f(?:ü|ue|u)r|mit|von|hin|her)?|warum|weshalb
    |welche[rsnm]?|ob|fragen?|anfrage|auskunft|wissen|w(?:ü|ue|u)sste|erkundigen|wei(?:ß|ss)
    |(?:brauche?|d[ae]rf|muss|kann)[ ](?:ich|man|mer|wir))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_VERB_IN_FRONT = re.compile(
    r"""\W*(?:gibts?|k(?:a|ö|oe)nn(?:st|t|te|ten|en)?|darf|d(?:ü|ue|u)rf(?:en|te)|muss|m(?:ü|ue|u)ssen|soll(?:en)?|ist
    |sind|war|wird|werden|ha(?:t|bt?|ben?)|stimmt|kennt|kennen|wisst|bekommt|bekommen|kriegt|brauchen?|braucht
    |ben(?:ö|oe|o)tige|f(?:ä|ae|a)hrt|kommt|gilt|gelten|geht|z(?:ä|ae|a)hlt|nimmt|lohnt|bin)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def can_ask(text: str) -> bool:
    """Whether anything in the text asks."""
    return _VERB_IN_FRONT.match(text) is not None or _ASKS.search(text) is not None
