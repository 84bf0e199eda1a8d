"""Who said how many were killed, wounded or detained: which count belongs to which word, and which is no toll."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from pipeline.items import Claim
from pipeline.tag.numbers import counts
from pipeline.tag.parts import Told, links, told_counts, whole_counts
from pipeline.tag.reading import Found, Reading, kind_of
from pipeline.tag.spans import over_time
from pipeline.tag.topics import Sentence

EVENT_GROUPS = frozenset(("kill", "wound", "attack", "bomb", "explosion", "clash", "airstrike", "arrest", "protest"))
_TOLLS: dict[str, Literal["killed", "wounded", "detained"]] = {
    "kill": "killed",
    "wound": "wounded",
    "arrest": "detained",
}
_MOST = 40
"""Counts, and words such as "killed", of a sentence that are looked at: a sentence may be as long as its page."""
_REACH = 60
_FAR = 120
"""Reach of a toll that rises, and of one whose verb ends the sentence."""
_VERB_LAST = frozenset(("fa", "ps", "ur"))
_AFTER_PENALTY = 12
_NEW_CLAUSE = 30
_OBSERVERS = frozenset(("un", "ngo"))
_SPEECH = frozenset(("said", "says", "claimed", "claims", "reported", "گفت", "می", "وایی", "وویل", "заявил", "заявила"))


def claims(read: Sequence[Sentence]) -> list[Claim]:
    """What a text says of the toll of its event, each claim once. "Dozens" says nothing beside a number."""
    found: dict[Claim, bool] = {}
    for reading, number, bag in read:
        if "past" in bag or "sport" in bag:
            continue
        keys = sorted((key for group in _TOLLS for key in bag.get(group, ())), key=lambda key: (key.start, -key.end))
        if keys:
            found.update(_in_sentence(reading, number, bag, keys[:_MOST]))
    exact = {claim.field for claim, vague in found.items() if not vague and claim.bound != "most"}
    return [claim for claim, vague in found.items() if not (vague and claim.field in exact)]


def _in_sentence(
    reading: Reading, number: int, bag: Mapping[str, Sequence[Found]], keys: Sequence[Found]
) -> dict[Claim, bool]:
    """The claims of a sentence, and whether each has no number ("dozens")."""
    start, end = reading.sentence_span(number)
    numbers = counts(reading.text, start, end, reading.lang, reading.folded.kept)[:_MOST]
    numbers = [one for one in numbers if not any(key.start <= one.start < key.end for key in keys)]
    if not numbers:
        return {}
    events = [found.start for group in EVENT_GROUPS for found in bag.get(group, ())]
    spanned = over_time(reading.text, reading.folded.kept, start, end, numbers, events, reading.lang)
    numbers = whole_counts(reading, [one for one in numbers if one not in spanned], keys)
    told = told_counts(reading, numbers, keys)
    owners = [_owner(reading, one, keys, told) for one in told]
    made: dict[Claim, bool] = {}
    for one, key in zip(told, owners, strict=True):
        if key is None:
            continue
        both = _twin(reading, key, keys, told)
        claimant = _claimant(reading, number)
        for owner in (key, both) if both else (key,):
            evidence = reading.evidence(min(one.start, owner.start), max(one.end, owner.end))
            field = _TOLLS[owner.word.ref]
            if both:
                made[Claim(field, one.high, claimant, evidence, "most")] = one.vague
            elif one.low < one.high:
                made[Claim(field, one.low, claimant, evidence, "least")] = one.vague
                made[Claim(field, one.high, claimant, evidence, "most")] = one.vague
            else:
                made[Claim(field, one.low, claimant, evidence, one.bound)] = one.vague
    return made


def _gap(one: Told, key: Found) -> int | None:
    """How far a word such as "killed" is from a count; None where they overlap. "Killing 12" is nearest."""
    if key.start >= one.end:
        return key.start - one.end
    if key.end <= one.begin:
        gap = one.begin - key.end
        return 0 if gap <= 1 else gap + _AFTER_PENALTY
    return None


def _owner(reading: Reading, one: Told, keys: Sequence[Found], told: Sequence[Told]) -> Found | None:
    """The word such as "killed" that a count belongs to: the nearest within reach, the one after it first. Of "two
    bodies and five injured" the injured are five: a count does not reach a word across another count. Nor does it take
    a word that governs another count ("shot seven and wounded twelve"). An "and" begins something new: in "one was
    killed and three were wounded" the three are wounded."""
    best: tuple[int, Found] | None = None
    fresh = _NEW_CLAUSE if reading.token_before(one.begin) in links("and", reading.lang) else 0
    for key in keys:
        gap = _gap(one, key)
        if gap is None:
            continue
        low, high = (one.end, key.start) if key.start >= one.end else (key.end, one.start)
        if any(low <= other.start and other.end <= high for other in told):
            continue
        taken = any(other is not one and key.end <= other.begin <= key.end + 1 for other in told)
        if taken and key.start >= one.end and reading.lang in ("en", "ru"):
            continue
        reach = _FAR if one.far or (key.start >= one.end and reading.lang in _VERB_LAST) else _REACH
        cost = gap + (fresh if gap and key.end <= one.begin else 0)
        if gap <= reach and (best is None or cost < best[0]):
            best = (cost, key)
    return best[1] if best else None


def _twin(reading: Reading, key: Found, keys: Sequence[Found], told: Sequence[Told]) -> Found | None:
    """The other word of "killed or wounded", if no count of its own stands between them or behind it."""
    joins = links("both", reading.lang)
    for other in keys:
        if other.word.ref == key.word.ref:
            continue
        first, second = sorted((key, other), key=lambda found: found.start)
        words = reading.text[first.end : second.start].split()
        if not words or len(words) > 2 or words[-1] not in joins:
            continue
        if not any(first.end <= one.start < second.start for one in told):
            return other
    return None


def _claimant(reading: Reading, sentence: int) -> str | None:
    """Who said it: an observer named in the sentence, a party to the fight if it speaks, or an office."""
    for found in reading.actors:
        speaks = kind_of(found.word.ref) in _OBSERVERS or reading.token_after(found.end) in _SPEECH
        if found.sentence == sentence and speaks:
            return reading.original(found.start, found.end)
    for found in reading.groups:
        if found.sentence == sentence and found.word.ref == "claimant":
            return reading.original(found.start, found.end)
    return None


def toll(claims: Sequence[Claim], field: str) -> tuple[int | None, int | None, int | None]:
    """(low, best, high) of what is told of a field; None where nothing says it. What is told as "up to" a number bounds
    it from above only."""
    told = [claim for claim in claims if claim.field == field]
    firm = [claim.value for claim in told if claim.bound != "most"]
    best = Counter(firm).most_common(1)[0][0] if firm else None  # of equals the first
    return min(firm, default=None), best, max((claim.value for claim in told), default=None)
