"""The handles of the replica over HTTP, below /__replica__/, for tests that run the crawl in another process.

GET log[?host=&kind=], GET counts, GET articles; POST clear, POST edit[?id=], POST publish?outlet=[&count=],
POST fail?host=&how=[&path=&times=&retry_after=], POST heal[?host=]. Answers are JSON; these requests are not logged.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from khabar.replica.reply import JSON, Reply

if TYPE_CHECKING:
    from khabar.replica.replica import Replica


def control(replica: "Replica", method: str, path: str, query: Mapping[str, str]) -> Reply:
    """Does what `method` and `path` say: 200 with the result, 400 with a sentence, 404 for an unknown handle."""
    try:
        found = _read(replica, path, query) if method == "GET" else _change(replica, path, query)
    except (KeyError, ValueError) as error:
        return _json({"error": str(error)}, 400)
    return _json({"error": f"no handle {method} {path}"}, 404) if found is None else _json(found)


def _read(replica: "Replica", path: str, query: Mapping[str, str]) -> Any:
    match path.strip("/"):
        case "log":
            kind: Any = query.get("kind")
            return [request.as_json() for request in replica.requests(query.get("host"), kind)]
        case "counts":
            return {host: asdict(count) for host, count in replica.counts().items()}
        case "articles":
            return [article.as_json() for article in replica.articles(query.get("outlet"), query.get("kind"))]
        case "":
            return {"epoch": replica.epoch.isoformat(), "articles": len(replica.articles()), "log": len(replica.log)}
    return None


def _change(replica: "Replica", path: str, query: Mapping[str, str]) -> Any:
    match path.strip("/"):
        case "clear":
            replica.log.clear()
            return {"cleared": True}
        case "edit":
            return [article.as_json() for article in replica.edit(query.get("id"))]
        case "publish":
            added = replica.publish(query["outlet"], int(query.get("count", "1")))
            return [article.as_json() for article in added]
        case "fail":
            how: Any = int(query["how"]) if query["how"].isdigit() else query["how"]
            times = int(query["times"]) if "times" in query else None
            replica.fail(query["host"], how, path=query.get("path", "/"), times=times,
                         retry_after=query.get("retry_after"))  # fmt: skip
            return {"failing": query["host"]}
        case "heal":
            replica.heal(query.get("host"))
            return {"healed": query.get("host")}
    return None


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode("utf-8"), status, JSON)
