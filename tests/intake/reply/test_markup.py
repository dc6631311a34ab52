import pytest

from services.intake.email.reply import reply_text
from tests.intake.reply.mails import REPLY

OWN = REPLY.replace("\n", "<br>")
BY = "Am 12.03.2026 um 14:05 schrieb Erika &lt;<a href='mailto:e@example.org'>e@example.org</a>&gt;:"
HEADER = (
    "<b>Von:</b> Erika &lt;e@example.org&gt;<br><b>Gesendet:</b> Donnerstag, 12. März 2026 14:05<br>"
    "<b>An:</b> Max<br><b>Betreff:</b> Bank"
)
MAILS = {
    "Gmail": f"""<div dir="ltr">{OWN}</div><br><div class="gmail_quote"><div class="gmail_attr">{BY}<br></div>
        <blockquote class="gmail_quote">alt</blockquote></div>""",
    "Gmail with signature": f"""<div>{OWN}<div><br></div>-- <br><div class="gmail_signature">Max ist im Amt.</div></div>
        <div class="gmail_attr">{BY}</div><blockquote class="gmail_quote">alt</blockquote>""",
    "Thunderbird": f"""<p>{OWN}</p><div class="moz-cite-prefix">{BY}<br></div>
        <blockquote type="cite" cite="mid:x"><p>alt</p><p>uralt</p></blockquote>""",
    "Thunderbird, answer below": f"""<div class="moz-cite-prefix">{BY}<br></div><blockquote type="cite"><p>alt</p>
        </blockquote><p>{OWN}</p><div class="moz-signature">-- <br>Max ist im Amt.</div>""",
    "Thunderbird, unknown language": f"""<p>{OWN}</p><div class="moz-cite-prefix">Erika, 12.03.2026 14:05, xyzzy:<br>
        </div><blockquote type="cite" cite="mid:x"><p>alt</p></blockquote>""",
    "Outlook": f"""<p class=MsoNormal>{OWN}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt">
        <p class=MsoNormal>{HEADER}</p></div><p>alt</p>""",
    "Outlook, without a readable header": f"""<p class=MsoNormal>{OWN}</p>
        <div style="border:none;border-top:solid #B5C4DF 1.0pt"><p class=MsoNormal>Erika</p></div><p>alt</p>""",
    "Outlook on the web": f"""<div>{OWN}</div><div id="appendonsend"></div><hr tabindex="-1">
        <div id="divRplyFwdMsg">{HEADER}</div><div>alt</div>""",
    "Outlook on the web, without a readable header": f"""<div>{OWN}</div><hr>
        <div id="x_divRplyFwdMsg">Erika</div><div>alt</div>""",
    "Outlook for iOS": f"""<div>{OWN}</div><div id="ms-outlook-mobile-signature">Gesendet von
        <a href="https://aka.ms/x">Outlook für iOS</a></div><div id="mail-editor-reference-message-container"><hr>
        <div>Erika</div><div>alt</div></div>""",
    "GMX": f"""<div>{OWN}</div><div name="quote" style="border-left:2px solid #C3D9E5;"><div>{HEADER}</div>
        <div name="quoted-content">alt</div></div>""",
    "Apple Mail": f"""{OWN}<br><div><br><blockquote type="cite"><div>{BY}</div><br><div>alt</div></blockquote></div>""",
    "iPhone": f"""{OWN}<br><div>Von meinem iPhone gesendet</div><div><blockquote type="cite">{BY}<br></blockquote></div>
        <blockquote type="cite"><div>\ufeffalt</div></blockquote>""",
    "Yahoo": f"""<div>{OWN}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>{BY}</div><div>alt</div></div>""",
    "Proton": f"""<div>{OWN}</div><div class="protonmail_signature_block">Gesendet mit Proton Mail.</div>
        <div class="protonmail_quote">{BY}<br><blockquote type="cite">alt</blockquote></div>""",
    "Zoho": f"""<div>{OWN}</div><div class="zmail_extra"><div>---- Am Do, 12 Mär 2026 14:05:00 +0100 Erika
        &lt;e@example.org&gt; schrieb ----</div><blockquote>alt</blockquote></div>""",
    "Tuta": f"""<div>{OWN}</div><div>12. März 2026, 14:05 von e@example.org:</div>
        <blockquote class="tutanota_quote">alt</blockquote>""",
    "Roundcube": f"""<p>{OWN}</p><p id="reply-intro">Am 12.03.2026 14:05, schrieb Erika:</p>
        <blockquote type="cite"><div>alt</div></blockquote>""",
    "Samsung": f"""<div>{OWN}</div><div>Von meinem Galaxy gesendet</div><div>-------- Ursprüngliche Nachricht --------
        </div><div>Von: Erika</div><div>Datum: 12.03.26 14:05 (GMT+01:00)</div><div>Betreff: Bank</div>alt""",
    "Hotmail": f"""<div>{OWN}<br><hr id="stopSpelling">Date: Thu, 12 Mar 2026 14:05:45 +0100<br>From: e@example.org<br>
        To: max@example.net<br><br>alt</div>""",
    "Mail.ru": f"""<p>{OWN}</p>Четверг, 12 марта 2026, 14:05 +03:00 от Erika &lt;e@example.org&gt;:<br>
        <blockquote style="border-left:1px solid #0857A6;">alt</blockquote>""",
    "Spark": f"""<div>{OWN}</div><div name="messageSignatureSection">Max ist im Amt.</div>
        <div name="messageReplySection">{BY}<br><blockquote type="cite">alt</blockquote></div>""",
    "Zimbra": f"""<div>{OWN}</div><hr id="zwchr"><div>{HEADER}</div>alt""",
    "GroupWise": f"""{OWN}<br><br>&gt;&gt;&gt; Erika &lt;e@example.org&gt; 12.03.2026 14:05 &gt;&gt;&gt;<br>alt""",
}


