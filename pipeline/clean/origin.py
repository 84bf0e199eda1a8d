"""Three different things kept apart: the dateline, the outlet that wrote a republished piece, the sources it cites."""

import re
from dataclasses import dataclass

from outlets import Outlet
from pipeline.clean.agencies import Agency, is_own, mentions, named
from pipeline.items import CitedSource, Evidence, Origin

DATELINE_LINES = 3
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DASH = r"\s*(?:[-–—:،]{1,2}|\.(?=\s))?\s*"
_DATELINES = (
    # MOSCOW, July 29. /TASS/.    KABUL, June 3 (Reuters) -    BEIJING, Oct. 4 (Xinhua) --
    re.compile(
        r"^(?P<dateline>(?P<place>[A-Z][A-Z .,'’\-]{2,45}?),?\s+"
        rf"(?:{_MONTHS})[a-z]*\.?\s\d{{1,2}}(?:,\s\d{{4}})?\.?\s*"
        rf"(?:/(?P<slug>[^/\n]{{2,30}})/\.?|\((?P<agency>[^)\n]{{2,40}})\)))" + _DASH
    ),
    # KABUL (Pajhwok):    MEXICO CITY (AP) —    ISLAMABAD, Pakistan (AP) —
    re.compile(
        r"^(?P<dateline>(?P<place>[A-Z][A-Z'’\-]+(?:[ .,]+[A-Z][\w.'’\-]+){0,4})\s*\((?P<agency>[A-Z][^)\n]{1,40})\))"
        + _DASH
    ),
    # МОСКВА, 29 июля. /ТАСС/.    МОСКВА, 29 июл — РИА Новости.    Душанбе. 3 мая. ИНТЕРФАКС -
    re.compile(
        r"^(?P<dateline>(?P<place>[А-ЯЁ][А-ЯЁа-яё \-/]{2,40})[,.]\s+"
        r"\d{1,2}\s[а-яё]{3,8}\.?(?:\s\d{4}(?:\sгода)?)?[.,]?\s*"
        r"(?:/(?P<slug>[^/\n]{2,30})/\.?|[-–—]?\s*(?P<agency>РИА Новости|ИНТЕРФАКС|Интерфакс|ТАСС|Sputnik|"
        r"АЗИЯ-ПЛЮС)\.?))" + _DASH
    ),
    # کابل (پژواک):    کابل - باختر
    re.compile(
        r"^(?P<dateline>(?P<place>[\u0600-\u06ff\u200c]{2,15}(?:\s[\u0600-\u06ff\u200c]{2,12})?)\s*\((?P<agency>[^)\n]{2,40})\))"
        + _DASH
    ),
    # KABUL, Afghanistan —    PARIS —
    re.compile(
        r"^(?P<dateline>(?P<place>[A-Z][A-Z'’\-]{2,}(?:[ .][A-Z][A-Z'’.\-]+){0,3}"
        r"(?:,\s[A-Z][a-z]+\.?(?:\s[A-Z][a-z]+)?)?))\s*[–—]\s+(?=[A-Z“\"])"
    ),
)
_BYLINE = re.compile(
    r"^(?:by|story by|written by)\s+(?P<author>[^,\n]{3,60}?)\s*(?:,\s*|\s+(?:in|for|at|"
    r"of)\s+)(?P<outlet>(?:the\s+)?[A-Z][^,\n]{1,50}?)"
    r"(?:\s+online)?\s*(?:[,|–—-]\s*(?P<when>(?:[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4})|"
    r"(?:\d{1,2}\s[A-Z][a-z]{2,8}\.?,?\s\d{4})|\d{4}-\d\d-\d\d))?\s*\.?$",
    re.I,
)
_CREDIT = re.compile(
    r"^\s*[\[(]?(?:(?:this|the)\s(?:article|story|report|piece)\s(?:was\s|is\s)?(?:first\s|originally\s|"
    r"initially\s)*(?:published|appeared)\s(?:first\s)?"
    r"(?:by|in|on|at)|originally\spublished\s(?:by|in|on|at)|republished\s(?:from|with\spermission\s(?:of|from))|"
    r"source|via|courtesy(?:\sof)?|"
    r"источник|по\sматериалам|منبع|منابع|برگرفته\sاز|"
    r"سرچینه)\s*[:：]?\s*(?P<outlet>[^\n.،()\[\]]{2,60}?)\s*[\])]?[.]?\s*$",
    re.I,
)
_BEFORE = re.compile(
    r"(?:\b(?:told|according to|reported by|citing|quoted by|cited by|quoting|interview (?:with|to)|spoke to|"
    r"speaking to|statement to|"
    r"as reported by|reports? (?:by|from|in)|published (?:by|in))(?:\s(?:the|russia's|iran's|state(?:-run)?|"
    r"state-owned|local|news|agency|"
    r"media|outlet|afghan|russian|iranian|pakistani|turkish|chinese|broadcaster|channel|newspaper|television|"
    r"french|american|british)){0,4}|"
    r"\b(?:сообща(?:ет|ют|ло)|сообщил[аио]?|переда[её]т|передают|передал[аио]?|пишет|пишут|уточняет|отмечает|"
    r"со ссылкой на|ссылаясь на|по данным|по информации|"
    r"в (?:интервью|беседе с|комментарии|разговоре с)|рассказал[аи]?|заявил[аи]?|сказал[аи]?|цитирует|"
    r"передаёт корреспондент|корреспондент[у]?|слова[м]? .{0,30}?цитирует)"
    r"(?:\s(?:агентств[уоа]|информагентств[уоа]|газет[аеуы]|телеканал[ау]?|издани[еяю]|корреспондент[у]?|"
    r"российск\w+|иранск\w+|«)){0,3}|"
    r"(?:به گزارش|به گفته|به گفتهٔ|به گفته‌ی|به نقل از|براساس گزارش|بر اساس گزارش|در گفتگو با|در گفت‌وگو با|"
    r"در مصاحبه با|گزارش|به قول)"
    r"(?:\s(?:خبرگزاری|شبکه|تلویزیون|روزنامه|آژانس|خبری|رسانه|دولتی|رسمی|وب‌سایت)){0,3}|خبرگزاری|آژانس(?:\sخبری)?|"
    r"(?:له|د|په)(?:\s(?:خبري|اژانس|آژانس|خبرې)){0,2})\s*[«\"“'(]?\s*$",
    re.I,
)
_AFTER = re.compile(
    r"^\s*[»\"”')]?(?:\s(?:news|agency|tv|television|online|newspaper|wire|channel|correspondent|reporter|’s|'s|"
    r"that|the)){0,3}\s*"
    r"(?:reported|reports|said|says|quoted|quotes|cited|cites|wrote|writes|added|confirmed|learned|noted|revealed|"
    r"claimed|has reported|had reported|"
    r"сообщ\w+|переда\w+|пиш\w+|цитир\w+|уточн\w+|рассказал\w*|"
    r"(?:گزارش (?:داد|می‌دهد|داده|کرد|کرده)|گفت(?:ه است)?\b|نوشت|نوشته|خبر داد|اعلام کرد)|"
    r"(?:ته|تلویزیون ته|اژانس ته)\s(?:وویل|ویلي|وویلي)|(?:په|له)\s(?:وینا|حواله|قول)|راپور|خبري|(?:خبر\s)?ورکړ)",
    re.I,
)
_AFTER_TOLD_FA = re.compile(r"^\s*(?:گفت|گفته|گفتند|توضیح داد)")
_BEFORE_TOLD_FA = re.compile(r"(?:به|با)\s(?:خبرگزاری\s|تلویزیون\s|آژانس\s(?:خبری\s)?|شبکه\s)?$")


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where a text says it was filed, and for whom."""

    text: str
    place: str
    agency: str | None
    length: int
    """Characters of the text that it takes, dash and space included."""


@dataclass(frozen=True, slots=True)
class Byline:
    """A byline in the text that names the outlet, as republishers write it."""

    author: str
    outlet: str
    when: str | None


def dateline(text: str) -> Dateline | None:
    """The dateline at the start of `text`. None when it has none that is beyond doubt."""
    for pattern in _DATELINES:
        if match := pattern.match(text):
            groups = match.groupdict()
            agency = groups.get("slug") or groups.get("agency")
            if "agency" in groups and pattern is _DATELINES[3] and named(agency or "") is None:
                continue  # brackets after a Persian word are common; only a known agency makes them a dateline
            if pattern is _DATELINES[1] and agency and (len(agency.split()) > 4 or agency.isdigit()):
                continue
            return Dateline(match["dateline"].strip(), match["place"].strip(" ,."), agency, match.end())
    return None


def split_dateline(text: str) -> tuple[Dateline | None, str]:
    """(the dateline, `text` without it). It begins one of the first lines: a standfirst may stand before it."""
    lines = text.split("\n")
    for position, line in enumerate(lines[:DATELINE_LINES]):
        if found := dateline(line):
            lines[position] = line[found.length :]
            return found, "\n".join(one for one in lines if one)
    return None, text


def byline(line: str) -> Byline | None:
    """A line of the form "By NAME in OUTLET online, June 15, 2023". None for any other line."""
    match = _BYLINE.match(line.strip()) if len(line) < 200 else None
    if not match or not (match["when"] or named(match["outlet"])):
        return None
    author, outlet = match["author"].strip(), match["outlet"].strip()
    if len(author.split()) > 6 or not author[0].isupper():
        return None
    return Byline(author, outlet, match["when"])


def original(
    *,
    url: str,
    outlet: Outlet | None,
    byline: Byline | None,
    dateline: Dateline | None,
    authors: tuple[str, ...],
    text: str,
) -> Origin | None:
    """Who wrote the piece first, when that is not the page's own outlet: from byline, dateline or credit line."""
    if byline and (found := _other(byline.outlet, url, outlet, "byline", trusted=True)):
        return found
    for author in authors:
        if (agency := named(author)) and not is_own(agency, url, outlet):
            return Origin(agency.name, agency.outlet, "byline")
    if dateline and dateline.agency and (found := _other(dateline.agency, url, outlet, "dateline", trusted=False)):
        return found
    lines = text.split("\n")
    for line in (*lines[:2], *lines[-3:]):
        if (match := _CREDIT.match(line)) and (
            found := _other(match["outlet"], url, outlet, "credit_line", trusted=False)
        ):
            return found
    return None


