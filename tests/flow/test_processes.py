"""Many processes do what one does, and an item that breaks its process or a limit costs itself alone."""

import os
import signal
import time

import pytest

from evidence.processes import Parts, Work, in_order
from evidence.store import open_store
from tests.flow.files import paper

MEMORY = 600 * 2**20


def work_on(item):
    if item == "killed":
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when the memory is full
    if item == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if item == "slow":
        time.sleep(60)
    if item == "busy":
        while True:
            pass
    if item == "large":
        return str(len(bytes(2 * MEMORY)))
    if item == "parts":
        return Parts(("one", "slow", "three"))
    return item.upper() if item != "pid" else str(os.getpid())


def nothing():
    pass


def not_at_once(item):
    return "known" if item == "known" else None


def stopped(item, reason):
    return f"{item}: {reason}"


WORK = Work(do=work_on, at_once=not_at_once, stopped=stopped, prepare=nothing)


def results(items, jobs=2):
    return [result for _, result in in_order(WORK, items, jobs, seconds=2, memory=MEMORY)]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("killed", "reading it needed more than 0.6 GB of memory"),
        ("large", "reading it needed more than 0.6 GB of memory"),
        ("crash", "the reader crashed on it"),
        ("slow", "reading it took longer than 2 s"),
        ("busy", "reading it took longer than 2 s"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_item_that_breaks_a_limit_or_its_process_costs_itself_alone(item, reason, jobs):
    assert results(["a", "b", item, "c", "d"], jobs) == ["A", "B", f"{item}: {reason}", "C", "D"]


def test_results_stand_in_the_order_of_the_items_with_their_numbers():
    items = [str(number) for number in range(40)]
    assert list(in_order(WORK, items, 2)) == [(number, str(number - 1)) for number in range(1, 41)]


def test_what_is_known_at_once_needs_no_process():
    assert results(["known"] * 30 + ["a"]) == ["known"] * 30 + ["A"]


def test_the_parts_of_an_item_are_worked_on_one_by_one():
    found = list(in_order(WORK, ["a", "parts", "b"], 1, seconds=2))
    assert found == [(1, "A"), (2, "ONE"), (2, "slow: reading it took longer than 2 s"), (2, "THREE"), (3, "B")]


def test_nothing_is_worked_on_in_this_process_and_processes_serve_many_items():
    (one,) = set(results(["pid"] * 5, 1))
    assert int(one) != os.getpid()
    assert results(["pid"], 1) == [one]


def test_the_store_does_not_depend_on_the_number_of_processes(evidence, papers):
    for number in range(3):
        (papers / f"{number}.txt").write_bytes(paper(f"TRIAL{number}"))
    (papers / "1b-empty.txt").write_bytes(b"")
    snapshots, outputs = [], []
    for jobs in (1, 2):
        done = evidence("ingest", papers, "--jobs", jobs, "--store", f"sqlite:///jobs{jobs}.db")
        outputs.append((done.code, done.out, done.err))
        with open_store(f"sqlite:///jobs{jobs}.db") as store:
            snapshots.append(store.snapshot_id())
    assert snapshots[0] == snapshots[1]
    assert outputs[0] == outputs[1]
