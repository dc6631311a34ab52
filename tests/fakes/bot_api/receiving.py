"""The methods by which a bot gets its updates: getUpdates, or a webhook; never both."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.webhook import Webhook, WebhookDelivery

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.requests import DeleteWebhook, GetUpdates, GetWebhookInfo, SetWebhook
    from tests.fakes.bot_api.wire import Update, WebhookInfo

_SECRET_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_-")
_SECRET_LENGTH = 256
_LONGEST_POLL_S = 50
_MOST_UPDATES = 100
_MOST_CONNECTIONS = 100
_USUAL_CONNECTIONS = 40


async def get_updates(account: Account, p: GetUpdates) -> list[Update]:
    """Confirm what lies before `offset`, then wait up to `timeout` seconds for something to hand out.

    A second poller ends the first one's request with 409. (The real server does so where the second one has to wait as
    well, and answers 409 every 3 seconds at most.)
    """
    _check_no_webhook(account, Refusal.WEBHOOK_ACTIVE)
    account.poll_generation += 1
    generation = account.poll_generation
    account.updates.confirm_before(p.get("offset", 0))
    if "allowed_updates" in p:
        account.updates.allow(p["allowed_updates"])

    def is_over() -> bool:
        replaced = account.poll_generation != generation or account.webhook is not None
        return replaced or account.is_closing or account.updates.is_waiting

    account.open_polls += 1
    await account.changes.announce()
    try:
        await account.changes.wait_for(is_over, timeout_s=_clamped(p.get("timeout", 0), 0, _LONGEST_POLL_S))
    finally:
        account.open_polls -= 1
        await account.changes.announce()
    if account.poll_generation != generation:
        raise ApiError(409, Refusal.OTHER_POLLER)
    _check_no_webhook(account, Refusal.TERMINATED_BY_WEBHOOK)
    handed_out = account.updates.handed_out(_clamped(p.get("limit", _MOST_UPDATES), 1, _MOST_UPDATES))
    await account.changes.announce()
    return handed_out


async def set_webhook(account: Account, p: SetWebhook) -> bool:
    """Deliver by POST from now on; an empty URL goes back to getUpdates."""
    webhook = _checked(account, p)
    await _replace(account, None)
    if p.get("drop_pending_updates"):
        account.updates.drop_pending()
    if "allowed_updates" in p:
        account.updates.allow(p["allowed_updates"])
    await _replace(account, webhook)
    return True


async def delete_webhook(account: Account, p: DeleteWebhook) -> bool:
    """Go back to getUpdates; what is pending stays pending unless it is to be dropped."""
    await _replace(account, None)
    if p.get("drop_pending_updates"):
        account.updates.drop_pending()
    return True


async def get_webhook_info(account: Account, _: GetWebhookInfo) -> WebhookInfo:
    """Where updates go, how many wait, and how the last delivery failed."""
    delivery = account.webhook
    info: WebhookInfo = {
        "url": delivery.webhook.url if delivery else "",
        "has_custom_certificate": False,
        "pending_update_count": account.updates.pending_count,
    }
    if account.updates.allowed:
        info["allowed_updates"] = list(account.updates.allowed)
    if delivery:
        info["max_connections"] = delivery.webhook.max_connections
        if delivery.last_failure:
            info["last_error_date"] = delivery.last_failure.date
            info["last_error_message"] = delivery.last_failure.message
    return info


async def _replace(account: Account, webhook: Webhook | None) -> None:
    if account.webhook:
        await account.webhook.stop()
    account.webhook = WebhookDelivery(account, webhook) if webhook else None
    await account.changes.announce()


def _checked(account: Account, p: SetWebhook) -> Webhook | None:
    """Return what the parameters ask for, checked as a server in local mode does: http and every port are allowed."""
    if not p["url"]:
        return None
    address = urlsplit(p["url"])
    if address.scheme not in {"http", "https"}:
        raise ApiError(400, Refusal.WEBHOOK_HTTPS)
    if not address.hostname:
        raise ApiError(400, Refusal.WEBHOOK_URL)
    secret = p.get("secret_token", "")
    if len(secret) > _SECRET_LENGTH:
        raise ApiError(400, Refusal.SECRET_LONG)
    if not set(secret) <= _SECRET_CHARACTERS:
        raise ApiError(400, Refusal.SECRET_CHARACTERS)
    connections = _clamped(p.get("max_connections", _USUAL_CONNECTIONS), 1, _MOST_CONNECTIONS)
    return Webhook(p["url"], secret, connections, account.webhook_retry_s)


def _check_no_webhook(account: Account, refusal: Refusal) -> None:
    if account.webhook is not None:
        raise ApiError(409, refusal)


def _clamped(value: int, least: int, most: int) -> int:
    """Return the nearest number in range, for which the real server takes one out of range."""
    return max(least, min(value, most))
