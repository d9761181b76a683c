"""Which rows a review must not touch or show: those that two people read independently of each other."""

from typing import TYPE_CHECKING

from evidence.model.dual import Assignment

if TYPE_CHECKING:
    from evidence.web.service import Service


def dual_review_of(service: "Service", document_id: str) -> Assignment | None:
    """The dual review that a document is under; None where its rows are decided by one person."""
    return next(iter(service.store.dual.assignments(document_id=document_id, open_only=True)), None)


def under_dual_review(service: "Service") -> frozenset[str]:
    """The documents under dual review."""
    return frozenset(each.document_id for each in service.store.dual.assignments(open_only=True))
