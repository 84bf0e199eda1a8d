"""What the outlets have published so far. Tests move it: an edit replaces a text, a publication adds articles."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from khabar.replica.addresses import HOUSES, STEP_SECONDS
from khabar.replica.article import Article
from khabar.replica.bulletins import bulletin
from khabar.replica.stories import CONTENT, load, moved

MOST_EXTRAS = 100
"""How many articles `publish` can add to one outlet: they share the last three hours before the epoch."""


class Shelf:
    """The articles of all outlets. Readers see whole snapshots; changes are serialised."""

    def __init__(self, epoch: date, content: Path = CONTENT) -> None:
        self.epoch = epoch
        self._lock = threading.Lock()
        published, self._reserve = load(epoch, content)
        self._articles: dict[str, Article] = {article.id: article for article in published}
        self._extras = dict.fromkeys(HOUSES, 0)

    def articles(self) -> list[Article]:
        """Everything published so far, newest first."""
        with self._lock:
            found = list(self._articles.values())
        return sorted(found, key=lambda a: (a.published, a.id), reverse=True)

    def at(self, host: str) -> Sequence[Article]:
        """What stands on `host`, newest first."""
        return [article for article in self.articles() if article.host == host]

    def edit(self, id: str | None = None) -> list[Article]:
        """Gives the article `id`, or every article that has one, its second text; those that changed.

        Raises KeyError for an unknown id, ValueError when that article has no second text or shows it already.
        """
        with self._lock:
            chosen = [self._articles[id]] if id is not None else list(self._articles.values())
            changed = [article.edited() for article in chosen if article.revision is not None]
            if id is not None and not changed:
                raise ValueError(f"{id} has no second text to show")
            self._articles.update({article.id: article for article in changed})
        return changed

    def publish(self, outlet: str, count: int = 1) -> list[Article]:
        """Lets `count` further articles appear at `outlet`, each newer than all before it.

        Hand-written ones first, then composed market bulletins. Raises KeyError for an unknown outlet and
        ValueError beyond MOST_EXTRAS.
        """
        start = datetime.combine(self.epoch, time(), UTC) - timedelta(seconds=(MOST_EXTRAS + 1) * STEP_SECONDS)
        added = []
        with self._lock:
            before = self._extras[outlet]
            if count < 0 or before + count > MOST_EXTRAS:
                raise ValueError(f"{outlet} can publish {MOST_EXTRAS - before} more articles, not {count}")
            written = [article for article in self._reserve if article.outlet == outlet]
            for index in range(before, before + count):
                published = start + timedelta(seconds=index * STEP_SECONDS)
                if index < len(written):
                    article = moved(written[index], published)
                else:
                    article = bulletin(outlet, index - len(written), published)
                self._articles[article.id] = article
                added.append(article)
            self._extras[outlet] = before + count
        return added
