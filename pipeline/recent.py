"""The memory of each outlet's recent pages, and the boilerplate that is learned from it while a batch is processed.
Reads at the batch's begin, writes in the batch's transaction: a killed run has learned what it has stored."""

import struct
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from models.base import Base
from models.boilerplate import BoilerplateVersion, PagePrint, RecurringLine
from models.upsert import insert_or
from pipeline.clean.recurring import (
    Print,
    by_language,
    hash_of,
    learn,
    lines_of,
    remembered,
    told_elsewhere,
    without_lines,
)
from pipeline.clean.text import fold
from pipeline.items import Article

RECURS = 3
"""Pages from which on a line is kept with its words, so that a person can see it."""
_LINE = struct.Struct("<qH")
"""Hash and characters of a line."""


@dataclass(frozen=True, slots=True)
class Learned:
    """One version of an outlet's boilerplate. Version 0 is empty."""

    version: int = 0
    lines: tuple[str, ...] = ()

    @property
    def folded(self) -> frozenset[str]:
        """The lines as cleaning compares them."""
        return frozenset(map(fold, self.lines))

    @property
    def hashes(self) -> frozenset[int]:
        """The lines as they are counted."""
        return frozenset(map(hash_of, self.lines))


@dataclass(slots=True)
class Recent:
    """What is remembered of some outlets."""

    outlets: frozenset[str]
    learned: dict[str, Learned]
    prints: dict[int, Print]
    """By ledger row."""
    rows: dict[tuple[str, int], Row[*tuple[Any, ...]]]
    """Of recurring_lines, as stored."""
    words: dict[int, str]
    """Hash -> line, for every line of the batch and every stored one."""
    new: set[str] = field(default_factory=set)
    """Outlets whose boilerplate changed."""
    noted: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, connection: Connection, outlets: Collection[str]) -> "Recent":
        """What the database remembers of `outlets`."""
        rows = connection.execute(select(RecurringLine.__table__).where(RecurringLine.outlet.in_(outlets))).all()
        found = cls(
            frozenset(outlets),
            newest(connection, outlets),
            {one.discovery_id: one for one in _prints(connection, PagePrint.outlet.in_(outlets))},
            {(row.outlet, row.hash): row for row in rows},
            {row.hash: row.text for row in rows},
        )
        found.words.update({hash_of(line): line for one in found.learned.values() for line in one.lines})
        return found

    def of(self, outlet: str) -> Learned:
        """The boilerplate in force."""
        return self.learned.get(outlet, Learned())

    def note(self, one: Print, words: Mapping[int, str]) -> None:
        """Remember a page of the batch; `words` are its lines."""
        self.prints[one.discovery_id] = one
        self.noted.add(one.discovery_id)
        self.words.update(words)

    def carries(self, discovery_id: int, lines: Collection[int]) -> bool:
        """Whether a page of the batch holds one of `lines`."""
        return discovery_id in self.prints and not self.prints[discovery_id].lines.keys().isdisjoint(lines)

    def promises(self, discovery_id: int) -> int:
        """How many different things were promised by the remembered addresses whose text is that of a page of the
        batch."""
        mine = self.prints[discovery_id]
        return len({one.announced for one in self._of(mine.outlet) if one.text == mine.text})

    def teach_nothing(self, discovery_id: int) -> None:
        """Remember a page of the batch as one that is no article."""
        self.prints[discovery_id] = without_lines(self.prints[discovery_id])

    def relearn(self, connection: Connection) -> dict[str, frozenset[int]]:
        """Hold the memory, with the batch in it, against itself: outlet -> lines that are boilerplate from now on.
        Nothing is written; `connection` shows the other outlets' pages, where that is needed."""
        self.prints = {one.discovery_id: one for one in remembered(self.prints.values())}
        gained: dict[str, frozenset[int]] = {}
        for outlet in sorted(self.outlets):
            before = self.of(outlet)
            found = {h for h in learn(self._of(outlet), before.hashes) if h in self.words}
            if fresh := found - before.hashes:
                others = _prints(connection, PagePrint.outlet != outlet)
                found -= told_elsewhere(others, fresh)
            if found != before.hashes:
                lines = tuple(sorted(self.words[h] for h in found))
                self.learned[outlet] = Learned(before.version + 1, lines)
                self.new.add(outlet)
                gained[outlet] = frozenset(found - before.hashes)
        return gained

    def _of(self, outlet: str) -> list[Print]:
        return [one for one in self.prints.values() if one.outlet == outlet]

    def write(self, connection: Connection, run_id: int, now: datetime) -> None:
        """Everything that the batch changed, in the caller's transaction."""
        for outlet in sorted(self.new):
            version = self.learned[outlet]
            connection.execute(
                insert(BoilerplateVersion).values(
                    outlet=outlet, version=version.version, made_at=now, run_id=run_id, lines=list(version.lines)
                )
            )
        prints = [_print_row(self.prints[discovery_id]) for discovery_id in sorted(self.noted & self.prints.keys())]
        _upsert(connection, PagePrint, ("discovery_id",), prints)
        for outlet in sorted({self.prints[i].outlet for i in self.noted if i in self.prints}):
            self._forget_prints(connection, outlet)
            self._write_lines(connection, outlet)

    def _forget_prints(self, connection: Connection, outlet: str) -> None:
        known = connection.execute(select(PagePrint.discovery_id).where(PagePrint.outlet == outlet)).scalars()
        if old := set(known) - self.prints.keys():
            connection.execute(delete(PagePrint).where(PagePrint.discovery_id.in_(old)))

    def _write_lines(self, connection: Connection, outlet: str) -> None:
        """The lines that recur, as the memory counts them now; what recurs no more and is not cut goes."""
        kept: set[int] = set()
        fresh: list[dict[str, Any]] = []
        for row in self._recurring(outlet):
            kept.add(row["hash"])
            known = self.rows.get((outlet, row["hash"]))
            if known is not None:
                row["first_seen_at"] = min(row["first_seen_at"], known.first_seen_at)
            if known is None or row != dict(known._mapping):
                fresh.append(row)
        _upsert(connection, RecurringLine, ("outlet", "hash"), fresh)
        for owner, line in sorted(self.rows):
            if owner == outlet and line not in kept:
                connection.execute(
                    delete(RecurringLine).where(RecurringLine.outlet == outlet, RecurringLine.hash == line)
                )

    def _recurring(self, outlet: str) -> Iterable[dict[str, Any]]:
        pages: Counter[int] = Counter()
        shares: dict[int, float] = {}
        for group in by_language(self._of(outlet)):
            counts = Counter(line for one in group for line in one.lines)
            pages.update(counts)
            for line, number in counts.items():
                shares[line] = max(shares.get(line, 0.0), round(number / len(group), 3))
        cut = self.of(outlet).hashes
        for line, number in sorted(pages.items()):
            if (number >= RECURS or line in cut) and line in self.words:
                carriers = [one for one in self._of(outlet) if line in one.lines]
                last = max(carriers, key=lambda one: (one.fetched_at, one.discovery_id))
                yield {
                    "outlet": outlet, "hash": line, "text": self.words[line], "pages": number, "share": shares[line],
                    "first_seen_at": min(one.fetched_at for one in carriers), "last_seen_at": last.fetched_at,
                    "example_id": last.discovery_id,
                }  # fmt: skip


