"""What the reports of a story say together: pure, from rows to the values of an event. Copies count as articles and
have no say; nothing is filled in that no report says."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from models.corrections import corrected
from models.iso3 import ALPHA3

TYPES: Final = (
    "Battles", "Explosions/Remote violence", "Violence against civilians", "Protests", "Riots",
    "Strategic developments",
)  # fmt: skip
"""The event types of the ACLED codebook; what follows after a slash is the sub-event type."""
_PRECISION: Final = {"day": 1, "week": 2, "month": 3}
_TOLLS: Final = ("killed", "wounded", "detained")


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story with the standing tags of its latest version."""

    row: Row[Any]
    tags: tuple[Row[Any], ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """As people corrected them; a corrected number is the best one too."""
        said = self.row.corrections.get("facts", {})
        facts = corrected(self.row.facts, self.row.corrections)
        if "detained" in said:
            facts |= dict.fromkeys(("detained_low", "detained_high"), said["detained"])
        for field in _TOLLS:
            if {f"{field}_low", f"{field}_high", field} & said.keys():
                low, high = facts.get(f"{field}_low"), facts.get(f"{field}_high")
                facts[f"{field}_best"] = low if low == high else None
        return facts


def reckon(reports: Sequence[Report], pcodes: Mapping[str, tuple[str, str]]) -> dict[str, Any] | None:
    """The columns of the event but its id, number and deletion; None when no report of its own codes one. `pcodes`: ISO
    3166-2 -> OCHA P-code and the version of its list."""
    own = [report for report in reports if report.row.copy_of is None]
    coded = [(report, facts) for report in _by_time(own) if (facts := report.facts).get("event_type")]
    if not coded:
        return None
    kind = _most((facts["event_type"] for _, facts in coded)) or ""
    event_type = next((name for name in TYPES if f"{kind}/".startswith(f"{name}/")), kind.partition("/")[0])
    told = [report for report, _ in coded]
    published = [report.row.published_at for report in reports if report.row.published_at]
    return {
        **_date([facts for _, facts in coded]),
        "event_type": event_type,
        "sub_event_type": kind[len(event_type) + 1 :] or None,
        **_place(told, pcodes),
        **_actors(told),
        **_tolls([facts for _, facts in sorted(coded, key=lambda pair: (pair[0].row.fetched_at, pair[0].row.id))]),
        "n_articles": len(reports),
        "n_independent_origins": len({report.row.original_outlet or report.row.outlet for report in own}),
        "first_published_at": min(published, default=None),
        "first_seen_at": min(report.row.first_seen_at for report in reports),
        "relevance": max(report.row.relevance for report in reports),
        "review_status": status_of(report.row.review_status for report in reports),
    }


def status_of(statuses: Iterable[str]) -> str:
    """Of a story: changed when one of its reports is, else accepted when one is, rejected when all are, else new."""
    found = set(statuses)
    if "changed" in found or "accepted" in found:
        return "changed" if "changed" in found else "accepted"
    return "rejected" if found == {"rejected"} else "new"


def _by_time(reports: Sequence[Report]) -> list[Report]:
    return sorted(reports, key=lambda report: (report.row.published_at or report.row.fetched_at, report.row.id))


def _most(values: Iterable[Any]) -> Any:
    """The value that most have, of equals the first; None where nobody says one."""
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _date(told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The finest date that is said, of equally fine ones the most frequent."""
    dates = [
        (_PRECISION[facts.get("event_date_precision") or "day"], facts["event_date"])
        for facts in told
        if facts.get("event_date")
    ]
    finest = min((precision for precision, _ in dates), default=None)
    day = _most(day for precision, day in dates if precision == finest)
    return {"event_date": date.fromisoformat(day) if day else None, "event_date_precision": finest}


def _place(told: Sequence[Report], pcodes: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The main place of most reports, and inside it the district or exact place where most say that it happened."""
    code = _most(next((tag.code for tag in report.tags if tag.main), None) for report in told)
    found: dict[str, Any] = dict.fromkeys(
        ("adm0_iso3", "adm1_iso", "adm1_pcode", "adm2_pcode", "pcode_version", "geo_precision", "location_name")
    )
    if code is None:
        return found
    there = [report for report in told if any(tag.main and tag.code == code for tag in report.tags)]
    found |= {
        "adm0_iso3": ALPHA3.get(code[:2]),
        "location_name": next(tag.label for report in there for tag in report.tags if tag.main and tag.code == code),
    }
    if "-" not in code:
        return found
    pcode, version = pcodes.get(code, (None, None))
    found |= {"adm1_iso": code, "adm1_pcode": pcode, "pcode_version": version, "geo_precision": 3}
    inside = [(tag.precision, tag.scheme, tag.code, tag.label) for r in there for tag in r.tags if tag.role == "event"]
    district = _most(one for one in inside if one[1] == "pcode" and one[0] == 2 and pcode and one[2].startswith(pcode))
    if district:
        found |= {"adm2_pcode": district[2], "location_name": district[3], "geo_precision": 2}
    exact = _most(one for one in inside if one[0] == 1)
    if exact:
        found |= {"location_name": exact[3], "geo_precision": 1}
    return found


def _actors(told: Sequence[Report]) -> dict[str, Any]:
    """Actor ids by what most reports say that they did. A person acts for an organisation."""

    def having(role: str) -> list[str]:
        codes = [
            tag.organisation_code or tag.code
            for report in told
            for tag in report.tags
            if tag.scheme == "actor" and tag.role == role
        ]
        return [code for code, _ in Counter(codes).most_common()]

    did, suffered = having("perpetrator"), having("target")
    first = did[0] if did else None
    second = next((code for code in suffered + did[1:] if code != first), None)
    return {"actor1": first, "actor2": second, "claimed_by": next(iter(having("claimant")), None)}


def _tolls(told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The lowest and highest number of all reports; the best is that of the newest text that has one, with who said
    it: tolls rise."""
    found: dict[str, Any] = {"claimant": None}
    for field in _TOLLS:
        lows = [facts[f"{field}_low"] for facts in told if facts.get(f"{field}_low") is not None]
        highs = [facts[f"{field}_high"] for facts in told if facts.get(f"{field}_high") is not None]
        newest = next((facts for facts in reversed(told) if facts.get(f"{field}_best") is not None), None)
        best = newest[f"{field}_best"] if newest else None
        found |= {
            f"{field}_low": min(lows, default=None),
            f"{field}_best": best,
            f"{field}_high": max(highs, default=None),
        }
        if newest and field != "detained" and found["claimant"] is None:
            found["claimant"] = next(
                (
                    claim["claimant"]
                    for claim in newest.get("claims") or ()
                    if (claim["field"], claim["value"]) == (field, best) and claim.get("claimant")
                ),
                None,
            )
    return found
