"""What every page and every call of the API works with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from evidence.model.question import Question
from evidence.originals import OriginalFolder
from evidence.pooled_moves import default_questions
from evidence.web.known import Known
from evidence.web.reviewing import Reviewing

if TYPE_CHECKING:
    from evidence.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One running service."""

    store: "Store"
    files: OriginalFolder | None = None  # of uploaded files; None: the service takes none
    questions: Sequence[Question] | None = None  # of a question file; None: those that the store suggests
    local_name: str | None = None  # who decides while there are no users, where told at the start
    hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")  # names under which a browser may ask for it
    secure: bool = False  # served over HTTPS: cookies never travel otherwise
    known: Known = field(init=False)
    reviewing: Reviewing = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", Known(self.store))
        object.__setattr__(self, "reviewing", Reviewing(self.known))

    def asked(self) -> Sequence[Question]:
        """What is pooled: the questions given at the start, else those that the stored numbers suggest."""
        return self.questions if self.questions is not None else default_questions(self.known.records())


def service_of(request: Request) -> Service:
    """The service that got this request."""
    return cast(Service, request.app.state.service)


#: What a route asks for that needs the store or what is known of it.
Serving = Annotated[Service, Depends(service_of)]
