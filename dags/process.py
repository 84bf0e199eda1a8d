"""Makes articles of fetched pages: clean, dedupe, tag, store. Starts whenever `collect` has announced pages.

    process_pages ──> verdict (fails the run when an outlet is under its assertions)

The work is idempotent, so a retry redoes only what was not committed; the verdict is a task of its own, so that a
broken outlet fails the run without a pointless retry of the work.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, dag, task

FETCHED = Asset("khabar://ledger/fetched")


@dag(
    dag_id="process",
    schedule=[FETCHED],
    start_date=datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["khabar"],
    doc_md=__doc__,
)
def process() -> None:
    """Process every page that waits."""

    @task(execution_timeout=timedelta(hours=4))
    def process_pages() -> list[str]:
        """Process; the sentences of every assertion that does not hold."""
        from pipeline.process import process_all

        return process_all().failures

    @task(retries=0)
    def verdict(failures: list[str]) -> None:
        """Fail the run in words when any outlet is under its assertions."""
        if failures:
            raise RuntimeError("; ".join(failures))

    verdict(process_pages())


process()
