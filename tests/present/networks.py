"""Networks built by hand, as a synthesis gives them."""

import itertools
from collections.abc import Sequence

from evidence.model.networks import Direct, NetworkAnalysis, Node, Part, TrialContrast
from evidence.model.question import Question
from evidence.synthesise import network

QUESTION = Question(id="net", outcome=("OS",), measure="HR")


def contrast(study: str, a: str, b: str, y: float, v: float = 0.05, *, n: int | None = 60) -> TrialContrast:
    """One trial's contrast."""
    return TrialContrast(
        study_id=study, label=study, a=a, b=b, y=y, v=v, n_a=n, n_b=n, result_ids=(f"{study}-{a}-{b}",)
    )


def analysis_of_network(rows: Sequence[TrialContrast], **more: object) -> NetworkAnalysis:
    """The answer made of these contrasts; parts as they are connected."""
    names = sorted({name for row in rows for name in (row.a, row.b)})
    parts: list[set[str]] = []
    for row in rows:
        joined = {row.a, row.b}.union(*(part for part in parts if part & {row.a, row.b}))
        parts = [part for part in parts if not part & joined] + [joined]
    nodes = []
    for name in names:
        own = [n for row in rows for side, n in ((row.a, row.n_a), (row.b, row.n_b)) if side == name]
        known = [n for n in own if n is not None]
        nodes.append(
            Node(
                name=name,
                studies=len(own),
                patients=sum(known) if known else None,
                unreported=len(own) - len(known),
                is_treatment=name != "control",
            )
        )
    fields: dict[str, object] = {
        "question": QUESTION,
        "contrasts": tuple(rows),
        "nodes": tuple(nodes),
        "multi_arm": (),
        "parts": tuple(_part(tuple(sorted(part)), [row for row in rows if row.a in part]) for part in parts),
        "left_out": (),
        "ranked": True,
    }
    return NetworkAnalysis(**(fields | more))  # type: ignore[arg-type]


def _part(members: tuple[str, ...], rows: Sequence[TrialContrast]) -> Part:
    columns = [[getattr(row, name) for row in rows] for name in ("study_id", "a", "b", "y", "v")]
    direct = {(row.a, row.b): row for row in rows}
    return Part(
        treatments=members,
        network=network(*columns),
        direct=tuple(Direct(a=a, b=b, k=1, mu=row.y, se=row.v**0.5) for (a, b), row in direct.items()),
    )


def star(n: int, *, loops: int = 2) -> NetworkAnalysis:
    """n drugs against control, and some against one another."""
    rows = [
        contrast(f"Trial {index}", f"drug {index}", "control", -0.1 * index, n=40 + 30 * index) for index in range(1, n)
    ]
    pairs = itertools.islice(itertools.combinations(range(1, n), 2), loops)
    rows += [contrast(f"Head {a}-{b}", f"drug {a}", f"drug {b}", -0.1 * (a - b)) for a, b in pairs]
    return analysis_of_network(rows)
