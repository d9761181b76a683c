"""A program that ingests, takes uploads and decides, killed at random moments.

    python benchmarks/killed.py [NUMBER] [SEED] [--postgresql] [--write]

With `--postgresql` its store is in a PostgreSQL server of its own, which goes on when the program is killed. With
`--write` the figures go into service.md. Ends with 1 where something acknowledged was lost, a store is not sound, or a
job was not taken up again.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import re
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.flow import killing
from tests.postgresql import Server

REPORT = Path(__file__).with_name("service.md")
TITLE = "Killed at random moments"


def main(number: int, seed: int, *, postgresql: bool, write: bool) -> int:
    began = time.monotonic()
    outcomes = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(closing(Server())) if postgresql else None
        programs = stack.enter_context(killing.Programs())
        urls = [server.new_database() if server else None for _ in range(2)]
        seconds = min(killing.duration(programs, folder / f"undisturbed{n}", url) for n, url in enumerate(urls))
        for n, moment in enumerate(killing.moments(number, seconds, seed), 1):
            url = server.new_database() if server else None
            outcomes.append(killing.killed(programs, folder / str(n), moment, url))
            print(f"{n}: killed after {moment:.2f} s, {outcomes[-1].acknowledged} acknowledged", *outcomes[-1].faults)
    took = time.monotonic() - began
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    print(f"{number} kills, {len(faults)} faults")
    base = "PostgreSQL 15, whose server is not killed" if postgresql else "SQLite"
    option = " --postgresql" if postgresql else ""
    text = f"""`python benchmarks/killed.py {number} {seed}{option} --write` ({took:.0f} s, beside other work)

A program uploads {killing.JOBS * killing.UPLOADS} papers in {killing.JOBS} jobs, ingests {killing.PAPERS} papers itself
and decides four times about each, while a worker beside it does the jobs; once the libraries are loaded it takes
{seconds:.1f} s. Program and worker are ended together by SIGKILL at a random moment in each of {number} equal parts of
that time. Then `evidence doctor` looks at the store, what was acknowledged (written to a log after the call returned)
is looked for, another worker takes the jobs up, the papers are ingested once more, and all is looked at again.
The store is {base}. A loss of power is not tried.

| | |
|---|---|
| killed while there was more to do | {sum(outcome.running for outcome in outcomes)} of {number} |
| calls acknowledged before | {sum(outcome.acknowledged for outcome in outcomes)} |
| acknowledged and lost, stores not sound, jobs not ended | {len(faults)} |
| jobs that had been begun, taken up again and done | {sum(outcome.taken_up for outcome in outcomes)} |
"""
    if write:
        write_section(f"{TITLE}, PostgreSQL 15" if postgresql else TITLE, text)
    return 1 if faults else 0


def write_section(title: str, text: str) -> None:
    """Put a section into the report in place of the one of this title, or at its end."""
    before = REPORT.read_text(encoding="utf-8") if REPORT.exists() else "# The service, measured\n"
    kept = re.sub(rf"\n## {re.escape(title)}\n.*?(?=\n## |\Z)", "", before, flags=re.DOTALL)
    REPORT.write_text(f"{kept.rstrip()}\n\n## {title}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:] if not text.startswith("--")]
    options = {"postgresql": "--postgresql" in sys.argv, "write": "--write" in sys.argv}
    sys.exit(main(*numbers, *(50, 8)[len(numbers) :], **options))
