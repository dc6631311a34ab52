"""German wording that tells what a name is: a street, a person, a quarter, a line of an address.

Patterns called BEFORE end where the name begins, AFTER begin where it ends. They are looked for in the part of the
sentence beside the name, in small letters, and its length is what bounds their cost. Patterns of other names say
themselves what they are looked for in.
"""

from __future__ import annotations

import re


def any_of(words: str) -> str:
    """A pattern of the words, which are separated by blanks; "_" stands for a blank inside of one."""
    return "(?:" + "|".join(word.replace("_", " ") for word in words.split()) + ")"


def before(*alternatives: str) -> re.Pattern[str]:
    """A pattern that ends where the name begins.

    To begin at the edge of a word saves looking for each alternative at each letter; so do small letters only.
    """
    return re.compile(rf"\b(?:{'|'.join(alternatives)})$")


def after(*alternatives: str) -> re.Pattern[str]:
    """A pattern that begins where the name ends."""
    return re.compile("|".join(alternatives))


_STREETS = any_of("straße strasse str weg allee platz tor ring gasse damm chaussee ufer steig landstraße hang kreuzung")
STREET = after(
    r"[\s-]*(?:/|und|oder|ecke|-|\u2013)\s*(?:ecke\s+)?[^\W\d][\w-]{1,30}(?:straße|strasse|str\.|weg|allee|platz)(?![a-zäöüß])",
    r"\s*/?\s*ecke\s+[a-zäöüß]{4,}",
    rf"(?:[\s-]*(?:/|,|und|oder|ecke|-|\u2013)\s*[^\W\d]{{2,25}}e[rn]\b){{0,3}}[\s-]*{_STREETS}(?![a-zäöüß])",
)
BEFORE_CROSSING = before(
    r"[a-zäöüß]{3,}er\s*(?:/|/?\s*ecke\s)\s*",
    r"(?:\w{0,12}kreuzung|ecke|\w{0,12}haltestelle|einmündung)\s+",
    r"(?:straße|strasse|str\.|weg|allee|platz|ring)\s*(?:/|,|und|ecke|-|\u2013)\s*(?:ecke\s+)?",
)
# "Rosa-Luxemburg-Straße", "Lichtenberg-Gymnasium": named after somebody.
_CHAINED = any_of("straße strasse str weg allee platz ring gasse schule gymnasium oberschule grundschule")
CHAINED_STREET = after(rf"(?:-[^\W_]+){{0,3}}-{_CHAINED}(?![a-zäöüß])")
# "Zwickauer/Stollberger", where no noun follows.
PAIRED_STREETS = after(r"(?:\s*/\s*(?:ecke\s+)?[a-zäöüß]{3,}er\b){1,2}")
BEFORE_ELLIPTIC_STREET = before(
    r"(?:auf|an|in|entlang|über|ecke|von|quer über) (?:der|die) (?:(?:alten|äußeren|oberen|unteren|ganzen) )?"
)
# What is named after a town and sold everywhere.
_GOODS = any_of(
    r"(?:export)?bier pils pilsener pilsner export schwarzbier radler schnaps likör kräuterlikör sekt limo(?:nade)?"
    r" \w{0,12}würst(?:e|chen|eln?) \w{0,12}wurst klöße \w{0,6}käse senf brot brötchen kuchen lebkuchen pfefferkuchen"
    " (?:christ|weihnachts|butter|mandel|rosinen)?stollen kaffee schokolade nudeln gurken quarkkeulchen"
)
AFTER_GOODS = after(rf"\s+{_GOODS}(?![\w-])")
# A mine is called so as well.
BEFORE_MINE = before(r"(?:im|in den|durch den|am|unten)\s+(?:\w+en\s+)?")
MINING = re.compile(r"\b(?:\w{0,12}berg(?:bau|werk)|gruben?\b|schacht|silber|erz\b|mundloch|unter ?tage|einsturz)")
# What a town is known for is a subject of its own where something is said of it: "die Plauener Spitze".
AFTER_CRAFT = after(
    r"\s+(?:spitzen?|porzellan|spielzeug|pyramiden?|räuchermännchen|schwibb?ögen|strümpfe)(?![\w-])"
    r"(?!\s+(?:\w+t|soll\w{0,3}|muss|müssen|darf|kann|können|sind|wird|werden)\b)"
)
BEFORE_CRAFT = before(r"(?:die|der|den|das|des|dem|zur|zum|beim|unsere?)\s+")
AFTER_FAN = after(r"-(?:fans?|trikots?|schal|shirts?)\b")
# Looked for in the text as it is written.
BEFORE_PERSON = re.compile(
    r"(?:\b(?:Herrn?|Frau|Familie|Fam\.|Eheleute|Ehepaar|Dr\.|Prof\.|Hr\.|Fr\.|Frl\.|Doktor|Professor|Oma|Opa|Tante|Onkel"
    r"|Pfarrer(?:in)?)[ \t]+(?:(?:Dr\.|Prof\.|[A-ZÄÖÜ]\.|[A-ZÄÖÜ][a-zäöüß-]+)[ \t]+){0,2}"
    r"|\b(?:Nachbar(?:in)?|Kolleg(?:e|in)|Chefin?|Mann|Freund(?:in)?|Lehrer(?:in)?)[ \t]+heißt[ \t]+"
    r"|\b(?:Herrn?|Frau|Familie)[ \t]+(?:von|zu|van)[ \t]+|(?<![a-z]\.)(?<!St)(?:^|[ \t(\n])[A-ZÄÖÜ]\.[ \t]?"
    r"|\b(?:[Ii]ch heiße|namens|[Nn]ame ist|[Ii]ch bin (?:der|die))[ \t]+(?:[A-ZÄÖÜ][a-zäöüß-]+[ \t]+)?)$"
)
# Behind these, what is as often a surname as a place is a surname.
BEFORE_OWNER = before(
    any_of(
        r"firma fa\. bäckerei bäcker fleischerei fleischer metzgerei autohaus kanzlei tischlerei gasthof apotheke ob"
        " landrat bürgermeister bürgermeisterin landrätin kollege kollegin nachbar nachbarin lehrer lehrerin"
        r" \w+(?:arbeiter|leiter|händler|meister|berater|helfer|pfleger|führer|fahrer|lehrer|anwalt|arzt)(?:in)?"
        " trainer trainerin hausarzt zahnarzt zahnärztin doktor schuster meister stadtrat architekt architektin anwalt"
        r" \w*anwältin rechtsanwalt notar notarin optiker friseur frisör salon elektriker maler dachdecker"
        " steuerberater tierarzt tierärztin kinderarzt augenarzt ärztin chefarzt schulleiter direktor chef"
        " ortsvorsteher abgeordneter abgeordnete gärtnerei gaststätte getränke möbel reisebüro fahrschule"
        " fahrlehrer förster wehrleiter spedition busunternehmen reisedienst zimmerei malermeister baufirma"
    )
    + r"\s+"
)
AFTER_PERSON = after(r",?\s+(?:ist\s+|war\s+)?(?:mein|der) name\b", r"\s+ist mein (?:nach|familien)name")
BEFORE_RIVER = before(r"(?:der|die|zur)\s+", r"(?:an|in|entlang) der (?:\w+ ){1,3}(?:und|oder)\s+")
_INSTITUTIONS = any_of(
    r"[\w-]{2,}(?:verein|kammer|haus|bad|schule|amt|halle|kirche|heim|park|wehr|markt|bahnhof|klinik)(?:e?s)?"
    r" [\w-]{2,}(?:verwaltung|treff|platz|hof) praxis umstieg haltestelle kita kindergarten hort schule grundschule"
    " oberschule gymnasium rathaus bahnhof krankenhaus klinik klinikum freibad schwimmbad bad feuerwehr bauhof"
    " stadt gemeinde ort raum region innenstadt markt vhs volkshochschule landratsamt jobcenter finanzamt amt"
)
BEFORE_TOWN = before(
    rf"(?:in|nach|aus|von|bei|für|um|ab|bis|richtung|zwischen|und|sowie|hier|{_INSTITUTIONS})\s+",
    r"[,/(\u2013-]\s*|[.!?]\s*",
)
BEFORE_FAR_TOWN = before(rf"(?:in|nach|aus|bei|richtung|ot|{_INSTITUTIONS}(?:\s+(?:von|in))?)\s+")
# Where nouns bear capitals, a word in small letters is a town only behind these.
BEFORE_SMALL_TOWN = before(r"(?:in|nach|aus|bei|richtung|ot)\s+")
BEFORE_SPOT = before(
    any_of(
        "im am beim zum vom ans ins aufm hinterm vorm unterm überm zur wohne hier an_(?:der|die)"
        " auf_(?:der|dem|die) auf_den in_(?:der|die|den) bei_(?:der|den) vor_(?:der|dem) hinter_(?:der|dem)"
        " über_(?:die|den|der) neben_(?:der|dem) rund_um_(?:die|den|das)"
    )
    + r"\s+(?:(?:ganzen|alten|oberen|unteren|neuen)\s+)?"
)
SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*|[\"„»(]\s*)$")
BEFORE_QUARTER = before(r"(?:ot|ortsteile?s?|stadtteile?s?|stadtviertel|viertel|kiez|ortschaft|dorf|quartier)\s+")
# Behind the name: "Bernsdorf, das Viertel hinter der TU".
AFTER_QUARTER = after(
    r"(?:\s*[,(\u2013-]+|\s+(?:ist|war))\s*(?:(?:also|ich meine|und zwar|gemeint ist)\s+)?"
    r"(?:d\w\w|ein\w{0,2}|unser\w{0,2}|im|am)\s+"
    r"(?:\w{2,20}\s+)?(?:(?:stadt|wohn)?viertel|stadtteil|ortsteil|kiez|wohngebiet|neubaugebiet)\b",
)
# These words are said of parts of towns alone, and not of villages.
URBAN = re.compile(r"viertel|stadtteil|kiez|quartier|wohngebiet|neubaugebiet")
BEFORE_EXAMPLES = before(
    r"(?:städten?|orte?n?|gemeinden?|kommunen?|dörfern?|dorf|regionen|\w*stadt|gegend(?:en)?|kleinstädten?|großstädten?)\s+wie\s+"
    r"(?:in\s+|z\.\s?b\.\s+|etwa\s+)?"
)
# Only tells where the place before it lies: "Auerbach neben Rodewisch". Looked for between the two.
BETWEEN_NEIGHBOURS = re.compile(
    r"\s*[,(]?\s*(?:also |das )?(?:bei|b\.|neben|nahe|unweit(?: von)?|in der nähe von|(?:direkt|gleich) (?:neben|bei)"
    r"|nicht weit von|zwischen|(?:kurz |gleich |direkt |etwas )?(?:vor|hinter|gegenüber(?: von)?"
    r"|(?:ober|unter)halb(?: von)?|(?:nörd|süd|öst|west)lich(?: von)?))\s+",
    re.IGNORECASE,
)
# Looked for in the text as it is written.
AFTER_ELSEWHERE = re.compile(
    r"\s*(?:\(|/|,\s(?=[^\W\d]+[),.!?])|\b(?:im|in|am|auf|bei|an)\s)\s*(?:(?:der|dem|den)\s+)?(?P<where>[A-ZÄÖÜ][^\W\d_]{2,})"
)
# Directly behind a name it tells where that lies: "Hermsdorf bei Gera".
BETWEEN_NEAR = re.compile(r"\s*\(?(?:bei|b\.|nahe|kreis|landkreis|,\s*(?:kreis|landkreis))\s+", re.IGNORECASE)
# What belongs to a town: "die Neustadt in Dresden". Looked for between a quarter and the town.
BETWEEN_PART = re.compile(r"\s+(?:in|von)\s+", re.IGNORECASE)
BEFORE_GOING = before(r"(?:nach|aus|von|ab|bis|zwischen)\s+")
# "Plaue im Vogtland", "Plaue (Vogtland)".
BETWEEN_DISTRICT = re.compile(r"\s*\(|\s*/\s*|,?\s+im\s+", re.IGNORECASE)
CLOSING = re.compile(
    r"(?:^|[\n.!?]\s*)(?:(?:mit\s+)?(?:freundlichen?|besten?|vielen?|lieben?|herzlichen?|schönen?|sonnigen?|netten?)\s+"
    r"(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss))"
    r"|(?:es\s+)?gr(?:ü|ue)(?:ß|ss)(?:e|t|en)|gru(?:ß|ss)|mfg|lg|vg|glück\s?auf|hochachtungsvoll|herzlich|ihre?\s+familie)\b",
    re.IGNORECASE,
)
# An address at the end of the text: "Familie Lorenz, Gartenweg 3, 08412 Werdau".
ADDRESS = re.compile(r"\n(?:[^\n]{2,45}\n)?[^\n]{0,60}\b\d{5} +[A-ZÄÖÜ][^\n]{2,40}\s*$")
POSTSCRIPT = re.compile(r"\n\s*(?:PS|P\.\s?S\.|NB)\b")
BEFORE_HOME = before(
    r"(?:aus|in|im|stadt|gemeinde|ort|ot|landkreis)\s+(?:(?:dem|der|schönen)\s+){0,2}", r"\d{5}\s+", r"\w+,[ \t]+"
)
# The name alone in a line under that of the writer, or in brackets behind it. Looked for in the text as it is written.
BEFORE_LINE = re.compile(r"(?:\n[ \t]*[A-ZÄÖÜ][^\n\d]{2,30}[ \t]*\n|,[^\n]{2,30}\n|[a-zäöüß.] \()[ \t]*$")
AFTER_LINE = re.compile(r"[ \t.]*(?:\)|\n|$)")
ANSWER = re.compile(
    r"[\W_]*(?:(?:ich|wir|wohnen?|leben?|kommen?|bin|sind|es|das|ist|war|liegt|geht|um|hier|ort|gemeinde|stadt|in|im|ins|aus"
    r"|bei|nach|für|von|der|die|dem|den|plz)[\s:,]+){0,6}(?P<name>\w(?:.*[\w)])?)[\W_]*",
    re.IGNORECASE | re.DOTALL,
)
# Behind the second name: "kein Anhängsel von Plauen, Weischlitz will ..." begins anew.
NEW_CLAUSE = after(r"\s+(?:will|braucht|bräuchte|soll|sollte|muss|müsste|fehlt|verdient|bekommt|hat|ist|könnte|kann)\b")
COORDINATION = after(
    r"\s*(?:,|/|&|und|oder|sowie|bzw\.|,?\s*aber auch)\s*(?:(?<!,)(?<!, )(?:auch\s+)?(?:in|im|aus)\s+)?"
    r"(?:der\s+|dem\s+|den\s+)?(?:ganzen\s+)?"
)
BOUNDARY = re.compile(r"(?<=[\w\"”)]{2})[.!?;…]+(?=\s)|\n")
# The car of somebody else, of which nobody knows whether it is at home here.
BEFORE_PLATE = before(
    r"(?:nachbar\w*|\w*fahrer\w*|kolleg\w+|\w*autos?|wagen|\w*lkws?|raser|\w*parker|tourist\w*|transporter|jemand|typ"
    r"|leute|bekannte\w?|gäste)\b[^.!?;\n]{0,40}"
)
OFFICE = re.compile(r"\b(?:(?:land)?kreis\w*|\w*zulass\w+|zugelassen|bei uns|hier)\b")
