"""Agreement of two readings before adjudication, per field, over the rows of finished dual reviews."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from evidence.formulas.agreement import cohen_kappa
from evidence.formulas.proportions import wilson
from evidence.model import tables
from evidence.model.dual import CATEGORIES, NUMBERS, STATUS, Agreement, Assignment, Compared
from evidence.store.pairing import as_compared, as_number

#: By readers, table and field: the document, and the two texts compared.
_Pairs = dict[tuple[str, str, str], list[tuple[str, str, str]]]


def agreements(reviews: Iterable[tuple[Assignment, Sequence[Compared]]]) -> tuple[Agreement, ...]:
    """One for each field that was compared at least once, two reviewers before a reviewer and the extractor.

    A verdict is compared for every row; a column where both kept the row, and of numbers where one of them reports it.
    """
    pairs: _Pairs = defaultdict(list)
    for assignment, rows in reviews:
        readers = "reviewer and extractor" if assignment.by_extractor else "two reviewers"
        for row in rows:
            for field, first, second in _compared(row):
                pairs[readers, row.table, field].append((assignment.document_id, first, second))
    found = []
    for readers in ("two reviewers", "reviewer and extractor"):
        for table in NUMBERS:
            for field in (STATUS, *CATEGORIES[table], *NUMBERS[table]):
                if made := pairs.get((readers, table, field)):
                    found.append(_agreement(readers, table, field, made))
    return tuple(found)


def _compared(row: Compared) -> Iterable[tuple[str, str, str]]:
    kept, also = ("kept" if version.verdict == "kept" else "not kept" for version in (row.first, row.second))
    yield STATUS, kept, also
    if row.first.row is None or row.second.row is None or "not kept" in (kept, also):
        return
    first, second = tables.to_row(row.first.row), tables.to_row(row.second.row)
    for column in CATEGORIES[row.table]:
        yield column, as_compared(column, first), as_compared(column, second)
    for column in NUMBERS[row.table]:
        one, other = as_compared(column, first), as_compared(column, second)
        if one or other:
            yield column, one, other


def _agreement(readers: str, table: str, field: str, made: Sequence[tuple[str, str, str]]) -> Agreement:
    pairs = [(first, second) for _, first, second in made]
    n, agreed = len(pairs), sum(first == second for first, second in pairs)
    share = wilson(agreed, n)
    found = Agreement(
        readers=readers,
        table=table,
        field=field,
        kind="number" if field in NUMBERS[table] else "category",
        documents=len({document_id for document_id, _, _ in made}),
        n=n,
        agreed=agreed,
        same_number=None,
        low=share.low,
        high=share.high,
    )
    if found.kind == "number":
        return replace(found, same_number=sum(as_number(first) == as_number(second) for first, second in pairs))
    categories = tuple(sorted({text for pair in pairs for text in pair}))
    kappa = cohen_kappa(pairs)
    if kappa is None:
        reason = f"both readers used one category alone ({categories[0] or 'not reported'}), so chance agreement is 1"
        return replace(found, categories=categories, reason=reason)
    return replace(
        found,
        kappa=kappa.kappa,
        kappa_se=kappa.se,
        kappa_low=kappa.low,
        kappa_high=kappa.high,
        categories=categories,
    )
