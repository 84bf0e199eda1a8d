"""What a reviewer corrects by hand: the form, read, and what then stands over the rules (models/corrections.py)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from models.corrections import Corrections, key_of
from review.decisions import BadDecision
from review.evidence import group_of
from review.labels import EVENT_TYPES, FACTS, ROLES

NUMBERS: Final = ("killed_low", "killed_high", "wounded_low", "wounded_high", "detained")
DATE_PRECISIONS: Final = ("day", "week", "month")
ADDED_ROLES: Final = ("event", "mentioned")
"""Roles that a person may give a place."""
_NUMBER: Final = re.compile(r"[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """A tag that may be added: one row, or several for one place under each of its codes."""

    label: str
    codes: tuple[tuple[str, str], ...]
    """(scheme, code); the first is the one that may be the main place."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What the form says. Tags are named by the ids of their rows."""

    facts: Mapping[str, Any]
    had: frozenset[int]
    kept: frozenset[int]
    added: tuple[tuple[Choice, str], ...]
    """(tag, role)."""
    main: str
    """Id of a tag, "added" for the added place, "" to leave it as it is."""


def parse(form: Mapping[str, Sequence[str]], choices: Mapping[str, Mapping[str, Choice]]) -> Edit:
    """`choices`: group ("place", "topic", "actor") -> code -> tag. Raises BadDecision with one sentence."""
    first = {name: values[0].strip() for name, values in form.items() if values}
    added = []
    for group, offered in choices.items():
        code = first.get(f"add_{group}", "")
        if not code:
            continue
        if code not in offered:
            raise BadDecision(f"{group} is not one that this desk offers.")
        role = first.get("add_role", ADDED_ROLES[0]) if group == "place" else ""
        if role not in (*ADDED_ROLES, ""):
            raise BadDecision("The role of a place is one that this desk offers.")
        added.append((offered[code], role))
    return Edit(
        _facts(first), _ids(form.get("had", ())), _ids(form.get("keep", ())), tuple(added), first.get("main", "")
    )


def _facts(first: Mapping[str, str]) -> dict[str, Any]:
    """The fields that the form has; empty means that it is not said."""
    found: dict[str, Any] = {}
    for name in NUMBERS:
        if name in first:
            if first[name] and not _NUMBER.fullmatch(first[name]):
                raise BadDecision(f"{FACTS[name]} is a number from 0 to 999999, or empty.")
            found[name] = int(first[name]) if first[name] else None
    for low, high in (("killed_low", "killed_high"), ("wounded_low", "wounded_high")):
        least, most = found.get(low), found.get(high)
        if least is not None and most is not None and least > most:
            raise BadDecision(f"{FACTS[low]} is not more than {FACTS[high]}.")
    if "event_date" in first:
        try:
            found["event_date"] = date.fromisoformat(first["event_date"]).isoformat() if first["event_date"] else None
        except ValueError as error:
            raise BadDecision("The date of the event is a day such as 2026-03-01, or empty.") from error
        precision = first.get("event_date_precision", "")
        if precision not in (*DATE_PRECISIONS, ""):
            raise BadDecision("A date is known to the day, the week or the month.")
        found["event_date_precision"] = (precision or DATE_PRECISIONS[0]) if found["event_date"] else None
    if "event_type" in first:
        if first["event_type"] not in (*EVENT_TYPES, ""):
            raise BadDecision("The type of the event is one that this desk offers.")
        found["event_type"] = first["event_type"] or None
    return found


def _ids(raw: Iterable[str]) -> frozenset[int]:
    words = [word for one in raw for word in one.split(",")]
    if not all(re.fullmatch(r"[1-9][0-9]{0,17}", word, re.ASCII) for word in words):
        raise BadDecision("A tag of the form is not one that this desk gave out.")
    return frozenset(map(int, words))


