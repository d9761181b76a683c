"""A question about a network answered from records: treatments, the parts that trials connect, and their estimates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evidence.errors import SynthesisError
from evidence.model.codes import Measure, Outcome
from evidence.model.matching import plain
from evidence.model.measures import lower_is_better
from evidence.model.networks import Direct, NetworkAnalysis, Node, Part, TrialContrast
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.results import LeftOut
from evidence.synthesise.network import network
from evidence.synthesise.network_rows import network_rows
from evidence.synthesise.network_split import net_split


def answer_network(
    question: Question,
    records: Records,
    *,
    reference: str | None = None,
    effects: str = "random",
    method: str = "reml",
) -> NetworkAnalysis:
    """Select the contrasts of a network and estimate every treatment against every other.

    Parameters
    ----------
    question : Question
        With a measure that compares arms. `treatment` asks for trials with one of these arms; `treatment` and
        `comparator` together ask for comparisons among these only.
    records : Records
        Of any number of documents; a study that several of them report counts once.
    reference, effects, method
        As in `network`. A reference outside of a part of the network is none for this part.

    Returns
    -------
    NetworkAnalysis
        Parts that no trial connects are estimated each by itself.

    Raises
    ------
    SynthesisError
        If the measure compares no arms, or the reference is none of the treatments.

    Notes
    -----
    Of a trial of three arms and more that does not give all contrasts of its arms, those of the largest set of arms
    that has them all are used: how much its contrasts share follows only from the variances of all of them.
    """
    if question.kind not in ("contrast", "counts"):
        raise SynthesisError(
            f"A network compares treatments, and {question.measure or 'no measure'} does not; ask for HR, OR, RR or "
            "another measure of two arms."
        )
    chosen = network_rows(question, records)
    contrasts = chosen.contrasts
    nodes = _nodes(contrasts, chosen.treatments)
    names = {plain(node.name): node.name for node in nodes}
    if reference is not None and plain(reference) not in names:
        known = ", ".join(names.values()) or "(none)"
        raise SynthesisError(f"The reference {reference!r} is none of the treatments of this network: {known}.")
    good = _good(question)
    options = {"effects": effects, "method": method, "level": question.level, "good": good or "small"}
    first = names[plain(reference)] if reference is not None else None
    parts = [
        _part(members, [row for row in contrasts if row.a in members], first, options) for members in _parts(contrasts)
    ]
    return NetworkAnalysis(
        question=question,
        contrasts=contrasts,
        nodes=nodes,
        multi_arm=_multi_arm(contrasts),
        parts=tuple(sorted(parts, key=lambda part: (-len(part.treatments), part.treatments))),
        left_out=chosen.left_out,
        ranked=good is not None,
        notes=tuple(_notes(nodes, chosen.left_out, contrasts)),
    )


def _nodes(contrasts: Iterable[TrialContrast], treatments: frozenset[str]) -> tuple[Node, ...]:
    """Each node with its studies and the patients of those that report their number."""
    sizes: defaultdict[str, dict[str, int | None]] = defaultdict(dict)
    for row in contrasts:
        for name, n in ((row.a, row.n_a), (row.b, row.n_b)):
            known = sizes[name].get(row.study_id)
            sizes[name][row.study_id] = n if known is None else max(known, n or 0)
    nodes = []
    for name, own in sorted(sizes.items(), key=lambda item: item[0].casefold()):
        reported = [n for n in own.values() if n is not None]
        nodes.append(
            Node(
                name=name,
                studies=len(own),
                patients=sum(reported) if reported else None,
                unreported=len(own) - len(reported),
                is_treatment=name in treatments,
            )
        )
    return tuple(nodes)


def _parts(contrasts: Iterable[TrialContrast]) -> list[tuple[str, ...]]:
    """Sets of nodes that trials connect."""
    parts: list[set[str]] = []
    for row in contrasts:
        joined = {row.a, row.b}.union(*(part for part in parts if part & {row.a, row.b}))
        parts = [part for part in parts if not part & joined] + [joined]
    return [tuple(sorted(part, key=str.casefold)) for part in parts]


def _part(
    members: tuple[str, ...], rows: Sequence[TrialContrast], reference: str | None, options: Mapping[str, Any]
) -> Part:
    named = (
        [row.label for row in rows],  # as a message names a trial; labels are distinct
        [row.a for row in rows],
        [row.b for row in rows],
        [row.y for row in rows],
        [row.v for row in rows],
    )
    own = {**options, "reference": reference if reference in members else None}
    try:
        estimated = network(*named, **own)
        splits = net_split(*named, **own)
    except SynthesisError as error:
        return Part(treatments=members, network=None, why_not=str(error))
    direct = tuple(
        Direct(a=split.a, b=split.b, k=split.k, mu=split.direct.mu, se=split.direct.se)
        for split in splits
        if split.direct is not None
    )
    return Part(treatments=estimated.treatments, network=estimated, direct=direct)


def _multi_arm(contrasts: Iterable[TrialContrast]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    arms: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in contrasts:
        arms[row.label, row.study_id] |= {row.a, row.b}
    return tuple((label, tuple(sorted(own, key=str.casefold))) for (label, _), own in arms.items() if len(own) > 2)


def _good(question: Question) -> str | None:
    """Which effects are good ones: "small", "large", or None where the outcomes do not tell."""
    found = {lower_is_better(Outcome(code), Measure(question.measure or "")) for code in question.outcome}
    return {True: "small", False: "large", None: None}[found.pop()] if len(found) == 1 else None


def _notes(nodes: Iterable[Node], left_out: Sequence[LeftOut], contrasts: Sequence[TrialContrast]) -> Iterator[str]:
    if not contrasts:
        rows = len(left_out)
        yield "Nothing matched: " + (
            f"{rows} rows have the outcome, and each says why it was left out." if rows else "no row has the outcome."
        )
    for node in nodes:
        if not node.is_treatment and node.studies > 1:
            yield (
                f"{node.name!r} joins what {node.studies} studies call so; whether these patients were treated alike, "
                "they do not say."
            )


def network_dict(analysis: NetworkAnalysis) -> dict[str, Any]:
    """The network as plain data for JSON; figures are on the scale of analysis."""
    return {
        "question": analysis.question.id,
        "measure": analysis.question.measure,
        "treatments": [asdict(node) for node in analysis.nodes],
        "contrasts": [asdict(row) for row in analysis.contrasts],
        "multi_arm": {label: list(arms) for label, arms in analysis.multi_arm},
        "parts": [asdict(part) for part in analysis.parts],
        "ranked": analysis.ranked,
        "left_out": [asdict(row) for row in analysis.left_out],
        "notes": list(analysis.notes),
    }
