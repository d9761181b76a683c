"""What a visitor sees of the rows on pages that show many of them: one place for the rule."""

import datetime as dt

from evidence.model.records import Records
from evidence.pipeline import checked_records
from evidence.web.service import Service
from evidence.web.visitors import Visitor


def seen_by(service: Service, visitor: Visitor) -> tuple[str, Records]:  # noqa: ARG001
    """The checked rows as they stand for this visitor, after a mark that is another one for other rows."""
    return service.known.dated()


def seen_before(service: Service, visitor: Visitor, moment: dt.datetime) -> Records:  # noqa: ARG001
    """The checked rows as people had left them at a moment, of what this visitor sees."""
    return checked_records(service.store, before=moment)
