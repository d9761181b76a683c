"""Networks of treatments: what is estimated in them, and what the records of a question give for one.

Estimates are on the scale of analysis (log for ratios); matrices have the row treatment against the column treatment.
"""

from dataclasses import dataclass

from evidence.model.question import Question
from evidence.model.results import LeftOut

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One treatment against the reference, on the scale of analysis."""

    treatment: str
    mu: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network of n treatments. Matrices: row treatment against column treatment; their diagonal is 0.

    `p_scores` are the mean certainty, over the other treatments, that a treatment is better. `Q` is split into
    differences between trials of one design (within) and between designs, which is inconsistency.
    """

    treatments: tuple[str, ...]
    reference: str
    effects: str
    method: str | None  # of tau2; None for common effects
    level: float  # percent
    good: str  # which effects are good ones: "small" or "large"
    k: int  # trials
    contrasts: int
    designs: int
    comparisons: tuple[Comparison, ...]  # each other treatment against the reference
    mu: Matrix
    se: Matrix
    ci_low: Matrix
    ci_high: Matrix
    p_value: Matrix  # on the diagonal 1
    pi_low: Matrix | None
    pi_high: Matrix | None
    p_scores: tuple[float, ...]
    tau2: float | None
    log_likelihood: float | None  # restricted, under "reml"
    I2: float | None  # percent, from Q
    Q: float
    Q_df: int
    Q_p: float | None
    Q_within: float
    Q_within_df: int
    Q_within_p: float | None
    Q_between: float
    Q_between_df: int
    Q_between_p: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialContrast:
    """One trial's effect of treatment `a` against `b`, with the rows it was taken from."""

    study_id: str
    label: str
    a: str
    b: str
    y: float
    v: float  # sampling variance, > 0
    n_a: int | None
    n_b: int | None
    result_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A treatment, or what a group without one is called."""

    name: str
    studies: int
    patients: int | None  # sum over the studies that report it; None where none does
    unreported: int = 0  # studies without a number of patients
    is_treatment: bool = True  # False: named by the words of the reports ("control")


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """What the trials of two treatments themselves say of `a` against `b`."""

    a: str
    b: str
    k: int
    mu: float
    se: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Treatments that trials connect, and what was estimated among them; `why_not` where nothing could be."""

    treatments: tuple[str, ...]
    network: Network | None
    direct: tuple[Direct, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAnalysis:
    """The answer to a question about a network: what went in, what was left out and why, estimates part by part."""

    question: Question
    contrasts: tuple[TrialContrast, ...]
    nodes: tuple[Node, ...]  # in the order of the alphabet
    multi_arm: tuple[tuple[str, tuple[str, ...]], ...]  # trials of three arms and more, with their treatments
    parts: tuple[Part, ...]  # the largest first
    left_out: tuple[LeftOut, ...]
    ranked: bool  # whether the outcome tells which effects are good ones
    notes: tuple[str, ...] = ()
