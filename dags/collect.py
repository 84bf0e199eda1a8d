"""Fetches what the outlets published: one mapped task per outlet, each a Scrapy subprocess.

    crawl[outlet …] ──> announce (always; emits the asset that starts the DAG `process`)
          └────────────────┴──> verdict (fails the run when any outlet failed)

An outlet that fails never keeps the others' pages from being processed, and never leaves the run green (I6).
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, dag, get_current_context, task

from spiders.crawl import watched_outlets

FETCHED = Asset("khabar://ledger/fetched")


@dag(
    dag_id="collect",
    schedule="0 1 * * *",  # 05:30 in Kabul: done before the analyst's day begins
    start_date=datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["khabar"],
    doc_md=__doc__,
)
def collect() -> None:
    """Crawl every outlet that is watched (KHABAR_OUTLETS; all without it)."""

    @task(map_index_template="{{ outlet }}", execution_timeout=timedelta(hours=2), max_active_tis_per_dag=4)
    def crawl(outlet: str) -> dict[str, object]:
        """Crawl one outlet; the run's statistics. Fails with the sentence that says why."""
        from spiders.crawl import crawl as crawl_outlet

        get_current_context()["outlet"] = outlet  # type: ignore[typeddict-unknown-key]
        result = crawl_outlet(outlet)
        if result.state != "ok":
            raise RuntimeError(f"{outlet}: {result.reason}")
        return result.summary()

    @task(outlets=[FETCHED], trigger_rule="all_done", retries=0)
    def announce() -> None:
        """Pages may be waiting, whichever outlets failed."""

    @task(retries=0)
    def verdict() -> None:
        """Reached only when every outlet's task succeeded."""

    crawled = crawl.expand(outlet=watched_outlets())
    announced = announce()
    crawled >> announced
    [crawled, announced] >> verdict()


collect()
