"""The language of the text itself. What a page declares is often its template's, so it only widens the choice."""

import re
from copy import copy
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

OURS = ("en", "fa", "ps", "ru", "ur", "tg", "uz", "ar", "tr", "zh", "fr", "es")
"""The languages that outlet files may name."""
SAMPLE = 1500
"""Characters that decide; measured, more do not change the answer on news text."""
SHORTEST = 25


@cache
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = copy(_model())
    identifier.set_languages([language for language in languages if language in _model().labels])
    return identifier


def language_of(
    text: str, *, declared: str | None = None, outlet: tuple[str, ...] = ()
) -> tuple[str | None, list[str]]:
    """(ISO 639-1 code or None for too little text, issues). `outlet` are the outlet's own languages, tried first."""
    if len(text) < SHORTEST:
        return None, []
    tag = (declared or "").lower().replace("_", "-").split("-")[0]
    tag = {"prs": "fa", "no": "nb", "nn": "nb"}.get(tag, tag)
    choice = OURS if not tag.isalpha() or len(tag) != 2 or tag in OURS else (*OURS, tag)
    found = str(_identifier(choice).classify(text[:SAMPLE].replace("\u200c", " "))[0])
    issues = []
    if tag and len(tag) == 2 and tag != found:
        issues.append("language_differs")
    if outlet and found not in outlet:
        issues.append("language_unexpected")
    return found, issues


_SCRIPTS = tuple(re.compile(f"[{letters}]+") for letters in ("\u0600-\u06ff", "\u0400-\u04ff", "A-Za-z"))


def is_mixed(text: str) -> bool:
    """Whether more than a fifth of the letters belong to a second script."""
    shares = sorted(sum(len(run) for run in script.findall(text)) for script in _SCRIPTS)
    return sum(shares) > 200 and shares[1] > 0.2 * sum(shares)
