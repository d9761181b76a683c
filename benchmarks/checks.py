"""The checks measured: contradictions they name, errors they find where we planted them, and how often a flag is real.

    python benchmarks/checks.py [--pairs 200] [--seed 1] [--planted-only]

Writes checks.md beside this file. Documents with planted errors are made here (planted/). The development documents and
their annotated traps belong to others and are looked for in `shared` beside the repository; of which kind a trap is
stands in tests/shared/traps.toml, what a careful reader said about the flags in checks_judged.toml.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import argparse
import datetime as dt
import subprocess
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from planted.kinds import KINDS, Pair, pairs

from evidence.check import check
from evidence.extract import extract
from evidence.model.codes import Severity
from evidence.model.records import Flag, Records
from evidence.read import read
from tests.shared.grids import SHARED
from tests.shared.traps import SETS, checked, documents, numbers_in, path_of, traps

REPORT = Path(__file__).with_suffix(".md")
JUDGED = Path(__file__).with_name("checks_judged.toml")
#: Public benchmarks: the gold file their documents are made from, and what the program that makes them is told.
BENCHES = {
    "pico": ("pico-dev/pico-dev.jsonl",),
    "yun": ("yun-dev/yun-dev.jsonl", "--field", "jats"),
}
#: Least share of flags that must be real.
LEAST_REAL = {Severity.ERROR: 0.80, Severity.WARNING: 0.60}


class Found(NamedTuple):
    """What became of one planted error."""

    pair: Pair
    flags: tuple[Flag, ...]  # those that name it
    read: bool  # whether a row carries the planted number
    alarms: tuple[Flag, ...]  # of the clean twin


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a careful reader says about a flag, found again by some of its numbers."""

    document: str
    check: str
    numbers: list[str]
    real: bool
    reason: str

    def is_about(self, document: str, flag: Flag) -> bool:
        if (self.document, self.check) != (document, flag.check):
            return False
        return frozenset(map(Decimal, self.numbers)) <= numbers_in(flag.message)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "--pairs", type=int, default=200, help="documents with a planted error, each with a clean twin"
    )
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--planted-only", action="store_true", help="print the planted errors and write nothing")
    options = arguments.parse_args()
    found = [examined(pair) for pair in pairs(options.pairs, options.seed)]
    planted = list(planted_part(found, options.seed))
    print("\n".join(planted))
    if options.planted_only:
        for one in found:
            if not one.flags:
                print(f"missed: {one.pair.name} {one.pair.numbers} {'read' if one.read else 'not read'}")
            for flag in one.alarms:
                print(f"false alarm: {one.pair.name} {flag.severity.value} {flag.check}: {flag.message}")
        return 0
    if not SHARED.is_dir():
        print(f"The development documents are not there: {SHARED} does not exist; checks.md was left as it was.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        judged = list(judged_part(bench_documents(Path(folder))))
    parts = [*head(options.pairs, options.seed), *traps_part(), *flags_part(), *judged, *planted]
    print("\n".join(parts[: len(parts) - len(planted)]))
    REPORT.write_text("\n".join(parts) + "\n", encoding="utf-8")
    print(f"wrote {REPORT.relative_to(REPOSITORY)}")
    return 0


def head(number: int, seed: int) -> Iterator[str]:
    yield "# What the checks find"
    yield ""
    yield (
        f"`python benchmarks/checks.py --pairs {number} --seed {seed}` (or `make score`), evidence "
        f"{version('evidence')}, "
        f"{dt.date.today().isoformat()}. The rules were written while looking at the development documents, so expect "
        "less on documents never seen; planted errors tell what a check does with a document nobody looked at."
    )
    yield ""


# Development documents


def traps_part() -> Iterator[str]:
    yield "## Contradictions that annotators saw"
    yield ""
    yield (
        "Annotators noted traps beside every development document. Counted here are those in which printed numbers "
        "contradict one another (tests/shared/traps.toml tells them from conventions and from what only a person can "
        "judge). One is found where a flag names its numbers."
    )
    yield ""
    yield "| documents | traps | contradictions | flagged | share | readings | for a person |"
    yield "|---|---|---|---|---|---|---|"
    everything = traps()
    for name in (*(called for _, called in SETS.values()), "all"):
        chosen = [trap for trap in everything if name in (trap.set_name, "all")]
        kinds = Counter(trap.kind for trap in chosen)
        named = sum(
            trap.is_named_by(checked(path_of(trap.gold)).flags) for trap in chosen if trap.kind == "contradiction"
        )
        yield (
            f"| {name} | {len(chosen)} | {kinds['contradiction']} | {named} | {share(named, kinds['contradiction'])} | "
            f"{kinds['reading']} | {kinds['judgement']} |"
        )
    yield ""
    missed = [
        trap
        for trap in everything
        if trap.kind == "contradiction" and not trap.is_named_by(checked(path_of(trap.gold)).flags)
    ]
    yield "Not flagged:" if missed else "All are flagged."
    yield ""
    yield from (f"- {trap.name}: {trap.about}{f' ({trap.reason})' if trap.reason else ''}" for trap in missed)
    yield ""


def flags_part() -> Iterator[str]:
    counted: Counter[tuple[str, Severity]] = Counter()
    number = 0
    for _, path in documents():
        number += 1
        counted.update((flag.check, flag.severity) for flag in checked(path).flags)
    yield f"## Flags on the {number} development documents"
    yield ""
    yield "| check | " + " | ".join(severity.value for severity in Severity) + " |"
    yield "|---" * (len(Severity) + 1) + "|"
    for name in sorted({name for name, _ in counted}):
        yield f"| {name} | " + " | ".join(str(counted[name, severity]) for severity in Severity) + " |"
    totals = [sum(count for (_, of), count in counted.items() if of is severity) for severity in Severity]
    yield "| **all** | " + " | ".join(map(str, totals)) + " |"
    yield ""


def judgements() -> list[Judgement]:
    with JUDGED.open("rb") as file:
        return [Judgement(**entry) for entry in tomllib.load(file)["flag"]]


def bench_documents(folder: Path) -> Iterator[Path]:
    """Documents of the public benchmarks, written into a folder."""
    for name, command in BENCHES.items():
        target = folder / name
        subprocess.run(  # the program that comes with the benchmarks
            [sys.executable, SHARED / "bench" / "make_docs.py", SHARED / "bench" / command[0], target, *command[1:]],
            check=True,
            capture_output=True,
        )
        yield from sorted(target.iterdir())


def judged_part(benches: Iterable[Path]) -> Iterator[str]:
    """What became of every error and warning; messages are left out, for some quote their document."""
    said = judgements()
    yield "## Are the flags real? Errors and warnings, judged"
    yield ""
    yield (
        "Every flag was held beside its document. It is real where the document prints what the flag says and a reader "
        "should doubt it; a flag that comes from our own misreading, or that the document explains, is not real."
    )
    rows: list[str] = []
    for title, paths in (
        ("Development documents", [path for _, path in documents()]),
        ("Documents of the public benchmarks, which were read for these flags alone", list(benches)),
    ):
        verdicts: defaultdict[tuple[Severity, str], list[bool]] = defaultdict(list)
        for path in paths:
            for flag in checked(path).flags:
                if flag.severity in LEAST_REAL:
                    rows.append(_judged(path.stem, flag, said, verdicts))
        yield from ("", f"### {title} ({len(paths)})", "")
        yield "| severity | check | judged | real | precision | asked for |"
        yield "|---|---|---|---|---|---|"
        for (severity, name), each in sorted(verdicts.items(), key=lambda item: (item[0][0] != "error", item[0][1])):
            least = "" if name else f"{LEAST_REAL[severity]:.0%}"
            precision = share(sum(each), len(each))
            yield f"| {severity.value} | {name or '**all**'} | {len(each)} | {sum(each)} | {precision} | {least} |"
    yield from ("", "### Every flag", "")
    yield "| document | check | severity | numbers | verdict | why |"
    yield "|---|---|---|---|---|---|"
    yield from rows
    yield ""


def _judged(
    name: str, flag: Flag, said: Iterable[Judgement], verdicts: defaultdict[tuple[Severity, str], list[bool]]
) -> str:
    """The line of one flag; its verdict is counted."""
    place = f"| {name} | {flag.check} | {flag.severity.value} |"
    verdict = next((one for one in said if one.is_about(name, flag)), None)
    if verdict is None:
        print(f"not judged: {name}: {flag.severity.value}: {flag.check}: {flag.message}")
        return f"{place} {', '.join(map(str, sorted(numbers_in(flag.message))))} | not judged | |"
    verdicts[flag.severity, ""].append(verdict.real)
    verdicts[flag.severity, flag.check].append(verdict.real)
    return f"{place} {', '.join(verdict.numbers)} | {'real' if verdict.real else '**not real**'} | {verdict.reason} |"


# Planted errors


def examined(pair: Pair) -> Found:
    """Read, extract and check both documents of a pair; a flag of both cannot be about the error."""
    clean, planted = (_records(pair, data) for data in (pair.clean, pair.planted))
    known = {(flag.check, flag.message) for flag in clean.flags}
    wanted = frozenset(map(Decimal, pair.numbers))
    naming = tuple(
        flag for flag in planted.flags if (flag.check, flag.message) not in known and wanted <= numbers_in(flag.message)
    )
    return Found(pair, naming, wanted <= frozenset(_numbers(planted)), clean.flags)


def _records(pair: Pair, data: bytes) -> Records:
    return check(extract(read(data, name=pair.name + pair.ending)))


def _numbers(records: Records) -> Iterator[Decimal]:
    """All numbers of the rows, without signs."""
    for row in (*records.studies, *records.arms, *records.results()):
        for name in (
            "n_total",
            "n",
            "followup_median_months",
            "value",
            "estimate",
            "ci_low",
            "ci_high",
            "p_value",
            "events",
            "total",
            "sd",
        ):
            if (number := getattr(row, name, None)) is not None:
                yield abs(Decimal(number))


def planted_part(found: Sequence[Found], seed: int) -> Iterator[str]:
    yield f"## {len(found)} planted errors"
    yield ""
    yield (
        "Short papers made of figures of published trials in several layouts and changing words "
        f"(seed {seed}), each once clean and once with one error. Found: a flag that the clean twin does not have "
        "names the planted number. Not read: no row carries the number, so no check could see it."
    )
    yield ""
    yield "| kind | example | documents | found | share | missed though read | not read | found by |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind in KINDS:
        of_kind = [one for one in found if one.pair.kind == kind.name]
        hits = sum(bool(one.flags) for one in of_kind)
        unread = sum(not one.flags and not one.read for one in of_kind)
        by = Counter(flag.check for one in of_kind for flag in one.flags)
        names = ", ".join(name for name, _ in by.most_common())
        yield (
            f"| {kind.name} | {kind.what} | {len(of_kind)} | {hits} | {share(hits, len(of_kind))} | "
            f"{len(of_kind) - hits - unread} | {unread} | {names} |"
        )
    hits = sum(bool(one.flags) for one in found)
    unread = sum(not one.flags and not one.read for one in found)
    missed = len(found) - hits - unread
    yield f"| **all** | | {len(found)} | {hits} | {share(hits, len(found))} | {missed} | {unread} | |"
    yield ""
    yield "## False alarms on the clean twins"
    yield ""
    alarms = [flag for one in found for flag in one.alarms]
    per = Counter(flag.severity for flag in alarms)
    told = ", ".join(
        f"{per[severity]} of severity {severity.value} ({per[severity] / len(found):.2f} per document)"
        for severity in Severity
    )
    yield f"{len(found)} documents without a planted error carry {len(alarms)} flags: {told}."
    yield ""
    yield from _by_check(alarms)


def _by_check(flags: Iterable[Flag]) -> Iterator[str]:
    counted = Counter((flag.check, flag.severity) for flag in flags)
    examples = {(flag.check, flag.severity): flag.message for flag in flags}
    if counted:
        yield "| check | severity | flags | example |"
        yield "|---|---|---|---|"
        yield from (
            f"| {name} | {severity.value} | {count} | {examples[name, severity]} |"
            for (name, severity), count in counted.most_common()
        )
        yield ""


def share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


if __name__ == "__main__":
    sys.exit(main())
