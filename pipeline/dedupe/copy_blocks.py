"""The inverted index of copies: which texts share a hash and are near in time, for many new texts in one look.

What one in 1 024 of all hashes leads to among the texts of one week is one row, a block of eight bytes a posting. A row
for each posting would take five times the room, and with a million articles a page to be read and written for each.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, Connection, Integer, LargeBinary, bindparam, cast, func, select, true

from models.fingerprint import blocks
from models.upsert import insert_or
from pipeline.dedupe.copies import DAY, WINDOW
from pipeline.dedupe.copy_index import among, among_values, whole_numbers
from pipeline.dedupe.fingerprints import Fingerprint

Integers = NDArray[np.int64]

FULL: Final = 24
"""Articles near in time that one hash leads to. A phrase of that many is a formula: it takes no more of them in."""
COMMON: Final = 8
"""A hash that leads to more articles than this makes no candidate alone."""
CANDIDATES: Final = 64
"""Most texts that one text is compared with (I7)."""
UNDATED: Final = 1 << 30
"""The day of a text that has none."""

_BUCKET: Final = 22
"""The highest ten of a hash's 32 bits name its bucket, the others stand in the posting."""
_DAY: Final = 3
_ID: Final = 39
"""Bits of a posting: 22 of the hash, 3 for the day of the week, 39 for the article."""
_WEEK: Final = 20
"""A block's key is its bucket and this many bits of its week."""
_FIRST_WEEK: Final = 150_000
"""Added to weeks since 1970, so that the year 1 is above zero. Week 0 holds the undated."""
_DAYS: Final = WINDOW // DAY


@dataclass(frozen=True, slots=True)
class Postings:
    """Parallel arrays: the unsigned 32-bit hash, the article, and the day since 1970 on which it was published."""

    hashes: Integers
    ids: Integers
    days: Integers

    def only(self, kept: NDArray[Any]) -> "Postings":
        """Those that a mask or an array of indices chooses."""
        return Postings(self.hashes[kept], self.ids[kept], self.days[kept])

    def keys(self) -> Integers:
        """The block of each."""
        return _key(self.hashes, self.days)


def joined(some: Postings, more: Postings) -> Postings:
    """Both, one after the other."""
    return Postings(*(np.concatenate([getattr(one, name) for one in (some, more)]) for name in Postings.__slots__))


def postings(hashes: Mapping[int, Collection[int]], days: Mapping[int, int]) -> Postings:
    """The signed `hashes` of each article, in order. Raises OverflowError for an article id of 2**39 or more."""
    if max(hashes, default=0) >> _ID:
        raise OverflowError(f"article {max(hashes)} has no room in the index of copies")
    counts = [len(some) for some in hashes.values()]
    flat = np.array([one for some in hashes.values() for one in some], np.int64) & 0xFFFFFFFF
    ids = np.repeat(np.array(list(hashes), np.int64), counts)
    return Postings(flat, ids, np.repeat(np.array([days[one] for one in hashes], np.int64), counts))


def candidates(
    connection: Connection, prints: Mapping[int, Fingerprint], days: Mapping[int, int]
) -> tuple[dict[int, list[int]], set[int]]:
    """For each article of `prints` those near to it in time that share posted hashes with it, stored ones and those of
    `prints`; and the articles that found a hash full, which may have likes that they cannot see.

    Also posts the hashes of `prints`, except where a hash is full at their time: what one year was full of takes no
    room from another. `days` counts from 1970; UNDATED is near to every day.
    """
    if not prints:
        return {}, set()
    asked = postings({one: found.asked for one, found in prints.items()}, days)
    offered = postings({one: found.posted for one, found in prints.items()}, days)
    held = _read(connection, asked)
    stored = _unpacked(held, asked.hashes)
    full, again = _full(stored, offered)
    new = offered.only(~(full | again))
    write(connection, held, new)
    return _likely(joined(stored, new), asked, prints), set(offered.ids[full].tolist())


def write(connection: Connection, held: Mapping[int, bytes], new: Postings) -> None:
    """Append postings to their blocks, of which `held` has what is stored."""
    if not new.ids.size:
        return
    keys = new.keys()
    order = np.argsort(keys, kind="stable")
    rest = new.hashes & ((1 << _BUCKET) - 1)
    weekday = np.where(new.days == UNDATED, 0, new.days % 7)
    packed = (((rest << _DAY | weekday).astype(np.uint64) << np.uint64(_ID)) | new.ids.astype(np.uint64))[order]
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    ends = np.append(starts[1:], keys.size)
    numbers = keys[starts].tolist()
    grown = [
        held.get(key, b"") + packed[start:end].astype("<u8").tobytes()
        for key, start, end in zip(numbers, starts.tolist(), ends.tolist(), strict=True)
    ]
    statement: Any = insert_or(connection, blocks)
    sent: Any = [{"block": key, "entries": entries} for key, entries in zip(numbers, grown, strict=True)]
    if connection.dialect.name == "postgresql":
        arrays = [cast(bindparam("block"), ARRAY(Integer)), cast(bindparam("entries"), ARRAY(LargeBinary))]
        source = func.unnest(*arrays).table_valued("block", "entries").render_derived()
        statement = statement.from_select(["block", "entries"], select(source.c.block, source.c.entries).where(true()))
        sent = {"block": numbers, "entries": grown}
    connection.execute(statement.on_conflict_do_update(
        index_elements=["block"], set_={"entries": statement.excluded.entries}
    ), sent)  # fmt: skip