def apply(edit: Edit, old: Corrections, facts: Mapping[str, Any], tags: Sequence[Any]) -> Corrections:
    """The corrections after the edit. `facts` are those of the version itself, `tags` all its rows that the form could
    show: standing ones and refused ones. Raises BadDecision when nothing would change."""
    said_facts = dict(old.get("facts", {}))
    for name, value in edit.facts.items():
        said_facts.pop(name, None)
        if value != facts.get(name):
            said_facts[name] = value
    rulings = {key_of(ruling): dict(ruling) for ruling in old.get("tags", [])}
    by_rules = {key_of(tag) for tag in tags if tag.source != "human"}
    for tag in tags:
        if tag.id not in edit.had:
            continue
        if tag.id not in edit.kept:
            if key_of(tag) in by_rules:
                rulings[key_of(tag)] = _ruling(tag, holds=False)
            else:
                rulings.pop(key_of(tag), None)
        elif tag.refused:
            rulings.pop(key_of(tag), None)
    for choice, role in edit.added:
        for scheme, code in choice.codes:
            key = (scheme, code, role)
            place = group_of(scheme) == "place"
            rulings[key] = {
                "scheme": scheme, "code": code, "role": role, "label": choice.label, "main": False,
                "precision": 3 if place else None, "holds": True,
            }  # fmt: skip
    _set_main(edit, rulings, tags)
    after: Corrections = {}
    if said_facts:
        after["facts"] = said_facts
    if rulings:
        after["tags"] = [rulings[key] for key in sorted(rulings)]
    if after == {name: value for name, value in old.items() if value}:
        raise BadDecision("Nothing was changed, so nothing was written.")
    return after


def _set_main(edit: Edit, rulings: dict[tuple[str, str, str], dict[str, Any]], tags: Sequence[Any]) -> None:
    """At most one place is the main one: the chosen one is it, and the one that was is no longer."""
    chosen = None
    if edit.main == "added":
        chosen = next(
            ((*choice.codes[0], role) for choice, role in edit.added if group_of(choice.codes[0][0]) == "place"), None
        )
    elif edit.main:
        chosen = next((key_of(tag) for tag in tags if str(tag.id) == edit.main and tag.id in edit.kept), None)
    if chosen is None:
        return
    for tag in tags:
        if (
            tag.main
            and not tag.is_deleted
            and key_of(tag) != chosen
            and rulings.get(key_of(tag), {}).get("holds", True)
        ):
            rulings[key_of(tag)] = {**_ruling(tag, holds=True), "main": False}
    by_key = {key_of(tag): tag for tag in tags}
    if chosen in rulings:
        rulings[chosen] |= {"main": True}
    elif not by_key[chosen].main:
        rulings[chosen] = {**_ruling(by_key[chosen], holds=True), "main": True}


def _ruling(tag: Any, *, holds: bool) -> dict[str, Any]:
    return {
        "scheme": tag.scheme, "code": tag.code, "role": tag.role, "label": tag.label, "main": bool(tag.main),
        "precision": tag.precision, "holds": holds,
    }  # fmt: skip


def in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What an edit changed, in a line: "killed at least: 3 instead of 5; not Kunduz (where it happened); Herat"."""
    said: list[str] = []
    had, has = before.get("facts", {}), after.get("facts", {})
    for name in [*FACTS, *sorted(({*had, *has}) - {*FACTS})]:
        if name in had or name in has:
            if name not in has:
                said.append(f"{FACTS.get(name, name)}: as in the text")
            elif had.get(name, ...) != has[name]:
                said.append(f"{FACTS.get(name, name)}: {'not said' if has[name] is None else has[name]}")
    old = {key_of(ruling): ruling for ruling in before.get("tags", [])}
    new = {key_of(ruling): ruling for ruling in after.get("tags", [])}
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        ruling = new.get(key) or old[key]
        role = f" ({ROLES.get(ruling['role'], ruling['role'])})" if ruling["role"] else ""
        main = ", the main place" if ruling["main"] and key in new and ruling["holds"] else ""
        verb = "" if ruling["holds"] and key in new else "not " if key in new else "again as the rules say: "
        said.append(f"{verb}{ruling['label']}{role}{main}")
    return "; ".join(dict.fromkeys(said))
