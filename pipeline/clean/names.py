"""What in a byline is a person's name: the parts without roles, places, dates and addresses."""

import re
from html import unescape

from pipeline.clean.text import fold, line

_PREFIX = re.compile(
    r"^(?:(?:(?:article|story|text|written|words|posted|published|reported|contributed|submitted|reporting|analysis|"
    r"review|updated|medically reviewed)\s+)?by|from the desk of|von|by\s*line|text(?:\s*(?:und|&)\s*fotos?)?|"
    r"autor(?:in|es|a)?"
    r"|author|ein(?:e)?\s+\w+\s+von|por|escrito por|escribe|par|di|de|door|af|av|tekst|oleh|автор(?:ы)?|текст|"
    r"نویسنده|گزارش از|گزارشگر|به قلم|لیکوال|بقلم|كتب|کتب|publié par|veröffentlicht von|geschrieben von|publicado por|"
    r"reporter|penulis|yazar|haber)\s*[:：]?\s+",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||•|·|/|\n|،|、|(?<=[^\W\d_]{3})\.(?=\s)|,\s*(?:and|und|y|et|e|og|och|en|и|و|او)\s+|\s(?:and|und|y|et|og|och|en|и|و|او|&|"
    r"with|mit)\s|,)\s*"
)
_NOISE = re.compile(
    r"\(.*?\)|\[.*?\]|\S+@\S+|@\w+|https?://\S+|\s+[-–—|]\s.*$|\s+(?:기자|記者|记者)$|\bPh\.?D\.?|\bM\.?D\.?$", re.S
)
_DATED = re.compile(
    r"\s*(?:\b(?:on|am|vom|el|le)\b)?\s*(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|"
    r"sun)(?:day)?\b[,.]?\s*)?"
    r"(?:\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s*)?\b\d.*$",
    re.S | re.I,
)
_ROLE = re.compile(
    r"\b(?:staff|writers?|reporters?|correspondents?|editors?|columnists?|journalists?|contributors?|contributing|"
    r"chief|"
    r"bureau|desk|senior|director|manager|producers?|photographers?|analysts?|fellow|professor|redakteur(?:in)?|"
    r"korrespondent(?:in)?|autor(?:in)?|redacción|opinion|associate|attorney|specialist|president|founder|"
    r"co-founder|ceo|author|expert|coordinator|correspondant|published|updated|guest|special to|lead|head of)\b",
    re.I,
)
_LED = re.compile(
    r"(?:(?:staff|senior|chief|guest|contributing)\s)?(?:writer|reporter|correspondent|editor|columnist|journalist|"
    r"attorney|professor|dr\.|rechtsanw[aä]lt(?:in)?)\s(\w[\w.'’-]+(?:\s[\w.'’-]+){1,3})$",
    re.I,
)
_DESK = re.compile(r"\b(?:desk|team|bureau|staff|newsroom|redaktion)$", re.I)
_ELSEWHERE = re.compile(r"\bon (?:facebook|twitter|instagram|linkedin|x)\b", re.I)
_CREDENTIAL = re.compile(r"^(?:[A-Z][A-Za-z]?[A-Z.®]{1,6}|Jr\.?|Sr\.?|M\.?D\.?|Ph\.?D\.?)$")
_GENERIC = frozenset(
    [
        "admin",
        "administrator",
        "webmaster",
        "unknown",
        "anonymous",
        "guest",
        "user",
        "root",
        "author",
        "none",
        "null",
        "undefined",
        "web",
        "online",
        "print",
        "developer",
        "by",
        "written",
    ]
)
_ORGANISATION = re.compile(
    r"\b(?:news|press|agency|agence|agencia|agentur|ajans[ıi]|media|times|post|radio|tv|television|channel|network|redaktion|"
    r"redacción|rédaction|editorial|newsroom|desk|team|staff|magazine|journal|daily|gazette|herald|tribune|online|"
    r"corporation|inc|ltd|llc|gmbh|committee|ministry|institute|university|foundation|associated|reuters|afp|dpa|efe|"
    r"apa|ansa|xinhua|tass|kna|sid|nachrichten|zeitung|blog|group|company)\b|خبرگزاری|ریڈیو|رادیو|تلویزیون|آژانس|"
    r"агентство|редакция|тасс|риа",
    re.I,
)
_WITH_MOTTO = re.compile(r"\||\s[-–—:»]\s")
_UNCASED = re.compile(r"[\u0590-\u07ff\u0900-\u0dff]")
"""Letters of alphabets that have no capitals and write names in several words: Hebrew, Arabic, those of India."""
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "al",
        "el",
        "bin",
        "ibn",
        "bint",
        "zu",
        "y",
        "e",
        "af",
        "av",
        "dos",
    ]
)
_NOT_A_NAME = re.compile(
    r"\b(?:by|the|on|at|for|with|your|our|this|about|updated|published|publiziert|written|reviewed|posted|read|"
    r"follow|share|"
    r"more|privacy|policy|terms|subscribe|sat|mon|tue|wed|thu|fri|feb|sept?|oct|nov|dec|january|"
    r"february|march|july|september|october|november|"
    r"december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|minutes?|am|pm|est|gmt|name|email|photo)\b",
    re.I,
)


