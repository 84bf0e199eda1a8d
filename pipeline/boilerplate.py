"""Lines that are not the story: theme text, share calls, newsletter boxes, "also read". Generic rules for any page, and
per outlet the lines that recur on most of its pages."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text import fold

SHARE = 0.3
"""Share of an outlet's recent pages on which a line must stand to be its boilerplate."""
LEAST_PAGES = 5

_WHOLE_LINE = re.compile(
    r"^(?:(?:press [\"“']?enter[\"”']? to )?skip to (?:main )?content|skip to (?:navigation|main|footer|search)|advertisement|ad|anzeige|werbung|publicidad|publicité|"
    r"реклама|تبلیغات|اعلان|إعلان|share(?: this)?(?: article| story| post)?|share on (?:facebook|twitter|x|whatsapp|linkedin|telegram)|tweet|email|print|"
    r"click to share on .{2,30}|like this:?|like loading\.*|loading\.*|related(?: (?:articles?|posts?|stories|news|topics?|content))?:?|(?:also|must|further) read:?|read more:?|see also:?|recommended(?: for you)?:?|"
    r"subscribe|sign up|newsletter|follow us(?: on .{2,40})?|leave a (?:comment|reply)|comments?(?: \(\d+\))?|\d+ comments?|no comments(?: yet)?|tags?:?|categories:?|menu|home|search|"
    r"continue reading(?: below)?|story continues below(?: advertisement)?|article continues (?:below|after).{0,40}|scroll to continue|back to top|copy link|link copied!?|bookmark|save|listen to (?:this )?article|"
    r"поделиться|читайте также:?|смотрите также:?|подписаться|наверх|по теме:?|مطالب مرتبط|بیشتر بخوانید:?|همچنین بخوانید:?|اشتراک‌گذاری|اشتراک گذاری|به اشتراک بگذارید|همرسانی|نظرات|شریکول|نور هم ولولئ|"
    r"lesen sie (?:auch|mehr).{0,3}|mehr zum thema:?|auch interessant:?|lea también:?|lire aussi:?|à lire aussi:?)$",
    re.I,
)
_LINE_START = re.compile(
    r"^(?:(?:also read|read also|read more|see also|must read|related|further reading|recommended|more on this|watch|don['’]t miss|you may also like)\s*[:|»>–-]|"
    r"читайте также\s*:|смотрите также\s*:|бо ҳамин мавзӯъ|بیشتر بخوانید\s*[:：]|همچنین بخوانید\s*[:：]|lesen sie (?:auch|hier|mehr)\s*:|mehr zum thema\s*:|auch interessant\s*:|"
    r"lee también\s*:|lea también\s*:|te puede interesar\s*:|(?:à )?lire aussi\s*:|leggi anche\s*:|leia também\s*:|leia mais\s*:|"
    r"sign up (?:for|to) (?:our|the|get)|subscribe to (?:our|the)|get (?:the|our) .{0,40}newsletter|follow us on|join (?:our|us on) (?:telegram|whatsapp|channel)|download (?:our|the) app|"
    r"(?:©|\(c\)|copyright)\s|all rights reserved|этот материал принадлежит|подписывайтесь на|подпишитесь на|به کانال .{0,30} بپیوندید)",
    re.I,
)
_COPYRIGHT = re.compile(
    r"all rights reserved|this material may not be published, broadcast|©\s*(?:\d{4}|copyright)|alle rechte vorbehalten|все права защищены|تمام حقوق .{0,30}محفوظ|todos los derechos reservados",
    re.I,
)
_THEME_PREFIX = re.compile(r"^(?:press [\"“']?enter[\"”']? to )?skip to (?:main )?content\b", re.I)


