"""German wording that tells how a place is meant: compared with, left behind, a goal, a hint, or one's own.

Like those of `nlp.place_cues`, patterns called BEFORE end where the name begins, AFTER begin where it ends.
"""

from __future__ import annotations

import re

from nlp.place_cues import after, any_of, before

_FILLING = any_of(
    "in im bei beim an am aus von zu zur zum nach der die den dem des das stadt städten orten gemeinden schon auch"
    r" bereits etwa heute früher damals z\.\s?b\. bspw\. beispielsweise beispiel drüben unten oben ganz großen"
    " kleinen nebenan benachbarten nachbarstadt partnerstadt landkreis raum region thüringischen sächsischen"
    " bayerischen tschechischen"
)
_FILL = rf"(?:{_FILLING}\s+){{0,6}}"
_RELATIVES = any_of(
    r"oma opa omi opi großmutter großvater großeltern tante onkel bruder schwester tochter sohn enkel\w* neffen?"
    r" nichte cousin\w* mutter vater mutti mama papa eltern schwiegermutter schwiegereltern schwager schwägerin"
    r" freund\w* bekannten? kumpel verwandten?"
)
_GUESTS = any_of(
    r"kund(?:en|innen|schaft) stammkund\w+ kolleg(?:en|innen|e|in) gästen? besuchern? touristen lieferanten?"
    " investoren? pendlern? azubis? lehrlingen? bewerber(?:n|innen)? studenten studierenden händlern?"
    " experten bauherren auftraggebern? aufträge patienten leiharbeitern? monteuren?"
)
_COMING = any_of("pendle pendelt pendeln pendelten einpendeln einpendler")
_IN = r"(?:in|im|bei)\s+"
_SAME = r"(?:das|es|dies|so ?was|so etwas|so ein\w{0,2}|sone?|sie|ihn)"
_ALREADY = r"(?:ja|doch|auch|schon|längst|bereits)"
_S = r"['\u2019]?s"

