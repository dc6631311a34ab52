"""Rule: what a program adds about itself goes: "Von meinem iPhone gesendet", "Get Outlook for iOS"."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re

from services.intake.email.reply.lines import Lines, is_sentence, trimmed

_LONGEST = 160
_LINK = re.compile(r"[(<\[]?https?://[^\s<>()\[\]]+[)>\]]?")
_WRAPPING = " \t*_()<>[]{}|\"'“”„–—-•.!\u200b"
_DEVICE = re.compile(
    r"iphon|ipad|ipod|apple|mac\b|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|nokia|lumia|"
    r"htc|sony|xperia|pixel|"
    r"oneplus|motorola|moto\b|fairphone|\blg\b|phone|telefon|handy|cell|mobil|móvil|telemóvel|celular|"
    r"portable|matkapuhelin|"
    r"tablet|device|gerät|outlook|windows|gmx|web\.de|1&1|ionos|t-online|telekom|magenta|freenet|"
    r"vodafone|o2\b|yahoo|aol|gmail|"
    r"google|hotmail|k-9|thunderbird|fairemail|airmail|spark|proton|tuta|posteo|mailbox|mail.?app|"
    r"mail\b|bluemail|edison|"
    r"newton|nine|zoho|canary|typeapp|mailspring|touchdown|em client|tobit|smartphone|unterwegs|"
    r"workspace|libero|orange|"
    r"laposte|mymail|inbox|boxer|verse|notes|webmailer|postbox|horde|roundcube|zimbra|open-xchange|"
    r"телефон|устройств|почт",
    re.IGNORECASE,
)
_SENT_FIRST = re.compile(
    r"(?:(?:this|the) (?:e-?mail|message|mail) (?:was|has been|is) )?(?:sent|written|composed|"
    r"typed)\s(?:from|via|with|by|using|"
    r"on|through)\b|gesendet\s(?:von|vom|mit|über|aus|via|per|durch|unterwegs)|(?:geschickt|"
    r"geschrieben|verschickt|versendet|"
    r"verfasst|getippt)\s(?:von|vom|mit|über|aus|via|per|unterwegs)|envoyé\s(?:de|depuis|à partir|"
    r"avec|via|par)|inviat[oa]\s|"
    r"enviad[oa]\s(?:desde|do|da|de|a partir|com|con|por|mediante)|verzonden\s(?:vanaf|vanuit|met|via|van)|verstuurd\s|"
    r"skickat?\s(?:från|med|via)|hämta|sendt\s(?:fra|med|via)|lähetetty\s|wysłan[eoa]\s(?:z|za|przez)|"
    r"odesláno\s|odoslané\s|"
    r"отправлен[оа]\s(?:с|из)|надіслано\s|küldve\s|elküldve\s|trimis\s(?:de|din)|poslano\s|saadetud\s|στάλθηκε\s|"
    r"发自|發自|來自|从我的|從我的|傳送自|나의",
    re.IGNORECASE,
)
_SENT_LAST = re.compile(
    r"(?:von|vom|mit|über|aus|diese (?:nachricht|e-?mail|mail) wurde)\s.{1,110}\s(?:gesendet|"
    r"geschickt|geschrieben|verschickt|"
    r"versendet|versandt|verfasst|getippt|erstellt)|(?:mobil|unterwegs|mobile) (?:gesendet|versendet|"
    r"geschrieben)|.{1,80}(?:gönderildi|から送信|傳送|发送|에서 보냄|보냄|lähetetty|küldve)",
    re.IGNORECASE,
)
_GET_OUTLOOK = re.compile(
    r"(?:(?:get|download|try|hol(?:en)?|sie|sich|dir|laden|obtenir|obtenez|télécharge[rz]|obtén|"
    r"obtener|obtenga|obter|obtenha|"
    r"scarica|ottieni|hämta|hent|hanki|pobierz|stáhnout|скачать|получить|获取|取得)\s){0,3}outlook.{0,3}\s"
    r"(?:for|für|fuer|pour|para|per|voor|för|til|dla|для)\s(?:ios|android|mac|windows)\b"
    r"(?:\s(?:beziehen|herunter|herunterladen|laden|holen|abrufen|downloaden|ophalen))?",
    re.IGNORECASE,
)
_FROM_MOBILE = re.compile(
    r"(?:\w+ ){0,2}(?:from|vom|von|via|by)\s(?:my |meinem )?(?:mobile|iphone|ipad|phone|handy|"
    r"smartphone|galaxy|mobilgerät)\b.{0,12}",
    re.IGNORECASE,
)
_EXCUSE = re.compile(
    r"[,;.\s–—-]*(?:please|pls|bitte|sorry|excuse|pardon|entschuldigen|entschuldigung|daher|deshalb|"
    r"tippfehler|get the app|"
    r"apologies|merci d).{0,100}$",
    re.IGNORECASE,
)
_MOST_WORDS = 9


def without_footers(lines: Lines) -> Lines:
    """The lines without those that name the program or the device."""
    return trimmed(tuple(line for line in lines if not is_footer(line)))


def is_footer(line: str) -> bool:
    """Whether the whole line is what a program adds about itself."""
    if not line or len(line) > _LONGEST or len(line.split()) > _MOST_WORDS * 2:
        return False
    bare = _LINK.sub("", line).strip(_WRAPPING).replace("](", " ").replace("[", "").replace("]", "")
    if not bare:
        return False
    if _GET_OUTLOOK.fullmatch(bare):
        return True
    if _FROM_MOBILE.fullmatch(bare):
        return True
    told = _EXCUSE.sub("", bare).rstrip(_WRAPPING) if _SENT_FIRST.match(bare) or _SENT_LAST.match(bare) else ""
    return bool(told) and _is_about_device(told)


def _is_about_device(told: str) -> bool:
    first, last = _SENT_FIRST.match(told), _SENT_LAST.fullmatch(told)
    if first:
        rest = told[first.end() :].split()
        of_mine = rest[:1] in (["my"], ["mein"], ["meinem"]) and len(rest) <= 4
        return len(rest) <= _MOST_WORDS and bool(_DEVICE.search(told) or of_mine) and not _is_told(told[first.end() :])
    return bool(last) and bool(_DEVICE.search(told)) and len(told.split()) <= _MOST_WORDS + 5


def _is_told(rest: str) -> bool:
    rest = rest.lower().removeprefix(" my").removeprefix(" our")
    return is_sentence(rest)
