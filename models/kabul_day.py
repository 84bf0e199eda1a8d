"""The day in Kabul of an instant, said in SQL: SQLite and PostgreSQL have no word for it in common."""

from datetime import date
from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class kabul_day(FunctionElement[date]):
    """`kabul_day(instant)`: its date at UTC+04:30 (models/day.py)."""

    type = Date()
    inherit_cache = True
    name = "kabul_day"


@compiles(kabul_day, "sqlite")
def _sqlite(element: Any, compiler: Any, **how: Any) -> str:
    # without the fraction: SQLite would round the last half of a millisecond into the next day
    return f"date(substr({compiler.process(element.clauses, **how)}, 1, 19), '+270 minutes')"


@compiles(kabul_day, "postgresql")
def _postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(({compiler.process(element.clauses, **how)}) AT TIME ZONE INTERVAL '04:30' AS date)"
