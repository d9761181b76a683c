"""How long a reviewer waits for the machine: fifty rows of one paper, by keyboard, in a real browser.

    python benchmarks/review_time.py PAPER.pdf [--write]

Starts the real program (`evidence serve`) on a store of this paper alone and Debian's Chromium, and does with each row
what a new user would: look, then press `a`; with every tenth `r` and a reason, with every twelfth `c` and a corrected
value. Timed is the machine alone, from the key to the next row with its page and box in place. With `--write` the
figures go into service.md.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from killed import write_section
from load import serving
from playwright.sync_api import Page, sync_playwright

from evidence import pipeline
from evidence.store import open_store

ROWS = 50
#: What a row shows when it can be judged: the box of its number on the drawn page, or the words in the text.
_IN_PLACE = """(row) => document.querySelector("#row").textContent !== row.heading || location.pathname !== row.path"""


def main(paper: Path, *, write: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'evidence.db'}"
        with open_store(url) as store:
            pipeline.ingest([paper], store)
            rows = len(list(store.records().results()))
        with serving(url, Path(name) / "files") as address, sync_playwright() as playwright:
            program = shutil.which("chromium")
            if program is None:
                sys.exit("Chromium is not installed; on Debian: apt-get install chromium")
            arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/login?next=/review")
            page.fill("#name", "Reviewer")
            started = time.monotonic()
            page.click("main button")
            in_place(page)
            first = time.monotonic() - started
            seconds = [decided(page, number) for number in range(1, min(ROWS, rows - 1) + 1)]
            browser.close()
        with open_store(url) as store:
            recorded = sum(bool(store.trace(row.result_id).events) for row in store.records().results())
    told = f"{np.median(seconds):.2f}, {np.quantile(seconds, 0.95):.2f}, {max(seconds):.2f}"
    text = f"""`python benchmarks/review_time.py {paper.name} --write`

`evidence serve` over one paper with {rows} numbers and Chromium at 1280 px, on one machine of 2 cores;
{len(seconds)} rows by keyboard: `a`, with every tenth `r` and a reason, with every twelfth `c` and a corrected value.
From the key that decides to the next row with its page and box in place.

| | |
|---|---|
| rows decided, and recorded | {len(seconds)}, {recorded} |
| seconds for a row: median, 95th percentile, longest | {told} |
| seconds to the first row after the start of the service | {first:.2f} |
"""
    print(text)
    if write:
        write_section("Fifty rows by keyboard", text)


def decided(page: Page, number: int) -> float:
    """Decide about the row that is shown; the seconds until the next one can be judged."""
    before = page.evaluate("() => ({heading: document.querySelector('#row').textContent, path: location.pathname})")
    if number % 12 == 0 and page.locator("#v-subgroup").count():
        page.keyboard.press("c")
        page.fill("#v-subgroup", f"patients of row {number}")
        started = time.monotonic()
        page.locator("#correct button:not([type=button])").first.click()
    elif number % 10 == 0:
        page.keyboard.press("r")
        page.fill("#why-not", "The document does not say this")
        started = time.monotonic()
        page.keyboard.press("Enter")
    else:
        started = time.monotonic()
        page.keyboard.press("a")
    page.wait_for_function(_IN_PLACE, arg=before, timeout=30_000)
    in_place(page)
    return time.monotonic() - started


def in_place(page: Page) -> None:
    """Wait until the page is drawn with its box, or the quote stands highlighted in the text."""
    page.wait_for_function(
        """() => {
            const image = document.querySelector("#source image");
            if (!image) return document.querySelector("#source mark") !== null;
            return document.querySelector("#source .number, #source .quote") !== null
                && performance.getEntriesByName(new URL(image.href.baseVal, location).href).length > 0;
        }""",
        timeout=30_000,
    )


if __name__ == "__main__":
    papers = [word for word in sys.argv[1:] if not word.startswith("--")]
    if len(papers) != 1:
        sys.exit(__doc__)
    main(Path(papers[0]).resolve(), write="--write" in sys.argv)
