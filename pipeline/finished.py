"""What the stages hand to the one writer of articles (store.py): an article with all that is known of it."""

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.coverage.articles import SURFACED
from pipeline.items import Article, Tagged
from pipeline.recent import Learned


@dataclass(frozen=True, slots=True)
class Finished:
    """An article that went through clean and tag, with where it came from."""

    discovery_id: int
    outlet: str
    url: str
    url_key: str
    first_seen_at: datetime
    fetched_at: datetime
    body_sha256: str
    article: Article
    tagged: Tagged
    clean_version: str
    tag_version: str
    boilerplate: Learned = field(default_factory=Learned)
    """What was cut from the text."""
    ignored: frozenset[str] = frozenset()
    """Parameters that never tell two addresses of the outlet apart."""
    backfill: bool = False
    """Only a backfill has named its address."""

    @property
    def is_old(self) -> bool:
        """Whether it was no news when it was found: a backfill named it, and nothing dates it to these days."""
        published = self.article.published.at if self.article.published else None
        return self.backfill and (published is None or published < self.first_seen_at - SURFACED)
