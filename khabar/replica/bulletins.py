"""Composes market bulletins for `publish` once an outlet's hand-written reserve is used up, each clearly its own."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from khabar.replica.addresses import HOUSES, address, slug_of
from khabar.replica.article import Article
from khabar.replica.dates import fill

_PARTS = Path(__file__).parent / "bulletins.yml"
_BASE = 5
"""Slots, and variants of each: prime, so that two bulletins share at most two sentences of five."""


@cache
def _parts() -> dict[str, Any]:
    parts: dict[str, Any] = yaml.safe_load(_PARTS.read_text(encoding="utf-8"))
    return parts


def bulletin(outlet: str, index: int, published: datetime) -> Article:
    """Bulletin number `index` (from 0) of `outlet`; the same arguments give the same article.

    Variants are chosen as a Reed-Solomon code does: the base-5 digits of the number are the coefficients of a
    quadratic polynomial modulo 5, evaluated at each slot.
    """
    parts = _parts()
    code = (index + 20 * list(HOUSES).index(outlet)) % _BASE**3
    low, middle, high = code % _BASE, code // _BASE % _BASE, code // _BASE**2
    place, iso = parts["places"][(code * 7) % len(parts["places"])]
    numbers = {"place": place, "n": 20 + code * 3 % 61, "m": 105 + code * 11 % 97, "k": 2 + code % 9}
    day = published.astimezone(HOUSES[outlet].zone).date()
    sentences = [
        fill(slot[(low + middle * at + high * at * at) % _BASE], day, "en").format(**numbers)
        for at, slot in enumerate(parts["slots"])
    ]
    title = f"{place} market bulletin no. {index + 1}: {parts['titles'][code % len(parts['titles'])]}"
    section = parts["section_at"].get(outlet, parts["section"])
    where = address(outlet, "en", section, slug_of(title), published)
    return Article(
        id=f"{outlet}/bulletin-{index + 1}", outlet=outlet, host=where.host, url=f"https://{where.host}{where.path}",
        number=where.number, slug=where.slug, language="en", section=section, title=title,
        paragraphs=tuple(sentences), published=published, modified=published, provinces=(iso,), topics=(),
    )  # fmt: skip
