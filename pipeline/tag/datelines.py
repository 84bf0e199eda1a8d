"""Datelines ("KABUL, Afghanistan (June 14) —"): they say where a story was filed, not where it plays."""

import re

from pipeline.tag.reading import Reading

_START = re.compile(
    r"\A\W{0,3}(?:"
    # KABUL: / KABUL — / ISLAMABAD (AFP) - / KABUL, June 5 (Reuters)
    r"(?P<caps>[A-ZА-ЯЁ]{3,}(?:[ -][A-ZА-ЯЁ]{2,}){0,3}(?:, [A-Z][A-Za-z. ]{2,24}|/[A-Z]{3,})?)"
    r"(?= ?\([^)\n]{2,40}\)|, \d{1,2} [а-я]+|, [A-Z][a-z]{2,8}\.? \d| ?[—–]| -{1,2} |: |\. /| ?/)"
    # Kabul (Pajhwok) – / Kabul, Afghanistan (AP) —
    r"|(?P<word>[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,2}(?:, [A-Z][A-Za-z.]+)?) ?\([^)\n]{2,40}\) ?[—–:-]"
    # کابل (باختر) / کابل –
    r"|(?P<east>[\u0600-\u06ff\u200c]{3,}(?: [\u0600-\u06ff\u200c]{3,})?) ?(?:\([^)\n]{2,40}\) ?[:—–-]|[—–] )"
    # (Bakhtar, Kabul)
    r"|\([^)\n]{2,30}[,،] ?(?P<paren>[^)\n]{3,20})\))"
)
# Several releases in one text: the full form is unmistakable wherever it stands.
_INSIDE = re.compile(r"\b[A-Z]{4,}, [A-Z][a-z]+(?= ?\([A-Z][a-z]{2,8}\.? \d)")


def dateline_spans(reading: Reading) -> list[tuple[int, int]]:
    """Folded [start, end) of each dateline in the text field."""
    if reading.field == "dateline":
        return [(0, len(reading.text))]
    if reading.field != "text":
        return []
    kept = reading.folded.kept
    spans = [(match.start() + 1, match.end() + 1) for match in _INSIDE.finditer(kept)] if "(" in kept else []
    if match := _START.match(kept):
        spans.append((match.start() + 1, match.end() + 1))
    return spans
