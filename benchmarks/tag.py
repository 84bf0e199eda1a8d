"""Quality and speed of the tag stage on our own labelled items, with floors that a change must not break.

    python benchmarks/tag.py [FOLDER] [--json OUT]

FOLDER adds further labelled sets: *.jsonl with id, title, text, lang, date, and of `regions` (ISO 3166-1 codes and
P-codes), `topics` and `relevant` those that are known. A figure is left out when a set has no labels for it.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import facts
from benchmarks.scores import f1, table, under_floors
from pipeline.items import TagInput
from pipeline.tag.json_lines import tag_input_from_json, tagged_to_json
from pipeline.tag.stage import tag
from pipeline.tag.topics import topics

HERE = Path(__file__).parent
NEEDS = (
    "Only our own items were measured: `make bench-tag DATA=FOLDER` needs FOLDER/tagging with *.jsonl; "
    "see benchmarks/README.md."
)
Row = dict[str, Any]
_WORDS = 400


def _codes(tags: list[Row]) -> tuple[set[str], set[str]]:
    """Countries and Afghan provinces (P-codes) of a result; a province stands for its country too."""
    used = [tag for tag in tags if tag["role"] not in ("source", "dateline")]
    provinces = {tag["code"][:4] for tag in used if tag["scheme"] == "pcode"}
    countries = {tag["code"][:2] for tag in used if tag["scheme"] in ("iso3166-1", "iso3166-2", "pcode")}
    return countries, provinces


def _regions(rows: list[Row], given: list[Row]) -> dict[str, float]:
    countries, provinces = [], []
    for row, out in zip(rows, given, strict=True):
        true = set(row["regions"] or ())
        country, province = _codes(out["regions"])
        if "wrong_regions" in row:  # then codes that it calls neither right nor wrong are not scored
            judged = true | {one["code"] if isinstance(one, dict) else one for one in row["wrong_regions"] or ()}
            country &= {code[:2] for code in true} | {code for code in judged if len(code) == 2}
            province &= {code[:4] for code in judged if len(code) >= 4}
        countries.append(({code[:2] for code in true}, country))
        provinces.append(({code for code in true if len(code) == 4}, province))
    scores = {"countries": f1(countries)}
    if any(true for true, _ in provinces):
        scores["provinces"] = f1(provinces)
        scores["exact provinces"] = fmean(true == told for true, told in provinces)
    return scores


def measure(rows: list[Row]) -> dict[str, float]:
    """The scores of one labelled set, `n` rows. A figure is left out when the set has no labels for it."""
    asked = [{**row, "language": row.get("language") or row.get("lang"), "published": row.get("date")} for row in rows]
    given = [tagged_to_json(tag(tag_input_from_json(row))) for row in asked]
    both = list(zip(rows, given, strict=True))
    scores: dict[str, float] = {"n": len(rows)}
    if any("main" in row for row in rows):
        right = sum(row["main"] == next((t["code"] for t in out["regions"] if t["main"]), None) for row, out in both)
        scores["main place"] = right / len(rows)
    if any(row.get("regions") for row in rows):
        scores.update(_regions(rows, given))
    labels = {code for row in rows for code in row.get("topics") or ()} & set(topics())
    if labels:
        pairs = [(set(r["topics"] or ()) & labels, {t["code"] for t in o["topics"]} & labels) for r, o in both]
        scores["topics"] = f1(pairs)
        scores["topics, macro"] = fmean(f1([(true & {code}, told & {code}) for true, told in pairs]) for code in labels)
    if acting := [(row, out) for row, out in both if "roles" in row]:
        scores["actor roles"] = f1(
            ({f"{actor} {role}" for actor, given in r["roles"].items() for role in given},
             {f"{tag['code']} {tag['role']}" for tag in o["actors"] if tag["scheme"] == "actor"})
            for r, o in acting
        )  # fmt: skip
    judged = [(row, out) for row, out in both if row.get("relevant") in (True, False)]
    if judged and any(row["relevant"] for row, _ in judged):
        scores["relevance"] = f1(
            ({"yes"} if r["relevant"] else set(), {"yes"} if o["relevance"] >= 0.5 else set()) for r, o in judged
        )
    return scores


# A text that holds none of these names nothing Afghan, unless it names one of Afghanistan's lesser places.
_AFGHAN = re.compile("afg?han|taliban|taleban|kabul|افغان|طالب|کابل|афган|талиб|кабул|афғон", re.IGNORECASE)


def elsewhere(rows: Iterable[Row]) -> dict[str, Counter[str]]:
    """By language, of texts that name nothing Afghan: how many there are, and in how many we see such places."""
    seen: set[str] = set()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        text = f"{row.get('title') or ''} {row['text']}"
        if text in seen or _AFGHAN.search(text) or "AF" in (row.get("regions") or ()):
            continue
        seen.add(text)
        regions = tag(tag_input_from_json({**row, "language": row.get("lang"), "published": None})).regions
        count = counts[(row.get("lang") or "").replace("prs", "fa")]
        count["texts"] += 1
        count["with an Afghan place"] += any(one.code[:2] == "AF" for one in regions)
    return counts


# What most of a news article is made of: sentences that no rule looks for. Ours, like the items.
_FILLER = {
    "en": "He added that the matter would be looked into and that families had been told to wait at home for word. "
    "Many of them had come from far away, and some said that they had sold their belongings to pay for the journey. ",
    "fa": "او افزود که موضوع بررسی می‌شود و از خانواده‌ها خواسته شده است که در خانه‌های خود منتظر بمانند. "
    "بسیاری از آنان از راه دور آمده بودند و شماری گفتند که برای هزینه راه وسایل خود را فروخته‌اند. ",
    "ps": "هغه زیاته کړه چې موضوع به وڅېړل شي او کورنیو ته ویل شوي چې په خپلو کورونو کې انتظار وکړي. "
    "ډېری یې له لرې ځایونو راغلي وو او ځینو وویل چې د لارې د لګښت لپاره یې خپل شیان خرڅ کړي دي. ",
    "ru": "Он добавил, что вопрос изучат и что семьям велено ждать дома дальнейших известий. "
    "Многие из них приехали издалека, и некоторые рассказали, что продали вещи, чтобы оплатить дорогу. ",
}


def articles(rows: list[Row], count: int = 400) -> list[TagInput]:
    """Articles of 400 words: three of our items and what stands between such sentences in the news."""
    made: list[TagInput] = []
    by_language: dict[str, list[Row]] = {}
    for row in rows:
        by_language.setdefault(row["language"], []).append(row)
    while len(made) < count:
        for language, items in by_language.items():
            chosen = [items[(len(made) + step) % len(items)] for step in range(3)]
            text = "\n".join(f"{item['text']} {_FILLER[language]}" for item in chosen)
            while len(text.split()) < _WORDS:
                text += _FILLER[language]
            made.append(TagInput(str(len(made)), chosen[0]["title"], text, language))
    return made


def speed(rows: list[Row]) -> float:
    """Articles of 400 words per CPU second."""
    made = articles(rows)
    for item in made[: len({row["language"] for row in rows})]:
        tag(item)
    start = time.process_time()
    for item in made:
        tag(item)
    return len(made) / (time.process_time() - start)


def start_up() -> float:
    """Seconds of CPU that a new process needs until its first tag."""
    code = (
        "from pipeline.tag.stage import tag; from pipeline.items import TagInput; "
        "tag(TagInput('x', '', 'A bomb in Kabul.'))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read(path: Path) -> list[Row]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def main() -> int:
    """Prints the table. Returns 1 when a figure is under its floor."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, nargs="?")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    ours = sorted((HERE / "afghan_news").glob("*.jsonl"))
    results: dict[str, dict[str, float]] = {}
    for path in [*ours, *sorted(chosen.folder.glob("*.jsonl") if chosen.folder else ())]:
        scores = measure(read(path))
        if len(scores) > 1:
            results[path.stem] = scores
    print(table([{"set": name, **scores} for name, scores in results.items()]))
    if chosen.folder:
        others = [row for path in sorted(chosen.folder.glob("*.jsonl")) for row in read(path)]
        print("\n" + table([{"language": name, **count} for name, count in sorted(elsewhere(others).items())]))
    else:
        print("\n" + NEEDS)
    told = {path.stem: facts.measure(read(path)) for path in sorted(facts.FOLDER.glob("*.jsonl"))}
    print("\n" + table([{"tolls and dates": name, **scores} for name, scores in told.items()]))
    rate = speed([row for path in ours for row in read(path)])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{rate:.0f} articles of {_WORDS} words per CPU second; start-up {start_up():.2f} s CPU; {memory:.0f} MB")
    if chosen.json:
        report = {"quality": results, "facts": told, "articles_per_cpu_second": rate, "memory_mb": memory}
        chosen.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    broken = [*under_floors("tag", results), *under_floors("facts", told)]
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
