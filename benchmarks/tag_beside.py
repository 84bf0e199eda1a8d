"""Countries in English news by our tag stage and by geotext, flashtext2 and spaCy, side by side in one run.

    python benchmarks/tag_beside.py INTERPRETER [FOLDER]

INTERPRETER has benchmarks/peers.txt. FOLDER adds labelled sets, as for tag.py; those in English are used.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scores import f1, table
from benchmarks.tag import articles, read

HERE = Path(__file__).parent
PEERS = ("geotext", "flashtext2", "spaCy small")
Row = dict[str, Any]
_ROUNDS = 3


def labelled(folder: Path | None) -> dict[str, list[Row]]:
    """By set: rows in English with known regions, unless a list of names made the labels too."""
    files = [HERE / "afghan_news" / "en.jsonl", *sorted(folder.glob("regions_*.jsonl") if folder else ())]
    sets = {}
    for path in files:
        rows = read(path)
        if (rows[0].get("language") or rows[0].get("lang")) == "en" and not rows[0].get("silver"):
            sets[path.stem.removeprefix("regions_")] = [row for row in rows if row.get("regions") is not None]
    return sets


def ask(interpreter: str, system: str, rows: list[Row]) -> tuple[list[Row], dict[str, float]]:
    """What a system, in a process of its own, answers to rows with id and text; and its start-up and memory."""
    asked = "".join(json.dumps({"id": row["id"], "text": row["text"]}) + "\n" for row in rows)
    command = [interpreter, str(HERE / "tag_peers.py"), system]
    done = subprocess.run(command, check=True, capture_output=True, text=True, input=asked)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    costs: dict[str, float] = json.loads(done.stderr.strip().splitlines()[-1])
    return answers, costs


def compare(interpreter: str, folder: Path | None) -> list[Row]:
    """One row a system: country F1 by set, articles of 400 words per CPU second, CPU seconds to start, megabytes."""
    sets = labelled(folder)
    rows = [
        {"id": row["id"], "text": f"{row.get('title') or ''}\n{row['text']}"} for rows in sets.values() for row in rows
    ]
    made = [{"id": item.id, "text": f"{item.title}\n{item.text}"} for item in articles(sets["en"], 100)]
    found: dict[str, Row] = {}
    for number in range(_ROUNDS):
        for system in ("khabar", *PEERS):
            python = sys.executable if system == "khabar" else interpreter
            answers, costs = ask(python, system, made if number else [*rows, *made])
            speed = len(made) / sum(answer["seconds"] for answer in answers[-len(made) :])
            row = found.setdefault(system, {"system": system})
            if not number:
                row |= _quality(sets, answers)
            row["articles"] = max(speed, row.get("articles", 0.0))
            row["start"] = min(costs["start"], row.get("start", 99.0))
            row["MB"] = max(costs["mb"], row.get("MB", 0.0))
    shown = {"articles": "{:.0f}", "start": "{:.2f}", "MB": "{:.0f}"}
    return [row | {key: form.format(row[key]) for key, form in shown.items()} for row in found.values()]


def _quality(sets: dict[str, list[Row]], answers: list[Row]) -> Row:
    left = iter(answers)
    return {
        name: f1([({code[:2] for code in row["regions"]}, set(next(left)["countries"])) for row in rows])
        for name, rows in sets.items()
    }


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("interpreter")
    options.add_argument("folder", type=Path, nargs="?")
    chosen = options.parse_args()
    print(table(compare(chosen.interpreter, chosen.folder)))


if __name__ == "__main__":
    main()
