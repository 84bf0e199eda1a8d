"""Texts made up by rule: as many independent reports as a test needs, and every way in which others copy them."""

import random

_SYLLABLES = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "ki", "zo", "ha", "je"]
_COMMON = ["the", "of", "and", "in", "to", "a", "was", "that", "on", "for", "said", "by", "with", "as", "from", "at"]


def seeded(number: int) -> random.Random:
    """Chance that is the same in every run."""
    return random.Random(number)  # noqa: S311 (nothing secret: tests must repeat)


def word(rnd: random.Random) -> str:
    """A made-up word."""
    return "".join(rnd.choice(_SYLLABLES) for _ in range(rnd.randint(2, 4)))


def report(seed: int, words: int = 250, about: list[str] | None = None) -> str:
    """A text of its own; `about` are words that it keeps coming back to, as reports of one event do."""
    rnd = seeded(seed)
    own = [word(rnd) for _ in range(words // 3)]
    sentences = []
    for _ in range(max(1, words // 12)):
        line = [rnd.choice(_COMMON if rnd.random() < 0.4 else own) for _ in range(12)]
        for place in range(2, 12, 4):
            if about:
                line[place] = rnd.choice(about)
        sentences.append(" ".join(line).capitalize() + ".")
    return "\n".join(sentences)


def garbled(text: str, seed: int, share: float = 0.04) -> str:
    """The text as a bad scan has it: a share of its letters wrong."""
    rnd = seeded(seed)
    return "".join(rnd.choice("abcdefghiklmnop") if c.isalpha() and rnd.random() < share else c for c in text)


def shuffled(text: str, seed: int) -> str:
    """The same paragraphs in another order."""
    lines = text.split("\n")
    seeded(seed).shuffle(lines)
    return "\n".join(lines)