def looks_like_name(name: str) -> bool:
    """Whether `name` has the shape of a person's name: two to five words that begin with capitals, or one word in an
    alphabet that has them or writes names without spaces."""
    parts = name.split()
    if (
        not 1 <= len(parts) <= 5
        or (len(parts) == 1 and _UNCASED.match(name))
        or _NOT_A_NAME.search(name)
        or kind_of(name, set(), set()) != "person"
    ):
        return False
    return all(
        p[0].isupper() or (not p[0].isascii() and p[0].lower() == p[0].upper()) or p.lower() in _PARTICLES
        for p in parts
    )


def line_names(text: str) -> list[str]:
    """The names in a line that is nothing but a byline ("By Anna Berg, Kabul"); none for every other line."""
    match = _PREFIX.match(text) if 6 < len(text) < 90 else None
    if not match or (not text[0].isupper() and text[0].isascii()) or text[-1] in "?!:" or text.count(".") > 2:
        return []
    names = split(text)
    return names if names and all(looks_like_name(n) and " " in n for n in names) else []


def split(byline: str) -> list[str]:
    """The names in a byline such as "By Anna Berg and Omid Karimi, Kabul". Roles, places and addresses are left out."""
    text = line(unescape(byline))
    if re.fullmatch(r"https?://\S+|\S+@\S+", text) or text.startswith("{"):
        return []
    for _ in range(2):
        text = _PREFIX.sub("", text).strip()
    text = _NOISE.sub(" ", text)
    text = _DATED.sub("", text)
    names: list[str] = []
    parts = [p.strip(" .,;:-–—|") for p in _SPLIT.split(text)]
    for position, part in enumerate(parts):
        part = _PREFIX.sub("", part).strip()
        if not part or len(part) > 70 or "http" in part:
            continue
        if _ELSEWHERE.search(part) or (position and _CREDENTIAL.match(part)):
            continue
        if position and part.isupper() and " " in part and not parts[0].isupper():
            continue  # "David Berg, RADIO NORTH"
        if position and (_ROLE.search(part) or (_ORGANISATION.search(part) and names)):
            continue
        if led := _LED.match(part):  # "Attorney Anna Berg"
            part = led[1]
        before = _ROLE.split(part)[0].strip(" ,-–|")
        if len(before.split()) >= 2 and not _DESK.search(part):  # "Anna Berg Senior Reporter"
            part = before
        if position and len(part.split()) == 1 and len(parts[0].split()) >= 2 and part.isascii():
            continue  # a place or a title after a full name
        names.append(part)
    return names


def kind_of(name: str, own: set[str], sites: set[str], *, single: bool = True) -> str:
    """person, organisation or nothing. Without `single`, one word in an alphabet with spaces is no person. The title
    of a site with its motto ("The Herald | News from the valley") credits nobody."""
    bare = name.lstrip("\x00")
    key = fold(bare)
    if not key or key in own or key in _GENERIC or len(key) < 2 or (key in sites and _WITH_MOTTO.search(bare)):
        return "nothing"
    if (
        name.startswith("\x00")
        or key in sites
        or _ORGANISATION.search(bare)
        or _ROLE.search(bare)
        or ("." in bare.strip(".") and " " not in bare)
    ):
        return "organisation"
    if len(bare.split()) > 6 or re.search(r"\d|[?!:©]", bare):
        return "nothing"
    if not single and " " not in bare and (bare[:1].lower() != bare[:1].upper() or _UNCASED.match(bare)):
        return "organisation"
    return "person"


def split_off(text: str) -> re.Match[str] | None:
    """The words at the start of a byline that are no name ("By ", "Von ", "Автор: ")."""
    return _PREFIX.match(text)
