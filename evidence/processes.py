"""A function over many items in several processes: results in the order of the items, however the processes end."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

#: Items worked ahead of the one waited for, per process: enough to keep all busy, few enough for the memory.
_AHEAD = 4

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int, died: Callable[[Item], Result]
) -> Iterator[Result]:
    """`work` of every item, in their order; with one job in this process, else in `jobs` others.

    An item whose process ends without a result (killed for its memory, crashed in a library) gives `died` of it; the
    others are worked on. `work` and the items have to be picklable.
    """
    if jobs <= 1:
        yield from map(work, items)
        return
    waiting = iter(items)
    pool = _pool(jobs)
    ahead: deque[tuple[Item, Future[Result]]] = deque()
    try:
        while True:
            for item in itertools.islice(waiting, _AHEAD * jobs - len(ahead)):
                ahead.append((item, pool.submit(work, item)))
            if not ahead:
                return
            item, future = ahead.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                # One of the items ahead ended its process, and with it the pool: this one is tried alone.
                pool.shutdown(cancel_futures=True)
                yield _alone(work, item, died)
                pool = _pool(jobs)
                ahead = deque((other, pool.submit(work, other)) for other, _ in ahead)
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(work: Callable[[Item], Result], item: Item, died: Callable[[Item], Result]) -> Result:
    with _pool(1) as pool:
        try:
            return pool.submit(work, item).result()
        except BrokenProcessPool:
            return died(item)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Fresh processes: a fork of one that has threads or an open database would not be safe."""
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
