"""Numbers that order changes by commit, so that a reader of `change_seq > N` never misses a row."""

from sqlalchemy import Connection, update

from models.run import ChangeCounter


def take_change_numbers(connection: Connection, count: int) -> range:
    """`count` consecutive numbers. Call it late in the transaction: from here on other writers wait for the commit,
    which is what makes the numbers visible in their order."""
    statement = (
        update(ChangeCounter)
        .where(ChangeCounter.id == 1)
        .values(value=ChangeCounter.value + count)
        .returning(ChangeCounter.value)
    )
    last: int = connection.execute(statement).scalar_one()
    return range(last - count + 1, last + 1)
