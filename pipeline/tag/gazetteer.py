"""Places as data: countries, regions, the 34 provinces, districts, cities and crossings, each under its code scheme."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent.parent / "data"
LANGUAGES = ("en", "fa", "ps", "ru", "ur", "tg", "uz")
Kind = Literal["country", "region", "province", "admin1", "district", "place", "world"]
UNVERIFIED_DISTRICTS = "COD-AB, unverified"


class DataError(ValueError):
    """A data file of ours is broken; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provinces under all its codes. `pcode_verified` is false for codes found by elimination."""

    iso: str
    pcode: str
    pcode_version: str
    pcode_verified: bool
    geonames: int
    geonames_adm1: str
    fips: str
    en: str
    fa: str
    ps: str
    ru: str


@dataclass(frozen=True, slots=True)
class Place:
    """Something that a name can mean. `province` is the P-code of the Afghan province that it lies in, if it does."""

    kind: Kind
    code: str
    label: str
    country: str = ""
    province: str = ""
    iso: str = ""
    geonames: str = ""
    weight: int = 0
    """Thousands of inhabitants, where it is known: settles who is meant when nothing else does."""


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of a place: its language, its mark and whether it names the people instead of the land."""

    place: Place
    lang: str
    mark: str = ""
    """"" safe, "?" only in context, "!" only beside a cue word, "=" only as written, with capitals."""
    people: bool = False
    written: str = ""


def read_table(file: str, *needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a data file with their line numbers; lines that open with # are comments.

    Raises:
        DataError: a column is missing or a row has more or fewer cells than the header.
    """
    path = DATA / file
    with path.open(encoding="utf-8", newline="") as lines:
        numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#"))
        header: list[str] = []
        for number, line in numbered:
            cells = next(csv.reader([line]))
            if not header:
                header = cells
                if missing := [column for column in needed if column not in header]:
                    raise DataError(f"{path}:{number}: the column {missing[0]!r} is missing")
                continue
            if len(cells) != len(header):
                raise DataError(f"{path}:{number}: {len(cells)} cells instead of {len(header)}")
            yield number, dict(zip(header, cells, strict=True))


def _spellings(cell: str, place: Place, lang: str) -> Iterator[tuple[str, Name]]:
    for alias in filter(None, cell.split("|")):
        people, mark, text = False, "", alias
        while text[:1] in ("@", "?", "!", "="):
            people = people or text[0] == "@"
            mark = text[0] if text[0] != "@" else mark
            text = text[1:]
        yield text, Name(place, lang, mark, people, text)


def _by_language(row: dict[str, str], place: Place) -> Iterator[tuple[str, Name]]:
    for lang in LANGUAGES:
        yield from _spellings(row.get(lang, ""), place, lang)


@cache
def provinces() -> tuple[Province, ...]:
    """The 34 provinces in P-code order. Raises DataError when the file does not hold them."""
    rows = list(read_table("provinces.csv", "iso", "pcode", "geonames", "fips", "en"))
    found = []
    for number, row in rows:
        if not (row["pcode"][:2] == "AF" and len(row["pcode"]) == 4 and row["pcode"][2:].isdigit()):
            raise DataError(f"{DATA / 'provinces.csv'}:{number}: {row['pcode']!r} is not a P-code of a province")
        names = {lang: row[lang].split("|")[0].lstrip("?!=@").rstrip("~*") for lang in ("fa", "ps", "ru")}
        found.append(
            Province(
                iso=row["iso"],
                pcode=row["pcode"],
                pcode_version=row["pcode_version"],
                pcode_verified=row["pcode_verified"] == "yes",
                geonames=int(row["geonames"]),
                geonames_adm1=row["geonames_adm1"],
                fips=row["fips"],
                en=row["en"],
                fa=names["fa"],
                ps=names["ps"],
                ru=row["label_ru"],
            )
        )
    if len({province.pcode for province in found}) != 34:
        raise DataError(f"{DATA / 'provinces.csv'}: {len(found)} provinces instead of 34")
    return tuple(sorted(found, key=lambda province: province.pcode))


@cache
def countries() -> dict[str, tuple[str, str]]:
    """ISO 3166-1 alpha-2 to (label, M49 subregion)."""
    return {row["code"]: (row["label"], row["m49"]) for _, row in read_table("countries.csv", "code", "m49", "label")}


def place_names() -> Iterator[tuple[str, Name]]:
    """Every spelling of every place with what it names, for the matcher."""
    for _, row in read_table("countries.csv", "code", "m49", "label", *LANGUAGES):
        yield from _by_language(row, Place("country", row["code"], row["label"], country=row["code"]))
    for _, row in read_table("m49.csv", "code", "label"):
        yield from _by_language(row, Place("region", row["code"], row["label"]))
    for _, row in read_table("provinces.csv", "iso", "pcode", "en", "en_other"):
        place = Place("province", row["pcode"], row["en"], "AF", row["pcode"], row["iso"], row["geonames"])
        others = row["en_other"].split("|")
        if f"?{row['en']}" not in others:
            others.append(row["en"])
        yield from _by_language({**row, "en": "|".join(others)}, place)
    for number, row in read_table("gazetteer.csv", "code", "kind", "label", "country", "parent"):
        kinds: dict[str, Kind] = {"district": "district", "admin1": "admin1"}
        if row["country"] not in countries():
            raise DataError(f"{DATA / 'gazetteer.csv'}:{number}: {row['country']!r} is not a country")
        kind = kinds.get(row["kind"], "place")
        place = Place(kind, row["code"], row["label"], row["country"], row["parent"], row["iso"], row["geonames"])
        if kind == "district":  # written alike; each counts only beside the language's own word for a district
            row["ps"], row["ur"] = row["ps"] or row["fa"], row["fa"]
        elif row["kind"] in ("crossing", "admin1"):
            row["ur"] = row["fa"]
        yield from _by_language(row, place)
    yield from _world_names()


def _world_names() -> Iterator[tuple[str, Name]]:
    for number, row in read_table("world.csv", "name", "countries"):
        mark = row["name"][0] if row["name"][0] in "?=" else ""
        written = row["name"][len(mark) :]
        for entry in row["countries"].split("|"):
            country, _, thousands = entry.partition("=")
            if country not in countries() or not thousands.isdigit():
                raise DataError(f"{DATA / 'world.csv'}:{number}: {entry!r} is not COUNTRY=thousands")
            place = Place("world", f"{country}:{written}", written, country, weight=int(thousands))
            yield written, Name(place, "en", mark, False, written)


def news_organisations() -> Iterator[tuple[str, str]]:
    """Names that hold a place name and are none: news organisations with their country, others with an empty one."""
    for _, row in read_table("sources.csv", "country", "name"):
        for name in row["name"].split("|"):
            yield name, row["country"]
