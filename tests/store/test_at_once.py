"""Processes that add documents, decide and read at the same time: nothing is lost, and readers see one moment."""

import multiprocessing

import build

from evidence.errors import Conflict
from evidence.store import open_store

DECIDERS = ("Ada", "Bo")
ROUNDS = 12
PAIR = (build.hazard_ratio(), build.remission())
COUNTED = build.hazard_ratio("counted")


def add(store, who):
    """Documents of this process, and every third one that the other adds too."""
    for number in range(ROUNDS):
        name = f"{who}{number}" if number % 3 else f"both{number}"
        store.add(build.document(name), build.records(name, registry_ids=(), acronym=None, first_author=name))


def decide(store, who):
    """Two rows in one transaction, time and again; and counting in a row as it was seen, so that a lost one shows."""
    for number in range(ROUNDS):
        store.decide(PAIR, "reject" if number % 2 else "accept", by=who)
        counted = False
        while not counted:
            trace = store.trace(COUNTED)
            count = {"subgroup": str(int(trace.current.subgroup or 0) + 1)}
            seen = trace.events[-1].event_id if trace.events else 0
            try:
                store.decide(COUNTED, "correct", by=who, values=count, seen=seen)
                counted = True
            except Conflict as conflict:
                assert conflict.event.event_id > seen


def read(store, who, stop):
    """The rows of a decision are as one decision left them, and documents are there with all of their rows, or not."""
    documents = 0
    while True:
        last = stop.is_set()
        records = store.records()
        assert len({(row.status, row.reviewer) for row in records.results() if row.result_id in PAIR}) == 1
        assert len(records.contrasts) == len(records.arm_results) == len(records.flags) == len(records.documents)
        assert len(records.documents) >= documents
        documents = len(records.documents)
        if last:
            return


def work(do, url, who, together, *more):
    with open_store(url) as store:
        together.wait(60)
        do(store, who, *more)


def test_processes_that_write_and_read_at_once_lose_nothing(url):
    with open_store(url) as store:
        for name in ("trial", "counted"):
            store.add(build.document(name), build.records(name, registry_ids=(), acronym=None, first_author=name))
        spawn = multiprocessing.get_context("spawn")
        together, stop = spawn.Barrier(6), spawn.Event()
        writing = [
            spawn.Process(target=work, args=(do, url, who, together)) for who in DECIDERS for do in (add, decide)
        ]
        reading = [spawn.Process(target=work, args=(read, url, "Cy", together, stop)) for _ in range(2)]
        for process in (*writing, *reading):
            process.start()
        for process in writing:
            process.join(120)
        stop.set()
        for process in reading:
            process.join(120)
        assert [process.exitcode for process in (*writing, *reading)] == [0] * 6
        names = {f"{who}{number}" if number % 3 else f"both{number}" for who in DECIDERS for number in range(ROUNDS)}
        assert {document.document_id for document in store.records().documents} == {
            build.document_id(name) for name in (*names, "trial", "counted")
        }
        for row in PAIR:
            events = store.trace(row).events
            assert [sum(event.reviewer == who for event in events) for who in DECIDERS] == [ROUNDS, ROUNDS]
        assert store.trace(COUNTED).current.subgroup == str(len(DECIDERS) * ROUNDS)
        assert all(finding.holds for finding in store.examine())