def _key(hashes: Integers, days: Integers, later: int = 0) -> Integers:
    weeks = np.where(days == UNDATED, 0, days // 7 + _FIRST_WEEK + later)
    made: Integers = (hashes >> _BUCKET) << _WEEK | weeks
    return made


def _read(connection: Connection, asked: Postings) -> dict[int, bytes]:
    """The blocks that can hold what is `asked`: a fortnight before and after, and the undated; of those who know no day
    all weeks."""
    dated = asked.only(asked.days != UNDATED)
    reach = _DAYS // 7
    wanted = [_key(dated.hashes, dated.days, later) for later in range(-reach, reach + 1)]
    wanted.append((dated.hashes >> _BUCKET) << _WEEK)
    found: dict[int, bytes] = {}
    if dated.ids.size:
        query = select(blocks.c.block, blocks.c.entries).where(among(connection, blocks.c.block))
        keys = np.unique(np.concatenate(wanted)).tolist()
        found.update(map(tuple, connection.execute(query, among_values(connection, keys))))
    if dated.ids.size < asked.ids.size:
        buckets = np.unique(asked.hashes[asked.days == UNDATED] >> _BUCKET) << _WEEK
        each, first = whole_numbers(connection)
        within = blocks.c.block.between(first, first + ((1 << _WEEK) - 1))
        query = select(blocks.c.block, blocks.c.entries).select_from(each).join(blocks, within)
        found.update(map(tuple, connection.execute(query, among_values(connection, buckets.tolist()))))
    return found


def _unpacked(held: Mapping[int, bytes], asked: Integers) -> Postings:
    """The postings in these blocks whose hash is one of `asked`."""
    packed = np.frombuffer(b"".join(held.values()), "<u8")
    keys = np.repeat(np.array(list(held), np.int64), [len(entries) // 8 for entries in held.values()])
    hashes = (keys >> _WEEK) << _BUCKET | (packed >> np.uint64(_ID + _DAY)).astype(np.int64)
    wanted = np.zeros(1 << 20, np.bool_)  # a look at twenty bits first: few pass that are not asked for
    wanted[asked >> 12] = True
    near = np.flatnonzero(wanted[hashes >> 12])
    near = near[np.isin(hashes[near], asked)]
    packed, keys = packed[near].astype(np.int64), keys[near]
    weeks = keys & ((1 << _WEEK) - 1)
    days = np.where(weeks == 0, UNDATED, (weeks - _FIRST_WEEK) * 7 + (packed >> _ID & 7))
    return Postings(hashes[near], packed & ((1 << _ID) - 1), days)


def _full(stored: Postings, offered: Postings) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the `offered` find FULL near them in time under their hash, and which are `stored` already."""
    again = np.zeros(offered.ids.size, np.bool_)
    mine = np.isin(stored.ids, offered.ids)  # a text that was replaced left its postings
    if mine.any():
        old = set(zip(stored.hashes[mine].tolist(), stored.ids[mine].tolist(), strict=True))
        again[:] = [pair in old for pair in zip(offered.hashes.tolist(), offered.ids.tolist(), strict=True)]
    full = np.zeros(offered.ids.size, np.bool_)
    _, place = np.unique(np.concatenate([stored.hashes, offered.hashes]), return_inverse=True)
    crowds = np.bincount(place)[place] > FULL
    there: dict[int, list[int]] = defaultdict(list)
    held = stored.only(crowds[: stored.ids.size])
    for number, day in zip(held.hashes.tolist(), held.days.tolist(), strict=True):
        there[number].append(day)
    for index in np.flatnonzero(crowds[stored.ids.size :] & ~again).tolist():
        day = int(offered.days[index])
        days = there[int(offered.hashes[index])]
        if len(days) < FULL or sum(_is_near(one, day) for one in days) < FULL:
            days.append(day)
        else:
            full[index] = True
    return full, again


def _is_near(one: int, other: int) -> bool:
    return abs(one - other) <= _DAYS or UNDATED in (one, other)


def _likely(there: Postings, asked: Postings, prints: Mapping[int, Fingerprint]) -> dict[int, list[int]]:
    """For each article whom its `asked` hashes lead to, the most often met first."""
    there = there.only(np.argsort(there.hashes, kind="stable"))
    starts = np.searchsorted(there.hashes, asked.hashes)
    counts = np.searchsorted(there.hashes, asked.hashes, side="right") - starts
    question = np.repeat(np.arange(asked.ids.size), counts)
    answer = np.arange(question.size) + np.repeat(starts - np.cumsum(counts) + counts, counts)
    mine, theirs = asked.days[question], there.days[answer]
    near = (np.abs(mine - theirs) <= _DAYS) | (mine == UNDATED) | (theirs == UNDATED)
    question, answer = question[near], answer[near]
    common = np.bincount(question, minlength=asked.ids.size) > COMMON
    other = asked.ids[question] != there.ids[answer]
    question, answer = question[other], answer[other]
    places = {article_id: place for place, article_id in enumerate(prints)}
    owner = np.repeat(np.arange(len(prints)), [len(found.asked) for found in prints.values()])[question]
    pairs, place = np.unique(owner << _ID | there.ids[answer], return_inverse=True)
    scores = np.bincount(place, np.where(common[question], 1, 2), pairs.size)
    owners, others = pairs >> _ID, pairs & ((1 << _ID) - 1)
    enough = np.array([1 if len(found.asked) == 1 else 2 for found in prints.values()])
    kept = np.flatnonzero(scores >= enough[owners])
    kept = kept[np.lexsort((others[kept], -scores[kept], owners[kept]))]
    first = np.searchsorted(owners[kept], np.arange(len(prints)))
    last = np.searchsorted(owners[kept], np.arange(len(prints)), side="right")
    return {
        article_id: others[kept[first[place] : min(last[place], first[place] + CANDIDATES)]].tolist()
        for article_id, place in places.items()
    }
