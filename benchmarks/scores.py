"""How results are compared with the truth, the same for every stage, and the floors that no change may break."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

FLOORS = Path(__file__).parent / "floors.json"
_TOKEN = re.compile(r"\w+")
_LOOKS = str.maketrans(
    {**dict.fromkeys("‘’‚‛′`´ʼ", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
)
_ROLE = re.compile(r"^(by|von|de|par|por|di|от)\s+|\b(staff writer|reporter|correspondent|editor)\b")

Figures = Mapping[str, float]


def under_floors(stage: str, results: Mapping[str, Figures]) -> list[str]:
    """One sentence for each figure of `stage` under its floor; a set or figure that was not measured counts as 0."""
    floors: dict[str, dict[str, float]] = json.loads(FLOORS.read_text(encoding="utf-8"))[stage]
    return [
        f"{stage} {name} {figure}: {results.get(name, {}).get(figure, 0.0):.3f} is under its floor {floor}"
        for name, wanted in floors.items()
        for figure, floor in wanted.items()
        if results.get(name, {}).get(figure, 0.0) < floor
    ]


def f1(pairs: Iterable[tuple[set[str], set[str]]]) -> float:
    """Micro-averaged F1 of (true, told) sets."""
    hit = extra = missed = 0
    for truth, given in pairs:
        hit += len(truth & given)
        extra += len(given - truth)
        missed += len(truth - given)
    return 2 * hit / (2 * hit + extra + missed) if hit else 0.0


def body_f1(texts: Sequence[tuple[str, str]]) -> float:
    """F1 of 4-gram shingles of words, of the means of each page's precision and recall over (true, told) texts.

    The measure of github.com/scrapinghub/article-extraction-benchmark.
    """
    precision, recall = [], []
    for true, told in texts:
        a, b = _shingles(true), _shingles(told)
        both = (a & b).total()
        if b:
            precision.append(both / b.total())
        if a:
            recall.append(both / a.total())
    if not precision or not recall or not any(precision):
        return 0.0
    p, r = fmean(precision), fmean(recall)
    return 2 * p * r / (p + r)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    return Counter(one for one in (tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if one)


def same_title(true: str, told: str | None) -> bool:
    """Equal but for case, white space, and the look of quotes and dashes."""
    return _plain(true) == _plain(told or "")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LOOKS).replace("''", '"')
    return " ".join(folded.split())


def instant(written: object) -> datetime | None:
    """The ISO 8601 time, or its day when the rest cannot be read; None for anything else."""
    text = str(written or "").strip()
    for part in (text, text[:19], text[:10]):
        try:
            return datetime.fromisoformat(part)
        except ValueError:
            continue
    return None


def same_day(right: datetime, told: object) -> bool:
    """Whether the ISO 8601 time `told` names the day of `right`, in that one's zone or in UTC."""
    given = instant(told)
    if given is None:
        return False
    days = {right.date()} | ({right.astimezone(UTC).date()} if right.tzinfo else set())
    if right.tzinfo and given.tzinfo:
        return bool(days & {given.astimezone(right.tzinfo).date(), given.astimezone(UTC).date()})
    return given.date() in days


def same_authors(true: Iterable[str], told: Iterable[str]) -> bool:
    """Equal sets of names, without case, punctuation, "by" and role words."""
    return _names(true) == _names(told)


def _names(names: Iterable[str]) -> set[str]:
    plain = (" ".join(re.sub(r"[^\w\s]", " ", _ROLE.sub(" ", _plain(name))).split()) for name in names)
    return {name for name in plain if name}


def pair_scores(gold: Mapping[str, str], told: Mapping[str, str]) -> dict[str, float]:
    """Pair F1 and adjusted Rand index of two partitions."""
    both = _pairs(Counter((gold[i], told[i]) for i in gold))
    true, ours = _pairs(Counter(gold.values())), _pairs(Counter(told[i] for i in gold))
    chance = true * ours / (len(gold) * (len(gold) - 1) / 2)
    return {
        "pair_f1": round(2 * both / (true + ours), 4),
        "ari": round((both - chance) / ((true + ours) / 2 - chance), 4),
    }


def _pairs(counts: Counter[str] | Counter[tuple[str, str]]) -> float:
    return sum(n * (n - 1) / 2 for n in counts.values())


def bcubed(gold: Mapping[str, str], told: Mapping[str, str]) -> float:
    """B-cubed F1 (Bagga and Baldwin 1998)."""
    true, ours = Counter(gold.values()), Counter(told[i] for i in gold)
    both = Counter((gold[i], told[i]) for i in gold)
    precision = sum(both[gold[i], told[i]] / ours[told[i]] for i in gold) / len(gold)
    recall = sum(both[gold[i], told[i]] / true[gold[i]] for i in gold) / len(gold)
    return 2 * precision * recall / (precision + recall)


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows as a Markdown table; a figure that a row does not have is a dash."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for row in rows:
        cells = (row.get(name, "–") for name in columns)
        lines.append(
            "| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |"
        )
    return "\n".join(lines)