@pytest.mark.parametrize("html", MAILS.values(), ids=MAILS)
def test_reply_of_each_program(html: str) -> None:
    """The reply is told from the quote in the markup of each mail program."""
    assert reply_text("", f"<html><body>{html}</body></html>") == REPLY


def test_answers_between_quotes_stay() -> None:
    """Answers between quoted elements stay with what they answer."""
    html = f"""<div class="moz-cite-prefix">{BY}</div><blockquote type="cite">Wo?</blockquote><p>Am Markt.</p>
        <blockquote type="cite">Wann?</blockquote><p>Im Mai.</p><blockquote type="cite">Erika</blockquote>"""
    assert reply_text("", html).split() == [">", "Wo?", "Am", "Markt.", ">", "Wann?", "Im", "Mai."]


def test_indented_text_is_not_quoted() -> None:
    """A block that is only indented is the writer's own."""
    html = '<p>Ideen:</p><blockquote style="margin:0 0 0 40px;border:none"><div>Bank</div></blockquote>'
    assert reply_text("", html).split() == ["Ideen:", "Bank"]


def test_forward_keeps_the_text() -> None:
    """A forwarded mail is kept where the writer added nothing."""
    html = f"""<div>Von meinem iPhone gesendet</div><div>Anfang der weitergeleiteten Nachricht:<br><br></div>
        <blockquote type="cite"><div>{HEADER}</div><br><div>Bitte eine Bank.</div></blockquote>"""
    assert reply_text("", html) == "Bitte eine Bank."


def test_text_behind_a_signature_stays() -> None:
    """What stands behind the element of a signature is no part of it."""
    html = f'<p>{OWN}</p><div class="gmail_signature">Max ist im Amt.</div><p>Ach ja, noch etwas.</p>'
    assert reply_text("", html).split() == f"{REPLY} Ach ja, noch etwas.".split()


def test_signature_alone_stays() -> None:
    """A mail of nothing but a signature keeps it."""
    assert reply_text("", '<div class="gmail_signature">Max</div>') == "Max"
