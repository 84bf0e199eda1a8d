"""T01 to T15: bytes that are not what they are said to be, and characters that nobody sees."""

from tests.spiders.catalogue.case import DONE, Case, page
from tests.spiders.hostile import http

RUSSIAN = (
    "Представители совета старейшин встретились на дороге в горах и два часа говорили о воде для полей.",
    "Жители трёх деревень попросили открыть школу до зимы, потому что снег закрывает перевал на пять месяцев.",
    "Губернатор пообещал прислать инженеров на следующей неделе и починить мост, который снесло весной.",
)
DARI = (
    "نمایندگان شورای بزرگان در راه کوهستان دیدار کردند و دو ساعت درباره آب برای کشتزارها گفت‌وگو کردند.",
    "باشندگان سه روستا می‌گویند که مکتب باید پیش از زمستان باز شود، چون برف راه را پنج ماه می‌بندد.",
    "والی وعده داد که هفته آینده مهندسان را بفرستد و پلی را که سیل بهار برده است بازسازی کند.",
)
PASHTO = (
    "د مشرانو شورا په غرنۍ لار کې ولیدل او دوه ساعته یې د کروندو د اوبو په اړه خبرې وکړې.",
    "د دریو کلیو اوسېدونکي وايي چې ښوونځی باید له ژمي مخکې پرانیستل شي، ځکه واوره لاره تړي.",
)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SURROGATES = "\ud83d\udca7".encode("utf-8", "surrogatepass")
"""U+1F4A7 as CESU-8 has it: each half in three bytes."""


def answer(html: str, codec: str = "utf-8", said: str | None = "utf-8") -> bytes:
    """`html` in bytes of `codec`, with what the header says of it."""
    return http(html.encode(codec), type=f"text/html; charset={said}" if said else "text/html")


def russian(mark: str, head: str = "") -> str:
    """A page in Russian."""
    last = f"Об этом сообщили в отделе {mark}."
    return page(mark, *RUSSIAN, last, title=f"Вода и дорога {mark}", head=head, language="ru")


def dari(mark: str, *more: str, title: str = "آب و راه") -> str:
    """A page in Dari."""
    return page(mark, *DARI, f"این گزارش از {mark} است.", *more, title=f"{title} {mark}", language="fa")


def cp1256(share: int) -> bytes:
    """A page in UTF-8 with a block of Windows-1256 in it, `share` characters long."""
    block = ("خبر جديد من الولاية " * 40)[:share].encode("cp1256")
    filled = dari(f"mixed{share}", *(f"{text} {n}" for n in range(8) for text in DARI))
    return http(filled.encode().replace(b"</body>", b"<p>" + block + b"</p></body>"))


