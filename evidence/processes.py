"""A function over many items in other processes: results in the order of the items, whatever happens to a process.

Every item is worked on under limits of time and memory in a process that can be ended, because a broken file can hold
up or crash a library. A process serves many items; one that dies is replaced, and costs its item alone. Processes
without work are kept for the next call and end with the program.
"""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

if sys.platform != "win32":  # which knows no limits of this kind; the clock of the parent holds there too
    import resource

#: Seconds that one item may take; the papers of the corpus take a tenth of one.
SECONDS = 20.0
#: Bytes that a process may reserve; with all libraries loaded it has reserved a quarter of that.
MEMORY = 1536 * 2**20
#: A process that has grown beyond this share of its memory makes place for a fresh one.
_GROWN = 0.4
#: Whoever waits for results is heard from at least so often.
PULSE_SECONDS = 1.0
#: Items begun ahead of the one waited for, per process: enough to keep all busy, few enough for the memory.
_AHEAD = 4
#: Loading the libraries takes a second or two; much longer than that and something is wrong.
_START_SECONDS = 300.0

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Parts(Generic[Item]):
    """What an item consists of: items that take its place, each worked on by itself."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(Generic[Item, Result]):
    """What to do with an item; functions of modules, because they travel to other processes."""

    do: Callable[[Item], Result | Parts[Item]]
    at_once: Callable[[Item], Result | None]  # in this process; None for what has to be done
    stopped: Callable[[Item, str], Result]  # what stands for an item that broke a limit or its process, and why
    prepare: Callable[[], None]  # once per process, outside the limit of time


def in_order(
    work: Work[Item, Result],
    items: Iterable[Item],
    jobs: int,
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    pulse: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, Result]]:
    """The number of an item, from 1, with its result, in their order; an item of several parts has several results.

    `jobs` processes do the work; one job, too, is done in a process of its own. What is done does not depend on their
    number: an item that broke a process which had done others before is tried again in a fresh one. `pulse` is called
    every `PULSE_SECONDS` or more often; what it raises ends the work.
    """
    numbered = enumerate(items, 1)
    begun: deque[_Slot[Item, Result]] = deque()
    crew = _Crew(work.prepare, max(jobs, 1), seconds, memory)
    ended = False
    try:
        while not ended or begun:
            pulse()
            while not ended and len(begun) < _AHEAD * crew.size:
                following = next(numbered, None)
                if following is None:
                    ended = True
                else:
                    begun.append(_Slot(*following, result=work.at_once(following[1])))
            while begun and (result := begun[0].result) is not None:
                yield begun.popleft().number, result
            for slot in begun:
                if slot.result is None and not slot.running and not crew.take(slot, work.do):
                    break
            for slot, outcome in crew.finished():
                if isinstance(outcome, _Broken):
                    slot.result = work.stopped(slot.item, outcome.reason)
                elif isinstance(outcome, Parts):
                    parts = [_Slot(slot.number, item, result=work.at_once(item)) for item in outcome.items]
                    at = begun.index(slot)
                    begun = deque([*list(begun)[:at], *parts, *list(begun)[at + 1 :]])
                else:
                    slot.result = outcome
    finally:
        crew.dismiss()


@dataclass(slots=True, eq=False)
class _Slot(Generic[Item, Result]):
    """An item on its way; `fresh` asks for a process that has done nothing yet."""

    number: int
    item: Item
    result: Result | None = None
    running: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class _Broken:
    """Why there is no result."""

    reason: str


class _Worker:
    """A process with the connection to it. `slot` is what it works on, `deadline` when that or its start must end."""

    def __init__(self, prepare: Callable[[], None], memory: int) -> None:
        # Fresh processes: a fork of one that has threads or an open database would not be safe.
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.kind = (prepare, memory)
        self.process = context.Process(target=_serve, args=(theirs, prepare, memory), daemon=True)
        self.process.start()
        theirs.close()
        self.ready = False
        self.used = False
        self.slot: Any = None
        self.deadline = time.monotonic() + _START_SECONDS

    def end(self) -> int:
        """Stop it with everything it started; what it ended with, if it had ended already."""
        self.connection.close()
        self.process.join(0.2)
        code = self.process.exitcode
        if code is None:
            try:
                os.killpg(self.process.pid or 0, signal.SIGKILL)
            except (AttributeError, OSError):  # no groups here, or it has not made its own yet
                self.process.kill()
            self.process.join()
        self.process.close()
        return code or 0


#: Processes without work, for the next call; several threads may ask for them at once.
_idle: list[_Worker] = []
_choosing = threading.Lock()


class _Crew:
    """The processes of one call."""

    def __init__(self, prepare: Callable[[], None], size: int, seconds: float, memory: int) -> None:
        self.size = size
        self._kind = (prepare, memory)
        self._seconds = seconds
        with _choosing:
            self._workers = [worker for worker in reversed(_idle) if worker.kind == self._kind][:size]
            for worker in self._workers:
                _idle.remove(worker)

    def take(self, slot: Any, do: Callable[[Any], Any]) -> bool:
        """Give the item to a process that is free, or see to it that there will be one; false where all are busy."""
        free = [worker for worker in self._workers if worker.ready and worker.slot is None]
        chosen = next((worker for worker in free if not (slot.fresh and worker.used)), None)
        if chosen is None:
            if free:
                self._remove(free[0])
            if len(self._workers) < self.size:
                self._workers.append(_Worker(*self._kind))
            return len(self._workers) < self.size
        try:
            chosen.connection.send((do, slot.item, self._seconds, Path.cwd()))
        except OSError:  # it ended while it had nothing to do
            self._remove(chosen)
            return True
        chosen.slot, chosen.deadline, slot.running = slot, time.monotonic() + self._seconds, True
        return True

    def finished(self) -> Iterator[tuple[Any, Any]]:
        """Wait until something happens, or for a pulse; items with what came of them."""
        busy = {worker.connection: worker for worker in self._workers if worker.slot is not None or not worker.ready}
        if not busy:
            return
        first = min(worker.deadline for worker in busy.values())
        spoke = wait(list(busy), timeout=max(0.0, min(first - time.monotonic(), PULSE_SECONDS)))
        for connection, worker in busy.items():
            if connection in spoke:
                yield from self._heard(worker)
            elif worker.deadline <= time.monotonic():
                yield from self._lost(worker, self._too_long())

    def _heard(self, worker: _Worker) -> Iterator[tuple[Any, Any]]:
        try:
            outcome, grown = worker.connection.recv()
        except (EOFError, OSError):
            yield from self._lost(worker, None)
            return
        if not worker.ready:
            worker.ready = True
            return
        if isinstance(outcome, _Broken):
            yield from self._lost(worker, outcome.reason)
            return
        slot, worker.slot, worker.used = worker.slot, None, True
        slot.running = False
        if grown:
            self._remove(worker)
        yield slot, outcome

    def _lost(self, worker: _Worker, reason: str | None) -> Iterator[tuple[Any, Any]]:
        """A process that ended by itself, has to be ended, or cannot be trusted with another item."""
        slot, used, memory = worker.slot, worker.used, worker.kind[1]
        code = self._remove(worker)
        if slot is None:
            raise RuntimeError("A process that reads files could not be started; what it said stands above.")
        slot.running = False
        if reason is None and code == -getattr(signal, "SIGXCPU", 0):
            reason = self._too_long()
        elif reason is None and code == -getattr(signal, "SIGKILL", 0):
            reason = _too_large(memory)  # the kernel ends who takes the last of the memory
        if used and reason != self._too_long():
            slot.fresh = True
        else:
            yield slot, _Broken(reason or "the reader crashed on it")

    def _too_long(self) -> str:
        return f"reading it took longer than {self._seconds:g} s"

    def _remove(self, worker: _Worker) -> int:
        self._workers.remove(worker)
        return worker.end()

    def dismiss(self) -> None:
        """Keep the processes that have nothing to do, end the others."""
        for worker in list(self._workers):
            if worker.ready and worker.slot is None:
                _idle.append(worker)
            else:
                self._remove(worker)
        self._workers = []


def _serve(connection: Connection, prepare: Callable[[], None], memory: int) -> None:
    """What a process does: load, then item after item until nobody asks any more."""
    if sys.platform != "win32":
        os.setsid()  # a group of its own, so that it ends with the programs it runs
        _limit(resource.RLIMIT_AS, memory)
        _limit(resource.RLIMIT_CORE, 0)
    inherited = _peak()
    prepare()
    # Libraries talk about broken files; what a person has to know is in the result.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    connection.send((None, False))
    while True:
        try:
            do, item, seconds, folder = connection.recv()
        except (EOFError, OSError):
            return
        os.chdir(folder)
        if sys.platform != "win32":
            used = resource.getrusage(resource.RUSAGE_SELF)
            _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)
        try:
            connection.send((do(item), _peak() > max(inherited, _GROWN * memory)))
        except MemoryError:
            connection.send((_Broken(_too_large(memory)), True))


def _limit(kind: int, value: int) -> None:
    if sys.platform != "win32":
        hardest = resource.getrlimit(kind)[1]
        if hardest == resource.RLIM_INFINITY or value <= hardest:
            resource.setrlimit(kind, (value, hardest))


def _peak() -> int:
    """The most memory this process has held, in bytes; where one was started by a larger one, what that one held."""
    if sys.platform == "win32":
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _too_large(memory: int) -> str:
    return f"reading it needed more than {memory / 2**30:.1f} GB of memory"
