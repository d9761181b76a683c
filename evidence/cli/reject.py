"""`evidence reject`: a person's decision that a number does not count."""

import typer

from evidence.cli.decisions import ByOption, ReasonOption, ResultIds
from evidence.cli.shared import StoreOption, opened


def reject(result_ids: ResultIds, by: ByOption, reason: ReasonOption = None, store: StoreOption = None) -> None:
    """Record that a number does not count. All the numbers named are decided, or none.

    Example: evidence reject 3f2a…-c4 --by "A. Reviewer" --reason "a subgroup, not the trial"
    """
    with opened(store) as known:
        known.decide(result_ids, "reject", by=by, reason=reason)
    typer.echo(f"rejected {len(result_ids)}")
