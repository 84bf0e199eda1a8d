"""What the engine returned, corrected by the page's own markup: paragraphs of the same make that it left behind come
back; link lists, author boxes and repeats go."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.clean.blocks import Block, key_of, signature
from pipeline.clean.boilerplate import ends_story, is_boilerplate
from pipeline.clean.text import words

PROSE = 60
"""Characters of a line that is likely a sentence."""
FURNITURE_LIMIT = 0.2
"""Where more of the text than this is marked as furniture, the marks are wrong and none is believed."""
HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_ENDS = tuple(".!?…؟。！？\"”»’'):;）]」")
SCRAPS = 3
"""Short pieces that may go at the end; more of them are a list that belongs to the story."""
REPEATED = 0.3
LINKED = 0.85
"""Share of link text above which a paragraph is a pointer to another page."""


@dataclass(slots=True)
class _Line:
    text: str
    key: str
    block: Block | None


def refine(
    text: str,
    blocks: Sequence[Block],
    *,
    title: str | None,
    names: Sequence[str] = (),
    lead: str | None = None,
    declared: str | None = None,
) -> str:
    """`text` corrected against `blocks`, all blocks of its page. `title` and `names` (authors) help at top and bottom;
    `lead` is the page's description, which comes back where the page shows it between title and text; `declared` is the
    page's own articleBody, believed where it agrees."""
    index = index_of(blocks)
    lines = [_Line(one, key := key_of(one), index.get(key)) for one in text.split("\n") if one.strip()]
    lines = _without_repeats(lines)
    lines = _with_siblings(lines, blocks)
    lines = _without_furniture(lines)
    lines = _without_top(lines, title)
    lines = _without_bottom(_without_end(lines), names)
    if declared:
        lines = _within_declared(lines, blocks, declared)
    if lead:
        lines = _with_lead(lines, blocks, lead)
    return "\n".join(line.text for line in lines)


def index_of(blocks: Sequence[Block]) -> dict[str, Block]:
    """Blocks by their words. Of several with the same words, the one least like furniture or a link."""
    index: dict[str, Block] = {}
    for block in blocks:
        known = index.get(block.key)
        if known is None or _rank(block) < _rank(known):
            index[block.key] = block
    return index


def _rank(block: Block) -> tuple[bool, bool, float]:
    return block.furniture, block.element.tag not in HEADINGS, block.links


def _without_repeats(lines: list[_Line]) -> list[_Line]:
    """Drops second copies, where the page carries the whole story twice. Single repeats are quotations."""
    seen: set[str] = set()
    kept = []
    for line in lines:
        if len(line.text) <= PROSE or line.key not in seen:
            kept.append(line)
        seen.add(line.key)
    repeated = sum(len(line.text) for line in lines) - sum(len(line.text) for line in kept)
    return kept if repeated > REPEATED * sum(len(line.text) for line in lines) else lines


def _with_siblings(lines: list[_Line], blocks: Sequence[Block]) -> list[_Line]:
    """Adds the paragraphs that are made like those of the story and stand in the same containers."""
    mapped = [line.block for line in lines if line.block and len(line.text) > PROSE and not line.block.furniture]
    if len(mapped) < 2:
        return lines
    makes = Counter(signature(block.element) for block in mapped)
    makes = Counter({make: n for make, n in makes.items() if n >= 2 and n >= 0.2 * len(mapped)})
    homes = {home for block in mapped if signature(block.element) in makes for home in _homes(block.element)}
    have = {line.key for line in lines}
    joined = "".join(line.key for line in lines)
    after: dict[str, list[_Line]] = {}
    previous = ""
    for block in blocks:
        key = block.key
        if key in have:
            previous = key
            continue
        if (
            len(block.text) < 40
            or block.links > 0.5
            or block.furniture
            or signature(block.element) not in makes
            or key in joined
            or key[:25] in joined
            or "://" in block.text[:12]
            or is_boilerplate(block.text)
            or homes.isdisjoint(_homes(block.element))
        ):
            continue
        after.setdefault(previous, []).append(_Line(block.text, key, block))
    if not after:
        return lines
    result = list(after.get("", ()))
    for line in lines:
        result.append(line)
        result += after.pop(line.key, ())
    return result


def _homes(element: HtmlElement) -> list[HtmlElement]:
    """The containers up to three levels up, which paragraphs of one story share at one of the levels."""
    found: list[HtmlElement] = []
    node = element.getparent()
    while node is not None and len(found) < 3 and node.tag not in ("body", "html"):
        found.append(node)
        node = node.getparent()
    return found


def _without_furniture(lines: list[_Line]) -> list[_Line]:
    total = sum(len(line.text) for line in lines)
    marked = sum(len(line.text) for line in lines if line.block and line.block.furniture)
    believe = marked <= FURNITURE_LIMIT * total
    kept = []
    for line in lines:
        block = line.block
        if block is not None:
            if believe and block.furniture:
                continue
            if block.links >= LINKED and block.element.tag in ("p", "div", "li", "span", "td") and len(line.text) > 25:
                continue
        kept.append(line)
    return kept if sum(len(line.text) for line in kept) >= 0.5 * total else lines


