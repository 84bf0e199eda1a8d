"""What stands between the top of a text and its first sentence: a title, a byline, the outlet that is credited."""

from dataclasses import dataclass, field

from pipeline.clean import origin
from pipeline.clean.boilerplate import story_lines
from pipeline.clean.calendars import NotADay, ascii_digits, find_day
from pipeline.clean.names import line_names
from pipeline.clean.text import fold

HEAD_LINES = 6
"""Lines at the top of a text in which a title and a byline can stand."""

DATED_BYLINE = 120
"""Characters of a line that names an author and a date."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first lines of a text say about it."""

    text: str
    title: str | None = None
    author: str | None = None
    byline: origin.Byline | None = field(default=None)


def read(
    text: str,
    title: str | None,
    *,
    simple: bool = False,
    learned: frozenset[str] = frozenset(),
    authors: tuple[str, ...] = (),
) -> Opening:
    """Takes title and byline lines off the top of `text`. A title is read there only from bare text. `authors` are
    known already: a line that begins with one of them and holds a date is their byline."""
    lines = story_lines(text, learned)
    lines = [one for at, one in enumerate(lines) if at > 2 or not _is_dated_byline(one, authors)]
    for position, line in enumerate(lines[:HEAD_LINES]):
        credit = origin.byline(line)
        if credit:
            above = [one for one in lines[:position] if fold(one) != fold(title or "")]
            heading = above[-1] if simple and above and len(above[-1]) < 200 else title
            kept = [one for one in above if one != heading and len(one) > 100]
            return Opening("\n".join([*kept, *lines[position + 1 :]]), heading, credit.author, credit)
        names = line_names(line)
        if names and position < 4:
            rest = lines[:position] + lines[position + 1 :]
            if simple and position and len(lines[position - 1]) < 200:
                return Opening("\n".join(rest[: position - 1] + rest[position:]), lines[position - 1], line)
            return Opening("\n".join(rest), title, line)
    if simple and not title and len(lines) > 1 and len(lines[0]) < 200 and lines[0][-1:] not in ".,;:":
        return Opening("\n".join(lines[1:]), lines[0])
    return Opening("\n".join(lines), title)


def _is_dated_byline(line: str, authors: tuple[str, ...]) -> bool:
    """Whether `line` is an author's name and a date with a few words about them, and no sentence."""
    if len(line) > DATED_BYLINE or line[-1:] in ".!?؟" or not any(line.startswith(name) for name in authors):
        return False
    try:
        return find_day(ascii_digits(line)) is not None
    except NotADay:
        return True
