"""How much an article concerns Afghanistan's security, as a sum of named reasons; nothing to train, nothing hidden."""

from collections.abc import Sequence

from pipeline.items import Relevance, Tag
from pipeline.topics import Sentence

_HARD = ("conflict.", "militancy.", "border.", "crime.abduction", "unrest.")
_SOFT = ("crime.", "gov.justice", "rights.", "dipl.sanctions", "dipl.peace", "dipl.regional")
_AWAY = ("sport", "culture", "weather_tech", "metaphor", "past", "drug_medicine")
# Countries whose security news concerns Afghanistan directly when a shared actor or the border is in it.
_NEIGHBOURS = frozenset(("PK", "IR", "TJ", "UZ", "TM"))
_SHARED_ACTORS = frozenset(
    ("taliban", "iskp", "ttp", "aq", "haqqani", "nrf", "aff", "imu", "etim", "ansarullah", "gdi", "unama")
)


def _security(topics: Sequence[Tag]) -> tuple[float, str]:
    best, reason = 0.0, "no security topic"
    for tag in topics:
        weight = 1.0 if tag.code.startswith(_HARD) else 0.8 if tag.code.startswith(_SOFT) else 0.35
        value = weight * min(1.0, 0.55 + (tag.confidence - 0.6))
        if value > best:
            best, reason = value, f"topic {tag.code}"
    return best, reason


def _afghan(regions: Sequence[Tag], actors: Sequence[Tag], outlet_country: str | None) -> tuple[float, str]:
    codes = {tag.code: tag for tag in regions if tag.role not in ("source", "dateline")}
    own = codes.get("AF")
    if own is not None:
        inside = any(tag.main and tag.code.startswith("AF") for tag in regions)
        lead = any(e.field == "title" or e.start < 300 for e in own.evidence)
        if inside or own.role == "event":
            return 1.0, "about Afghanistan"
        return (0.85, "names Afghanistan early") if lead else (0.5, "names Afghanistan in passing")
    shared = [tag.code for tag in actors if tag.code in _SHARED_ACTORS]
    if shared:
        return 0.7, f"names {shared[0]}"
    if outlet_country == "AF" and not any(tag.scheme == "iso3166-1" for tag in regions):
        return 0.6, "Afghan outlet, no other country named"
    if _NEIGHBOURS & codes.keys():
        return 0.3, "about a neighbour"
    return 0.0, "no Afghan link"


def score(
    read: Sequence[Sentence],
    regions: Sequence[Tag],
    topics: Sequence[Tag],
    actors: Sequence[Tag],
    outlet_country: str | None,
) -> Relevance:
    """0 to 1, with the reasons.

    With a known outlet an Afghan link is needed for more than 0.45: such an outlet reports the whole world. A text that
    comes without its outlet is judged by its security content first (0.5 to 0.6), and by its Afghan link above that.
    """
    security, why = _security(topics)
    afghan, link = _afghan(regions, actors, outlet_country)
    reasons = [why, link]
    away = sum(1.0 for _, _, bag in read if not bag.keys().isdisjoint(_AWAY))
    share = away / max(1, len(read))
    value = security * (0.58 + 0.42 * afghan)
    if afghan == 0.0 and outlet_country is not None:
        value, reasons = min(value, 0.45), [*reasons, "outlet reports the whole world"]
    if share > 0.34:
        value *= 1 - share * 0.7
        reasons.append("mostly about sport, culture, markets or the past")
    return Relevance(round(min(1.0, value), 3), tuple(reasons))
