"""`newsward crawl` of a folder, with what the test sets: `news_child.py SETTINGS.json`."""

import json
import sys
from pathlib import Path

from process_memory import peak_mib

from crawler.commands.crawl import run_crawl


def main() -> None:
    summary = run_crawl(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    json.dump({"waiting": summary.waiting, "peak_mib": peak_mib()}, sys.stdout)


if __name__ == "__main__":  # workers import this module
    main()
