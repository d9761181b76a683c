"""What a caption says beside the outcome: of whom the table is."""

import re
from collections.abc import Iterable

_PEOPLE = re.compile(
    r"(?:in|among|for|of|only|the|a|-|,|\(|\s)*(?P<who>(?:subgroup of |subset of )?(?:[\w-]+ ){0,2}?"
    r"(?:patients?|participants|subjects|women|men|adults|children|cases|those)\b.*)",
    re.IGNORECASE,
)


def people_of_caption(caption: str, others: Iterable[str]) -> str | None:
    """The part of the patients that a table is about: what its caption adds to the caption of another table.

    "Predictors of survival in women", beside "Predictors of survival", is about women; alone it may be about everybody.
    """
    bare = caption.strip(" .").lower()
    for other in others:
        shorter = other.strip(" .").lower()
        added = caption.strip(" .")[len(shorter) :]
        if shorter and bare.startswith(shorter) and (match := _PEOPLE.fullmatch(added)):
            return re.sub(r"^patients? with ", "", match["who"].strip(" )"), flags=re.IGNORECASE)
    return None