def print_of(article: Article, row: Row[*tuple[Any, ...]]) -> tuple[Print, dict[int, str]]:
    """What is remembered of a cleaned page of the ledger row `row`, and its lines by hash. An address promised the
    headline that a source gave it; else a dated page, which is somebody's, its own; else itself."""
    words = lines_of(article.text, *article.cut)
    lines = {line: len(text) for line, text in words.items()}
    whole = hash_of("\n".join(sorted(map(fold, (*article.text.split("\n"), *article.cut)))))
    own = article.title if article.published and article.published.basis not in ("feed", "url") else None
    promised = hash_of(row.hints.get("title") or own or row.url_key)
    language = article.language or ""
    return Print(row.id, row.outlet, language, row.fetched_at, whole, promised, lines), words


def newest(connection: Connection, outlets: Collection[str]) -> dict[str, Learned]:
    """Outlet -> the boilerplate in force, where any was ever learned."""
    rows = connection.execute(
        select(BoilerplateVersion.outlet, BoilerplateVersion.version, BoilerplateVersion.lines)
        .where(BoilerplateVersion.outlet.in_(outlets))
        .order_by(BoilerplateVersion.version)
    )
    return {outlet: Learned(version, tuple(lines)) for outlet, version, lines in rows}


def _prints(connection: Connection, where: ColumnElement[bool]) -> list[Print]:
    rows = connection.execute(select(PagePrint.__table__).where(where).order_by(PagePrint.discovery_id))
    return [
        Print(
            row.discovery_id, row.outlet, row.language, row.fetched_at, row.text_hash, row.announced_hash,
            dict(_LINE.iter_unpack(row.lines)),
        )
        for row in rows
    ]  # fmt: skip


def _print_row(one: Print) -> dict[str, Any]:
    return {
        "discovery_id": one.discovery_id, "outlet": one.outlet, "language": one.language,
        "fetched_at": one.fetched_at, "text_hash": one.text, "announced_hash": one.announced,
        "lines": b"".join(_LINE.pack(line, characters) for line, characters in sorted(one.lines.items())),
    }  # fmt: skip


def _upsert(connection: Connection, into: type[Base], key: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    statement = insert_or(connection, into)
    rest = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest), rows)
