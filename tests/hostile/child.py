"""A crawl of given addresses in a process of its own: `child.py PLAN.json`, results on stdout."""

import json
import sys
from pathlib import Path

import name_server
from process_memory import peak_mib


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    name_server.install(plan["names"])
    from planned_spider import crawl  # noqa: PLC0415 - Twisted keeps the name server that it finds

    json.dump({"results": crawl(plan), "peak_mib": peak_mib()}, sys.stdout)


main()
