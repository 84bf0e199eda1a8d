"""Imported once by the server from which cleaning processes are forked: it cleans a page of each kind, so that every
model, table and pattern is in memory that all of them share, and no page's limits are charged for loading them."""

from pipeline.clean.stage import clean
from pipeline.items import Page

_STORY = "".join(
    f"<p>{n}. The road to the north was opened on Sunday, the council told reporters.</p>" for n in range(6)
)
_PAGES = (
    f"<html lang=en><head><title>Road opened</title></head><body class=a><h1>Road opened</h1>{_STORY}</body></html>",
    "Road opened\nBy Anna Berg, 3 May 2024\nThe road to the north was opened on Sunday. " + "It is wide. " * 9,
)

for _page in _PAGES:
    clean(Page("warm", "https://news.example/2024/05/03/road", _page.encode()))
