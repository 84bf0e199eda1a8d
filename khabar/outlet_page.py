"""OUTLETS.md: what we watch and how well each fact is proven, written from the outlet files so that it cannot go
stale by itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from outlets import Outlet, Source
from outlets.load import load_all, paths

PAGE: Final = Path(__file__).parent.parent / "OUTLETS.md"
RENEW: Final = "khabar outlets table"
LEFT_OUT: Final = {
    "Radio Mashaal": "closed on 2026-03-31; only its archive stands.",
    "South Asia Terrorism Portal": "no feed, sitemap or list of its articles is evidenced.",
}
"""Outlets that were looked at and are not watched, with the reason."""
LANGUAGES: Final = {
    "en": "English", "fa": "Dari and Persian", "ps": "Pashto", "ru": "Russian", "ur": "Urdu", "tg": "Tajik",
    "uz": "Uzbek", "ar": "Arabic", "tr": "Turkish", "zh": "Chinese", "fr": "French", "es": "Spanish",
}  # fmt: skip
GROUPS: Final = {
    "af": "Afghanistan", "pk": "Pakistan", "ir": "Iran", "tj": "Tajikistan", "ru": "Russia", "int": "International",
}  # fmt: skip
"""Headings by folder, in the order of the page."""
_TOP: Final = """# Outlets

{count} outlets are watched.

Languages: {languages}.

{proven} of {sources} sources were seen to answer; every other rests on hearsay, which `khabar outlets check` names
first. {cited} outlets prove the form of their articles' addresses on cited ones. A file in `outlets/` is all that an
outlet needs ([CONTRIBUTING.md](CONTRIBUTING.md)).

A source's letter is its evidence: **P** somebody saw it answer, **F** it stands in a saved page, **L** a list names it,
**G** a guess; the month or year is that in which it was seen; **✓** we count it as verified. `{renew}` writes this
page from the outlet files.
"""


def page(outlets: Mapping[str, Outlet], folders: Mapping[str, str]) -> str:
    """The Markdown of the outlets by name; `folders` says in which folder each file stands."""
    spoken = Counter(language for outlet in outlets.values() for language in outlet.languages)
    sources = [source for outlet in outlets.values() for source in outlet.sources]
    parts = [
        _TOP.format(
            count=len(outlets), sources=len(sources), proven=sum(source.verified for source in sources), renew=RENEW,
            cited=sum(bool(outlet.examples.articles) for outlet in outlets.values()),
            languages=", ".join(f"{LANGUAGES[code]} ({n})" for code, n in spoken.most_common()),
        )
    ]  # fmt: skip
    for folder in sorted(set(folders.values()), key=lambda f: (list(GROUPS).index(f) if f in GROUPS else 99, f)):
        names = sorted((n for n in outlets if folders[n] == folder), key=lambda n: outlets[n].title.casefold())
        parts.append(f"\n## {GROUPS.get(folder, folder.upper())}\n\n{_table(outlets[name] for name in names)}")
    parts.append("\n## Left out\n\n" + "".join(f"* **{name}**: {why}\n" for name, why in LEFT_OUT.items()))
    return "".join(parts)


def _table(outlets: Iterable[Outlet]) -> str:
    lines = ["| outlet | file | country | ownership | languages | time zone | sources |", "|---" * 7 + "|"]
    for outlet in outlets:
        kinds: dict[str, list[str]] = {}
        for source in outlet.sources:
            kinds.setdefault(source.kind, []).append(_proof(source))
        sources = ", ".join(f"{kind} {' · '.join(grades)}" for kind, grades in kinds.items())
        lines.append(
            f"| [{outlet.title}]({outlet.home}) | `{outlet.name}` | {outlet.country} | {outlet.ownership} "
            f"| {' '.join(outlet.languages)} | {outlet.timezone} | {sources} |"
        )
    return "\n".join(lines) + "\n"


def _proof(source: Source) -> str:
    """P 2026-09 ✓, or L."""
    return " ".join(filter(None, (source.grade, source.seen, "✓" if source.verified else None)))


def current() -> str:
    """The page as the outlet files of today say it. Raises OutletError for a broken file."""
    return page(load_all(), {name: path.parent.name for name, path in paths().items()})


def is_fresh() -> bool:
    """Whether OUTLETS.md says what the outlet files say."""
    return PAGE.is_file() and PAGE.read_text(encoding="utf-8") == current()
