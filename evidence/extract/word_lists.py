"""The lists of words: those in `lexicon/*.toml`, and those that a person adds to them.

The folder that EVIDENCE_LEXICON names adds words of its own, in files of the same names: a drug, an outcome, a disease
area. Each list is read once in the life of a process, because patterns made of it are kept.
"""

import os
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from evidence.errors import LexiconError
from evidence.model.codes import Outcome

#: Where the lists stand.
FOLDER = files("evidence.extract") / "lexicon"


#: Environment variable that names a folder with further words.
VARIABLE = "EVIDENCE_LEXICON"
#: Tables in which a new name is a new entry.
_OPEN = ("drugs", "regimens")
#: What stands in a table of outcomes.toml.
_OUTCOME_KEYS = {"code": str, "name": str, "kind": str, "words": list, "exact": list}
_KINDS = ("time_to_event", "incidence", "response", "safety", "other")


@cache
def word_lists(name: str) -> dict[str, Any]:
    """One list, with the words that a person adds to it.

    Raises
    ------
    LexiconError
        If the added words cannot be read, or do not fit the list.
    """
    shipped = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    added = _added().get(name)
    return shipped if added is None else _joined(shipped, *added)


@cache
def _added() -> dict[str, tuple[Path, dict[str, Any]]]:
    """The lists in the folder of a person, by name."""
    given = os.environ.get(VARIABLE)
    if not given:
        return {}
    folder = Path(given)
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise LexiconError(
            f"{VARIABLE} names {folder}, where there is no list of words (*.toml). See docs/extending.md."
        )
    lists = {path.name.removesuffix(".toml") for path in FOLDER.iterdir() if path.name.endswith(".toml")}
    found = {}
    for path in paths:
        if path.stem not in lists:
            raise LexiconError(f"{path}: no list goes by this name; there are {', '.join(sorted(lists))}.")
        try:
            found[path.stem] = path, tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise LexiconError(f"{path}: the list cannot be read ({error}). Correct it.") from error
    return found


def _joined(shipped: dict[str, Any], path: Path, added: dict[str, Any], where: str = "") -> dict[str, Any]:
    """A list with more words; both have the same kinds of values under the same keys."""
    joined = dict(shipped)
    for key, value in added.items():
        place = f"{where}.{key}" if where else key
        known = shipped.get(key)
        if key == "outcome" and not where:
            joined[key] = [*shipped[key], *_outcomes(value, path)]
        elif isinstance(known, dict) and isinstance(value, dict):
            joined[key] = _joined(known, path, value, place)
        elif (isinstance(known, list) or (known is None and where in _OPEN)) and _is_words(value):
            joined[key] = [*(known or ()), *value]
        elif known is None and where not in _OPEN:
            raise LexiconError(f"{path}: there is no list {place}; there are {', '.join(shipped)}.")
        else:
            raise LexiconError(f'{path}: {place} is no list of words. Write it as ["one", "another"].')
    return joined


def _outcomes(tables: Any, path: Path) -> list[dict[str, Any]]:
    """Tables of outcomes, each with all that one needs."""
    checked = []
    for table in tables if isinstance(tables, list) else [tables]:
        filled = {"exact": [], **table} if isinstance(table, dict) else {}
        faults = [key for key, kind in _OUTCOME_KEYS.items() if not isinstance(filled.get(key), kind)]
        faults += [key for key in filled if key not in _OUTCOME_KEYS]
        faults += [key for key in ("words", "exact") if key not in faults and not _is_words(filled[key])]
        if faults:
            look = ", ".join(dict.fromkeys(faults))
            raise LexiconError(f"{path}: an [[outcome]] has code, name, kind, words and exact; look at {look}.")
        for key, known in (("code", [code.value for code in Outcome]), ("kind", list(_KINDS))):
            if filled[key] not in known:
                raise LexiconError(f"{path}: {filled[key]!r} is no {key} of an outcome; there are {', '.join(known)}.")
        checked.append(filled)
    return checked


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value)


def check_lists() -> None:
    """Read every list.

    Raises
    ------
    LexiconError
        If the folder that EVIDENCE_LEXICON names has no lists, or one that cannot be read or does not fit.
    """
    for name in ("outcomes", "treatments", "arms", "cues"):
        word_lists(name)
