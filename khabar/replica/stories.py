"""Reads the hand-written stories and places them in time before the epoch day, so that dates follow the epoch."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from khabar.replica.addresses import HOUSES, STEP_SECONDS, address, slug_of
from khabar.replica.article import Article, Revision
from khabar.replica.dates import fill

CONTENT = Path(__file__).parent / "content"
RESERVE_DAY = "reserve"
_WHEN = re.compile(r"^(\d+)d (\d\d):(\d\d)$")
_EXPECT = {"challenge": "refused:challenge", "soft_404": "refused:soft_404", "robots": "refused:robots"}
_KEYS = frozenset({
    "id", "when", "title", "text", "text_of", "keep", "replace", "append", "section", "slug", "authors", "byline",
    "provinces", "topics", "security", "kind", "original_outlet", "event", "canonical", "also_read", "edited",
    "lead",
})  # fmt: skip
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser reads our content ten times faster


class ContentError(Exception):
    """A content file is broken. The message names the file and the story."""


def load(epoch: date, folder: Path = CONTENT) -> tuple[list[Article], list[Article]]:
    """The published articles and those held in reserve for `Replica.publish`, both in the files' order.

    Every publication and change lies before 00:00 UTC of `epoch`. Raises ContentError.
    """
    raw: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.yml")):
        for story in _stories(path):
            if story["key"] in raw:
                raise ContentError(f"{path}: the story {story['key']} stands there twice")
            raw[story["key"]] = story
    articles = [_article(story, raw, epoch) for story in raw.values() if story["when"] != RESERVE_DAY]
    reserve = [_article({**story, "when": "1d 21:00"}, raw, epoch) for story in raw.values()
               if story["when"] == RESERVE_DAY]  # fmt: skip
    _refuse_clashes(articles)
    return articles, reserve


def moved(article: Article, published: datetime) -> Article:
    """`article` published at another instant of the same day, with the address that follows from it."""
    where = address(article.outlet, article.language, article.section, article.slug, published)
    return replace(article, host=where.host, url=f"https://{where.host}{where.path}", number=where.number,
                   published=published, modified=published)  # fmt: skip


def _stories(path: Path) -> Iterable[dict[str, Any]]:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - both loaders are the safe ones
    outlet, language = data["outlet"], data["language"]
    if outlet not in HOUSES:
        raise ContentError(f"{path}: the replica has no outlet {outlet!r}")
    for story in data["stories"]:
        if unknown := set(story) - _KEYS:
            raise ContentError(f"{path}: {story.get('id')}: unknown key {min(unknown)}")
        yield {**story, "outlet": outlet, "language": language, "key": f"{outlet}/{story['id']}", "path": path}


def _article(story: Mapping[str, Any], raw: Mapping[str, Mapping[str, Any]], epoch: date) -> Article:
    published = _instant(story, story["when"], epoch)
    outlet, language = story["outlet"], story["language"]
    day = published.astimezone(HOUSES[outlet].zone).date()
    title = fill(story["title"], day, language)
    section = story.get("section", "afghanistan")
    where = address(outlet, language, section, story.get("slug") or slug_of(title), published)
    kind = story.get("kind", "plain")
    edit = story.get("edited")
    return Article(
        id=story["key"], outlet=outlet, host=where.host, url=f"https://{where.host}{where.path}", number=where.number,
        slug=where.slug, language=language, section=section, title=title,
        paragraphs=_paragraphs(story, raw, day, epoch), published=published, modified=published,
        authors=tuple(story.get("authors", ())), byline=_filled(story.get("byline"), day, language),
        lead=_filled(story.get("lead"), day, language),
        provinces=tuple(story.get("provinces", ())), topics=tuple(story.get("topics", ())),
        security=bool(story.get("security", bool(story.get("topics")))), kind=kind,
        expect=_EXPECT.get(kind, "done"), copy_of=story.get("text_of"),
        original_outlet=story.get("original_outlet"), event=story.get("event"), canonical=story.get("canonical"),
        also_read=tuple(story.get("also_read", ())),
        revision=Revision(title=fill(edit["title"], day, language), paragraphs=_split(edit["text"], day, language),
                          modified=_instant(story, edit["when"], epoch)) if edit else None,
    )  # fmt: skip


def _paragraphs(
    story: Mapping[str, Any], raw: Mapping[str, Mapping[str, Any]], day: date, epoch: date
) -> tuple[str, ...]:
    """The story's own text, or another's as this outlet changed it: cut, with replaced words, with a line added."""
    language = story["language"]
    if "text_of" not in story:
        return _split(story["text"], day, language)
    source = raw.get(story["text_of"])
    if source is None:
        raise ContentError(f"{story['path']}: {story['id']}: there is no story {story['text_of']}")
    text = source["text"]
    for old, new in story.get("replace", {}).items():
        if old not in text:
            raise ContentError(f"{story['path']}: {story['id']}: {old!r} is not in {story['text_of']}")
        text = text.replace(old, new)
    first_day = _instant(source, source["when"], epoch).astimezone(HOUSES[source["outlet"]].zone).date()
    return _split(text, first_day, language)[: story.get("keep")] + _split(story.get("append", ""), day, language)


def _split(text: str, day: date, language: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in fill(text, day, language).split("\n\n") if part.strip())


def _filled(text: str | None, day: date, language: str) -> str | None:
    return None if text is None else fill(text, day, language)


def _instant(story: Mapping[str, Any], when: str, epoch: date) -> datetime:
    match = _WHEN.match(when)
    if match is None or int(match[1]) < 1:
        raise ContentError(f"{story['path']}: {story['id']}: when must look like '3d 14:25', not {when!r}")
    start = datetime.combine(epoch - timedelta(days=int(match[1])), time(), UTC)
    return start + timedelta(hours=int(match[2]), minutes=int(match[3]))


def _refuse_clashes(articles: Iterable[Article]) -> None:
    seen: dict[tuple[str, int], str] = {}
    for article in articles:
        key = (article.host, article.number)
        if key in seen:
            raise ContentError(f"{article.id} and {seen[key]} are less than {STEP_SECONDS} s apart on {article.host}")
        seen[key] = article.id
