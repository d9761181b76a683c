"""Clinical-trial papers into a checked evidence table, and the table into pooled estimates and forest plots.

Three of the rooms do one verb each and are called by their own name: `evidence.read("trial.pdf")` is
`evidence.read.read("trial.pdf")`, likewise `extract` and `check`. Everything is loaded when it is first asked for, so
that `import evidence` and `evidence --help` need none of the large libraries.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evidence import formulas, synthesise
    from evidence.check import check
    from evidence.extract import extract
    from evidence.present.frames import to_frames
    from evidence.read import read
    from evidence.store import open_store

__all__ = ["check", "extract", "formulas", "open_store", "read", "synthesise", "to_frames"]
__version__ = "0.1.0"

#: Rooms that are also the verb they do.
_VERBS = frozenset({"read", "extract", "check"})
#: Public functions and the modules they live in.
_FUNCTIONS = {"open_store": "evidence.store", "to_frames": "evidence.present.frames"}


def __getattr__(name: str) -> Any:
    """Load a public name; the import system itself sets rooms as attributes once they are loaded."""
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    if name in __all__:
        return importlib.import_module(f"evidence.{name}")
    raise AttributeError(f"module 'evidence' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Room(ModuleType):
    """A room that is called by its own name: a module as every other, and its verb."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)


class _Package(ModuleType):
    """Makes the three rooms callable at the one place that every way of importing them passes.

    After `import evidence.read`, from wherever, Python sets the attribute `read` of this package to the module, and
    would hide a function of that name. So the module itself is made callable when it is set. The rooms need not know.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _VERBS and type(value) is ModuleType:
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
