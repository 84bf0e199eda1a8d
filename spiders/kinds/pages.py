"""Where a list goes on: by the link or value that its answer names, or by counting in the outlet file's template."""

import re
from urllib.parse import quote

from outlets import Source
from outlets.urls import same_host
from spiders.kinds.listed import resolved


def next_page(source: Source, url: str, entries: int, named: str | None) -> str | None:
    """The address of the page after the one at `url`, which had so many `entries`; None when there is none.

    `named` is what `source.next` found: an address, or the value of {cursor} in `source.page`. {page} counts on from
    source.first_page, {offset} from the entries so far. A page without entries is the last, and a list never goes on
    on another host.
    """
    if source.page is None:
        made = resolved(url, named) if named else None
    elif "{cursor}" in source.page:
        made = source.page.replace("{cursor}", quote(named, safe="")) if named else None
    else:
        slot, begin, step = ("{page}", source.first_page, 1) if "{page}" in source.page else ("{offset}", 0, entries)
        front, _, back = source.page.partition(slot)
        here = re.fullmatch(re.escape(front) + r"(\d{1,9})" + re.escape(back), url)
        made = f"{front}{(int(here[1]) if here else begin) + step}{back}"
    if not entries or made is None or not same_host(made, url):
        return None
    return made
