"""The words that the desk shows for codes: one table each, so that a code never reaches a reader bare."""

from typing import Final

from models.article import AF_SECURITY
from outlets.languages import LANGUAGES

__all__ = [
    "ACTIONS",
    "BANDS",
    "BASES",
    "COPY_KINDS",
    "DECIDED",
    "EVENT_TYPES",
    "FACTS",
    "GROUPS",
    "LANGUAGES",
    "NEW",
    "ORDERS",
    "OWNERSHIP",
    "PRECISIONS",
    "REASONS",
    "ROLES",
    "ROLES_SHORT",
    "STATUSES",
    "band",
]

OWNERSHIP: Final = {
    "state": "state-owned", "public": "public", "independent": "independent", "private": "private",
    "party": "party", "insurgent": "insurgent", "ngo": "NGO", "un": "United Nations", "exile": "in exile",
}  # fmt: skip

STATUSES: Final = {
    "open": "New and changed",
    "new": "New",
    "past": "New, of the past",
    "changed": "Changed since reviewed",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "all": "All",
}
"""What the status filter offers. "open" is what waits for a decision; "past" what a backfill found."""

NEW: Final = {
    "shift": "since my last shift",
    "24h": "in the last 24 hours",
    "3d": "in the last 3 days",
    "7d": "in the last 7 days",
    "30d": "in the last 30 days",
}
"""What "new" may mean: come, or changed, since then."""

DECIDED: Final = {"shift": "by me in this shift"}
"""What was decided last then."""

ORDERS: Final = {"relevance": "Relevance", "newest": "Newest first", "match": "Words in the title first"}
"""How the queue is ordered; the last only when words are looked for."""

REASONS: Final = {
    "not_afghanistan": "Not Afghanistan",
    "not_security": "Not security",
    "old_news": "Old news",
    "duplicate": "Duplicate",
    "opinion": "Opinion",
    "extraction_broken": "Extraction broken",
}
"""Why an item is rejected, in the order of the keys 1 to 6. Stored as the key; add more, rename none."""

EXTRACTION_BROKEN: Final = "extraction_broken"
"""The reason that opens a ticket on the outlet."""

ACTIONS: Final = {
    "accept": "accepted", "reject": "rejected", "undo": "taken back", "edit": "edited", "assign": "assigned",
    "flag": "flagged", "unflag": "flag removed", "note": "noted",
    "merge": "merged", "split": "split off",
}  # fmt: skip

FACTS: Final = {
    "killed_low": "killed, at least", "killed_high": "killed, at most", "wounded_low": "wounded, at least",
    "wounded_high": "wounded, at most", "detained": "detained", "event_date": "date of the event",
    "event_date_precision": "known to the", "event_type": "type of the event",
}  # fmt: skip
"""The coded fields that a reviewer may correct."""

_TYPES: Final = {
    "Battles": ("Armed clash", "Government regains territory", "Non-state actor overtakes territory"),
    "Explosions/Remote violence": (
        "Air/drone strike", "Chemical weapon", "Grenade", "Remote explosive/landmine/IED",
        "Shelling/artillery/missile attack", "Suicide bomb",
    ),
    "Violence against civilians": ("Abduction/forced disappearance", "Attack", "Sexual violence"),
    "Protests": ("Excessive force against protesters", "Peaceful protest", "Protest with intervention"),
    "Riots": ("Mob violence", "Violent demonstration"),
    "Strategic developments": (
        "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use",
        "Headquarters or base established", "Looting/property destruction", "Non-violent transfer of territory",
        "Other",
    ),
}  # fmt: skip
EVENT_TYPES: Final = tuple(name for kind, subs in _TYPES.items() for name in (kind, *(f"{kind}/{sub}" for sub in subs)))
"""ACLED's event types, each followed by its sub-types; rename none."""

ROLES: Final = {
    "event": "where it happened", "mentioned": "mentioned", "nationality": "nationality", "dateline": "dateline",
    "source": "seat of the source", "perpetrator": "perpetrator", "target": "target of force",
    "claimant": "claims the attack", "speaker": "is quoted",
}  # fmt: skip

ROLES_SHORT: Final = {
    "event": "event", "nationality": "nationality", "dateline": "dateline", "source": "source",
    "perpetrator": "perpetrator", "target": "target", "claimant": "claimant", "speaker": "speaker",
}  # fmt: skip
"""On a tag itself; what is only mentioned needs no word."""

PRECISIONS: Final = {1: "exact place", 2: "district", 3: "province or wider"}

COPY_KINDS: Final = {"exact": "the same text", "near": "nearly the same text", "syndicated": "syndicated text"}

BASES: Final = {
    "json_ld": "the page's JSON-LD", "meta": "the page's meta tags", "time_tag": "the page's time tag",
    "feed": "the feed", "url": "the address", "byline": "the byline", "dateline": "the dateline", "text": "the text",
}  # fmt: skip

GROUPS: Final = {"place": "Place", "topic": "Topic", "actor": "Actor", "toll": "Toll", "source": "Cited source"}
"""Kinds of evidence, each with a colour of its own."""

BANDS: Final = (
    (AF_SECURITY, "high", "Afghanistan security"),
    (0.3, "medium", "Related"),
    (0.0, "low", "Everything else"),
)
"""(relevance from, name, heading), highest first: what the queue's headings and the relevance filter say."""


def band(relevance: float) -> str:
    """The name of the band that a relevance from 0 to 1 falls in."""
    return next((name for floor, name, _ in BANDS if relevance >= floor), BANDS[-1][1])