_CALL = re.compile(
    r"(?:sign up|subscribe|register|join|abonnier|abónate|suscríb|inscrivez|подпи(?:ш|с))[^.!?]{0,90}(?:newsletter|рассылк|boletín|mailing list|email updates)|"
    r"newsletter[^.!?]{0,60}(?:sign up|subscribe|abonnier|anmelden|inbox|suscríb)|follow (?:us|our)[^.!?]{0,60}(?:facebook|twitter|instagram|telegram|whatsapp|google news)|"
    r"(?:subscribe|follow|join|abonniere|подпи(?:ш|с))[^.!?]{0,60}(?:whatsapp|telegram|youtube)[ -]?(?:channel|kanal|канал)|bookmark (?:this article|your favou?rite)|"
    r"(?:we|i) may (?:earn|receive|get) (?:a |an )?(?:small )?(?:affiliate )?commission|if you (?:buy|purchase) (?:something )?through (?:this|our|the)|"
    r"start your [\w ]{0,30}subscription|please enter a valid email|privacy (?:notice|policy) (?:and|&) terms|عضویت در (?:کانال|خبرنامه)|کانال تلگرام",
    re.I,
)
_CREDIT = re.compile(r"^[(\[]?(?:image|photo|picture|foto|fotos|bild|bilder|imagen|credit|image credit|photo credit|photograph|quelle|getty|afp|reuters photo|фото|عکس|تصویر)s?(?: by| von| credit)?\s*[:：/©]", re.I)
_STORY_ENDS = re.compile(
    r"^(?:(?:\d+ )?comments?(?: \(\d+\))?|leave a (?:reply|comment)|join the (?:conversation|discussion)|post a comment|add comment|comentarios|comentar|kommentare(?: \(\d+\))?|commentaires|комментарии|نظرات|دیدگاه(?:‌ها)?|"
    r"related(?: (?:articles?|posts?|stories|news|topics?|content|links|reading))?|more (?:from|on|stories|in|news)\b.{0,40}|(?:you (?:may|might) also|also) like|recommended(?: for you| stories| reading)?|read next|up next|"
    r"don['’]t miss|most (?:popular|read|viewed)|popular(?: posts| stories)?|trending(?: now)?|latest (?:news|stories|posts)|about the author(?:\(s\)|s)?|share (?:this|on|article)\b.{0,30}|tags|topics|"
    r"ähnliche(?: artikel| beiträge)?|mehr zum thema|das könnte (?:sie|dich) auch interessieren|weitere (?:artikel|themen|meldungen)|lesen sie auch|verwandte (?:artikel|themen)|"
    r"(?:noticias|artículos|contenido)s? relacionad[oa]s?|te puede interesar|más (?:noticias|sobre).{0,30}|à lire aussi|sur le même (?:sujet|thème)|articles? (?:liés|similaires)|leggi anche|potrebbe interessarti|leia (?:também|mais)|"
    r"читайте также|по теме|другие новости|материалы по теме|похожие (?:новости|статьи)|مطالب مرتبط|اخبار مرتبط|خبرهای مرتبط|بیشتر بخوانید|پربیننده‌ترین|نور ولولئ|اړوند خبرونه|"
    r"เรื่องที่เกี่ยวข้อง|関連記事|関連ニュース|相关(?:新闻|阅读|文章)|관련\s?기사|related coverage|etiketler|(?:find|see) (?:more|also))\s*[:：>»]*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Learned:
    """Boilerplate of one outlet: folded lines with the share of pages that carry them, and how many pages were read."""

    lines: dict[str, float]
    pages: int


def is_boilerplate(line: str, learned: Learned | None = None) -> bool:
    """Whether `line` is furniture of the page rather than the story."""
    return _is_generic(line) or (learned is not None and fold(line) in learned.lines)


@lru_cache(maxsize=8192)
def _is_generic(line: str) -> bool:
    text = line.strip(" -–—*•|»›>")
    if not text:
        return True
    if len(text) < 100 and (_WHOLE_LINE.match(text) or _THEME_PREFIX.match(text)):
        return True
    if len(text) < 250 and _LINE_START.match(text):
        return True
    if len(text) < 300 and _CALL.search(text) or len(text) < 120 and _CREDIT.match(text):
        return True
    if len(text) < 400 and _COPYRIGHT.search(text):
        return True
    return False


def ends_story(line: str) -> bool:
    """Whether `line` is a heading such as "Comments" or "More from", after which no story goes on."""
    return _STORY_ENDS.match(line.strip(" -–—*•|")) is not None


def without_boilerplate(text: str, learned: Learned | None = None) -> str:
    """`text` without the lines that are boilerplate."""
    return "\n".join(line for line in text.split("\n") if not is_boilerplate(line, learned))


def learn(texts: Iterable[str], *, share: float = SHARE) -> Learned:
    """What recurs on an outlet's pages: each line counted once a page. Fewer than five pages teach nothing."""
    counts: Counter[str] = Counter()
    pages = 0
    for text in texts:
        pages += 1
        counts.update({key for line in text.split("\n") if (key := fold(line)) and len(key) < 600})
    if pages < LEAST_PAGES:
        return Learned({}, pages)
    return Learned({key: n / pages for key, n in counts.most_common() if n / pages >= share and n >= 3}, pages)