CASES = (
    Case("T01", "cp1251", "header utf-8, bytes cp1251, no meta", answer(russian("t01"), "cp1251"),
         DONE, ("charset_conflict", "encoding:cp1251"), holds=(RUSSIAN[0],)),
    Case("T02", "utf8", "header windows-1251, meta utf-8, bytes utf-8",
         answer(russian("t02", '<meta charset="utf-8">'), said="windows-1251"), DONE, holds=(RUSSIAN[1],)),
    Case("T03", "klingon", "unknown charset", answer(russian("t03"), said="klingon"),
         DONE, ("charset_unknown",), holds=(RUSSIAN[1],)),
    Case("T04", "late-meta", "meta charset after 1 024 bytes",
         answer(russian("t04", f"<!--{'-' * 1100}--><meta charset=windows-1251>"), "cp1251", None),
         DONE, holds=(RUSSIAN[2],)),
    Case("T05", "le-bom", "UTF-16, little-endian with BOM", answer("\ufeff" + russian("t05a"), "utf-16-le", None),
         DONE, holds=(RUSSIAN[0],)),
    Case("T05", "be-bom", "UTF-16, big-endian with BOM", answer("\ufeff" + russian("t05b"), "utf-16-be", None),
         DONE, holds=(RUSSIAN[0],)),
    Case("T05", "le-no-bom", "UTF-16 without BOM", answer(russian("t05c"), "utf-16-le", None),
         DONE, holds=(RUSSIAN[0],)),
    Case("T06", "little", "a little cp1256 in utf-8: under 1 % lost", cp1256(8),
         DONE, ("bad_bytes", "undecodable:"), holds=(DARI[1],)),
    Case("T06", "much", "much cp1256 in utf-8: over 1 % lost", cp1256(400),
         "quarantine:bad_text", ("bad_bytes", "undecodable:")),
    Case("T07", "mojibake", "UTF-8 encoded twice",
         answer(russian("t07").encode().decode("latin-1")), DONE, ("mojibake",)),
    Case("T08", "lone", "half a surrogate in the text", http(dari("t08a").encode().replace("راه ".encode(),
         b"\xed\xa0\xbd", 1)), DONE, ("surrogates",), holds=(DARI[2],), lacks=("\ud83d",)),
    Case("T08", "cesu", "CESU-8", http(dari("t08b", "آب").encode().replace(b"</h1>", SURROGATES + b"</h1>", 1)),
         DONE, ("surrogates",), holds=(DARI[2], "\U0001f4a7")),
    Case("T09", "text", "NUL in text and title", answer(page("t09", title="Water\0 and\0 road t09").replace("elders",
         "el\0ders")), DONE, holds=("Water and road t09", "the elders of"), lacks=("\0",)),
    Case("T09", "url", "NUL in the address", None, "refused:bad_url", links=("https://paper.test/a/t09-url\0x",)),
    Case("T10", "bom", "U+FEFF in the middle of words", answer(russian("t10").replace("дорог", "до\ufeffрог")),
         DONE, holds=(RUSSIAN[0],), lacks=("\ufeff",)),
    Case("T11", "dari", "half-spaces of Dari and a family of emoji", answer(dari("t11", f"خانواده {FAMILY} آمدند.")),
         DONE, holds=(DARI[0], DARI[1], FAMILY)),
    Case("T11", "pashto", "Pashto letters and half-spaces",
         answer(page("t11b", *PASHTO, *DARI[:1], title="اوبه او لار t11b", language="ps")),
         DONE, holds=(*PASHTO, "گفت\u200cوگو")),
    Case("T12", "override", "bidi overrides in the title",
         answer(page("t12", title="\u202eWater\u202c \u2067and\u2069 road t12")), DONE, ("bidi_control",),
         holds=("Water and road t12",), lacks=("\u202e", "\u2067")),
    Case("T13", "plain", "a page without watermark", answer(page("t13", language="en")), DONE, copy_of="marked"),
    Case("T13", "marked", "the same with zero-width spaces, soft hyphens and tag characters",
         answer(page("t13").replace("council", "cou\u200bncil").replace("water", "wa\xadter").replace("hours",
         "ho\U000e0068urs")), DONE, ("invisible_characters",), copy_of="plain", lacks=("\u200b", "\xad", "\U000e0068")),
    Case("T14", "persian", "Persian yeh and kaf", answer(dari("t14", "شمار ۱۲۳ کیلومتر")), DONE, copy_of="arabic",
         holds=("۱۲۳ کیلومتر",)),
    Case("T14", "arabic", "Arabic yeh and kaf, Arabic-Indic digits", answer(dari("t14", "شمار ۱۲۳ کیلومتر").translate(
         {ord("ی"): "ي", ord("ک"): "ك", ord("۱"): "١", ord("۲"): "٢", ord("۳"): "٣"})), DONE, copy_of="persian",
         holds=("١٢٣ كيلومتر",)),
    Case("T15", "homoglyph", "a host with one Cyrillic letter", None, "refused:off_site",
         links=("https://p\u0430per.test/a/t15-homoglyph",), url="https://xn--pper-53d.test/a/t15-homoglyph"),
    Case("T15", "idn", "a host in another script", None, "refused:off_site",
         links=("https://خبر.test/a/t15-idn",), url="https://xn--ngblk.test/a/t15-idn"),
    Case("T15", "full-width", "the outlet's own host in full-width letters is its own host",
         answer(page("t15")), DONE, links=("https://ｐａｐｅｒ.test/a/t15-full-width",),
         url="https://paper.test/a/t15-full-width"),
)  # fmt: skip
