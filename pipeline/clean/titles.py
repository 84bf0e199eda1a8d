"""The headline: the visible h1 and what the page declares vote, after site names and kickers are taken off."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipeline.clean.parse import visible
from pipeline.clean.selectors import said
from pipeline.clean.structured import Structured
from pipeline.clean.text import fold, line, words

TITLE_LIMIT = 500
"""Characters of a stored title; the rest stays in the raw page."""

WEIGHTS = {"h1": 2.0, "json_ld": 1.4, "og": 1.2, "title": 0.9, "twitter": 0.4, "hint": 0.6}
"""How much each place counts. Chosen on pages with a headline set by hand: the h1 outweighs any single claim, and
two agreeing claims outweigh an h1 that differs."""

_SEPARATOR = re.compile(r"\s+[|｜•·»›:\-–—~]+\s+|\s*[|｜ㅣ]\s*|\s::\s|：(?=[^：]{2,20}$)")
_LOOKS = {
    **dict.fromkeys(map(ord, "‘’‚‛′`´ʼ"), "'"),
    **dict.fromkeys(map(ord, "“”„«»″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    ord("…"): "...",
}
_BARE_HEADINGS = frozenset(["menu", "home", "news", "log", "in", "login", "sign", "search", "navigation", "opinion"])


@dataclass(frozen=True, slots=True)
class Headline:
    """The title, the heading element that shows it, and what was odd about it."""

    title: str | None
    element: HtmlElement | None
    issues: tuple[str, ...] = ()


def headline(
    tree: HtmlElement,
    claims: Structured,
    url: str,
    *,
    hint: str | None = None,
    names: Iterable[str] = (),
    chosen: HtmlElement | None = None,
) -> Headline:
    """The title of the page. `names` are the outlet's own names; `hint` is the feed's title. `chosen` is what the
    outlet's selector found: its words are the title."""
    if chosen is not None:
        return _as_chosen(tree, chosen)
    issues: list[str] = []
    site_names = [n for n in (*claims.site_names, *names) if n]
    title_element = tree.find(".//head/title")
    if title_element is None:
        title_element = tree.find(".//title")
    declared = {
        "json_ld": _one(claims.article.get("headline") or claims.article.get("name")),
        "og": claims.first("og:title"),
        "twitter": claims.first("twitter:title"),
        "title": visible(title_element),
        "hint": hint,
    }
    stated = {key: line(unescape(unescape(value))) for key, value in declared.items() if value and line(value)}
    elements: dict[str, HtmlElement] = {}
    for element in tree.iter("h1"):
        if len(elements) < 40 and (words_ := line(visible(element))):
            elements.setdefault(words_, element)
    own = {fold(name) for name in site_names}
    headings = [heading for heading in elements if fold(heading) not in own]  # many themes make the logo an h1
    h1 = _main_heading(headings, stated.values(), url)
    if "og" in stated and h1 and _site_wide(stated, h1, url):
        issues.append("site_title")
        del stated["og"]
    if h1 and _contradicts(h1, stated.get("json_ld", "")):
        issues.append("title_conflict")
    candidates = dict(stated)
    if h1:
        candidates["h1"] = h1
    if not candidates:
        other = next((e for e in tree.iter("h2", "h3") if line(visible(e))), None)
        said = line(visible(other))[:TITLE_LIMIT]
        return Headline(said or None, other, ("title_from_heading",) if said else ("no_title",))
    bare = _without_site(candidates, site_names, url)
    best = _vote(bare)
    if len(best) > TITLE_LIMIT:
        issues.append("long_title")
    shown = elements[h1] if h1 else _shows(tree, best)
    return Headline(best[:TITLE_LIMIT].strip() or None, shown, tuple(issues))


def _as_chosen(tree: HtmlElement, chosen: HtmlElement) -> Headline:
    title = said(chosen)
    shown = _shows(tree, title) if chosen.tag in ("meta", "title") else chosen
    return Headline(title[:TITLE_LIMIT].strip(), shown, ("long_title",) if len(title) > TITLE_LIMIT else ())


def _shows(tree: HtmlElement, title: str) -> HtmlElement | None:
    """The heading that carries `title`, on pages whose h1 is the site's name or whose title stands in the head."""
    form = fold(title)
    return next((e for e in tree.iter("h1", "h2", "h3", "h4") if fold(visible(e)) == form), None)


