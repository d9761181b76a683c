"""What becomes of 10,000 damaged files when they are ingested; writes damage.md beside this file.

    python benchmarks/damage.py [NUMBER] [SEED]

Documents of every format (the corpus and the test documents) with bytes flipped, cut, inserted, repeated or exchanged
go the way of `evidence ingest --jobs 2`. Each must end as read, read in part, or failed with one sentence; the program
that ingests must never end. Faults of the program, and what had to be stopped, are listed; their files are kept.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import re
import tempfile
import time
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from evidence import pipeline
from evidence.store import open_store
from tests.documents.damage import DAMAGES, Mutant, mutants

REPORT = Path(__file__).with_suffix(".md")
#: So many files go into one store.
BATCH = 500
#: Characters of a reason that a person still reads.
LONGEST = 1500
ENDS = ("read", "in part", "failed", "stopped", "fault")


def main(number: int, seed: int) -> None:
    started = time.monotonic()
    kept = Path(tempfile.gettempdir()) / "damaged-files"
    by_damage: Counter[tuple[str, str]] = Counter()
    by_format: Counter[tuple[str, str]] = Counter()
    reasons: Counter[str] = Counter()
    batch: list[Mutant] = []
    for n, mutant in enumerate(mutants(number, seed), 1):
        batch.append(mutant)
        if len(batch) < BATCH and n < number:
            continue
        for damaged, end, reason in ingested(batch):
            by_damage[damaged.damage, end] += 1
            by_format[Path(damaged.name).suffix, end] += 1
            if end in ("stopped", "fault"):
                reasons[reason] += 1
                kept.mkdir(exist_ok=True)
                (kept / damaged.name).write_bytes(damaged.data)
        batch = []
        print(f"{n} files, {time.monotonic() - started:.0f} s", flush=True)
    REPORT.write_text(report(number, seed, by_damage, by_format, reasons), encoding="utf-8")
    print(f"wrote {REPORT}" + (f"; files that found a fault are in {kept}" if reasons else ""))


def ingested(batch: list[Mutant]) -> list[tuple[Mutant, str, str]]:
    """How each file ended, and the reason without the name of the file."""
    with tempfile.TemporaryDirectory() as name, open_store(f"sqlite:///{name}/damaged.db") as store:
        paths = {}
        for mutant in batch:
            path = Path(name) / mutant.name
            path.write_bytes(mutant.data)
            paths[str(path)] = mutant
        found = []
        for file in pipeline.ingest(paths, store, jobs=2).files:
            reason = (file.reason or "").replace(file.source, "FILE")
            end = "in part" if file.partly else "failed" if file.status == "failed" else "read"
            end = "stopped" if "so it was stopped" in reason else "fault" if "a fault of evidence" in reason else end
            if "\n" in reason or len(reason) > LONGEST:
                end, reason = "fault", f"a reason of {len(reason):,} characters: {reason[:100]!r}"
            found.append((paths[file.source.split("#")[0]], end, reason))
        assert {mutant for mutant, _, _ in found} == set(batch)
        return found


def report(
    number: int,
    seed: int,
    by_damage: Counter[tuple[str, str]],
    by_format: Counter[tuple[str, str]],
    reasons: Counter[str],
) -> str:
    head = (
        f"# Damaged files\n\n`python benchmarks/damage.py {number} {seed}`: {number:,} damaged files, ingested in "
        "isolation. `stopped` broke a limit of time or memory or crashed the process that read them; `fault` is a bug. "
        "A file of several documents counts once for each.\n"
    )
    parts = [head]
    for title, counts, rows in (
        ("damage", by_damage, list(DAMAGES)),
        ("format", by_format, sorted({form for form, _ in by_format})),
    ):
        lines = [f"| {title} | " + " | ".join(ENDS) + " |", "|---" * (len(ENDS) + 1) + "|"]
        lines += [f"| {row} | " + " | ".join(str(counts[row, end]) for end in ENDS) + " |" for row in rows]
        totals = [sum(count for (_, found), count in counts.items() if found == end) for end in ENDS]
        lines.append("| **all** | " + " | ".join(map(str, totals)) + " |")
        parts.append("\n".join(lines) + "\n")
    if reasons:
        parts.append(
            "\n".join(f"- {count} × {re.sub(r'0x[0-9a-f]+', '0x…', text)}" for text, count in reasons.most_common())
            + "\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    main(*(int(argument) for argument in (*sys.argv[1:], *("10000", "1")[len(sys.argv) - 1 :])))
