"""What the legal texts name: who answers for an installation, and how long it keeps what (Art. 13 GDPR)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from services.ideas.settings import Settings


class LegalPage(StrEnum):
    """The legal texts by the names of their messages; each has a page of its own on the web."""

    PRIVACY = "privacy"
    IMPRINT = "imprint"
    ACCESSIBILITY = "accessibility"


PATHS: Mapping[LegalPage, str] = {
    LegalPage.PRIVACY: "/datenschutz",
    LegalPage.IMPRINT: "/impressum",
    LegalPage.ACCESSIBILITY: "/barrierefreiheit",
}


def legal_values(settings: Settings) -> dict[str, Any]:
    """The values that the templates of the legal texts may use."""
    operator, privacy = settings.operator, settings.privacy
    return {
        "region": settings.region.name,
        "email": settings.email.addresses[0],
        "operator": operator.name,
        "operator_address": operator.address,
        "operator_phone": operator.phone,
        "operator_email": operator.email,
        "data_protection_officer": operator.data_protection_officer,
        "supervisory_authority": operator.supervisory_authority,
        "raw_days": privacy.raw_days,
        "contact_months": privacy.contact_months,
        "privacy_link": legal_link(settings, LegalPage.PRIVACY),
        "has_telegram": settings.telegram.is_on,
    }


def legal_link(settings: Settings, page: LegalPage) -> str:
    """Where people find a legal text on the web."""
    return settings.web.public_url.rstrip("/") + PATHS[page]
