"""A program that ingests, takes uploads and decides, killed at random moments.

    python benchmarks/killed.py [NUMBER] [SEED] [--write]

With `--write` the figures go into service.md. Ends with 1 where something acknowledged was lost, a store is not sound,
or a job was not taken up again.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import re
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.flow import killing

REPORT = Path(__file__).with_name("service.md")
TITLE = "Killed at random moments"


def main(number: int, seed: int, *, write: bool) -> int:
    started = time.monotonic()
    outcomes = []
    with tempfile.TemporaryDirectory() as name, killing.Programs() as programs:
        seconds = min(killing.duration(programs, Path(name) / f"undisturbed{n}") for n in range(2))
        for n, moment in enumerate(killing.moments(number, seconds, seed), 1):
            outcomes.append(killing.killed(programs, Path(name) / str(n), moment))
            print(f"{n}: killed after {moment:.2f} s, {outcomes[-1].acknowledged} acknowledged", *outcomes[-1].faults)
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    print(f"{number} kills, {len(faults)} faults")
    text = f"""`python benchmarks/killed.py {number} {seed} --write` ({time.monotonic() - started:.0f} s)

A program uploads {killing.JOBS * killing.UPLOADS} papers in {killing.JOBS} jobs, ingests {killing.PAPERS} papers itself
and decides four times about each, while a worker beside it does the jobs; once the libraries are loaded it takes
{seconds:.1f} s. Program and worker are ended together by SIGKILL at a random moment in each of {number} equal parts of
that time. Then `evidence doctor` looks at the store, what was acknowledged (written to a log after the call returned)
is looked for, another worker takes the jobs up, the papers are ingested once more, and all is looked at again.
The store is SQLite. A loss of power is not tried.

| | |
|---|---|
| killed while there was more to do | {sum(outcome.running for outcome in outcomes)} of {number} |
| calls acknowledged before | {sum(outcome.acknowledged for outcome in outcomes)} |
| acknowledged and lost, stores not sound, jobs not ended | {len(faults)} |
| jobs that had been begun, taken up again and done | {sum(outcome.taken_up for outcome in outcomes)} |
"""
    if write:
        write_section(TITLE, text)
    return 1 if faults else 0


def write_section(title: str, text: str) -> None:
    """Put a section into the report in place of the one of this title, or at its end."""
    before = REPORT.read_text(encoding="utf-8") if REPORT.exists() else "# The service, measured\n"
    kept = re.sub(rf"\n## {re.escape(title)}\n.*?(?=\n## |\Z)", "", before, flags=re.DOTALL)
    REPORT.write_text(f"{kept.rstrip()}\n\n## {title}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:] if text != "--write"]
    sys.exit(main(*numbers, *(50, 8)[len(numbers) :], write="--write" in sys.argv))
