"""Names of computed rows: the rows each came from, and the methods whose numbers only approximate.

The id of a computed row is made of the ids of its inputs and the method: `9f3a-r12+r14+r20-hr_from_survival_p` was
computed from `9f3a-r12`, `9f3a-r14` and `9f3a-r20`.
"""

from evidence.model.codes import REPORTED
from evidence.model.records import Result

#: Derivation of a reported estimate whose standard error was computed from its own p-value when it was pooled.
FROM_P_VALUE = "se_from_p"
#: Methods that end like this rest on assumptions seldom met, and are used only where they are asked for by name.
_APPROXIMATION = "_approximation"


def derived_id(method: str, *inputs: Result) -> str:
    """Id of a row computed from these rows of one document."""
    prefix = f"{inputs[0].document_id}-"
    names = [row.result_id.removeprefix(prefix) for row in inputs[1:]]
    return f"{'+'.join([inputs[0].result_id, *names])}-{method}"


def inputs_of(row: Result) -> tuple[str, ...]:
    """Ids of the rows a computed row came from; none for a reported one."""
    if row.derivation == REPORTED or not row.result_id.endswith(f"-{row.derivation}"):
        return ()
    first, *others = row.result_id.removesuffix(f"-{row.derivation}").split("+")
    prefix = f"{row.document_id}-" if first.startswith(f"{row.document_id}-") else ""
    return first, *(prefix + name for name in others)


def is_computed(derivation: str) -> bool:
    """Whether the estimate itself, and not its standard error alone, was computed."""
    return derivation not in (REPORTED, FROM_P_VALUE)


def is_approximation(derivation: str) -> bool:
    """Whether a method only approximates."""
    return derivation.endswith(_APPROXIMATION)
