"""Who said how many were killed, wounded or detained: which count belongs to which word, and which is no toll."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from pipeline.items import Claim
from pipeline.tag.matching import fold
from pipeline.tag.numbers import Bound, Number, bound_before, counts, of_people
from pipeline.tag.reading import Found, Reading, kind_of
from pipeline.tag.spans import over_time
from pipeline.tag.topics import Sentence
from pipeline.tag.vocabulary import read_yaml

EVENT_GROUPS = frozenset(("kill", "wound", "attack", "bomb", "explosion", "clash", "airstrike", "arrest", "protest"))
_TOLLS: dict[str, Literal["killed", "wounded", "detained"]] = {
    "kill": "killed",
    "wound": "wounded",
    "arrest": "detained",
}
_REACH = 60
_FAR = 120
"""Reach of a toll that rises, and of one whose verb ends the sentence."""
_VERB_LAST = frozenset(("fa", "ps", "ur"))
_AFTER_PENALTY = 12
_NEW_CLAUSE = 30
_NEAR_WORDS = 4
_OBSERVERS = frozenset(("un", "ngo"))
_SPEECH = frozenset(("said", "says", "claimed", "claims", "reported", "گفت", "می", "وایی", "وویل", "заявил", "заявила"))


class _Told(NamedTuple):
    """A count, or a sum or a range of two, from `start` to `end`, and what bounds it."""

    low: int
    high: int
    start: int
    end: int
    bound: Bound | None
    begin: int
    """Where the words that bound it start."""
    far: bool = False
    vague: bool = False


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    """The phrases of `parts`, folded, between blanks."""
    return tuple(f" {fold(phrase)} " for phrase in read_yaml("numbers.yml")["parts"][kind].split(",") if phrase.strip())


@cache
def _pairs(kind: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Of `ranges` or `rises`: (word before the first number or "", words between the two)."""
    cell = read_yaml("numbers.yml")[kind].get(lang, "")
    pairs = (pair.strip().partition("+") for pair in cell.split(",") if pair.strip())
    return tuple((fold(before), fold(between)) for before, _, between in pairs)


@cache
def _rising(lang: str) -> tuple[str, ...]:
    return tuple(f" {phrase} " for phrase in _links("rising", lang))


@cache
def _links(kind: str, lang: str) -> frozenset[str]:
    return frozenset(fold(word) for word in read_yaml("numbers.yml")[kind].get(lang, "").split("|") if word)


def claims(read: Sequence[Sentence]) -> list[Claim]:
    """What a text says of the toll of its event, each claim once. "Dozens" says nothing beside a number."""
    found: dict[Claim, bool] = {}
    for reading, number, bag in read:
        if "past" in bag or "sport" in bag:
            continue
        keys = sorted((key for group in _TOLLS for key in bag.get(group, ())), key=lambda key: (key.start, -key.end))
        if keys:
            found.update(_in_sentence(reading, number, bag, keys))
    exact = {claim.field for claim, vague in found.items() if not vague and claim.bound != "most"}
    return [claim for claim, vague in found.items() if not (vague and claim.field in exact)]


def _in_sentence(
    reading: Reading, number: int, bag: Mapping[str, Sequence[Found]], keys: Sequence[Found]
) -> dict[Claim, bool]:
    """The claims of a sentence, and whether each has no number ("dozens")."""
    start, end = reading.sentence_span(number)
    numbers = counts(reading.text, start, end, reading.lang, reading.folded.kept)
    numbers = [one for one in numbers if not any(key.start <= one.start < key.end for key in keys)]
    if not numbers:
        return {}
    events = [found.start for group in EVENT_GROUPS for found in bag.get(group, ())]
    spanned = over_time(reading.text, reading.folded.kept, start, end, numbers, events, reading.lang)
    numbers = _whole(reading, [one for one in numbers if one not in spanned], keys)
    told = _told(reading, numbers, keys)
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


def _whole(reading: Reading, numbers: Sequence[Number], keys: Sequence[Found]) -> list[Number]:
    """The numbers without those that count a part of others, and without articles ("یک انفجار")."""
    found: list[Number] = []
    part: Number | None = None
    for one in numbers:
        if _is_part(reading, one, keys) or (part and _goes_on(reading, part, one, keys)):
            part = one
            continue
        part = None
        if one.value > 1 or reading.text[one.start : one.end].isdigit() or _one_of_people(reading, one, keys):
            found.append(one)
    return found


def _after(reading: Reading, at: int, most: int = _NEAR_WORDS) -> list[tuple[str, int]]:
    """The next words behind a folded offset, with their starts, up to a mark of punctuation."""
    found: list[tuple[str, int]] = []
    at += 1
    while len(found) < most:
        stop = reading.text.find(" ", at)
        if stop <= at:
            break
        found.append((reading.text[at:stop], at))
        at = stop + 1
    return found


def _people_follow(reading: Reading, at: int, keys: Sequence[Found]) -> bool:
    """Whether people and no outcome follow an offset."""
    words = _after(reading, at)
    if any(key.start == start for _, start in words for key in keys):
        return False
    return any(of_people(word, reading.lang) for word, _ in words)


