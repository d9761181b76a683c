"""Maps from reference cases to calls of the public statistical functions, a module for each topic.

Each module has `answer(case, columns)`. `case` is a case as the reference files write it (`id`, `call`, `inputs`,
`outputs`), `columns` the columns of its data set, by name. The answer has the keys that the case's `outputs` have, or
is None where the case's `call` is none of the topic's. The modules map names; they compute nothing.
"""

from collections.abc import Mapping
from typing import Any

Case = Mapping[str, Any]
Columns = Mapping[str, list[Any]]

#: metafor's names of methods and tests, and ours.
METHODS = {"FE": "common", "EE": "common", "CE": "common"}
INTERVALS = {"z": "wald", "knha": "hartung_knapp", "adhoc": "hartung_knapp_adhoc"}


def method_of(name: str) -> str:
    """Our name of a method of metafor; those of tau2 are the same in lower case."""
    return METHODS.get(name, name.lower())


def argument(case: Case, columns: Columns, name: str, default: Any = None) -> Any:
    """An input of a case: the column it names, a list of columns, or the numbers themselves."""
    given = case["inputs"].get(name, default)
    if isinstance(given, str) and given in columns:
        return columns[given]
    if isinstance(given, list) and given and all(isinstance(one, str) and one in columns for one in given):
        return [columns[one] for one in given]
    return given
