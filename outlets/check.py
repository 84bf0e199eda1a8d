"""Reads outlet files with a sceptic's eye: what is only guessed, what contradicts itself, what leaves a gap."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from outlets.dated import A_DAY, addresses
from outlets.load import FOLDER, OutletError, load, survey
from outlets.schema import Outlet, Source
from outlets.urls import same_site

Level = Literal["error", "failed", "broken", "unverified", "warning", "seen"]
"""error: the file is wrong; failed: the site is under an assertion; broken: something on it is not as the file says;
seen: it is. Without the site only the others occur."""
_ORDER: Final[dict[Level, int]] = {"error": 0, "failed": 1, "broken": 2, "unverified": 3, "warning": 4, "seen": 5}
GRADES: Final = {
    "P": "seen to answer by someone, not by us", "F": "seen in a saved page", "L": "only listed", "G": "only guessed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know or to mend about an outlet file."""

    outlet: str
    level: Level
    key: str
    """Where in the file: `sources.2.url`."""
    sentence: str


def check(names: Sequence[str] | None = None, folder: Path = FOLDER) -> list[Finding]:
    """What is wrong, unverified or doubtful about the outlets `names` (all by default): errors first, then what nobody
    has verified, the weakest evidence first. Raises OutletError for a name that no file has."""
    outlets: dict[str, Outlet] = {}
    findings: list[Finding] = []
    known = dict(survey(folder))
    for name in names if names is not None else known:
        found = known[name] if name in known else load(name, folder)
        if isinstance(found, OutletError):
            findings.append(Finding(name, "error", "file", str(found)))
        else:
            outlets[name] = found
    for outlet in outlets.values():
        findings += [*_contradictions(outlet), *_unverified(outlet), *_gaps(outlet)]
    findings += _shared_hosts({n: o for n, o in known.items() if isinstance(o, Outlet)}, set(outlets))
    return worst_first(findings)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By level; of what nobody has verified the weakest evidence first."""
    return sorted(findings, key=lambda f: (_ORDER[f.level], _weakness(f), f.outlet, f.key))


def _weakness(finding: Finding) -> int:
    return next((rank for rank, grade in enumerate("GLFP") if f"({grade}:" in finding.sentence), 9)


def _contradictions(outlet: Outlet) -> Iterator[Finding]:
    """What cannot be right."""

    def error(key: str, sentence: str) -> Finding:
        return Finding(outlet.name, "error", key, sentence)

    if outlet.article_pattern.search(outlet.home):
        yield error("article_url", "the pattern matches the home page, so it matches too much")
    for number, source in enumerate(outlet.sources):
        if outlet.article_pattern.search(source.url):
            yield error("article_url", f"the pattern matches the source {source.url}, so it matches too much")
        if source.archive and any(outlet.article_pattern.search(url) for url, _ in addresses(source.archive, A_DAY)):
            yield error("article_url", f"the pattern matches the archive {source.archive}, so it matches too much")
        if source.url in {other.url for other in outlet.sources[:number]}:
            yield error(f"sources.{number}.url", f"{source.url} stands there twice")
        if source.language and source.language not in outlet.languages:
            yield error(f"sources.{number}.language", f"{source.language} is not among the outlet's languages")
    for name, least in outlet.assertions.min.items():
        if outlet.assertions.max.get(name, least) < least:
            yield error(f"assertions.max.{name}", f"is smaller than assertions.min.{name} ({least})")


def _unverified(outlet: Outlet) -> Iterator[Finding]:
    """What rests on hearsay."""
    for number, source in enumerate(outlet.sources):
        if not source.verified:
            sentence = f"{source.kind} {source.url} is not verified ({source.grade}: {GRADES[source.grade]})"
            yield Finding(outlet.name, "unverified", f"sources.{number}", sentence)


def _gaps(outlet: Outlet) -> Iterator[Finding]:
    """What would let something be missed without a word."""

    def warning(key: str, sentence: str) -> Finding:
        return Finding(outlet.name, "warning", key, sentence)

    if not any(source.verified for source in outlet.sources):
        yield warning("sources", "not one source is verified")
    if len({source.kind for source in outlet.sources}) < 2:
        one = "one source only" if len(outlet.sources) < 2 else f"every source is a {outlet.sources[0].kind}"
        yield warning("sources", f"{one}: a quiet day cannot be told from a broken {outlet.sources[0].kind}")
    covered = {source.language for source in outlet.sources}
    if None not in covered:
        for language in (language for language in outlet.languages if language not in covered):
            yield warning("sources", f"no source for the language {language}")
    if not re.match(r"\^https?", outlet.article_url):
        yield warning("article_url", "the pattern does not begin with ^http, so it matches inside other addresses")
    for number, source in enumerate(outlet.sources):
        if source.grade in "PF" and source.seen is None:
            yield warning(f"sources.{number}.seen", f"is missing: {GRADES[source.grade]}, and nobody knows when")
        if not _own(source, outlet):
            yield warning(f"sources.{number}.url", f"{urlsplit(source.url).hostname} is not one of the outlet's hosts")
    if not outlet.examples.articles:
        yield warning("examples.articles", "is empty: no article's address proves article_url")
    for key in ("credits", "evidence"):
        if not getattr(outlet, key):
            yield warning(key, "is empty")


def _shared_hosts(outlets: dict[str, Outlet], asked: set[str]) -> Iterator[Finding]:
    owners: dict[str, list[str]] = defaultdict(list)
    for name, outlet in outlets.items():
        for host in outlet.all_hosts:
            owners[host].append(name)
    for host, names in owners.items():
        for name in (name for name in names if name in asked and len(names) > 1):
            others = ", ".join(other for other in names if other != name)
            yield Finding(name, "warning", "hosts", f"{host} is also a host of {others}")


def _own(source: Source, outlet: Outlet) -> bool:
    return any(same_site(source.url, f"https://{host}/") for host in outlet.all_hosts)
