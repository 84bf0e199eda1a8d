"""What the forms of the desk offer: the tags that may be added, and the colleagues whom an item may be given to."""

from sqlalchemy import Connection, select

from models.account import Account
from models.article import Article
from models.place import Place
from review.choices import choices
from review.edits import Choice


def offers(connection: Connection) -> dict[str, dict[str, Choice]]:
    """The tags that may be added: group -> code -> tag. A province comes with its P-code."""
    known = choices(connection)
    provinces = connection.execute(select(Place.iso, Place.name_en, Place.pcode).order_by(Place.name_en)).all()
    return {
        "place": {
            "AF": Choice("Afghanistan", (("iso3166-1", "AF"),)),
            **{iso: Choice(name, (("iso3166-2", iso), ("pcode", pcode))) for iso, name, pcode in provinces},
        },
        "topic": {code: Choice(label, (("topic", code),)) for code, label in known.topics},
        "actor": {code: Choice(label, (("actor", code),)) for code, label in known.actors},
    }


def people(connection: Connection, me: str) -> list[str]:
    """Names to choose from, the reviewer's own first: whoever may decide or has been given something."""
    given = select(Article.assigned_to).where(Article.assigned_to.is_not(None)).distinct()
    deciding = select(Account.name).where(Account.disabled_at.is_(None), Account.role != "reader")
    names = {*connection.execute(given).scalars(), *connection.execute(deciding).scalars()}
    return [me, *sorted(name for name in names if name and name != me)]
