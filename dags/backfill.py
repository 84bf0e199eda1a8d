"""Fetches what one outlet published on days that are over. Started by hand, with the days as its parameters; never
scheduled.

    crawl ──> process starts by itself (the asset), after the day's own pages

It takes the turn after the daily run: while that is at the outlet, it asks nothing. A backfill that needs more requests
than the outlet allows in a run ends with what is left in its words: start it again to go on.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, Param, dag, get_current_context, task

FETCHED = Asset("khabar://ledger/fetched")


@dag(
    dag_id="backfill",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
    catchup=False,
    max_active_runs=1,
    params={
        "outlet": Param("khaama_press", type="string", description="The name of its file in outlets/."),
        "since": Param("2023-06-01", type="string", format="date", description="The first day."),
        "until": Param("2023-06-30", type="string", format="date", description="The last day, which must be over."),
        "again": Param(False, type="boolean", description="Read the sources anew, also those that were read."),
    },
    tags=["khabar"],
    doc_md=__doc__,
)
def backfill() -> None:
    """Crawl the days of one outlet."""

    # No retries: what failed for the moment is asked again when the same days are.
    @task(outlets=[FETCHED], execution_timeout=timedelta(hours=4), retries=0)
    def crawl() -> dict[str, object]:
        """The crawl's statistics. Fails with the sentence that says why."""
        from spiders.crawl import backfill as crawl_days

        asked = get_current_context()["params"]
        [result] = crawl_days([asked["outlet"]], asked["since"], asked["until"], again=asked["again"])
        if result.state != "ok":
            raise RuntimeError(f"{result.outlet}: {result.reason}")
        return result.summary()

    crawl()


backfill()