# Compared with, or left behind: not the idea's place, whatever else is said.
_LIKE = (
    rf"wie\s+{_FILL}",
    rf"wie\s+(?:man|ich|wir|sie|es)\s+(?:(?:es|das|sie|schon)\s+){{0,2}}(?:aus|von)\s+{_FILL}",
    r"wie\s+(?:meine?|unsere?|deren|die|der)\s+\w{2,20}\s+(?:in|aus|bei)\s+",
    rf"wie\s+(?:es|er|sie)\s+(?:\w+\s+){{0,3}}{_IN}",
    rf"(?:anders|besser|schlechter|mehr|weniger|\w{{2,20}}er),?\s+als\s+{_FILL}",
    rf"(?<=[^\s,.!?;:]\s)als\s+(?:in|im|bei|beim)\s+{_FILL}",
)
_MODELS = (
    any_of(
        "im_gegensatz_zu im_vergleich_(?:zu|mit) im_unterschied_zu verglichen_mit ähnlich"
        r" vergleicht?_(?:das_|es_|man_|mal_)*mit analog_zu siehe vgl\."
        " nach_dem_(?:vorbild|beispiel|modell|muster)(?:_von|_der_stadt)? vorbild vorbilder so_mach(?:en|t)_es a_la"
        " à_la neidisch_(?:auf|nach) (?:beispiel|vorbild|scheibe)_(?:an|von) partnerstadt"
        " (?:schau|guck)t?(?:en)?(?:_sie|_wir)?(?:_mal|_doch|_euch)*_(?:nach|auf)"
    )
    + rf"\s*:?\s*{_FILL}",
    r"(?:(?<=als )|(?<=ein )|^)vorbild(?: dafür)? (?:ist|wäre|könnte|sind)\s+",
    r"(?:modell|(?<!zum )beispiel|muster|konzept|rezept)\s+(?:der stadt|aus|von|der gemeinde|in)\s+(?:der stadt\s+)?",
    any_of("schwärmt schwärmen schwärme neid neidisch beneide beneiden blick")
    + r"\b[^.!?;\n]{0,45}\b(?:in|aus|von|um|nach)\s+",
    r"(?:erinnert|erinnern|erinnere)\b[^.!?;\n]{0,45}\b(?:in|aus|an)\s+",
    r"gegenüber\s+(?:der stadt\s+)?",
    r"wie\s+(?:ihn|es|sie|das|den)\s+(?:die\s+|schon\s+|auch\s+)?",
    rf"sogar\s+{_IN}",
    r"wenn\s+(?:(?:das|es|die|man)\s+)?(?:selbst|sogar|schon)\s+(?:(?:in|im|bei|die|das|der|so|kleine\w?)\s+){0,4}",
    r"(?:ähnlich|genau ?so|ebenso|so ?was|so etwas)\s+wie\s+(?:d\w{2}|ein\w{0,2}|im|am)\s+[\w-]{2,30}\s+(?:in|von)\s+",
    r"(?:ist|sind|war|waren) uns\s+",
)
_OTHERS = (
    rf"{_GUESTS}\s+(?:\w{{1,20}}\s+){{0,3}}(?:aus|von)\s+{_FILL}",
    rf"{_GUESTS}\s+(?:sitzen|wohnen|leben|sind)\s+(?:\w+\s+)?{_IN}",
    r"(?:pendle|pendelt|pendeln|pendelte|zur arbeit|auf arbeit)\s+(?:(?!aus\b)\w{1,20}\s+){0,3}(?:nach|in|bis)\s+",
    rf"{_COMING}\s+(?:(?!nach\b)\w{{1,20}}\s+){{0,4}}aus\s+{_FILL}",
    rf"(?:kennt man|kenne ich|kennen wir)\s+(?:\w{{1,20}}\s+){{0,2}}(?:aus|von)\s+{_FILL}",
)
_NOT = (
    r"(?:nicht (?:das|die|der|den|um|etwa)|keinesfalls|keineswegs|(?:aber|und) nicht)\s+(?:in|im|bei|um)?\s*",
    r"(?<!warum )(?<!wieso )nicht (?:mehr )?(?:ins|zum|zur|zu)\s+(?:den\s+|dem\s+|die\s+|der\s+|das\s+)?",
    r"(?:rede|reden|spreche|sprechen|schreibe|handelt) (?:\w+ ){0,2}nicht (?:mehr )?(?:von|über|um)\s+",
    r"kein\w{0,2} (?:anhängsel|vorort|stadtteil|ableger|abklatsch) von\s+",
    r"nicht (?:immer|unbedingt|gerade)\s+(?:in\s+|nach\s+)?",
    r"(?<!warum )nicht\s+",
    r"(?:statt|anstatt|anstelle von|abgesehen von|außer|ausgenommen|mit ausnahme von)\s+(?:in|im|nach|bei)?\s*",
)
_ONCE = any_of("früher damals mal einst vorher lange jahrelang")
_PAST = (
    rf"{_ONCE}\s+(?:war|hab|habe|hatte|arbeitete|wohnte|lebte)\s+(?:ich|wir)\s+[^.!?;,\n]{{0,50}}\b{_IN}",
    rf"(?:hab|habe|bin|war|haben|sind|waren)\s+(?:ich\s+|wir\s+)?{_ONCE}\s+(?:\w+\s+){{0,3}}{_IN}",
    rf"{_RELATIVES}\s+(?:war|waren|hat|hatte|ging|lernte|arbeitete)\s+(?:{_ONCE}|noch)\s+(?:\w+\s+)?(?:in|bei|nach)\s+",
    rf"(?:ursprünglich|gebürtig|eigentlich)\s+(?:komme?n?\s+(?:ich|wir)\s+)?aus\s+{_FILL}",
    rf"(?:stamme|stammt|stammen|geboren|aufgewachsen)\s+(?:(?:ursprünglich|eigentlich)\s+)?(?:in|im|bei|aus)\s+{_FILL}",
    rf"(?:meiner?|unserer?) (?:kindheit|jugend|studienzeit|lehrzeit|schulzeit)\s+{_IN}",
    rf"(?:mein\w{{1,2}}|unser\w{{1,2}}|im)\s+(?:studiums?|lehre|ausbildung|lehrjahren?|praktikums?|wehrdienst\w*)\s+{_IN}",
    rf"(?:nach|während|seit|bei|in)\s+(?:der|dem)\s+(?:studium|lehre|lehrzeit|armee|armeezeit|wehrdienst)\s+{_IN}",
    rf"(?:aufgewachsen|geboren|gelernt|studiert|gearbeitet|gewohnt)\s+(?:bin|habe?|wurde)\s+(?:ich|wir)\s+(?:\w+\s+){{0,4}}{_IN}",
)
_PLACES = r"(?:städten?|orten?|gemeinden|kommunen|dörfern?|regionen|kleinstädten?|(?:land)?kreisen?|bundesländern?)"
_FOR_EXAMPLE = r"(?:wie|z\.\s?b\.|zum beispiel|etwa|darunter|beispielsweise|also)"
_ELSEWHERE = (
    rf"(?:anderen?|vergleichbaren?|umliegenden?|meisten|reichen?)\s+{_PLACES},?\s+{_FOR_EXAMPLE}\s+(?:(?:in|etwa)\s+){{0,2}}",
    rf"(?:anderswo|woanders|anderer?norts)\s*,?\s*(?:{_FOR_EXAMPLE}\s+)?{_IN}",
)
BEFORE_OTHER_PLACES = before(*_ELSEWHERE)
BEFORE_COMPARED = before(*_LIKE, *_MODELS, *_ELSEWHERE, *_OTHERS, *_NOT, *_PAST)
AFTER_COMPARED = after(
    r"\s+(?:ist|sind|wäre|dient|gilt|kann|könnte|sollte)\s+(?:(?!sich\b)\w{1,20}\s+){0,4}(?:vorbild|beispiel|muster)\b",
    rf"\s+(?:macht|machen|lebt|leben)(?:{_S})?\s+(?:(?:es|das|uns|ja|doch|allen)\s+){{0,3}}vor\b",
    r"\s+(?:zeigt|zeigen|macht)(?:\s+(?:es|uns|doch|ja)){0,2}\s*,\s*(?:wie|dass)\b",
    r"\s+als\s+(?:gutes\s+)?(?:vorbild|beispiel)\b",
    r"\s+(?:ist|war|sind|waren)\s+(?:(?:uns|da|dort|schon|längst|viel|weit)\s+){0,3}"
    r"(?:weiter|voraus|schneller|besser dran)\b",
    r"\s+(?:\w+\s+){0,3}(?:lernen(?=\s*(?:[.,!?;]|$|heißt|wie\b|könn))|abgucken|abschauen|kopieren)\b",
    r"\s+(?:geboren|aufgewachsen|groß geworden)\b",
    r"\s+(?:meine?|meinte|meinen)\s+(?:ich|wir)\s+(?:\w+\s+)?nicht\b",
    r"\s+(?:\w{1,20}\s+){0,3}(?:zugezogen|hergezogen|hierher|hergekommen|weggezogen)\b",
    r"\s+(?:kenne|kennen)\s+(?:ich|wir)\b",
    r"[^.!?\n]{0,40}?\bso (?:was|etwas|ein\w{0,2}(?: \S{2,25})?) (?:hätten|wollen|wünschen|brauchen|möchten) wir\b",
    r"[^.!?\n]{0,60}(?:\bund|\baber|\bnur|,)\s*(?:wir|hier|bei uns)\s+(?:\w+\s+)?"
    r"(?:nicht|nix|nichts|nie|kein\w{0,3})\b",
    r"\s+(?:ist|läuft) alles (?:schon |längst )?(?:fertig(?=[.,!;]|$)|gut|bestens|in ordnung|schön|prima|ok|okay)\b",
    r"\s+(?:\w+\s+)?(?:zur|auf) arbeit\b|\s+(?:pendelt|pendeln|pendle)\b",
)
# "Wir wollen kein zweites Oberwiesenthal werden".
BEFORE_SECOND = before(r"(?:kein|ein)\w{0,2}\s+(?:zweite[sn]|neues|anderes)\s+")
AFTER_VORBILD = after(r"\s+(?:vorbild|modell|beispiel|muster)\b")
# Said by mistake: "in Oelsnitz, nein, in Gersdorf". Looked for in what follows, beyond the end of the sentence.
AFTER_CORRECTED = after(
    r"(?:\s+\w+){0,3}\s*[?,;:.…\u2013-]{1,3}\s*(?:ach )?entschuldigung,? (?:gemeint|ich mein|ich wollte|es ist)",
    r"(?:\s+\w+)?\s*[?,;:.…\u2013-]{1,3}\s*(?:ach |äh |oh )?"
    + any_of(
        r"verzeihung pardon sorry nein nee nö ne(?=_quatsch|,) quatsch falsch korrektur ich_mein\w{0,2} blödsinn"
        " stimmt_nicht vielmehr"
    )
    + r"\b",
    r"\s+nein\b",
)
AFTER_INSTEAD = after(r"[^.!?\n]{0,25},?\s*sondern\b")
BEFORE_NOT = before(
    r"nicht\s+(?:(?:in|im|nach|aus|bei|für|um|das|die|der|dem|den|von|nur)\s+){0,3}", r"kein\w{0,2}\b[^.!?;,\n]{0,40}"
)

