"""Quality and speed of the tag stage on our own labelled items, with floors that a change must not break.

    python benchmarks/tag.py [--floors benchmarks/tag_floors.json] [--json OUT] [--extra FILE.jsonl ...]

`--extra` takes further labelled files with the same keys (regions as ISO 3166-1 codes and P-codes, topics, relevant).
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

Row = dict[str, Any]
_WORDS = 400


def f1(pairs: Iterable[tuple[set[str], set[str]]]) -> float:
    """Micro-averaged F1 of predicted against true sets."""
    hit = extra = missed = 0
    for truth, given in pairs:
        hit += len(truth & given)
        extra += len(given - truth)
        missed += len(truth - given)
    return 2 * hit / (2 * hit + extra + missed) if hit else 0.0


def _codes(tags: list[Row], province: bool) -> set[str]:
    used = [tag for tag in tags if tag["role"] not in ("source", "dateline")]
    if province:
        return {tag["code"][:4] for tag in used if tag["scheme"] == "pcode"}
    return {tag["code"] for tag in used if tag["scheme"] == "iso3166-1"}


def measure(rows: list[Row]) -> dict[str, float]:
    """The scores of one labelled file. A figure is left out when the file has no labels for it."""
    from pipeline.tag.json_lines import tag_input_from_json, tagged_to_json
    from pipeline.tag.stage import tag

    given = [tagged_to_json(tag(tag_input_from_json(row))) for row in rows]
    both = list(zip(rows, given, strict=True))
    scores: dict[str, float] = {"n": len(rows)}
    if any("main" in row for row in rows):
        right = sum(row["main"] == next((t["code"] for t in out["regions"] if t["main"]), None) for row, out in both)
        scores["main place"] = right / len(rows)
    if any(row.get("regions") for row in rows):
        scores["countries"] = f1(
            ({c for c in r["regions"] if len(c) == 2}, _codes(o["regions"], False)) for r, o in both
        )
        scores["provinces"] = f1(
            ({c for c in r["regions"] if len(c) == 4}, _codes(o["regions"], True)) for r, o in both
        )
    if any(row.get("topics") for row in rows):
        labels = {code for row in rows for code in row.get("topics") or ()}
        scores["topics"] = f1((set(r["topics"] or ()), {t["code"] for t in o["topics"]} & labels) for r, o in both)
    judged = [(row, out) for row, out in both if row.get("relevant") in (True, False)]
    if judged:
        scores["relevance"] = f1(
            ({"yes"} if r["relevant"] else set(), {"yes"} if o["relevance"] >= 0.5 else set()) for r, o in judged
        )
    return scores


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


def speed(rows: list[Row], articles: int = 400) -> float:
    """Articles of 400 words per CPU second: three of our items and what stands between such sentences in the news."""
    from pipeline.items import TagInput
    from pipeline.tag.stage import tag

    made: list[TagInput] = []
    by_language: dict[str, list[Row]] = {}
    for row in rows:
        by_language.setdefault(row["language"], []).append(row)
    while len(made) < articles:
        for language, items in by_language.items():
            chosen = [items[(len(made) + step) % len(items)] for step in range(3)]
            text = "\n".join(f"{item['text']} {_FILLER[language]}" for item in chosen)
            while len(text.split()) < _WORDS:
                text += _FILLER[language]
            made.append(TagInput(str(len(made)), chosen[0]["title"], text, language))
    for item in made[: len(by_language)]:
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


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> int:
    """Prints the table. Returns 1 when a figure is under its floor."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--floors", type=Path, default=HERE / "tag_floors.json")
    options.add_argument("--json", type=Path)
    options.add_argument("--extra", type=Path, nargs="*", default=[])
    chosen = options.parse_args()
    files = sorted((HERE / "afghan_news").glob("*.jsonl"))
    results: dict[str, dict[str, float]] = {path.stem: measure(_read(path)) for path in [*files, *chosen.extra]}
    columns = ["n", "main place", "countries", "provinces", "topics", "relevance"]
    print("| set | " + " | ".join(columns) + " |\n|---" * 1 + "|---" * len(columns) + "|")
    for name, scores in results.items():
        cells = [f"{scores[c]:.0f}" if c == "n" else f"{scores[c]:.3f}" if c in scores else "–" for c in columns]
        print(f"| {name} | " + " | ".join(cells) + " |")
    rate = speed([row for path in files for row in _read(path)])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{rate:.0f} articles of {_WORDS} words per CPU second; start-up {start_up():.2f} s CPU; {memory:.0f} MB")
    if chosen.json:
        report = {"quality": results, "articles_per_cpu_second": rate, "memory_mb": memory}
        chosen.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    broken = [
        f"{name} {figure}: {results[name][figure]:.3f} is under its floor {floor}"
        for name, floors in json.loads(chosen.floors.read_text(encoding="utf-8")).items()
        for figure, floor in floors.items()
        if results[name][figure] < floor
    ]
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
