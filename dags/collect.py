"""Fetches what the outlets published: every hour those that have something due, each group a Scrapy subprocess.

    due ──> crawl[group …] ──> announce (whenever anything was due; emits the asset that starts the DAG `process`)
                 └─────────────────┴──> verdict (fails the run when any outlet failed)

The ledger says what is due (spiders/agenda.py): sources by their own history, and every source at 01:00 UTC, 05:30 in
Kabul, or in the first hour after it that runs; failed pages; rechecks. An hour without any of these ends green, with
`crawl` and `announce` skipped. The parameter `everything` asks all outlets, due or not. Outlets that share a host are
one group, so that no host is asked by two processes at once.

An outlet that fails never keeps the others' pages from being processed, and never leaves the run green (I6).
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, Param, dag, get_current_context, task

FETCHED = Asset("khabar://ledger/fetched")


@dag(
    dag_id="collect",
    schedule="0 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
    catchup=False,  # what a missed hour would have asked is still due in the next
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    params={"everything": Param(False, type="boolean", description="Ask every outlet, whether it is due or not.")},
    tags=["khabar"],
    doc_md=__doc__,
)
def collect() -> None:
    """Crawl the watched outlets (KHABAR_OUTLETS; all without it) that have something due."""

    @task
    def due() -> list[list[str]]:
        """The groups of outlets to crawl."""
        from spiders.agenda import agenda

        return agenda(everything=get_current_context()["params"]["everything"])

    # No retries: `announce` would wait for them, and the next hour asks what was not asked.
    @task(map_index_template="{{ group }}", execution_timeout=timedelta(hours=4), max_active_tis_per_dag=4, retries=0)
    def crawl(names: list[str]) -> list[dict[str, object]]:
        """Crawl the outlets of a group; the statistics of each. Fails with the sentences that say why."""
        from spiders.crawl import crawl_each

        context = get_current_context()
        context["group"] = ", ".join(names)  # type: ignore[typeddict-unknown-key]
        only_due = str(not context["params"]["everything"])
        results = list(crawl_each(names, options={"KHABAR_ONLY_DUE": only_due}))
        if failed := [f"{result.outlet}: {result.reason}" for result in results if result.state != "ok"]:
            raise RuntimeError("; ".join(failed))
        return [result.summary() for result in results]

    @task(outlets=[FETCHED], trigger_rule="none_skipped", retries=0)
    def announce() -> None:
        """Pages may be waiting, whichever outlets failed."""

    @task(trigger_rule="none_failed", retries=0)
    def verdict(groups: list[list[str]]) -> str:
        """Reached only when every outlet's task succeeded, or there was none."""
        return f"{sum(map(len, groups))} outlets collected" if groups else "nothing was due"

    groups = due()
    crawled = crawl.expand(names=groups)
    announced = announce()
    crawled >> announced
    [crawled, announced] >> verdict(groups)


collect()
