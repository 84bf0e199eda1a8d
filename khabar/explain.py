"""What `khabar explain` shows: why an article is a copy, and why it is in its story, for whoever doubts it."""

from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection, or_, select

from khabar.terminal import printable
from models.article import Article, ArticleVersion
from models.exits import Exit
from models.ledger import Discovery
from outlets.urls import BadUrl, url_key
from pipeline.dedupe.stage import explain
from pipeline.items import JSON

SPAN = 200
"""Characters of a shared span that are shown."""
KINDS: Final = {
    "exact": "Exact copy (the same words)",
    "near": "Near copy (the same text, edited)",
    "syndicated": "Syndicated copy (a part of the text, or credited to it)",
}


class UnknownArticle(Exception):
    """No article has this id or address. The message is one sentence."""

    exit_code = Exit.USAGE


def explained(connection: Connection, asked: str) -> JSON:
    """What `pipeline.dedupe.stage.explain` says of the article with the id or address `asked`, and under `articles` the
    `url, outlet, title, published` of every article that it names. Raises UnknownArticle."""
    article_id = _find(connection, asked.strip())
    try:
        found = explain(connection, article_id)
    except KeyError:
        raise UnknownArticle(f"article {article_id} was never compared with others: `khabar process` does it") from None
    named = {found["id"], found["story"]["id"], *found["copies"], *(one["article"] for one in found["rulings"])}
    named |= {found["copy"]["of"]} if found["copy"] else set()
    named |= {one["id"] for one in found["story"]["members"]}
    columns = (Article.id, Article.url, Article.outlet, ArticleVersion.title, ArticleVersion.published_at)
    latest = (ArticleVersion.article_id == Article.id) & (ArticleVersion.version == Article.latest_version)
    rows = connection.execute(select(*columns).join(ArticleVersion, latest).where(Article.id.in_(map(int, named))))
    found["articles"] = {
        str(row.id): {"url": row.url, "outlet": row.outlet, "title": row.title, "published": row.published_at}
        for row in rows
    }
    return found


def _find(connection: Connection, asked: str) -> int:
    wanted = select(Article.id).order_by(Article.id).limit(1)
    if asked.isdecimal():
        found = connection.execute(wanted.where(Article.id == int(asked[:18]))).scalar()
        if found is None or str(found) != asked:
            raise UnknownArticle(f"there is no article {asked[:40]}")
        return found
    try:
        key = url_key(asked)
    except BadUrl:
        raise UnknownArticle(f"{printable(asked)!r} is neither an article's number nor an address") from None
    found = connection.execute(wanted.where(or_(Article.url_key == key, Article.url == asked))).scalar()
    if found is not None:
        return found
    seen = select(Discovery.outcome, Discovery.outlet).where(or_(Discovery.url_key == key, Discovery.url == asked))
    row = connection.execute(seen.limit(1)).first()
    told = f"{row.outlet} named it, and the ledger says {row.outcome}" if row else "no outlet ever named it"
    raise UnknownArticle(f"there is no article at {printable(asked)}: {told}")


def show(console: Console, found: JSON) -> None:
    """For people."""

    def name(article: str) -> str:
        told = found["articles"].get(article)
        if told is None:
            return f"article {article}"
        day = told["published"].date().isoformat() if told["published"] else "undated"
        return printable(f"article {article} ({told['outlet']}, {day}): {told['title']}")

    def say(line: str, style: str = "") -> None:
        console.print(Text(line, style=style), soft_wrap=True)

    say(name(found["id"]), "bold")
    _show_copy(say, name, found)
    story = found["story"]
    say(f"\nStory {story['id']}", "bold")
    if not story["members"]:
        say("  It is alone in its story: nothing independent tells of the same event.")
    else:
        say(f"  score {story['score']} with the others of the story; what it takes to join, {story['needed']}")
    for member in story["members"]:
        words = ", ".join(f"{printable(one['word'])} {one['weight']:.3f}" for one in member["words"])
        say(f"  {name(member['id'])}")
        say(f"    likeness {member['likeness']}: {words or 'no words in common'}", "dim")
        if member["marks"]:
            say(f"    in any language: {printable(', '.join(member['marks']))}", "dim")
    for ruling in found["rulings"]:
        who, day = printable(ruling["by"]), ruling["at"][:10]
        say(f"  {who} ruled on {day}: {ruling['ruling']} with {name(ruling['article'])}")


def _show_copy(say: Callable[..., None], name: Callable[[str], str], found: JSON) -> None:
    copy = found["copy"]
    if copy is None:
        say("  It is an origin: no earlier text that we know holds its words.")
    else:
        say(f"  {KINDS[copy['kind']]} of {name(copy['of'])}")
        if copy["share"] is not None:
            say(
                f"  {copy['share']:.0%} of its words stand there, {copy['origin_share']:.0%} of the origin's stand here"
            )
        for reason in copy["why"]:
            say(f"  {reason}")
        for span in copy["spans"]:
            text = span["text"] if len(span["text"]) <= SPAN else span["text"][:SPAN] + "…"
            say(f"  shared, from character {span['start']}: “{printable(' '.join(text.split()))}”", "dim")
    for one in found["copies"]:
        say(f"  copied by {name(one)}")
