"""How mail servers begin the subjects of their failure notices, and what they say in them."""

from __future__ import annotations

from services.intake.email.rules.folded import folded_phrases

# A subject begins with one of these.
SUBJECTS = folded_phrases("""
    Undeliver | Un-deliver | Returned mail | Returned to sender | Returned message | Return to sender
    Mail returned | Mail deliver | Mail failure | Mail error | Mail system error | Mail could not
    Mail not delivered | Mail status | Mail rejected | Mail refused | Mail blocked | Mail bounced
    E-mail delivery | Email delivery | Message deliver | Message delayed | Message rejected | Message refused
    Message blocked | Message could not | Message not delivered | Message status | Message undeliver
    Message you sent | Deliver status | Delivery status | Delivery fail | Delivery error | Delivery problem
    Delivery delay | Delivery report | Delivery notification | Delivery has | Delivery incomplete
    Delivery subsystem | Delivery system | Delivery to | Delayed mail | Delayed message | Delayed delivery
    Permanent delivery | Permanent fail | Failed mail | Failed delivery | Failed message | Failed to deliver
    Failure notice | Failure delivery | Failure notification | Non-deliver | Nondeliver | Non deliver
    Could not send | Could not deliver | Couldn't deliver | Unable to deliver
    Warning: could not | Warning: mail | Warning: message | Warning: delivery | Warning: e-mail | Warning: your
    NDN: | NDR:
    Nachricht unzustellbar | User unknown | There was an error sending | Error sending | Error during delivery
    Error delivering | Postmaster notify | Invalid address | Invalid recipient | Unknown recipient
    Unknown user | Reject mail | Ignored not member |
    Rejected mail | Rejected message | Rejected: | Automatically rejected | Address not found
    Bounced mail | Problem delivering | Problems delivering

    Unzustellbar | Nicht zustellbar | Nicht zugestellt | Nicht zustellbare | Zustellung fehlgeschlagen
    Zustellung nicht | Zustellung verzögert | Zustellung unmöglich | Zustellungsfehler | Zustellfehler
    Zustellungsproblem | Zustellproblem | Zustellbericht | Zustellungsbericht | Zustellstatus
    Mail unzustellbar | Mail nicht zustellbar | E-Mail unzustellbar | E-Mail nicht zustellbar
    E-Mail konnte nicht | Mail konnte nicht | Nachricht nicht zustellbar | Nachricht konnte nicht
    Ihre E-Mail konnte | Ihre Nachricht konnte | Ihre Mail konnte | Ihre E-Mail wurde nicht
    Ihre Nachricht wurde nicht | Mailzustellung | Nachrichtenzustellung | Fehler bei Zustellung
    Fehler bei der Zustellung | Fehler bei der Übermittlung | Fehler beim Zustellen
    Benachrichtigung zum Zustellstatus | Benachrichtigung über den Zustellstatus
    Benachrichtigung zum Übermittlungsstatus | Benachrichtung zum | Benachrichtigung über Nichtzustellung
    Rückläufer | Verzögerte Zustellung | Verzögerung bei der Zustellung | Zustellverzögerung
    Zustellungsverzögerung | Warnung: Nachricht | Warnung: E-Mail | Warnung: Mail
    Warnung: Ihre | Warnung: Zustell | Der Empfänger | Empfänger unbekannt

    Non remis | Échec de remise | Échec de la remise | Échec de distribution | Échec de livraison
    Échec d'envoi | Message non remis | Message non distribu | Notification d'état | Notification de l'état
    Retour de courrier | No se puede entregar | No se pudo entregar | No entregado | Mensaje no entregado
    Correo no entregado | Notificación de estado de entrega | Error de entrega | Impossibile recapitare
    Impossibile consegnare | Mancato recapito | Mancata consegna | Messaggio non recapitato
    Notifica dello stato | Não entreg | Não é possível | Não foi entreg | Falha na entrega | Onbestelbaar
    Niet bezorgd | Bezorging mislukt | Nie można dostarczyć | Niedostarczon | Niedoręczon | Nie dostarczono
    Zwrot wiadomości | Nedoručiteln | Nelze doručit | Nedoručen | Doručení se nezdařilo | Nedoručiteľn
    Kan inte levereras | Olevererbar | Ej levererat | Kan ikke leveres | Kunne ikke leveres | Ikke leveret
    Ikke levert | Toimitus epäonnistui | Kézbesíthetetlen | Sikertelen kézbesítés | Teslim edilemedi
    Не доставлен | Недоставлен | Недоставленное | Невозможно доставить | Ошибка доставки
    Сообщение не доставлено | Не вдалося доставити
    配信不能 | 配信エラー | 配信失敗 | 配送不能 | 配送エラー | メールエラー | 送信エラー | 系统退信
    退信 | 无法送达 | 未送達
""")  # noqa: RUF001 - Cyrillic