def _without_top(lines: list[_Line], title: str | None) -> list[_Line]:
    """Drops the title said again, crumbs, bylines and other short pieces before the first sentence."""
    heading = words(title or "")
    start = 0
    for position, line in enumerate(lines[:10]):
        mine = words(line.text)
        said = len(set(mine) & set(heading)) >= 0.8 * len(set(mine)) and (len(mine) >= 3 or mine == heading)
        if not mine or (heading and said) or _is_scrap(line):
            start = position + 1
        else:
            break
    return lines[start:] if start < len(lines) else lines


def _is_scrap(line: _Line) -> bool:
    """A short piece that is neither a sentence nor a heading: a crumb, a label, a name, a credit."""
    text = line.text.strip()
    heading = line.block is not None and line.block.element.tag in HEADINGS
    return len(text) < 45 and not heading and text[-1:] not in _ENDS


def _without_end(lines: list[_Line]) -> list[_Line]:
    """Cuts at a heading after which no story goes on ("Comments", "More from"), in the second half of the text."""
    total = sum(len(line.text) for line in lines)
    passed = 0
    for position, line in enumerate(lines):
        if position and passed > 0.4 * total and len(line.text) < 60 and ends_story(line.text):
            if _goes_on(lines[:position], lines[position:]):
                break
            return lines[:position]
        passed += len(line.text)
    return lines


def _goes_on(before: list[_Line], after: list[_Line]) -> bool:
    """Whether paragraphs made like those of the story follow."""
    made = Counter(signature(line.block.element) for line in before if line.block and len(line.text) > PROSE)
    usual = {make for make, n in made.items() if n >= 0.3 * made.total()}
    return any(
        line.block and len(line.text) > PROSE and line.block.links < 0.3 and signature(line.block.element) in usual
        for line in after
    )


def _without_bottom(lines: list[_Line], names: Sequence[str]) -> list[_Line]:
    """Drops author notes, lists of links, headings without text and short pieces after the last sentence."""
    people = [name.casefold() for name in names if " " in name]
    end = len(lines)
    scraps = 0
    for _ in range(25):
        if end < 3:
            break
        line = lines[end - 1]
        text = line.text.strip()
        heading = line.block is not None and line.block.element.tag in HEADINGS
        note = len(text) < 700 and any(text.casefold().startswith(name) for name in people)
        pointer = line.block is not None and line.block.links > 0.4 and len(text) < 300
        scraps += _is_scrap(line)
        if heading or note or pointer or is_boilerplate(text) or (_is_scrap(line) and scraps <= SCRAPS):
            end -= 1
        else:
            break
    return lines[:end] if sum(len(line.text) for line in lines[end:]) < 0.4 * sum(len(o.text) for o in lines) else lines


def _with_lead(lines: list[_Line], blocks: Sequence[Block], lead: str) -> list[_Line]:
    """Puts the standfirst first, where the page shows the words of its description before the story."""
    key = key_of(lead)
    if len(key) < 40 or key in "".join(line.key for line in lines[:4]):
        return lines
    opening = set(words("\n".join(line.text for line in lines)[:1500]))
    if len(opening & set(words(lead))) > 0.8 * len(set(words(lead))):
        return lines
    first = next((line.key for line in lines if line.block), None)
    for block in blocks:
        if block.key == first:
            break
        if (
            len(block.text) > 40
            and not _captions(block.element)
            and block.links < 0.5
            and (block.key == key or (len(key) > 80 and block.key.startswith(key[:70])))
        ):
            return [_Line(block.text, block.key, block), *lines]
    return lines


def _captions(element: HtmlElement) -> bool:
    """Whether the element stands in a figure."""
    return element.tag == "figcaption" or next(element.iterancestors("figure", "figcaption"), None) is not None


def _within_declared(lines: list[_Line], blocks: Sequence[Block], declared: str) -> list[_Line]:
    """Drops what stands before and after the text that the page declares as its article, where the two agree; takes the
    declared text instead, where the page shows it and the engine found little of it."""
    key = key_of(declared)
    if len(key) < 300:
        return lines
    inside = [line.key in key or line.key[:60] in key for line in lines]
    total = sum(len(line.key) for line in lines)
    shared = sum(len(line.key) for line, known in zip(lines, inside, strict=True) if known)
    if shared < 0.4 * len(key) and _shown(declared, blocks) > 0.8:
        return [_Line(one, key_of(one), None) for one in declared.split("\n") if one.strip()]
    if shared < 0.75 * total or 0.8 * total > len(key):
        return lines
    first = next((position for position, known in enumerate(inside) if known), 0)
    last = max((position for position, known in enumerate(inside) if known), default=len(lines) - 1)
    return [
        line
        for position, line in enumerate(lines)
        if position <= last and (position >= first or len(line.text) > PROSE)
    ]


def _shown(declared: str, blocks: Sequence[Block]) -> float:
    """Share of the declared text's words that the page shows."""
    seen = {word for block in blocks for word in words(block.text)}
    mine = words(declared)
    return sum(word in seen for word in mine) / len(mine) if mine else 0.0
