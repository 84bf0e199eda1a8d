"""Turns outlet files into spiders, so that Scrapy's own commands work: `scrapy list`, `scrapy crawl khaama_press`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from outlets import OutletError
from outlets.load import FOLDER, load, paths
from spiders.backfill.spider import BackfillSpider
from spiders.browser import missing
from spiders.spider import OutletSpider


class OutletSpiderLoader:
    """One spider class per outlet file. A broken file hides nobody but itself: it is read when its spider is asked
    for, and its error is what that crawl ends with."""

    def __init__(self, folder: Path = FOLDER, *, backfill: bool = False) -> None:
        self.folder = folder
        self.base = BackfillSpider if backfill else OutletSpider

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> "OutletSpiderLoader":
        """For Scrapy. KHABAR_OUTLETS_FOLDER is for tests; KHABAR_SINCE makes it a backfill."""
        folder = settings.get("KHABAR_OUTLETS_FOLDER")
        return cls(Path(folder) if folder else FOLDER, backfill=bool(settings.get("KHABAR_SINCE")))

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of an outlet. Raises KeyError when there is no such file, OutletError when it is broken or
        needs a browser that is not there."""
        if spider_name not in paths(self.folder):
            try:
                load(spider_name, self.folder)
            except OutletError as error:
                raise KeyError(str(error)) from None
        outlet = load(spider_name, self.folder)
        if outlet.needs_browser and (problem := missing()):
            raise OutletError(f"{outlet.name}: {problem}")
        members: dict[str, Any] = {
            "name": outlet.name,
            "outlet": outlet,
            "__doc__": f"{outlet.title}, from its outlet file.",
        }
        return type(f"{outlet.name.title().replace('_', '')}Spider", (self.base,), members)

    def list(self) -> Sequence[str]:
        """The names of all outlets, those with broken files included."""
        return list(paths(self.folder))

    def find_by_request(self, request: Request) -> Sequence[str]:
        """The outlets that `request` belongs to."""
        return [spider.name for spider in self._sound() if spider.handles_request(request)]

    def _sound(self) -> Iterator[type[Spider]]:
        for name in paths(self.folder):
            try:
                yield self.load(name)
            except OutletError:
                continue