def _one(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return re.sub(r"<[^>]{1,200}>", "", value) if isinstance(value, str) else None


def _main_heading(headings: list[str], stated: Iterable[str], url: str) -> str | None:
    """The h1 that shares the most words with the declared titles, or with the address when nothing is declared."""
    references = [set(words(s)) for s in stated]
    slug = set(words(unquote(urlsplit(url).path))) if url else set()
    if not headings:
        return None
    if not references:
        plausible = [h for h in headings if fold(h) not in _BARE_HEADINGS]
        return max(plausible or headings, key=lambda h: (len(slug & set(words(h))), -headings.index(h)))

    def agreement(heading: str) -> float:
        mine = set(words(heading))
        return max((len(mine & other) / len(mine | other) for other in references if other), default=0.0)

    best = max(headings, key=lambda h: (round(agreement(h), 2), -headings.index(h)))
    if len(words(best)) < 3 and fold(best) in _BARE_HEADINGS:
        return None
    if agreement(best) > 0.12 or len(slug & set(words(best))) >= 3:
        return best
    return None if agreement(best) == 0 and len(words(best)) < 4 else best


def _site_wide(stated: dict[str, str], h1: str, url: str) -> bool:
    """Whether og:title is the site's and not the article's: it shares nothing with h1, <title> and the address."""
    mine = set(words(stated["og"]))
    others = set(words(h1)) | set(words(stated.get("json_ld", ""))) | set(words(unquote(urlsplit(url).path)))
    theirs = set(words(h1))
    supported = theirs & (set(words(stated.get("title", ""))) | set(words(unquote(urlsplit(url).path)))) - mine
    return len(mine & others) <= 1 and len(supported) >= 2


def _contradicts(shown: str, declared: str) -> bool:
    """Whether two titles, both long enough to be headlines, have no word in common."""
    mine, theirs = set(words(shown)), set(words(declared))
    return min(len(mine), len(theirs)) >= 4 and not mine & theirs


def _is_site(value: str, site_names: list[str], url: str) -> bool:
    """Whether `value` names the site rather than an article."""
    key = "".join(words(value))
    if not key:
        return False
    if any(key == "".join(words(name)) or (fold(name) and fold(name) in fold(value)) for name in site_names):
        return True
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    label = host.split(".")[0] if host.count(".") == 1 else host.rsplit(".", 2)[-2] if host.count(".") else host
    return len(label) > 2 and (key in (label.replace("-", ""), "".join(words(host))) or label.replace("-", "") in key)


def _without_site(candidates: dict[str, str], site_names: list[str], url: str) -> dict[str, str]:
    """Each candidate without site names at its ends. A part goes when it names the site, or when the others agree."""
    result = {}
    folded = {fold(value) for value in candidates.values()}
    for key, value in candidates.items():
        result[key] = _strip(value, site_names, url, folded - {fold(value)}, key)
    return result


def _strip(value: str, site_names: list[str], url: str, others: set[str], key: str) -> str:
    for name in site_names:  # a name with a separator of its own ("The Herald - News from the valley")
        at = len(value) - len(name)
        cut = _SEPARATOR.search(value, max(0, at - 4)) if value.endswith(name) else None
        if cut and cut.end() == at and len(words(value[: cut.start()])) >= 3:
            value = value[: cut.start()]
    cuts = list(_SEPARATOR.finditer(value))
    for cut in cuts:  # the longest head or tail that another candidate confirms
        head, tail = value[: cut.start()].strip(), value[cut.end() :].strip()
        if fold(head) in others and (len(words(head)) >= 3 or _is_site(tail, site_names, url)):
            return head
        if fold(tail) in others and len(words(tail)) >= 3 and key in ("title", "og", "twitter"):
            return tail
    for cut in reversed(cuts):
        head, tail = value[: cut.start()].strip(), value[cut.end() :].strip()
        bar = any(c in cut[0] for c in "|｜ㅣ")
        if (_is_site(tail, site_names, url) and len(tail) < max(40, len(head))) or (
            bar and key != "h1" and len(words(tail)) <= 5 and len(words(head)) >= 3 and len(tail) < len(head)
        ):
            value = head
        else:
            break
    label = re.match(r"([^:]{2,40}):\s+(?=\S)", value)
    if (
        label
        and not _SEPARATOR.search(label[1])
        and _is_site(label[1], site_names, url)
        and len(words(value[label.end() :])) >= 3
    ):
        value = value[label.end() :]
    first = _SEPARATOR.search(value)
    if first:
        head, tail = value[: first.start()].strip(), value[first.end() :].strip()
        if (_is_site(head, site_names, url) and len(words(tail)) >= 3 and len(head) < len(tail)) or (
            "|" in first[0] and key == "h1" and fold(tail) in others
        ):
            value = tail
    return value


def _plain(value: str) -> str:
    return " ".join(value.casefold().translate(_LOOKS).split())


def _vote(candidates: dict[str, str]) -> str:
    """The wording with the most weight. An h1 that only adds a kicker to a declared title counts for that title."""
    votes: dict[str, float] = {}
    wordings: dict[str, dict[str, float]] = {}
    first: dict[str, str] = {}
    for key in sorted(candidates, key=lambda k: -WEIGHTS[k]):
        value = candidates[key]
        form = "".join(words(value))  # spaces do not count: some pages glue the parts of their h1
        if form:
            plain = _plain(value)  # nor does the look of quotes and dashes: that of the first stays
            first.setdefault(plain, value)
            wordings.setdefault(form, {}).setdefault(plain, 0.0)
            wordings[form][plain] += WEIGHTS[key]
            votes[form] = votes.get(form, 0.0) + WEIGHTS[key]
    # of the same words, those that are not glued, then the marks that most places put between them
    wording = {f: first[max(same, key=lambda p: (len(words(p)), same[p]))] for f, same in wordings.items()}
    if not votes:
        return next(iter(candidates.values()))
    h1 = "".join(words(candidates.get("h1", "")))
    for form in list(votes):
        longer = [f for f in votes if f != form and f.startswith(form)]
        for other in longer:
            rest = wording[other][len(wording[form]) :] if wording[other].startswith(wording[form]) else ""
            glued = rest[:1].isupper() and wording[form][-1:].islower() and votes[form] >= 1.2
            rest = rest.lstrip()
            if glued or (rest and rest[0] in "-–—|ㅣ·"):
                votes[form] += votes.pop(other)
            elif rest[:1] in ('"', "“", "«", "„") and rest:  # cut off at a quotation mark inside an attribute
                votes[other] += votes.pop(form)
                break
    for form in list(votes):
        kicker = h1 in votes and form != h1 and votes[form] >= 1.2 and len(words(wording[form])) >= 3
        if kicker and h1.endswith(form) and len(words(wording[h1])) - len(words(wording[form])) <= 4:
            votes[form] += votes.pop(h1)
    return wording[max(votes, key=lambda f: votes[f])]
