"""A newsroom after three years: a million articles of fifty outlets in six languages, in a fifth as many stories, with
tags, events, decisions and runs. Everything is drawn from one seed, so every database holds the same. The words are
invented; the most frequent ones stand for the names that every report has."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from models.search import index_all
from models.session import writing
from models.tables import metadata
from outlets.load import survey
from outlets.schema import Outlet

SEED = 7
DAYS = 1100
WORDS = 120
"""Of a text; a title has eight."""
LANGUAGES = {"en": 0.35, "fa": 0.3, "ps": 0.15, "ru": 0.1, "ur": 0.06, "tg": 0.04}
SYLLABLES = {
    "en": "ka bu ta li ban mor den str an gov er nim roz sol par wan che ter ith on ge al",
    "fa": "کا بل طا لب ان هر ات قن دو ز مر دم حکو مت نی رو پو لی س جن گ می‌ شد",
    "ps": "پښ تو کې ځو اک خو ست ولا یت چار واکي ټپي ان وي دي ډز وې",
    "ru": "ка бул та ли бан про вин ци я взры в пол ици но сти гов ор",
    "ur": "پا کس تان اف غان حکو مت فو ج نے کے ہے میں دھ ما کہ",
    "tg": "то ҷи кис тон аф ғон ҳу ку мат ва зо рат қу вва ҳо ӣ",
}
PROVINCES = [f"AF-{number:02}" for number in range(34)]
TOPICS = [f"topic.{number:02}" for number in range(40)]
ACTORS = [f"actor_{number:02}" for number in range(60)]
REVIEWERS = ("ana", "bashir", "chen", "dilawar", "local")
OUTLETS: dict[str, Outlet] = {name: found for name, found in sorted(survey()) if isinstance(found, Outlet)}
NAMES = list(OUTLETS)[:50]


def vocabulary(language: str, size: int = 20_000) -> list[str]:
    """Words of a language, the most frequent first."""
    chance = np.random.default_rng(len(language) + sum(map(ord, language)))
    parts = SYLLABLES[language].split()
    found: dict[str, None] = {}
    while len(found) < size:
        found["".join(parts[n] for n in chance.integers(0, len(parts), chance.integers(2, 6)))] = None
    return list(found)


def frequent(count: int, size: int, chance: np.random.Generator) -> np.ndarray:
    """`count` ranks below `size` as often as in language (Zipf)."""
    return np.minimum((size ** chance.random(count)).astype(np.int64), size) - 1


class World:
    """The columns of all articles, in the order of their ids."""

    def __init__(self, articles: int, now: datetime) -> None:
        self.size, self.now = articles, now
        self.chance = chance = np.random.default_rng(SEED)
        stories = articles // 5
        sizes = np.minimum(1 + (chance.pareto(1.2, stories) * 1.1).astype(np.int64), 400)
        story = np.repeat(np.arange(stories), sizes)[:articles]
        story = np.append(story, chance.integers(0, stories, articles - story.size))
        began = chance.random(stories) * (DAYS - 0.2) * 86400
        seconds = np.minimum(began[story] + chance.exponential(0.6 * 86400, articles), DAYS * 86400 - 60)
        order = np.argsort(seconds, kind="stable")
        self.seconds, story = seconds[order], story[order]
        _, first, whose = np.unique(story, return_index=True, return_inverse=True)
        self.story = first[whose] + 1
        self.is_first = self.story == np.arange(1, articles + 1)
        self.is_copy = ~self.is_first & (chance.random(articles) < 0.4)
        base = np.where(
            chance.random(stories) < 0.2, 0.6 + 0.39 * chance.random(stories), 0.58 * chance.random(stories)
        )
        self.relevance = np.clip(np.round(base[story] + chance.normal(0, 0.02, articles), 2), 0, 1)
        self.outlet = frequent(articles, len(NAMES), chance)
        self.language = chance.choice(len(LANGUAGES), articles, p=list(LANGUAGES.values()))
        self.province = np.where(chance.random(stories) < 0.6, frequent(stories, len(PROVINCES), chance), -1)[story]
        self.topic = frequent(stories, len(TOPICS), chance)[story]
        self.actor = frequent(articles, len(ACTORS), chance)
        draw, old = chance.random(articles), self.seconds < (DAYS - 2) * 86400
        judged = old & (self.relevance >= 0.3) & (draw < 0.4)
        kinds = np.where(draw < 0.15, "accepted", "rejected")
        self.status = np.where(judged, kinds, np.where(old & (draw > 0.995), "changed", "new"))
        self.backfilled = old & (self.status == "new") & (chance.random(articles) < 0.1)

    def at(self, number: int) -> datetime:
        """When article `number` (from 0) was published."""
        return self.now - timedelta(days=DAYS) + timedelta(seconds=round(float(self.seconds[number])))

    def articles(self) -> Iterator[dict[str, Any]]:
        """Rows of `articles`."""
        codes = list(LANGUAGES)
        for number in range(self.size):
            at, decided = self.at(number), self.status[number] != "new"
            outlet = NAMES[self.outlet[number]]
            yield {
                "id": number + 1, "outlet": outlet, "url_key": f"{outlet}.example/{number}",
                "url": f"https://{outlet}.example/{number}", "first_seen_at": at + timedelta(minutes=20),
                "content_changed_at": at + timedelta(minutes=25), "dated_at": at,
                "language": codes[self.language[number]], "backfilled": bool(self.backfilled[number]),
                "latest_version": 1, "copy_of": int(self.story[number]) if self.is_copy[number] else None,
                "copy_kind": "near" if self.is_copy[number] else None, "story_id": int(self.story[number]),
                "relevance": float(self.relevance[number]), "review_status": str(self.status[number]),
                "relevance_reasons": ["topic " + TOPICS[self.topic[number]], "about Afghanistan"],
                "reviewed_version": 1 if decided else None, "reviewed_by": REVIEWERS[number % 5] if decided else None,
                "reviewed_at": at + timedelta(hours=5) if decided else None,
            }  # fmt: skip

    def texts(self) -> Iterator[tuple[str, str]]:
        """Title and text of every article."""
        chance = np.random.default_rng(SEED + 1)
        words = [vocabulary(language) for language in LANGUAGES]
        for start in range(0, self.size, 10_000):
            many = min(10_000, self.size - start)
            ranks = frequent(many * (WORDS + 8), len(words[0]), chance).reshape(many, -1).tolist()
            for number, row in enumerate(ranks, start):
                known = words[self.language[number]]
                said = [known[rank] for rank in row]
                yield " ".join(said[:8]), ". ".join(" ".join(said[at : at + 24]) for at in range(8, len(said), 24))

    def versions(self) -> Iterator[dict[str, Any]]:
        """Rows of `article_versions`."""
        codes = list(LANGUAGES)
        for number, (title, body) in enumerate(self.texts()):
            at = self.at(number)
            yield {
                "article_id": number + 1, "version": 1, "content_sha256": f"{number:064}", "body_sha256": "b" * 64,
                "fetched_at": at + timedelta(minutes=25), "title": title, "text": body, "authors": [],
                "language": codes[self.language[number]], "published_at": at, "published_local": at.isoformat(),
                "published_precision": "minute", "published_basis": "meta", "published_calendar": "gregorian",
                "cited_sources": [], "quality": 1.0, "issues": [], "run_id": 1, "clean_version": "1",
                "facts": {"killed_low": 3, "killed_high": 5, "claims": []} if self.is_first[number] else {},
                "tag_version": "1", "change_seq": number + 1, "changes": [],
            }  # fmt: skip

    def tags(self) -> Iterator[dict[str, Any]]:
        """Rows of `article_tags`."""
        count = self.size
        for number in range(self.size):
            province = PROVINCES[self.province[number]] if self.province[number] >= 0 else ""
            topic, actor = TOPICS[self.topic[number]], ACTORS[self.actor[number]]
            said = [("iso3166-1", "AF", "Afghanistan", "event"), ("topic", topic, topic.title(), ""),
                    ("actor", actor, actor.title(), "")]  # fmt: skip
            if province:
                said += [("iso3166-2", province, f"Province {province}", "event"),
                         ("pcode", f"AF{PROVINCES.index(province):02}", f"Province {province}", "event")]  # fmt: skip
            for scheme, code, label, role in said:
                count += 1
                yield {
                    "article_id": number + 1, "version": 1, "scheme": scheme, "code": code, "label": label,
                    "role": role, "main": scheme == "iso3166-2", "precision": 3 if role else None, "confidence": 0.9,
                    "rule": "made.up@1", "evidence": [{"field": "title", "start": 0, "end": 2, "text": "xx"}],
                    "change_seq": count,
                }  # fmt: skip

    def decisions(self) -> Iterator[dict[str, Any]]:
        """Rows of `review_decisions`: one for each decided article."""
        for number in np.flatnonzero(self.status != "new").tolist():
            yield {
                "article_id": number + 1, "version": 1, "content_sha256": f"{number:064}",
                "action": "reject" if self.status[number] == "rejected" else "accept",
                "reason": "not_security" if self.status[number] == "rejected" else None,
                "reviewer": REVIEWERS[number % 5], "decided_at": self.at(number) + timedelta(hours=5),
                "before": {}, "after": {}, "change_seq": number + 1,
            }  # fmt: skip

    def runs(self) -> Iterator[dict[str, Any]]:
        """Rows of `runs`: hourly crawls of every outlet for the last 400 days."""
        for back in reversed(range(1, 400 * 24)):
            at = self.now - timedelta(hours=back)
            for name in NAMES:
                yield {"kind": "crawl", "outlet": name, "state": "ok", "started_at": at, "finished_at": at, "stats": {}}

    def stories(self) -> Iterator[dict[str, Any]]:
        """Rows of `stories`."""
        for number in np.flatnonzero(self.is_first).tolist():
            yield {"id": number + 1, "created_at": self.at(number)}

    def events(self) -> Iterator[dict[str, Any]]:
        """Rows of `events`: one for every story."""
        _, lead, many = np.unique(self.story, return_index=True, return_counts=True)
        for number, articles in zip(lead.tolist(), many.tolist(), strict=True):
            place = int(self.province[number])
            yield {
                "story_id": int(self.story[number]), "event_type": "Battles", "sub_event_type": "Armed clash",
                "adm1_iso": PROVINCES[place] if place >= 0 else None, "killed_low": 3, "killed_best": 4,
                "killed_high": 5, "n_articles": articles, "n_independent_origins": 1,
                "first_seen_at": self.at(number), "relevance": float(self.relevance[number]),
                "review_status": str(self.status[number]), "is_deleted": False, "change_seq": number + 1,
            }  # fmt: skip

    def provinces(self) -> Iterator[dict[str, Any]]:
        """Rows of `places`."""
        for code in PROVINCES:
            yield {
                "iso": code, "level": "province", "name_en": f"Province {code}", "name_fa": "", "name_ps": "",
                "name_ru": "", "pcode": code, "pcode_version": "made up", "pcode_verified": False,
                "geonames_adm1": code, "fips": code, "country": "AF",
            }  # fmt: skip


def fill(on: Engine, world: World) -> None:
    """Load the tables in bulk, their indexes afterwards, as a restore does it; then the search's index."""
    tables: dict[str, Iterable[dict[str, Any]]] = {
        "stories": world.stories(), "articles": world.articles(), "article_versions": world.versions(),
        "article_tags": world.tags(), "review_decisions": world.decisions(), "runs": world.runs(),
        "events": world.events(), "places": world.provinces(),
    }  # fmt: skip
    for name, rows in tables.items():
        with writing(on) as connection:
            indexes = sorted(metadata.tables[name].indexes, key=lambda index: str(index.name))
            for index in indexes:
                index.drop(connection)
            _load(connection, name, rows)
            for index in indexes:
                index.create(connection)
    with writing(on) as connection:
        index_all(connection)
        connection.execute(text("UPDATE change_counter SET value = :most"), {"most": 10 * world.size})
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if on.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _load(connection: Any, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Straight through the driver: a compiled statement costs more than the row."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    columns = list(first)
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 (fixed names)
        raw.executemany(statement, (_plain(row, columns) for row in _with(first, rows)))
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        buffer = io.StringIO()
        for row in _with(first, rows):
            buffer.write("\t".join(_field(row[column]) for column in columns) + "\n")
            if buffer.tell() > 1_000_000:
                copy.write(buffer.getvalue())
                buffer = io.StringIO()
        copy.write(buffer.getvalue())
    if "id" in columns and name != "stories":
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608
        )


def _with(first: dict[str, Any], rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rows


def _plain(row: dict[str, Any], columns: Sequence[str]) -> list[Any]:
    """As SQLite keeps it."""
    return [
        json.dumps(value) if isinstance(value, dict | list)
        else value.replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(value, datetime)
        else value
        for value in (row[column] for column in columns)
    ]  # fmt: skip


def _field(value: Any) -> str:
    """As COPY reads it. Our texts hold no tab, line end or backslash."""
    if value is None:
        return r"\N"
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)
