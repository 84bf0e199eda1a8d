"""Does the tag stage again on texts that are stored, without fetching: after rules have changed, or one of them. Rows
that still say the same stay as they are, and nothing here touches a decision (I3)."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, select, update

from models.article import Article as ArticleRow
from models.article import ArticleTag, ArticleVersion
from models.change import take_change_numbers
from models.corrections import obey
from models.events import refresh
from models.give_way import give_way
from models.lease import RunHandle, begin_run, end_badly, end_run
from models.ranker import in_use
from models.session import reading
from outlets import Outlet
from pipeline.items import JSON, Facts, Stamp, Tagged, TagInput
from pipeline.rank.ranker import Ranker
from pipeline.stages import TAG
from pipeline.tag.vocabulary import RELATED
from pipeline.tag_rows import bring_in_line

BATCH: Final = 100


@dataclass(slots=True)
class Reprocessed:
    """What doing it again changed, or would change."""

    looked_at: int = 0
    articles: int = 0
    """Of which a tag, fact or relevance is another one now."""
    tags: Counter[str] = field(default_factory=Counter)
    """added, changed, removed."""
    facts: int = 0
    relevance: int = 0
    events: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    """Rule id -> tags of it that were added, changed or removed."""

    def as_json(self) -> JSON:
        """Plain values."""
        return {**asdict(self), "tags": dict(self.tags), "rules": dict(self.rules.most_common())}


def reprocess(
    on: Engine,
    outlets: dict[str, Outlet],
    *,
    rule: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Reprocessed:
    """Tag the latest version of every article whose tags an older stage or older rules gave, and write what differs.

    With `rule` (an id without version) only articles to which that rule gave a tag, or gives one now, change; the
    others keep their tags and stay due. With `dry_run` nothing is written. Raises Superseded when a newer run
    takes over.
    """
    run = None if dry_run else begin_run(on, "reprocess")
    result = Reprocessed()
    try:
        with reading(on) as connection:
            due = _due(connection, rule)
        for start in range(0, len(due), BATCH):
            _batch(on, run, due[start : start + BATCH], outlets, rule, result)
            progress(min(start + BATCH, len(due)), len(due))
    except BaseException as error:
        if run is not None:
            end_badly(on, run, result.as_json(), error)
        raise
    if run is not None:
        end_run(on, run, "ok", result.as_json())
    return result


def _due(connection: Connection, rule: str | None) -> Sequence[int]:
    """Articles whose latest version is to be looked at. A rule of one language looks at texts of that language."""
    latest = and_(ArticleVersion.article_id == ArticleRow.id, ArticleVersion.version == ArticleRow.latest_version)
    asked = select(ArticleRow.id).join(ArticleVersion, latest).order_by(ArticleRow.id)
    if rule is None:
        return connection.execute(asked.where(ArticleVersion.tag_version != TAG.version)).scalars().all()
    parts = rule.split(".")
    if len(parts) > 2 and parts[1] in RELATED:
        others = RELATED.keys() - {parts[1]}
        asked = asked.where(ArticleVersion.language.is_(None) | ArticleVersion.language.not_in(others))
    return connection.execute(asked).scalars().all()


def _batch(
    on: Engine, run: RunHandle | None, ids: Sequence[int], outlets: dict[str, Outlet], rule: str | None,
    result: Reprocessed,
) -> None:  # fmt: skip
    with reading(on) as connection:
        tagged = {row.id: _tag(row, outlets) for row in _rows(connection, ids)}
        touched = set(tagged) if rule is None else _touched(connection, tagged, rule)
    result.looked_at += len(ids)
    if not touched:
        return

    def work(connection: Connection) -> Reprocessed:
        done = Reprocessed()
        if run is not None:
            run.check(connection)
        ranker = Ranker(*in_use(connection))
        stories: set[int | None] = set()
        for row in _rows(connection, sorted(touched)):
            if (row.title, row.text) == tagged[row.id][0] and _write(
                connection, row, ranker.apply(tagged[row.id][1]), done, dry_run=run is None
            ):
                stories.add(row.story_id)
        if run is not None:
            done.events += refresh(connection, stories)
        return done

    if run is None:
        with reading(on) as connection:
            _add(result, work(connection))
    else:
        _add(result, give_way(on, work))


def _add(result: Reprocessed, done: Reprocessed) -> None:
    for name in ("articles", "facts", "relevance", "events"):
        setattr(result, name, getattr(result, name) + getattr(done, name))
    result.tags += done.tags
    result.rules += done.rules


def _rows(connection: Connection, ids: Sequence[int]) -> Iterable[Row[Any]]:
    latest = and_(ArticleVersion.article_id == ArticleRow.id, ArticleVersion.version == ArticleRow.latest_version)
    columns = [column for column in ArticleVersion.__table__.columns if column.name != "article_id"]
    rows: Iterable[Row[Any]] = connection.execute(
        select(ArticleRow.__table__, *columns).join(ArticleVersion, latest).where(ArticleRow.id.in_(ids))
        .order_by(ArticleRow.id)
    )  # fmt: skip
    return rows


def _tag(row: Row[Any], outlets: dict[str, Outlet]) -> tuple[tuple[str, str], Tagged]:
    """The text that was tagged, and its tags: the stage gets what it got when the article was stored."""
    given = TagInput(
        id=str(row.id),
        title=row.title,
        text=row.text,
        language=row.language,
        published=_stamp(row),
        outlet=outlets.get(row.outlet),
        dateline=row.dateline,
    )
    return (row.title, row.text), TAG.run(given)


def _stamp(row: Row[Any]) -> Stamp | None:
    """The time as it was claimed: a day in its own zone, not the instant at which it began in ours (I5)."""
    if row.published_local is None:
        return None
    at = datetime.fromisoformat(row.published_local)
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Stamp(aware, row.published_precision, row.published_basis, row.published_local, row.published_calendar)


def _touched(connection: Connection, tagged: dict[int, tuple[tuple[str, str], Tagged]], rule: str) -> set[int]:
    """Articles that have or get a tag of the rule, as its own or as the rule of its role."""
    mine = f"{rule}@"
    stored = connection.execute(
        select(ArticleTag.article_id).where(
            ArticleTag.article_id.in_(tagged),
            ArticleTag.rule.startswith(mine, autoescape=True) | ArticleTag.role_rule.startswith(mine, autoescape=True),
        )
    )
    now = {
        article
        for article, (_, given) in tagged.items()
        if any(f"{tag.rule}@".startswith(mine) or f"{tag.role_rule}@".startswith(mine) for tag in given.tags)
        or f"{given.facts.event_rule}@".startswith(mine)
    }
    return now | set(stored.scalars())


def _write(connection: Connection, row: Row[Any], tagged: Tagged, done: Reprocessed, *, dry_run: bool) -> bool:
    """Bring one article in line; whether anything is another one now."""
    difference = bring_in_line(connection, row.id, row.latest_version, tagged.tags, dry_run=dry_run)
    facts = _plain(tagged.facts)
    new_facts = _comparable(facts) != _comparable(row.facts)
    by_rules = tagged.relevance.score if tagged.relevance.by_rules is None else tagged.relevance.by_rules
    relevance = (tagged.relevance.score, by_rules, list(tagged.relevance.reasons))
    new_relevance = relevance != (row.relevance, row.rule_relevance, row.relevance_reasons)
    done.tags += Counter({kind: len(rules) for kind, rules in difference.items()})
    done.rules += Counter(rule.partition("@")[0] for rules in difference.values() for rule in rules)
    done.facts += new_facts
    done.relevance += new_relevance
    is_changed = bool(new_facts or new_relevance or any(difference.values()))
    done.articles += is_changed
    if dry_run:
        return is_changed
    if any(difference.values()):
        obey(connection, row.id, row.latest_version)  # what people corrected stands over the rules
    if new_relevance:
        connection.execute(
            update(ArticleRow)
            .where(ArticleRow.id == row.id)
            .values(relevance=relevance[0], rule_relevance=relevance[1], relevance_reasons=relevance[2])
        )
    _stamp_version(connection, row, {"facts": facts} if new_facts else {}, renumber=relevance[0] != row.relevance)
    return is_changed


def _stamp_version(connection: Connection, row: Row[Any], values: dict[str, Any], *, renumber: bool) -> None:
    """What `v1_articles` shows moves its number; which rules looked at it does not."""
    if renumber:
        values["change_seq"] = take_change_numbers(connection, 1)[0]
    connection.execute(
        update(ArticleVersion)
        .where(ArticleVersion.article_id == row.id, ArticleVersion.version == row.latest_version)
        .values(tag_version=TAG.version, **values)
    )


def _plain(facts: Facts) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(facts)))
    return plain


def _comparable(facts: dict[str, Any]) -> dict[str, Any]:
    """Without the version of the rule: the same fact of a newer rule is the same fact."""
    return {**facts, "event_rule": (facts.get("event_rule") or "").partition("@")[0]}
