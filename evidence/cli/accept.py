"""`evidence accept`: a person's decision that a number is right."""

import typer

from evidence.cli.decisions import ByOption, ReasonOption, ResultIds
from evidence.cli.shared import StoreOption, opened


def accept(result_ids: ResultIds, by: ByOption, reason: ReasonOption = None, store: StoreOption = None) -> None:
    """Record that a number is right. All the numbers named are decided, or none.

    Example: evidence accept 3f2a…-c4 --by "A. Reviewer"
    """
    with opened(store) as known:
        known.decide(result_ids, "accept", by=by, reason=reason)
    typer.echo(f"accepted {len(result_ids)}")