def _other(name: str, url: str, outlet: Outlet | None, basis: str, *, trusted: bool) -> Origin | None:
    for part in (name, *re.split(r"[/,;&]|\sand\s|\svia\s", name)):
        agency: Agency | None = named(part)
        if agency:
            return None if is_own(agency, url, outlet) else Origin(agency.name, agency.outlet, basis)
    plain = re.sub(r"\s+online$", "", name.strip(), flags=re.I)
    return Origin(plain, None, basis) if trusted and plain[:1].isupper() else None


def cited(text: str) -> tuple[CitedSource, ...]:
    """News organisations that `text` names as the source of a statement, each with its first such place."""
    found: dict[str, CitedSource] = {}
    for start, end in mentions(text):
        agency = named(text[start:end])
        if agency is None or agency.name in found:
            continue
        left = text[max(0, text.rfind("\n", 0, start) + 1, start - 90) : start]
        right = text[end : end + 60].split("\n")[0]
        before = _BEFORE.search(left)
        after = _AFTER.match(right)
        told = _BEFORE_TOLD_FA.search(left) if _AFTER_TOLD_FA.match(right) else None
        if not (before or after or told):
            continue
        from_ = start - len(left) + (before.start() if before else told.start() if told else len(left))
        to = end + (after.end() if after else 0)
        while text[from_].isspace():
            from_ += 1
        found[agency.name] = CitedSource(agency.name, agency.outlet, Evidence("text", from_, to, text[from_:to]))
    return tuple(found.values())
