"""How long our Datasette takes for its pages; a part of `benchmarks/archive.py`."""

import asyncio
import time
from pathlib import Path
from typing import Any

from archive.browse.application import application

PAGES = {
    "front page": "/archive",
    "article list": "/archive/articles",
    "article list by source": "/archive/articles?source_id=3",
    "search page, common word": "/archive/search?words=children",
    "search page, two words": "/archive/search?words=children+online",
    "search page, rare word": "/archive/search?words=helpline",
    "a record": "/archive/articles/47",
}


def browse(path: Path) -> dict[str, Any]:
    """Milliseconds until Datasette has answered, with its status; ours as it is served."""

    async def ask() -> dict[str, Any]:
        datasette = application(path, hosts=None)
        await datasette.invoke_startup()
        answers = {}
        for name, address in PAGES.items():
            first = time.perf_counter()
            response = await datasette.client.get(address)
            again = time.perf_counter()
            response = await datasette.client.get(address)
            answers[name] = {
                "status": response.status_code,
                "first_ms": (again - first) * 1000,
                "ms": (time.perf_counter() - again) * 1000,
                "timed_out": any(
                    said in response.text.lower() for said in ("timed out", "time limit")
                ),
            }
        return answers

    return asyncio.run(ask())
