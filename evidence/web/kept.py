"""What pages compute from rows, kept until it is long unused."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

_T = TypeVar("_T")
#: Answers, lists and pictures that are kept; one of a few hundred studies takes some 100 kB.
_MOST = 500


class Kept:
    """What was computed from rows, under their mark; the longest unused goes first. One object for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[tuple[str, Hashable], object] = OrderedDict()

    def of(self, mark: str, about: Hashable, compute: Callable[[], _T]) -> _T:
        """What is kept about this, else what is computed now; two who ask at once may both compute it."""
        with self._lock:
            if (mark, about) in self._found:
                self._found.move_to_end((mark, about))
                return cast(_T, self._found[mark, about])
        made = compute()
        with self._lock:
            self._found[mark, about] = made
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return made
