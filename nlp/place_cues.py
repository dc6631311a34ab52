"""German wording around place names: patterns called BEFORE end where the name begins, AFTER begin where it ends.

They are looked for in a short window, and the window is what bounds their cost.
"""

from __future__ import annotations

import re

_FILL = (
    r"(?:(?:in|im|bei|beim|an|am|aus|von|zu|zur|zum|nach|der|die|den|dem|des|das|stadt|städten|orten|gemeinden|schon|bereits|auch"
    r"|etwa|heute|früher|damals|z\.\s?b\.|bspw\.|beispielsweise|beispiel|drüben|unten|oben|ganz|großen|kleinen|nebenan|benachbarten"
    r"|nachbarstadt|partnerstadt|landkreis|raum|region|thüringischen|sächsischen|bayerischen|tschechischen)\s+){0,6}"
)
_STREET_NOUN = r"(?:straße|strasse|str|weg|allee|platz|tor|ring|gasse|damm|chaussee|ufer|steig|landstraße)(?![a-zäöüß])"
_PLACES = r"(?:städten?|orten?|gemeinden|kommunen|dörfern?|regionen|kleinstädten?|großstädten?)"


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})$", re.IGNORECASE)


def _after(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


STREET = _after(rf"(?:[\s-]*(?:/|,|und|oder|ecke|-|\u2013)\s*[^\W\d]{{2,25}}e[rn]\b){{0,3}}[\s-]*{_STREET_NOUN}")
BEFORE_ELLIPTIC_STREET = _before(r"\b(?:auf|an|in|entlang|über) (?:der|die) (?:(?:alten|äußeren|oberen|unteren) )?")
BEFORE_PERSON = re.compile(
    r"(?:\b(?:Herrn?|Frau|Familie|Fam\.|Eheleute|Ehepaar|Dr\.|Prof\.)[ \t]+"
    r"(?:(?:Dr\.|Prof\.|[A-ZÄÖÜ]\.|[A-ZÄÖÜ][a-zäöüß-]+)[ \t]+){0,2}"
    r"|\b(?:[Ii]ch heiße|namens|[Nn]ame ist|[Ii]ch bin (?:der|die))[ \t]+(?:[A-ZÄÖÜ][a-zäöüß-]+[ \t]+)?)$"
)
BEFORE_RIVER = _before(r"\b(?:der|die|zur)\s+")
BEFORE_TOWN = _before(
    r"\b(?:in|nach|aus|von|bei|für|um|ab|bis|richtung|stadt|gemeinde|raum|ort|zwischen|und|sowie|hier|bahnhof|region)\s+"
    r"|[,/(\u2013-]\s*"
)
BEFORE_FAR_TOWN = _before(r"\b(?:in|nach|aus|bei|richtung|stadt|raum)\s+")
SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*|[\"„»(]\s*)$")
BEFORE_QUARTER = _before(r"\b(?:OT|ortsteile?s?|stadtteile?s?|stadtviertel|viertel|ortschaft|dorf|quartier)\s+")
BEFORE_EXAMPLES = _before(rf"\b{_PLACES}\s+wie\s+(?:in\s+|z\.\s?b\.\s+|etwa\s+)?")
BEFORE_COMPARED = _before(
    rf"\bwie\s+{_FILL}"
    rf"|\bwie\s+(?:man|ich|wir|sie|es)\s+(?:(?:es|das|sie|schon)\s+){{0,2}}(?:aus|von)\s+{_FILL}"
    rf"|\b(?:anders|besser|schlechter|mehr|weniger|\w{{2,20}}er),?\s+als\s+{_FILL}"
    rf"|[^\s,.!?;:]\s+als\s+(?:in|im|bei|beim)\s+{_FILL}"
    rf"|\b(?:im gegensatz zu|im vergleich (?:zu|mit)|im unterschied zu|verglichen mit|gegenüber|ähnlich|analog zu|siehe"
    rf"|vgl\.|nach dem (?:vorbild|beispiel|modell|muster)|vorbild|vorbilder|so machen es|so macht es"
    rf"|(?:^|[.!?:]\s*|als |ein )vorbild(?: dafür)? (?:ist|wäre|könnte|sind)"
    rf"|neidisch (?:auf|nach)|schaut?(?:en)?(?: sie| wir)?(?: mal| doch)? nach|partnerstadt)\s*:?\s*{_FILL}"
    rf"|\b(?:kunden|kundinnen|kollegen|kolleginnen|kollege|kollegin|gästen?|besuchern?|touristen|freunden?|bekannten?|verwandten?"
    rf"|lieferanten|investoren|oma|opa|tante|onkel|bruder|schwester|tochter|sohn)\s+(?:\w{{1,20}}\s+)?aus\s+{_FILL}"
    rf"|\b(?:ursprünglich|gebürtig)\s+(?:komme?n?\s+(?:ich|wir)\s+)?aus\s+{_FILL}"
    rf"|\burlaub\s+(?:in|im|bei)\s+{_FILL}"
    rf"|\b(?:kennt man|kenne ich|kennen wir)\s+(?:\w{{1,20}}\s+){{0,2}}(?:aus|von)\s+{_FILL}"
)
AFTER_COMPARED = _after(
    r"\s+(?:ist|sind|wäre|dient|gilt|kann|könnte|sollte)\s+(?:\w{1,20}\s+){0,4}(?:vorbild|beispiel|muster)\b"
    r"|\s+(?:macht|machen|zeigt|zeigen|lebt)\s+(?:(?:es|das|uns|ja|doch)\s+){0,3}(?:vor\b|,?\s*wie\b)"
    r"|,?\s+(?:macht|zeigt)\s*,\s*wie\b"
    r"|\s+als\s+(?:gutes\s+)?(?:vorbild|beispiel)\b"
    r"|\s+(?:\w{1,20}\s+){0,2}(?:zugezogen|hergezogen|hierher\s?gezogen)\b"
    r"|\s+(?:kenne|kennen)\s+(?:ich|wir)\b"
)
AFTER_VORBILD = _after(r"\s+(?:vorbild|modell|beispiel|muster)\b")
BEFORE_PAST = _before(r"\b(?:ich|wir)\b[^.!?;\n]{0,90}")
AFTER_PAST = _after(
    r"[^.!?;,\n]{0,40}?\b(?:gewohnt|gelebt|gesehen|erlebt|kennengelernt|aufgewachsen|geboren|gewesen|(?:habe|hatte)\s+(?:ich|wir))\b"
)
BEFORE_ROUTE = _before(r"\b(?:nach|richtung|bis|von|ab|aus|mit|zwischen|über|(?<!zum )beispiel:?)\s+")
AFTER_FAR = _after(r"\s+(?:hat|haben|bietet|schafft|schaffte|baut|zahlt)\b")
AFTER_WAYS = _after(
    r"[^.!?;,\n]{0,15}?\s(?:gibt|gab)\s+es\b(?:[^.!?;\n]{0,30}\b(?:schon|bereits|längst|auch|so)\b|\s+(?:das|sie|ihn|dies|die|so)\b)"
    r"|\s+(?:funktioniert|klappt|läuft|geht)\s+(?:das|es|so)\b"
    r"|\s+(?:macht man|hat man|haben sie|haben die|machen sie|machen die)\b"
    r"|\s+(?:hat|haben)\s+(?:das|es|so|sowas|so etwas)\b"
)
BEFORE_WAYS = _before(
    rf"\bwie\s+es\s+(?:(?:das|sie|ihn|die|schon|auch|bereits)\s+){{0,2}}(?:in|im|bei)\s+{_FILL}|\bbesuch\s+in\s+{_FILL}"
)
CLOSING = re.compile(
    r"(?:^|[\n.!?]\s*)(?:(?:mit\s+)?(?:freundlichen?|besten?|vielen?|lieben?|herzlichen?|schönen?|sonnigen?|netten?)\s+(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss))"
    r"|gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)|mfg|lg|vg|glück\s?auf|hochachtungsvoll|ihre?\s+familie)\b",
    re.IGNORECASE,
)
BEFORE_HOME = _before(
    r"\b(?:aus|in|im|stadt|gemeinde|ort|ot|landkreis)\s+(?:(?:dem|der|schönen)\s+){0,2}|\b\d{5}\s+|\w,[ \t]+"
)
ANSWER = re.compile(
    r"[\W_]*(?:(?:ich|wir|wohnen?|leben?|kommen?|bin|sind|es|das|ist|war|liegt|geht|um|hier|ort|gemeinde|stadt|in|im|ins|aus|bei|nach"
    r"|für|von|der|die|dem|den|plz)[\s:,]+){0,6}(?P<name>\w(?:.*[\w)])?)[\W_]*",
    re.IGNORECASE | re.DOTALL,
)
COORDINATION = _after(
    r"\s*(?:,|/|&|und|oder|sowie|bzw\.|,?\s*aber auch)\s*(?:(?<!,)(?<!, )(?:auch\s+)?(?:in|im)\s+)?(?:der\s+|dem\s+)?"
)
