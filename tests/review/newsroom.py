"""A morning's queue in four languages, with copies, an edit, a republisher and hostile text. All our own words."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from models import events
from models.place import Place
from models.session import writing
from pipeline.coverage.refresh import refresh
from tests.review.rows import NOW, OUTLETS, T, Text, add, add_run, in_text

KUNDUZ_TEXT = (
    "KUNDUZ: A roadside bomb struck a police vehicle near the Spinzar roundabout in Kunduz city on Sunday evening, "
    "killing at least three people and wounding eleven, local officials said.\n"
    "A spokesman for the provincial police, Mawlawi Hamdullah Sahak, put the toll at three dead. A doctor at the "
    "regional hospital said five bodies had been brought in.\n"
    "The Taliban interior ministry said that two suspects had been detained. TASS reported earlier that the Islamic "
    "State Khorasan branch had claimed the attack on a messaging channel.\n"
    "Shops around the roundabout stayed closed on Monday morning, residents told this agency by telephone."
)
KUNDUZ_FACTS = {
    "event_type": "Explosions/Remote violence", "event_date": "2026-03-01", "event_date_precision": "day",
    "killed_low": 3, "killed_high": 5, "wounded_low": 11, "wounded_high": 11, "detained": 2,
    "claims": [
        {"field": "killed", "value": 3, "claimant": "spokesman for the provincial police",
         "evidence": in_text(KUNDUZ_TEXT, "three dead")},
        {"field": "killed", "value": 5, "claimant": "doctor at the regional hospital",
         "evidence": in_text(KUNDUZ_TEXT, "five bodies")},
    ],
}  # fmt: skip
KUNDUZ = Text(
    "Roadside bomb kills at least three in Kunduz",
    KUNDUZ_TEXT,
    tags=(
        T("iso3166-1", "AF", "Afghanistan", "Kunduz", "event", precision=3, rule="places.country@1"),
        T("iso3166-2", "AF-KDZ", "Kunduz", "Kunduz", "event", True, 3, 0.95, "places.province@1"),
        T("pcode", "AF19", "Kunduz", "Kunduz", "event", False, 3, 0.95, "places.province@1"),
        T("topic", "conflict.bombing", "Bombing", "Roadside bomb",
          rule="bombing.device@1"),
        T("topic", "militancy.groups", "Militant groups", "claimed the attack", confidence=0.7,
          rule="groups.claim@1"),
        T("actor", "taliban", "Taliban (de facto authorities)", "Taliban", rule="actors.name@1"),
        T("actor", "iskp", "Islamic State Khorasan Province", "Islamic State Khorasan", rule="actors.name@1"),
    ),
    facts=KUNDUZ_FACTS,
    authors=("Farid Noori",),
    cited=("TASS",),
)  # fmt: skip

KUNDUZ_RU = Text(
    "В Кундузе при взрыве погибли три человека",
    "КАБУЛ, 2 марта. В афганском городе Кундуз сработало взрывное устройство, погибли по меньшей мере три человека, "
    "11 получили ранения. Об этом сообщил представитель полиции провинции.\n"
    "Ответственность за взрыв взяло на себя хорасанское крыло запрещённой группировки.",
    "ru",
    tags=(
        T("iso3166-2", "AF-KDZ", "Kunduz", "Кундузе", "event", True, 3, 0.9, "places.province@1"),
        T("topic", "conflict.bombing", "Bombing", "взрывное устройство",
          rule="bombing.device@1"),
    ),
)  # fmt: skip

HERAT_FA = Text(
    "انفجار ماین کنار جاده در هرات جان دو غیرنظامی را گرفت",
    "مقام‌های محلی در ولایت هرات می‌گویند که در پی انفجار یک ماین کنار جاده در ولسوالی گذره دو غیرنظامی جان باخته و "
    "چهار تن دیگر زخمی شده‌اند.\n"
    "سخن‌گوی قوماندانی امنیه‌ی هرات می‌گوید که این ماین از جنگ‌های گذشته باقی مانده بود. تا کنون هیچ گروهی مسوولیت این "
    "رویداد را به عهده نگرفته است.",
    "fa",
    tags=(
        T("iso3166-2", "AF-HER", "Herat", "هرات", "event", True, 3, 0.9, "places.province@1"),
        T("topic", "conflict.uxo", "Landmines and unexploded ordnance", "انفجار ماین", rule="uxo.mine@1"),
    ),
    published=(datetime(2026, 3, 1, 19, 30, tzinfo=UTC), "2026-03-02", "day"),
    calendar="solar_hijri",
)

KHOST_PS = Text(
    "په خوست کې د پولې پر غاړه نښته شوې ده",
    "د خوست ولایت چارواکي وايي، چې د پولې پر غاړه د سرحدي ځواکونو ترمنځ نښته شوې او درې کسان ټپیان شوي دي.\n"
    "د سیمې اوسېدونکي وايي، چې شپه یې د ډزو غږونه اورېدلي دي.",
    "ps",
    tags=(
        T("iso3166-2", "AF-KHO", "Khost", "خوست", "event", True, 3, 0.9, "places.province@1"),
        T("topic", "border.clash", "Cross-border fire, closures, fencing, incursions", "نښته", rule="border.fire@1"),
    ),
    published=None,
)

DAESH = Text(
    "Russia warns of a growing Daesh threat in Afghanistan",
    "A Russian envoy said on Monday that the number of fighters of Daesh in northern Afghanistan is growing, TASS "
    "reported. The Taliban rejected the statement.",
    tags=(
        T("iso3166-1", "AF", "Afghanistan", "Afghanistan", "event", True, 3, 0.9, "places.country@1"),
        T("iso3166-1", "RU", "Russia", "Russia", "mentioned", False, 3, 0.9, "places.country@1"),
        T("actor", "iskp", "Islamic State Khorasan Province", "Daesh", rule="actors.name@1"),
        T("topic", "militancy.groups", "Militant groups", "fighters of Daesh", rule="groups.threat@1"),
    ),
    original=("khaama_press", "byline"),
    cited=("TASS",),
)

TAKHAR_OLD = Text(
    "Two detained in Takhar weapons raid",
    "Security forces in Takhar province detained two people and seized rifles, officials said.\nThe raid took place "
    "in Rustaq district at dawn.\nNo shots were fired, the statement added.",
    tags=(T("iso3166-2", "AF-TAK", "Takhar", "Takhar", "event", True, 3, 0.9, "places.province@1"),),
    facts={"detained": 2, "claims": []},
)
TAKHAR_NEW = replace(
    TAKHAR_OLD,
    title="Four detained in Takhar weapons raid",
    text="Security forces in Takhar province detained four people and seized rifles, officials said.\nThe raid took "
    "place in Rustaq district at dawn.\nA later statement said that one guard was injured.",
    facts={"detained": 4, "claims": []},
)

CRICKET = Text(
    "Cricketers return home to a cheering crowd",
    "The national cricket team came home on Monday. Thousands greeted the players at the airport.",
)

NASTY = (
    "<script>document.title='owned'</script> Blast in Kabul",
    '"><img src=x onerror="alert(1)"> Blast in Kabul',
    "\u202egnihtemos\u202c Blast in Kabul \u2066\u2067",
    "{{ 7 * 7 }} ${7*7} <svg/onload=alert(2)> Blast in Kabul",
    "</title><style>body{display:none}</style> Blast in Kabul",
)


@dataclass(frozen=True)
class Newsroom:
    """The ids of what is in the queue."""

    kunduz: int
    kunduz_copy: int
    kunduz_ru: int
    herat: int
    khost: int
    daesh: int
    takhar: int
    cricket: int
    nasty: tuple[int, ...] = ()


def fill(on: Engine, *, nasty: bool = False) -> Newsroom:
    """A database with the morning's articles and the runs that brought them; TOLOnews has failed."""
    with writing(on) as connection:
        kunduz = add(connection, "pajhwok", "kunduz", KUNDUZ, relevance=0.95)
        copy = replace(KUNDUZ, title="Three killed by roadside bomb in Kunduz: officials", tags=KUNDUZ.tags[1:3])
        made = Newsroom(
            kunduz=kunduz,
            kunduz_copy=add(connection, "khaama_press", "kunduz", copy, relevance=0.94, story=kunduz, copy_of=kunduz),
            kunduz_ru=add(connection, "tass", "kunduz", KUNDUZ_RU, relevance=0.9, story=kunduz),
            herat=add(connection, "khaama_press", "herat", HERAT_FA, relevance=0.86,
                      reasons=("topic conflict.uxo", "about Afghanistan")),
            khost=add(connection, "pajhwok", "khost", KHOST_PS, relevance=0.82,
                      reasons=("topic border.clash", "about Afghanistan")),
            daesh=add(connection, "tolonews", "daesh", DAESH, relevance=0.71,
                      reasons=("topic militancy.groups", "names iskp")),
            takhar=add(connection, "khaama_press", "takhar", TAKHAR_OLD, relevance=0.5,
                       reasons=("no security topic", "about Afghanistan")),
            cricket=add(connection, "tolonews", "cricket", CRICKET, relevance=0.04,
                        reasons=("no security topic", "mostly about sport, culture, markets or the past")),
            nasty=tuple(
                add(connection, "tass", f"nasty{number}", nasty_text(title), relevance=0.65,
                    url="javascript:alert(3)", reasons=(title,))
                for number, title in enumerate(NASTY)
            ) if nasty else (),
        )  # fmt: skip
        for iso, name in (("AF-HER", "Herat"), ("AF-KDZ", "Kunduz"), ("AF-KHO", "Khost")):
            connection.execute(
                insert(Place).values(
                    iso=iso, level="province", name_en=name, name_fa="", name_ps="", name_ru="", pcode=iso[3:],
                    pcode_version="test", pcode_verified=False, geonames_adm1=iso[3:], fips=iso[3:], country="AF",
                )
            )  # fmt: skip
        for name in ("khaama_press", "pajhwok", "tass"):
            add_run(connection, name)
        add_run(connection, "tolonews", "failed", reason="the feed answered 403 three times", ago=timedelta(hours=3))
        add_run(connection, "", kind="process")
        events.refresh(connection, [made.kunduz, made.herat, made.khost, made.daesh, made.takhar])
    refresh(on, {name: outlet for name, outlet in OUTLETS.items() if outlet}, NOW)
    return made


def nasty_text(title: str) -> Text:
    """An article whose every field is hostile."""
    body = f"{title} happened.\n{title}\njavascript:alert(4) https://evil.example/x.png"
    return Text(
        title, body, tags=(T("actor", "x", title, "Blast", rule=title[:80]), T("topic", "y", title, "happened")),
        authors=(title,), original=(title[:30], "byline"), cited=("happened",), dateline=title,
        published=(NOW, "2026-03-02T03:05Z", "minute"),
        facts={"killed_low": 1, "killed_high": 1,
               "claims": [{"field": title, "value": 1, "claimant": title, "evidence": in_text(body, "Kabul")}]},
    )  # fmt: skip
