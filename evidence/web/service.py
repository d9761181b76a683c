"""What every page and every call of the API works with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from evidence.model.question import Question
from evidence.model.risk_of_bias import RiskOfBias
from evidence.originals import OriginalFolder
from evidence.pooled_moves import default_questions
from evidence.web.kept import Kept
from evidence.web.known import Known, PartlyKnown
from evidence.web.reviewing import Reviewing
from evidence.web.visitors import Recognised

if TYPE_CHECKING:
    from evidence.store import Store

#: Services kept for people to whom other documents are hidden than to others.
_MOST_PARTLY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One running service."""

    store: "Store"
    files: OriginalFolder | None = None  # of uploaded files; None: the service takes none
    questions: Sequence[Question] | None = None  # of a question file; None: those that the store suggests
    judged: Mapping[str, RiskOfBias] = field(default_factory=dict)  # by id of the questions of the file that say so
    local_name: str | None = None  # who decides while there are no users, where told at the start
    hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")  # names under which a browser may ask for it
    secure: bool = False  # served over HTTPS: cookies never travel otherwise
    known: Known = field(init=False)
    reviewing: Reviewing = field(init=False)
    _partly: dict[frozenset[str], "Service"] = field(init=False, default_factory=dict, repr=False, compare=False)
    kept: Kept = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", Known(self.store))
        object.__setattr__(self, "reviewing", Reviewing(self.known))
        object.__setattr__(self, "kept", Kept())

    def shown_to(self, name: str) -> "Service":
        """The service without the extracted rows that this person must not see yet; see `Assignment.hides_from`."""
        hidden = self.store.dual.hidden_from(name)
        if not hidden:
            return self
        if hidden not in self._partly:
            if len(self._partly) >= _MOST_PARTLY:
                self._partly.clear()
            partly = replace(self)
            object.__setattr__(partly, "known", PartlyKnown(self.known, hidden))
            object.__setattr__(partly, "reviewing", Reviewing(partly.known))
            self._partly[hidden] = partly
        return self._partly.get(hidden) or self.shown_to(name)

    def asked(self) -> Sequence[Question]:
        """What is pooled: the questions given at the start, else those that the stored numbers suggest."""
        return self.questions if self.questions is not None else default_questions(self.known.records())


def service_of(request: Request, visitor: Recognised) -> Service:
    """The service that got this request, as who asks may see it."""
    service: Service = request.app.state.service
    return service.shown_to(visitor.name if visitor else "")


#: What a route asks for that needs the store or what is known of it, which leaves out what who asks must not see yet.
Serving = Annotated[Service, Depends(service_of)]
