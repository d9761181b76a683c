"""Many processes do what one does, and one that is killed costs one file."""

import os
import signal

from evidence.processes import in_order
from evidence.store import open_store
from tests.flow.files import paper


def double(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when the memory is full
    return 2 * number


def test_an_item_that_kills_its_process_costs_itself_alone():
    assert list(in_order(double, range(6), 2, lambda number: -number)) == [0, 2, 4, -3, 8, 10]


def test_one_job_works_in_this_process():
    assert list(in_order(os.getpid.__class__, [], 1, str)) == []
    assert list(in_order(_pid, [1, 2], 1, str)) == [os.getpid()] * 2


def _pid(_item: int) -> int:
    return os.getpid()


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
