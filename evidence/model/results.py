"""What a synthesis gives: one pooled estimate with its heterogeneity. Everything is on the analysis scale."""

import math
from dataclasses import dataclass

from evidence.model.question import Question
from evidence.model.risk_of_bias import RiskOfBias


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """One pooled estimate of k studies, named as metafor names it.

    `mu`, `se` and the limits are on the analysis scale (log for ratios). `I2` and `H2` come from tau2 and the typical
    sampling variance, as metafor and RevMan define them, and so do their limits, from those of tau2; `I2_Q` is
    100 (Q - df) / Q, with its own limits from the distribution of Q. `weights` are percent and sum to 100. `None`
    stands where a figure is not defined (the interval of tau2 of one study, a prediction interval of two with k - 2
    degrees of freedom) or not computed by the method. The likelihood is the restricted one under "reml", else the full
    one.
    """

    method: str
    interval: str
    level: float  # percent
    k: int
    mu: float
    se: float
    statistic: float
    df: float | None  # None: the statistic is normal
    p_value: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None
    tau2: float | None
    se_tau2: float | None
    tau2_low: float | None
    tau2_high: float | None
    Q: float
    Q_df: int
    Q_p: float
    I2: float | None
    H2: float | None
    I2_Q: float | None
    weights: tuple[float, ...]
    notes: tuple[str, ...] = ()  # what a reader must know: a fallback taken, an interval not defined
    typical_variance: float | None = None
    hartung_knapp_factor: float | None = None  # Q(tau2) / df: what the Wald variance is multiplied by
    I2_low: float | None = None
    I2_high: float | None = None
    H2_low: float | None = None
    H2_high: float | None = None
    H2_Q: float | None = None  # Q / df
    I2_Q_low: float | None = None
    I2_Q_high: float | None = None
    log_likelihood: float | None = None
    AIC: float | None = None
    BIC: float | None = None
    AICc: float | None = None

    @property
    def H(self) -> float | None:  # noqa: N802
        """Square root of the Q-based H2, at least 1."""
        return None if self.H2_Q is None else math.sqrt(max(1.0, self.H2_Q))

    @property
    def H_low(self) -> float | None:  # noqa: N802
        """Lower limit of H."""
        return None if self.I2_Q_low is None else (1 - self.I2_Q_low / 100) ** -0.5

    @property
    def H_high(self) -> float | None:  # noqa: N802
        """Upper limit of H."""
        return None if self.I2_Q_high is None else (1 - self.I2_Q_high / 100) ** -0.5

    @property
    def tau(self) -> float | None:
        """Between-study standard deviation, in units of y."""
        return None if self.tau2 is None else math.sqrt(self.tau2)

    @property
    def tau_low(self) -> float | None:
        """Lower limit of tau."""
        return None if self.tau2_low is None else math.sqrt(self.tau2_low)

    @property
    def tau_high(self) -> float | None:
        """Upper limit of tau."""
        return None if self.tau2_high is None else math.sqrt(self.tau2_high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCount:
    """What one arm contributes to a row of a forest plot."""

    label: str
    n: int | None
    events: int | None = None
    treatment: tuple[str, ...] = ()  # normal names


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEstimate:
    """One study's effect as it enters the pooling, with the rows it was taken from."""

    study_id: str
    label: str
    result_ids: tuple[str, ...]
    y: float  # analysis scale
    v: float  # sampling variance, > 0
    estimate: float  # natural scale
    ci_low: float
    ci_high: float
    arm: ArmCount
    comparator: ArmCount | None = None
    group: str | None = None  # value of the question's subgroup_by column
    outcome: str = ""
    report: str = ""
    design: str | None = None
    adjustment: str | None = None
    derivation: str = "reported"
    error_flags: tuple[str, ...] = ()  # checks that found a contradiction in its rows, which a person accepted
    notes: tuple[str, ...] = ()  # flags on its rows and choices made, one sentence each


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that answers the question's outcome but was not pooled, and why."""

    result_id: str
    study_id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What leaving a number out does to the analysis it enters by default."""

    result_id: str
    outcome: str
    measure: str
    treatment: tuple[str, ...]
    k: int  # studies with the number
    pooled: float  # with the number, on the natural scale
    without: float
    change: float  # of the pooled estimate on the scale of analysis (log or logit), without its sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One subgroup of studies; `members` are indices into the analysis' estimates."""

    name: str
    members: tuple[int, ...]
    pooled: Pooled | None  # None for fewer than two studies
    single: Pooled | None = None  # the study of a group of one, as it enters the test


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTest:
    """Test of subgroup differences: Q between, its degrees of freedom and p.

    With a common tau2 and a Hartung-Knapp interval it is an F test of Q / df with `df` and `df2` degrees of freedom.
    """

    Q: float
    df: int
    p_value: float
    df2: float | None = None
    Q_within: float | None = None  # what differs inside the groups, at tau2 = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The answer to one question: what went in, what was left out, and the pooled estimate where k >= 2.

    Where a computed estimate went in, `reported_only` holds those that were not computed, pooled alike. `bias` has the
    reviewers' judgements of its studies for the forest plot.
    """

    question: Question
    estimates: tuple[StudyEstimate, ...]
    left_out: tuple[LeftOut, ...]
    pooled: Pooled | None
    groups: tuple[Group, ...] = ()
    group_test: GroupTest | None = None
    reported_only: Group | None = None
    notes: tuple[str, ...] = ()
    bias: RiskOfBias | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsSection:
    """What was done in one step of an analysis, in the past tense: sentences, then a list."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
