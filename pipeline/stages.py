"""The stages in their order. A stage's version is stored on what it made, so that an improved stage can redo exactly
what it would change, from the archive, without fetching."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.clean import stage as clean
from pipeline.dedupe import stage as dedupe
from pipeline.items import Article, DedupeInput, Page, Relation, Tagged, TagInput
from pipeline.tag import stage as tag


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way: what it takes, what it gives, and which version of the code does it."""

    name: str
    version: str
    takes: type
    gives: type
    run: Callable[..., Any]


CLEAN = Stage("clean", clean.VERSION, Page, Article, clean.clean)
DEDUPE = Stage("dedupe", dedupe.VERSION, DedupeInput, Relation, dedupe.relate)
TAG = Stage("tag", tag.version(), TagInput, Tagged, tag.tag)

STAGES = (CLEAN, TAG, DEDUPE)