# Where the idea has long come true: only compared with.
_GIVES = rf"[^.!?;,\n]{{0,15}}?\s(?:gibt|gab)(?:{_S}|\s+es)"
_WORKS = rf"\s+(?:funktioniert|funktionierte|klappt|klappte|läuft|lief|geht|ging)(?:{_S})?"
_HAS = any_of("hat haben ham kann können kriegt kriegen schafft schaffen macht machen")
_THEY = r"(?:(?:die|sie|se|man)\s+)?"
AFTER_SAME = after(
    rf"{_GIVES}\s+(?:(?:{_ALREADY}\s+)+{_SAME}|{_SAME}(?:\s+\w{{1,12}})?\s+{_ALREADY})\b",
    rf"{_GIVES}(?:\s+{_ALREADY})+\s*(?:$|[.,!?;])",
    rf"{_WORKS}(?:\s+{_SAME}(?:\s+{_ALREADY})+|(?:\s+{_ALREADY})*\s+(?:auch|schon|längst|bereits|doch))\b",
    rf"{_WORKS}(?:(?<=s)|\s+{_SAME})\s+(?:wunderbar|prima|super|gut|bestens|seit jahren)\b",
    rf"\s+{_HAS}\s+{_THEY}(?:{_SAME}\s+(?:[^.!?;,\n]{{0,30}}\s)?{_ALREADY}|(?:{_ALREADY}\s+)+{_SAME})\b",
    rf"\s+{_HAS}['\u2019]s\s+(?:\w+\s+)?{_ALREADY}\b",
    r"(?:\s+(?:im|am|in der|beim|auf dem)\s+\w+)?\s+(?:hat|haben|macht|machen|nimmt) (?:man|sie|die)"
    r" (?:so|sowas|so was|dafür|längst|schon)\b",
    rf"\s+(?:hat|haben|ham)\s+(?:{_ALREADY}\s+)?(?:eins|eine|einen|welche|so was|sowas)\s*[.,;!]",
)
# Where others do things in some way: a hint.
AFTER_WAYS = after(
    rf"(?:{_GIVES}|[^.!?;,\n]{{0,15}}?\s(?:gibt|gab)\s+s)\b[^.!?;\n]{{0,40}}\b(?:{_SAME}|{_ALREADY})\b",
    rf"(?:{_WORKS}|\s+(?:fährt|kostet))\s+{_SAME}\b",
    rf"\s+{_HAS}\s+{_THEY}(?:{_ALREADY}\s+)*{_SAME}\b(?!\s+(?:\w+ste[nsrm]?|problem|geld|recht|potenzial|potential|zeug)\b)",
    r"\s+hätten?\s+(?:er|sie|man|ich|wir)\b",
    r"\s+(?:macht|hat|darf) man\b|\s+(?:haben|machen|kriegen|ham) (?:sie|die|se)\b",
    r"\s+(?:zb|z\.\s?b|zum beispiel|beispielsweise)\b",
    r"\s+(?:ist|war) das (?:schon|längst|doch|anders|besser|auch)\b",
)
# "Die Plauener Azubis kommen sonst nicht her."
AFTER_GUESTS_OF = after(rf"\s+{_GUESTS}(?![\w-])")
NEGATION = re.compile(r"\b(?:kein\w{0,3}|nicht|nie|niemand|nirgends|fehlt|fehlen|weg|zu)\b")
# Only a hint at the idea's place: it counts where nothing else is named.
# Riding and going from somewhere is no origin: "Um acht fährt aus Lößnitz kein Bus mehr".
_NO_ORIGIN = any_of(
    "wer alle jemand komme?n? kommt bin sind wir ich man mehr raus heraus züge zug busse? bus grüßen? gruß"
    " fahren? fährt führen? führt gehe?n? geht laufen läuft starten startet verkehren verkehrt pendelt"
)
BEFORE_HINT = before(
    rf"{_RELATIVES}\s+(?:\w{{1,20}}\s+){{0,2}}(?:in|aus|bei)\s+",
    r"mein\w{0,2} (?:frau|mann)\s+(?:in|bei)\s+",
    r"(?:gebürtige|ehemalige|frühere|einstige)[rnsm]?\s+",
    rf"(?!{_NO_ORIGIN}\b)[^\W\d_]{{3,}}\s+aus\s+(?:dem\s+|der\s+)?",
    any_of("fc fsv vfc vfl vfb sv tsv sg bsg ssv tus bsc hc ehc etc esv spvgg fv wismut lok motor dynamo") + r"\s+",
    r"(?:die|denen)\s+(?:da\s+|dort\s+)?(?:drüben|unten|oben)?\s*in\s+",
    r"(?:drüben|dort|nebenan)\s+in\s+",
    r"(?:sogar|selbst)\s+(?:in\s+|im\s+|die\s+|das\s+)?(?:kleine[ns]?\s+|winzige\s+)?",
    r"(?:warum|wieso|weshalb)\s+(?:bekommt|bekommen|hat|haben|kriegt|kriegen|darf|dürfen|kann|können|schafft)\s+"
    r"(?:denn\s+|eigentlich\s+)?(?:die\s+)?",
    r"(?:ich bin|bin|als)\s+(?:echter?\s+|alter?\s+|waschechter?\s+)?(?<!\d )",
    r"(?<!zum )beispiel:?\s+",
    r"(?:rom|perle|tor|herz|herzen|krone|balkon|hauptstadt)\s+(?:des|der|zum|im|vom)\s+",
    r"(?:gelesen|zeitung|fernsehen|mdr|radio|freien? presse)\b[^.!?;\n]{0,40}\b(?:in|aus|über|dass|von)\s+",
    r"(?:grenze (?:zu|nach|mit)|nahe|nähe von|unweit von)\s+",
    r"(?:wohnte|lebte|arbeitete|studierte)\s+(?:ich|wir)\s+(?:noch\s+|früher\s+|lange\s+)?(?:in|bei)\s+",
    r"(?:früher|damals)\s+(?:\w+\s+)?(?:in|bei)\s+",
)
# A place where one goes, works, or has to go: it counts where not even a hint is given.
_WORK = any_of(
    "arbeite arbeitet arbeiten arbeiteten kaufe kaufen bestelle bestellen schaffe studiere studiert studieren"
    " studium pendle pendelt pendeln job"
    r" arbeitsplatz arbeit besuch zu_gast montage liefern liefert liefere notdienst notaufnahme bereitschaft\w{0,12}"
    " urlaub kur reha"
)
_ONLY = any_of(
    r"nächste[rsnm]?(?!_(?:woche|monat|jahr|mal|sommer)) nächstgelegene\w? erst(?:_noch|_wieder)?"
    " (?<!nicht_)nur(?:_noch)? bloß(?:_noch)? höchstens"
)
_LATELY = any_of(
    "neulich letztens letzte[ns]?_(?:winter|sommer|jahr|herbst|ferien|urlaub) voriges_jahr im_urlaub"
    " letzte_woche vorige_woche gestern vorgestern am_wochenende war_mal war_ich waren_wir bin_ich"
)
BEFORE_FAR = before(
    rf"{_WORK}\b[^.!?;,\n]{{0,30}}\b(?:in|nach|bis|bei)\s+",
    rf"{_ONLY}\s(?:[^.!?;\n]{{0,45}}\s)?(?:in|bis|nach)\s+",
    rf"{_LATELY}\s+(?:\w{{1,20}}\s+){{0,2}}(?:in|bei)\s+",
    r"(?:ich war|wir waren|war ich|waren wir)\s+[^.!?;,\n]{0,60}\bund\s+(?:auch\s+)?in\s+",
    r"(?:muss|müssen|mussten?|fahren?|fährt)\s[^.!?;\n]{0,40}\b(?:zum|zur|für (?:d\w\w|ein\w{0,2}|jede\w?))\s+"
    r"[\w-]{3,25}\s+(?:\w+\s+){0,2}(?:bis|nach|in)\s+(?:nach\s+)?",
    r"(?:war|waren)\s+(?:doch\s+|ja\s+|früher\s+)?mal\s+(?:in|bei)\s+",
    r"(?:richtung|vor|über)\s+",
    r"(?:liegt|gehört|ist?)\s+(?:\w+\s+){0,2}(?:zwischen|bei|neben|nahe|zu)\s+",
)
AFTER_FAR_WORK = after(
    r"\s+(?:(?:ist|wäre|liegt)\s+)?(?:(?:uns|mir|doch|ja|einfach|halt|auch|leider|viel|für uns|für viele)\s+){0,3}"
    r"(?:zu|sehr|ziemlich)\s+weit\b(?!\s+(?:voraus|vorn))",
    r"\s+(?:arbeitet|arbeiten|arbeite|studiert|studieren|studiere)\b",
)
# Nobody has to go where something is missing: "Nur in Oederan fehlt ein Anschluss".
AFTER_MISSING = after(r"\s+(?:fehlt|fehlen)\b")
BEFORE_GOAL = before(
    r"nach\s+",
    r"bis(?:\s+(?:nach|rüber|runter|hoch|rauf|rein|raus|in|zum|zur))*\s+",
    r"(?:rüber|runter|hoch|rauf|rein)(?:\s+nach|\s+bis)?\s+",
)
# Where the sick are taken.
AFTER_TAKEN = after(r"\s+(?:ins krankenhaus\s+)?(?:geflogen|eingeliefert|überwiesen|gebracht worden|transportiert)\b")
# From one place to another: both are meant.
BEFORE_WAY = before(r"(?:von|ab|aus|zwischen)\s+(?:\S+\s+){1,4}?(?:nach|bis|und)\s+(?:\w+\s+){0,2}")
# Who comes back or comes to a place is at home there.
AFTER_COMING = after(
    r"\s+(?:\w+\s+){0,2}"
    + any_of(
        "zurück heim nach_hause kommen kommt käme gekommen gezogen holen bringen verlegen verlegt verlängern verlängert"
    )
    + r"\b"
)
TRANSPORT = re.compile(
    r"\b[\w-]*(?:bus|buss?e|busses|zug|züge|zügen|bahn|bahnen|linien?|verbindung\w*|takt|strecke\w*|radweg\w*|radschnell\w*"
    r"|straße|anschluss|anbindung|ticket|tram|shuttle|schienen?|fahrplan\w*|gleis\w*|elektrifizier\w*|autobahn|trasse"
    r"|leitung|wanderweg|rufbus|wagen)\b|\b(?:rb|re|s) ?\d"
)
BEFORE_OWN = before(
    r"(?:bei uns|hier|wohn\w{0,5}|leb(?:e|en|t)|daheim|zu ?hause|heimat\w{0,6}|unser\w{0,2}(?: \w{2,20})?"
    r"|(?<!waren )wir|ich bin|ich|mir|uns|komme?n?(?: ich| wir)?)\s+"
    r"(?:(?:hier|oben|unten|auch|jetzt|seit \d+ jahren|selbst|selber|direkt|mitten|ja|in der stadt|im dorf|im ort)\s+)"
    r"{0,2}"
    r"(?:in|im|auf|bei|aus|um|von|am|aufm)\s+(?:(?:der|dem|den)\s+)?",
    r"zu uns(?: \w{2,20}){0,3}\s+(?:in|nach)\s+",
)
BEFORE_ROUTE = before(
    r"(?:nach|richtung|bis|(?<!park )(?<!platz )(?<!hof )(?<!stadt )(?<!bad )(?<!zentrum )(?<!mitte )(?<!haus )von|ab"
    r"|aus|mit|über|(?<!zum )beispiel:?)\s+"
)
BEFORE_THERE = before(r"(?:gibt|gab|existiert)\s+(?:es\s+)?(?:\w+\s+){1,4}in\s+")
AFTER_FAR = after(r"\s+(?:gabs?|war|waren|wurde|hatten?|hat|haben|bietet|schafft|schaffte|baut|zahlt|kann|macht)\b")
WISH = re.compile(
    r"\b"
    + any_of(
        r"soll\w{0,4} muss müsste\w? müssen braucht bräuchte brauchen fehl(?:t|en) könnte\w? wünsch\w{0,3} bitte"
        r" endlich will wollen ist gehör(?:t|en)_(?:d\w\w|ein\w{0,2}|endlich|dort|da)"
    )
    + r"\b"
)
WE = re.compile(r"\b(?:wir|uns|unser\w{0,2})\b")
# Looked for in the whole text.
AT_HOME = re.compile(
    r"\b(?:bei uns|hier\w{0,5}|unser\w{0,2}|(?:haben|brauchen|hätten|können|wollen) wir|wir (?:auch|nicht|hier)"
    r"|zurück\w*|heimat)\b",
    re.IGNORECASE,
)
