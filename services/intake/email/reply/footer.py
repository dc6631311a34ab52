"""Rule: what a program adds about itself goes: "Von meinem iPhone gesendet", "Get Outlook for iOS"."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re

from services.intake.email.reply.lines import Lines, is_sentence, trimmed

_LONGEST = 160
_LINK = re.compile(r"[(<\[]?https?://[^\s<>()\[\]]+[)>\]]?")
_WRAPPING = " \t*_()<>[]{}|\"'“”„–—-•.!\u200b"
_DEVICE = re.compile(
    r"iphon|ipad|ipod|apple|mac\b|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|nokia|lumia|htc|sony|xperia|"
    r"pixel|oneplus|motorola|moto\b|fairphone|\blg\b|phone|telefon|handy|cell|mobil|móvil|telemóvel|celular|portable|"
    r"matkapuhelin|tablet|device|gerät|outlook|windows|gmx|web\.de|1&1|ionos|t-online|telekom|magenta|freenet|"
    r"vodafone|o2\b|yahoo|aol|gmail|google|hotmail|k-9|thunderbird|fairemail|airmail|spark|proton|tuta|posteo|"
    r"mailbox|mail.?app|mail\b|bluemail|edison|newton|nine|zoho|canary|typeapp|mailspring|touchdown|em client|tobit|"
    r"smartphone|unterwegs|workspace|libero|orange|laposte|mymail|inbox|boxer|verse|notes|webmailer|postbox|horde|"
    r"roundcube|zimbra|open-xchange|телефон|устройств|почт",
    re.IGNORECASE,
)
_SENT_FIRST = re.compile(
    r"(?:(?:this|the) (?:e-?mail|message|mail) (?:was|has been|is) )?(?:sent|written|composed|typed)\s(?:from|via|"
    r"with|by|using|on|through)\b|gesendet\s(?:von|vom|mit|über|aus|via|per|durch|unterwegs)|(?:geschickt|"
    r"geschrieben|verschickt|versendet|verfasst|getippt)\s(?:von|vom|mit|über|aus|via|per|unterwegs)|envoyé\s(?:de|"
    r"depuis|à partir|avec|via|par)|inviat[oa]\s|enviad[oa]\s(?:desde|do|da|de|a partir d[aeo]|com|con|por|mediante)|"
    r"verzonden\s(?:vanaf|vanuit|met|via|van)|verstuurd\s|skickat?\s(?:från|med|via)|sendt\s(?:fra|med|via)|"
    r"lähetetty\s|wysłan[eoa]\s(?:z|za|przez)|odesláno\s|odoslané\s|отправлен[оа]\s(?:с|из)|надіслано\s|küldve\s|"
    r"elküldve\s|trimis\s(?:de|din)|poslano\s|saadetud\s|στάλθηκε\s|"
    r"изпратено\s|נשלח\s|أُ?رسلت\s|đã gửi từ\s|dikirim dari\s|ส่งจาก\s|enviat\s|发自|發自|來自|从我的|從我的|傳送自|나의",
    re.IGNORECASE,
)
_SENT_LAST = re.compile(
    r"(?:von|vom|mit|über|aus|diese (?:nachricht|e-?mail|mail) wurde)\s.{1,110}\s(?:gesendet|geschickt|geschrieben|"
    r"verschickt|versendet|versandt|verfasst|getippt|erstellt)|(?:mobil|unterwegs|mobile) (?:gesendet|versendet|"
    r"geschrieben)|.{1,80}(?:gönderildi|から送信|傳送|发送|에서 보냄|보냄|lähetetty|küldve)",
    re.IGNORECASE,
)
_GET_OUTLOOK = re.compile(
    r"(?:(?:get|download|try|hol(?:e|en)?|sie|sich|dir|laden|obtenir|obtenez|télécharge[rz]|obtén|obtener|obtenga|"
    r"obter|obtenha|o|scarica|ottieni|hämta|hent|hanki|pobierz|stáhnout|скачать|получить|获取|"
    r"取得)\s){0,3}(?:outlook|bluemail|gmail|spark|aqua mail)"
    r".{0,3}\s(?:for|für|fuer|pour|para|per|voor|för|til|dla|для)\s(?:ios|android|mac|"
    r"windows)\b(?:\s(?:beziehen|herunter|herunterladen|laden|holen|abrufen|downloaden|ophalen))?",
    re.IGNORECASE,
)
_FROM_MOBILE = re.compile(
    r"(?:\w+ ){0,2}(?:from|vom|von|via|by)\s(?:my |meinem )?(?:mobile|iphone|ipad|phone|handy|smartphone|galaxy|"
    r"mobilgerät)\b.{0,12}",
    re.IGNORECASE,
)
_EXCUSE = re.compile(
    r"[,;.\s–—-]*(?:please|pls|bitte|sorry|excuse|pardon|entschuldigen|entschuldigung|daher|deshalb|tippfehler|"
    r"get the app|apologies|merci d).{0,100}$",
    re.IGNORECASE,
)
_MOST_WORDS = 12
_MOST_WORDS_OF_MINE = 3


def without_footers(lines: Lines) -> Lines:
    """The lines without those that name the program or the device."""
    return trimmed(tuple(line for line in lines if not is_footer(line)))


def is_footer(line: str) -> bool:
    """Whether the whole line is what a program adds about itself."""
    if not line or len(line) > _LONGEST or len(line.split()) > _MOST_WORDS * 2:
        return False
    bare = _LINK.sub("", line).strip(_WRAPPING).replace("](", " ").replace("[", "").replace("]", "")
    if _GET_OUTLOOK.fullmatch(bare) or _FROM_MOBILE.fullmatch(bare):
        return True
    bare = _EXCUSE.sub("", bare).rstrip(_WRAPPING)
    first = _SENT_FIRST.match(bare)
    return _is_device(bare[first.end() :]) if first else bool(_SENT_LAST.fullmatch(bare)) and _is_device(bare)


def _is_device(told: str) -> bool:
    """Whether this is what a mail was sent with: a known name, or anything short that is "mine"."""
    words = told.lower().split()
    if words[:1] in (["my"], ["our"]):
        words = words[1:]
        known = len(words) <= _MOST_WORDS_OF_MINE
    else:
        known = False
    return (known or bool(_DEVICE.search(told))) and len(words) <= _MOST_WORDS and not is_sentence(" ".join(words))
