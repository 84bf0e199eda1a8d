"""The tag stage: places, topics, actors, facts and relevance of an article, each with the words that it rests on."""

import hashlib
from functools import cache

from pipeline.items import Tagged, TagInput
from pipeline.tag.actors import tag_actors
from pipeline.tag.facts import code_facts
from pipeline.tag.gazetteer import DATA
from pipeline.tag.reading import FieldName, Reading, language_of
from pipeline.tag.regions import tag_regions
from pipeline.tag.relevance import score
from pipeline.tag.topics import sentences, tag_topics

VERSION = "6"
"""Of the code; raise it with every change that may give other tags."""
_RULES = (
    "actors.yml", "countries.csv", "facts.yml", "gazetteer.csv", "m49.csv", "numbers.yml", "officials.yml",
    "provinces.csv", "relevance.yml", "roles.yml", "sources.csv", "topics.yml", "words.yml", "world.csv",
)  # fmt: skip
# Beyond this many characters no news article adds a place or topic; a 10 MB page must not cost seconds (I7).
_MAX_TEXT = 100_000


@cache
def version() -> str:
    """What made a tag: the version of the code and a hash of the rules, "2.1f3a9c02"."""
    found = hashlib.blake2b(digest_size=4)
    for name in _RULES:
        found.update((DATA / name).read_bytes())
    return f"{VERSION}.{found.hexdigest()}"


def tag(item: TagInput) -> Tagged:
    """Tags one article. Pure (I4): the same input gives the same tags; evidence text equals the slice of its field."""
    lang = language_of(f"{item.title} {item.text[:2000]}", item.language)
    fields: list[tuple[FieldName, str]] = [
        ("title", item.title),
        ("text", item.text),
        ("dateline", item.dateline or ""),
    ]
    readings = [Reading(name, value[:_MAX_TEXT], lang) for name, value in fields if value]
    country = item.outlet.country if item.outlet else None
    regions = tag_regions(readings, country)
    read = sentences(readings)
    topics = tag_topics(read)
    actors = tag_actors(readings, regions)
    return Tagged(
        id=item.id,
        regions=regions,
        topics=topics,
        actors=actors,
        facts=code_facts(read, topics, actors, item.published),
        relevance=score(read, regions, topics, actors, country),
    )
