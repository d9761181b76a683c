"""The fields of a form in which a row is corrected or entered: codes to choose from, everything else to type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.model import tables
from evidence.model.codes import Adjustment, Measure, Outcome
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.records import Arm, Records
from evidence.web.wording import NAMES

#: Before the name of a column in a form, so that it is never taken for another field.
PREFIX = "v_"
#: Columns without which a row says nothing.
NEEDED = ("arm", "comparator", "outcome", "measure")
_OPERATORS = ("=", "<", ">", "<=", ">=")
_NUMBERS = ("number", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column in a form."""

    name: str  # of the column
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()  # value and words; empty for what is typed
    numeric: bool = False


def fields(table: str, values: Mapping[str, str], arms: Iterable[Arm]) -> tuple[Field, ...]:
    """The columns that a person may set, with the values they have in a form."""
    kinds = {column.name: column.kind for column in tables.TABLES[table]}
    choices = _choices(table, tuple(arms))
    return tuple(
        Field(
            name=name,
            label=NAMES[name],
            value=values.get(name, ""),
            options=_with(choices.get(name, ()), values.get(name, "")),
            numeric=kinds[name] in _NUMBERS,
        )
        for name in tables.CORRECTABLE[table]
    )


def typed(table: str, sent: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the columns of a form, without spaces around it; line breaks as the tables have them."""
    return {
        name: sent[PREFIX + name].replace("\r\n", "\n").strip()
        for name in tables.CORRECTABLE[table]
        if PREFIX + name in sent
    }


def changed(values: Mapping[str, str], row: Mapping[str, str]) -> dict[str, str]:
    """The typed values that differ from the row's."""
    return {name: text for name, text in values.items() if text != row.get(name, "").strip()}


def arms_of(records: Records, document_id: str, study_id: str | None = None) -> tuple[Arm, ...]:
    """The arms of a document, or of a study in it."""
    return tuple(arm for arm in records.arms if arm.document_id == document_id and study_id in (None, arm.study_id))


def _choices(table: str, arms: Sequence[Arm]) -> Mapping[str, Sequence[tuple[str, str]]]:
    compares = table == "contrasts"
    measures = tuple(measure for measure in Measure if (measure in CONTRAST_MEASURES) == compares)
    of_study = (("", "none, or all patients"), *((arm.arm_id, arm.label) for arm in arms))
    return {
        "arm_id": of_study,
        "comparator_arm_id": of_study,
        "outcome": tuple((code.value, code.value) for code in Outcome),
        "measure": tuple((code.value, code.value.replace("_", " ")) for code in measures),
        "adjustment": (("", "not said"), *((code.value, code.value) for code in Adjustment)),
        "p_operator": (("", ""), *((sign, sign) for sign in _OPERATORS)),
        "not_reached": (("", "no"), ("true", "yes")),
    }


def _with(options: Sequence[tuple[str, str]], value: str) -> Sequence[tuple[str, str]]:
    """The options, with a value that is none of them, so that a form never says what nobody chose."""
    known = {option for option, _ in options}
    return options if not options or value in known else ((value, value or "choose"), *options)