# A notice says one of these somewhere before the mail that came back, and people hardly ever do.
TEXTS = folded_phrases("""
    failed recipient | failed delivery | failed addresses | following addresses had | permanent fatal error
    fatal errors | delivery status notification | delivery incomplete | delivery temporarily | user unknown
    user not known | user not found | user doesn't exist | user does not exist | unknown user | unknown recipient
    unknown local | no such user | no such mailbox | no such address | no such recipient | no such account
    no mailbox here | no longer on server | mailbox unavailable | mailbox full | mailbox is full | mailbox not found
    mailbox disabled | mailbox does not exist | mailbox exceed | mailbox has exceeded | over quota | overquota
    quota exceeded | exceeded the storage | exceeded storage | exceeded the local limit | invalid user
    invalid recipient | invalid final | recipient address rejected | recipient rejected | recipient not found
    recipient unknown | recipient is invalid | address rejected | rcpt to | smtp error | smtp server returned
    account that you tried to reach | rejected your message | rejected the message | rejected recipient | mail loop
    too many hops | host unknown | host not found | bouncedrecipients | unrouteable address | unroutable address
    relaying denied | unable to deliver mail | unable to deliver message | unable to deliver your
    unable to deliver the message

    Postfach ist voll | Postfach voll | Quota überschritten

    n'a pas pu etre | n'a pas ete remis | n'ont pas pu | non remis | non distribue | no se puede entregar
    no se pudo entregar | no se ha podido entregar | no ha podido ser | impossibile recapitare
    impossibile consegnare | non è stato recapitato | non è stato possibile | não pôde ser entreg
    não foi possível entregar | não foi entreg | onbestelbaar | niet worden bezorgd | kon niet worden afgeleverd
    niet afgeleverd | nie można dostarczyć | nie może zostać dostarczon | nie została dostarczona
    nie udało się dostarczyć | nedoručiteln | nebylo možné doručit | nelze doručit | nepodařilo doručit
    kunde inte levereras | kunne ikke leveres | ei voitu toimittaa | nem sikerült kézbesíteni | teslim edilemedi
    не доставлен | не был доставлен | не может быть доставлен | не удалось доставить | невозможно доставить
    送信できません | 送信に失敗 | 配信できません | 配信に失敗 | 退信 | 无法投递 | 无法送达
""")

# Or one of these of a mail; people say them of parcels, applications and benches as well.
ORDINARY_TEXTS = folded_phrases("""
    was not delivered | were not delivered | wasn't delivered | weren't delivered | has not been delivered
    not been delivered | not been able to deliver | not able to deliver | wasn't able to deliver | unable to deliver
    undeliverable | undelivered | not deliverable | not delivered | trouble delivering | did not reach
    did not receive | could not be reached | could not be sent | could not be delivered | cannot be delivered
    can not be delivered | can't be delivered | couldn't be delivered | could not deliver | couldn't deliver
    failed to deliver | permanent error | permanent failure | permanently failed | failed permanently | failure reason
    delivery has failed | delivery attempt | unknown address | exceeded its | invalid address | address not found
    address unknown | account disabled | account is disabled | account inactive | account does not exist
    was rejected | been rejected | automatically rejected | rejected by | returned to sender

    nicht zustellbar | nicht zugestellt | nicht zustellen | nicht ausgeliefert | nicht übermittelt
    nicht erreicht werden | nicht weitergeleitet werden | unzustellbar | Empfänger unbekannt | Adresse ist unbekannt
    existiert nicht | zurückgesandt
""")

# A notice that says one of these is about a delay.
DELAYS = folded_phrases("""
    will keep trying | will retry | will be retried | will be tried again | will continue | retried for
    still undelivered | still being tried | still trying | has been delayed | is delayed | delivery delayed
    delivery incomplete | temporary failure | temporary problem | temporary error | warning message only
    not need to resend | not need to re-send | not yet been delivered | weitere zustellversuche
    weiterhin versucht | weiter versucht | noch nicht zugestellt | vorübergehend | vorubergehend | verzögert
    verzoegert
""")

# A line that begins with one of these is where the mail that came back begins.
ORIGINALS = folded_phrases("""
    Original message follows | The original message follows | Original message headers | Original message header
    Original message text | Original message details | Original message info | Original mail info
    Original mail | Original message as received | Original message attached | Original message below
    Your original message | Returned message | Returned mail | Unsent message | Undelivered message
    Message header | Message text | Mail header | Header of the message | Headers of the message
    The header of the | The headers of the | Headers from | Header of your | The first
    The text of the original | The body of the | The beginning of | Beginning of | Text of your message
    Below this line | Below is a copy | This is a copy of | Here is a copy | The following is a copy
    A copy of your | A copy of the | Copy of the original | Copy of your | Your message reads
    Your message follows | Your message headers | Old message: | Ursprüngliche Nachricht
    Urspruengliche Nachricht | Originalnachricht | Original-Nachricht | Originalmail | Ursprüngliche E-Mail
    Es folgt eine Kopie | Es folgt die | Kopie der | Eine Kopie der | Eine Kopie Ihrer | Dies ist eine Kopie
    Hier ist eine Kopie | Message d'origine | Mensaje original | Messaggio originale | Received: from
    Received: by | Received:from | Return-Path: | DKIM-Signature:
""")
