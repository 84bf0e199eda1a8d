"""Makes pipeline/data/word_rates.bin, the rarity of words in general language, from the lists of the package wordfreq.

    pip install wordfreq==3.1.1 && python benchmarks/word_rates.py

The frequencies are those of wordfreq (Robyn Speer, data under CC BY-SA 4.0), turned into the share of texts of 150
words that hold a stem, in steps of an eighth of a power of two. wordfreq has no Pashto: without rates even its "in" and
"of" would look telling, and any two Pashto texts alike, so its common words are counted in the Pashto texts of this
repository, which are ours. Run it again only when `stem`, the letters or those texts change.
"""

import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))
from pipeline.dedupe.fingerprints import plain
from pipeline.dedupe.story_terms import RATES, term

WORDS_IN_TEXT = 150
LANGUAGES = {"en": 30_000, "ru": 30_000, "fa": 20_000, "ar": 15_000, "ur": 15_000}
SHORT_RATE = 0.05
"""Words of one or two letters or digits that no list has."""
ROOT = Path(__file__).parent.parent
COMMON = 3
"""Times that a word stands in our Pashto texts before it counts as common."""


def pashto() -> dict[int, float]:
    """Frequency of each common stem in the Pashto texts of this repository."""
    lines = (ROOT / "benchmarks/afghan_news/ps.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [f"{row['title']} {row['text']}" for row in map(json.loads, lines)]
    for path in sorted((ROOT / "khabar/replica/content").glob("*.ps.yml")):
        texts += strings(yaml.safe_load(path.read_text(encoding="utf-8")))
    counts = Counter(term(word) for text in texts for word in plain(text).split() if not word.isascii())
    total = counts.total()
    return {stem: number / total for stem, number in counts.items() if number >= COMMON}


def strings(value: object) -> list[str]:
    """Every text in a tree of lists and mappings."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in strings(one)]


def main() -> None:
    """Write the file: sorted 32-bit hashes, then one byte each, -8 log2 of the share."""
    import wordfreq

    shares: dict[int, float] = {}
    for language, count in LANGUAGES.items():
        frequency: dict[int, float] = defaultdict(float)
        for word in wordfreq.top_n_list(language, count, wordlist="small"):
            for part in plain(word).split():
                frequency[term(part)] += wordfreq.word_frequency(word, language, wordlist="small")
        for stem, one in frequency.items():
            shares[stem] = max(shares.get(stem, 0.0), 1 - math.exp(-one * WORDS_IN_TEXT))
    for stem, one in pashto().items():
        shares[stem] = max(shares.get(stem, 0.0), 1 - math.exp(-one * WORDS_IN_TEXT))
    for number in range(100):
        for written in {str(number), f"{number:02}"}:
            shares[term(written)] = max(shares.get(term(written), 0.0), SHORT_RATE)
    for year in range(1950, 2051):
        shares[term(str(year))] = SHORT_RATE
    for letter in "abcdefghijklmnopqrstuvwxyz":
        shares[term(letter)] = max(shares.get(term(letter), 0.0), SHORT_RATE)
    hashes = np.array(sorted(shares), "<u4")
    steps = np.array([min(255, round(-8 * math.log2(shares[int(one)]))) for one in hashes], np.uint8)
    RATES.parent.mkdir(exist_ok=True)
    RATES.write_bytes(hashes.tobytes() + steps.tobytes())
    print(f"{RATES}: {hashes.size} stems, {RATES.stat().st_size} bytes")


if __name__ == "__main__":
    main()