def _is_part(reading: Reading, one: Number, keys: Sequence[Found]) -> bool:
    """ "Including three children", "of whom five were children", "five of them children"."""
    _, begin = bound_before(reading.text, one.start)
    before = " ".join(reading.text[max(0, begin - 24) : begin].split()) + " "
    if f" {before}".endswith(_phrases("before")):
        return True
    after = " ".join(["", *(word for word, _ in _after(reading, one.end)), ""])
    if any(phrase in after for phrase in _phrases("behind")):
        return True
    if f" {before}".endswith(_phrases("some")) and not before.startswith(" "):
        return _people_follow(reading, one.end, keys)
    for phrase in _phrases("some"):
        at = reading.text.find(phrase, one.end, one.end + len(phrase) + 10)
        if at >= 0:
            return _people_follow(reading, at + len(phrase) - 1, keys)
    return False


def _goes_on(reading: Reading, part: Number, one: Number, keys: Sequence[Found]) -> bool:
    """Whether a count goes on a list of parts: "including two women and four children"."""
    if any(part.end <= key.start < one.start for key in keys) or one.start - part.end > 24:
        return False
    before = reading.token_before(one.start)
    after = _after(reading, one.end, 2)
    if before and before not in _links("and", reading.lang):
        return False
    return bool(after) and of_people(after[0][0], reading.lang) and after[0][0] not in _links("others", reading.lang)


def _one_of_people(reading: Reading, one: Number, keys: Sequence[Found]) -> bool:
    """A word for one counts when people follow, or the outcome itself."""
    words = _after(reading, one.end, 2)
    if any(of_people(word, reading.lang) for word, _ in words):
        return True
    return any(key.start == start for key in keys for _, start in words) and reading.lang in ("en", "ru")


def _told(reading: Reading, numbers: Sequence[Number], keys: Sequence[Found]) -> list[_Told]:
    """The numbers as counts: two that make a range or a sum as one, and of "from 12 to 21" the second."""
    found: list[_Told] = []
    for one in numbers:
        bound, begin = bound_before(reading.text, one.start)
        told = _Told(one.value, one.value, one.start, one.end, "least" if one.vague else bound, begin, vague=one.vague)
        if reading.text.endswith(_rising(reading.lang), max(0, one.start - 32), one.start):
            told = told._replace(bound=None if bound == "most" else bound, far=True)
        last = found[-1] if found else None
        if last is not None:
            between = " ".join(reading.text[last.end : one.start].split())
            before = reading.token_before(last.start)
            if _paired("rises", reading.lang, before, between):
                found[-1] = told._replace(bound=None, begin=last.begin, far=True)
                continue
            ranged = _paired("ranges", reading.lang, before, between)
            ranged |= not between and reading.folded.kept[last.end - 1 : one.start - 1] in ("-", "–", "—")
            if ranged and last.low == last.high < one.value:
                found[-1] = _Told(last.low, one.value, last.start, one.end, None, last.begin)
                continue
            if _summed(reading, last, one, between, keys):
                found[-1] = last._replace(low=last.low + one.value, high=last.high + one.value, end=one.end)
                continue
        found.append(told)
    return found


def _paired(kind: str, lang: str, before: str, between: str) -> bool:
    return any(between == link and (not word or word == before) for word, link in _pairs(kind, lang))


def _summed(reading: Reading, last: _Told, one: Number, between: str, keys: Sequence[Found]) -> bool:
    """Whether two counts of people have one outcome: "three policemen and five civilians were killed"."""
    if any(last.end <= key.start < one.start for key in keys) or last.bound == "most":
        return False
    words = between.split()
    if not 2 <= len(words) <= _NEAR_WORDS or words[-1] not in _links("and", reading.lang):
        return False
    after = _after(reading, one.end, 2)
    if any(key.start == start for key in keys for _, start in after[:1]):
        return False
    return any(of_people(word, reading.lang) for word in words) and any(
        of_people(word, reading.lang) for word, _ in after
    )


def _gap(one: _Told, key: Found) -> int | None:
    """How far a word such as "killed" is from a count; None where they overlap. "Killing 12" is nearest."""
    if key.start >= one.end:
        return key.start - one.end
    if key.end <= one.begin:
        gap = one.begin - key.end
        return 0 if gap <= 1 else gap + _AFTER_PENALTY
    return None


def _owner(reading: Reading, one: _Told, keys: Sequence[Found], told: Sequence[_Told]) -> Found | None:
    """The word such as "killed" that a count belongs to: the nearest within reach, the one after it first. Of "two
    bodies and five injured" the injured are five: a count does not reach a word across another count. Nor does it take
    a word that governs another count ("shot seven and wounded twelve"). An "and" begins something new: in "one was
    killed and three were wounded" the three are wounded."""
    best: tuple[int, Found] | None = None
    fresh = _NEW_CLAUSE if reading.token_before(one.begin) in _links("and", reading.lang) else 0
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


def _twin(reading: Reading, key: Found, keys: Sequence[Found], told: Sequence[_Told]) -> Found | None:
    """The other word of "killed or wounded", if no count of its own stands between them or behind it."""
    links = _links("both", reading.lang)
    for other in keys:
        if other.word.ref == key.word.ref:
            continue
        first, second = sorted((key, other), key=lambda found: found.start)
        words = reading.text[first.end : second.start].split()
        if not words or len(words) > 2 or words[-1] not in links:
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
