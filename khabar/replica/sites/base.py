"""What all sites share: the templates, robots.txt, walls, and the rule that an unknown address is a real 404."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from khabar.replica import dates
from khabar.replica.article import Article
from khabar.replica.log import RequestKind
from khabar.replica.reply import HTML, TEXT, Reply

_HERE = Path(__file__).parent.parent
Query = Mapping[str, str]


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, auto_reload=False,
    )  # fmt: skip
    environment.globals.update(
        rfc822=dates.rfc822, iso=dates.iso, hijri=dates.hijri, full_date=dates.full_date, eastern=dates.eastern,
        weekday=dates.weekday, words=_words(), utc=UTC,
    )  # fmt: skip
    return environment


@cache
def _words() -> dict[str, dict[str, str]]:
    """The furniture of pages (menus, calls to subscribe, copyright lines) in each language."""
    words: dict[str, dict[str, str]] = yaml.safe_load((_HERE / "furniture.yml").read_text(encoding="utf-8"))
    return words


def render(template: str, **values: Any) -> bytes:
    """The template `template` as UTF-8."""
    return _templates().get_template(template).render(**values).encode("utf-8")


class Site(ABC):
    """One host. Subclasses say which addresses they have."""

    host: str
    server: str = "nginx"

    @abstractmethod
    def answer(self, path: str, query: Query, articles: Sequence[Article]) -> Reply | None:
        """The reply to `path` (decoded, with its slash) given what stands on the host, newest first; None is 404."""

    @abstractmethod
    def kind(self, path: str) -> RequestKind:
        """What sort of address `path` is, for the log."""

    def reply(self, path: str, query: Query, articles: Sequence[Article]) -> Reply:
        """The reply to any path: robots.txt, the site's own pages, or its 404."""
        if path == "/robots.txt":
            return Reply((_HERE / "robots" / f"{self.host}.txt").read_bytes(), type=TEXT)
        found = self.answer(path, query, articles)
        return found if found is not None else self.missing()

    def missing(self) -> Reply:
        """The page for an address that does not exist, with an honest 404."""
        return Reply(render("missing.html.j2", host=self.host), status=404)

    def log_kind(self, path: str) -> RequestKind:
        """Like `kind`, with the files in which a site states its terms."""
        if path == "/.well-known/tdmrep.json":
            return "tdm"
        return "robots" if path == "/robots.txt" else self.kind(path)

    def page(self, article: Article, template: str, articles: Sequence[Article], **values: Any) -> Reply:
        """The article's page, or what stands in its place: a bot challenge, or a missing page with status 200."""
        if article.kind == "challenge":
            body = render("challenge.html.j2", host=self.host, number=article.number)
            headers = {"cf-mitigated": "challenge", "Server": "cloudflare", "Cache-Control": "private, no-store"}
            return Reply(body, headers=headers)
        if article.kind == "soft_404":
            return Reply(render("soft_404.html.j2", host=self.host), type=HTML)
        others = [a for a in articles if a is not article and a.language == article.language and a.has_page]
        body = render(template, article=article, site=self, related=others[:5], **values)
        return Reply(body, modified=article.modified)


def slice_of(articles: Sequence[Article], number: int, size: int) -> Sequence[Article]:
    """Page `number` (from 1) of pages of `size` articles."""
    return articles[(number - 1) * size : number * size] if number >= 1 else ()


def pages_in(articles: Sequence[Article], size: int) -> int:
    """How many pages of `size` there are."""
    return math.ceil(len(articles) / size)


def whole(text: str, default: int) -> int:
    """The number in a query value, or `default` when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def newest_change(articles: Sequence[Article]) -> datetime | None:
    """The latest change among `articles`; None without any."""
    return max((article.modified for article in articles), default=None)
