"""Whether learning from decisions helps, on labels that stand for decisions, and how often chance passes for learning.

    python benchmarks/learn.py [FOLDER]

FOLDER has labelled sets as of benchmarks/tag.py; the rows of each that are labelled relevant or not count as decided.
"""

import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scores import table
from pipeline.rank.decisions import Example
from pipeline.rank.learn import divide, judge
from pipeline.rank.ranker import Ranker
from pipeline.tag.json_lines import tag_input_from_json
from pipeline.tag.stage import tag

HERE = Path(__file__).parent
_LEAST = 100
_TOPICS = 12


def labelled(path: Path) -> list[Example]:
    """The rows of a set that are labelled relevant or not, as the desk would see them."""
    known = []
    for number, line in enumerate(path.read_text(encoding="utf-8").rstrip("\n").split("\n")):
        row = json.loads(line)
        if row.get("relevant") not in (True, False):
            continue
        asked = {**row, "language": row.get("language") or row.get("lang"), "published": row.get("date")}
        done = tag(tag_input_from_json(asked))
        tags = tuple((one.scheme, one.code, one.role or "") for one in done.tags)
        known.append(Example(number, done.relevance.score, tags, row["relevant"]))
    return known


def invented(size: int, seed: int, *, pattern: bool) -> list[Example]:
    """Decisions that follow the score, but for one topic in twelve that reviewers hardly ever take (`pattern`)."""
    chance = random.Random(seed)  # noqa: S311 (the same decisions each time)
    known = []
    for number in range(size):
        topics = tuple(("topic", f"t{one}", "") for one in range(_TOPICS) if chance.random() < 0.2)
        score = chance.choice([0.6, 0.7, 0.8, 0.9, 0.95])
        likely = 0.2 if pattern and ("topic", "t0", "") in topics else score - 0.1
        known.append(Example(number, score, topics, chance.random() < likely))
    return known


def adopted(size: int, times: int, *, pattern: bool) -> float:
    """Share of `times` invented newsrooms in which a ranker would be put to use."""
    verdicts = [judge(Ranker(), *divide(invented(size, seed, pattern=pattern))) for seed in range(times)]
    return sum(verdict.is_better for verdict in verdicts) / times


def main() -> None:
    """Print both tables."""
    rows = []
    for path in sorted(Path(sys.argv[1]).glob("*.jsonl")) if len(sys.argv) > 1 else []:
        known = labelled(path)
        if len(known) < _LEAST or not 0.05 < sum(e.accepted for e in known) / len(known) < 0.95:
            continue
        random.Random(1).shuffle(known)  # noqa: S311 (the sets are sorted by label)
        verdict = judge(Ranker(), *divide(known))
        rows.append(
            {
                "set": path.stem,
                "decisions": len(known),
                "log loss": f"{verdict.before.log_loss:.3f} → {verdict.after.log_loss:.3f}",
                "right order": f"{verdict.before.order:.3f} → {verdict.after.order:.3f}",
                "adopted": "yes" if verdict.is_better else "no",
            }
        )
    if rows:
        print(table(rows), end="\n\n")
    sizes = ((100, 200), (300, 200), (1000, 60))
    print(
        table(
            [
                {
                    "decisions": size,
                    "adopted without a pattern": adopted(size, times, pattern=False),
                    "adopted with one": adopted(size, times, pattern=True),
                }
                for size, times in sizes
            ]
        )
    )


if __name__ == "__main__":
    main()
