"""Who we say we are: one honest user agent with a way to reach the people behind it."""

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from models.settings import Settings

PRODUCT: Final = "Khabar"
"""Our token in robots.txt."""
_REACHABLE: Final = re.compile(r"(?:https?://[^\s<>()\"]+\.[^\s<>()\"]+|[^\s@<>()\"]+@[^\s@<>()\"]+\.[^\s@<>()\"]+)")
_PLACEHOLDERS: Final = re.compile(
    r"example\.(?:com|org|net|edu)|\.(?:example|invalid|localhost)\b|//localhost|@localhost|domain\.(?:com|org|tld)"
    r"|\byou@|\b(?:user|username|name)@|\byour[-_.]?(?:name|mail|e-?mail|address|site|domain|contact|org)"
    r"|change[-_]?me|placeholder|\btodo\b|\bxxx"
)
"""What people leave in who copy a line of documentation; RFC 2606 reserves the example names."""


def contact_problem(settings: Settings) -> str | None:
    """Why a crawl must not begin, in one sentence; None when it may. The replica needs no contact."""
    contact = settings.contact.strip()
    if settings.replica:
        return None
    if not contact:
        return "KHABAR_CONTACT is not set: give a web or mail address at which the outlets can reach you"
    if not _REACHABLE.fullmatch(contact):
        return "KHABAR_CONTACT is neither a web address (https://…) nor a mail address"
    if _PLACEHOLDERS.search(contact.lower()):
        return "KHABAR_CONTACT is a placeholder: give an address at which the outlets can really reach you"
    if "bot" in contact.lower():
        return "KHABAR_CONTACT holds the letters 'bot', for which some outlets turn every crawler away"
    return None


def user_agent(settings: Settings) -> str:
    """`Khabar/0.1.0 (+https://…)`. Never with "bot" in it: Alemarah's server answers that with 403 (seen 2026-08)."""
    try:
        number = version("khabar")
    except PackageNotFoundError:
        number = "0"
    return f"{PRODUCT}/{number} (+{settings.contact.strip() or 'replica'})"
