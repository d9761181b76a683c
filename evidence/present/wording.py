"""Numbers, markers and sentences shared by the figure, the terminal, the workbook and the report.

Printed numbers are rounded for reading; what was extracted stays as printed in the tables.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from evidence.formulas.intervals import normal_quantile
from evidence.model.codes import Measure, Report
from evidence.model.derivations import is_computed
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.question import Question
from evidence.model.results import Analysis, Group, GroupTest, Pooled, Stake, StudyEstimate
from evidence.present.names import plain
from evidence.present.scales import Scale, has_prediction, scale_of

NOT_REPORTED = "not reported"
DAGGER = "†"
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Methods of estimation in words.
METHODS = {
    "common": "common-effect model",
    "dl": "DerSimonian-Laird",
    "he": "Hedges-Olkin",
    "hs": "Hunter-Schmidt",
    "sj": "Sidik-Jonkman",
    "ml": "maximum likelihood",
    "reml": "REML",
    "eb": "empirical Bayes",
    "pm": "Paule-Mandel",
}
_DERIVATIONS = {
    "hr_from_events_p": "from the p-value and the events of both arms",
    "hr_from_total_events_p": "from the p-value and the number of all events",
    "hr_from_survival_p": "from survival at one time and the p-value",
    "hr_from_survival_p_events": "from the p-value and the events that survival at one time implies",
    "hr_from_survival_ci": "from survival at one time with its intervals",
    "hr_from_survival_n": "from survival at one time and the numbers of patients",
    "hr_from_medians_approximation": "as the ratio of the medians, an approximation",
}
_INTERVALS = {
    "wald": "Wald interval",
    "hartung_knapp": "Hartung-Knapp interval",
    "hartung_knapp_adhoc": "Hartung-Knapp interval with ad hoc correction",
}


@dataclass(frozen=True, slots=True)
class Footnotes:
    """Markers of each estimate (in the order of the analysis) and the notes they point to.

    A note is its marker and its sentence; several studies share the note they have in common.
    """

    markers: tuple[tuple[str, ...], ...]
    notes: tuple[tuple[str, str], ...]

    def superscript(self, index: int) -> str:
        """Markers of one estimate as one raised text, "†¹ ²"; empty where it has none."""
        return " ".join(superscript(marker) for marker in self.markers[index])


def superscript(marker: str) -> str:
    """A marker with its digits raised."""
    return marker.translate(_SUPERSCRIPT)


def number(value: float, decimals: int = 2) -> str:
    """Fixed decimals with a true minus; what would round to zero keeps its first digit, down to 0.001."""
    size = abs(value)
    if math.isinf(size):
        text = "∞"
    elif 0 < size < 0.5 * 10**-decimals:
        text = "<0.001" if size < 0.0005 else f"{size:.3f}"
        if text.startswith("<"):
            return text if value > 0 else ">−0.001"
    elif size >= 1e6:
        text = f"{size:.1e}"
    else:
        text = f"{size:.{0 if size >= 1000 else decimals}f}"
    return f"−{text}" if value < 0 else text


def natural(scale: Scale, value: float) -> str:
    """A value of the natural scale: two decimals, or one for a percentage."""
    return number(value, 1 if scale.percent else 2)


def interval(scale: Scale, low: float, high: float) -> str:
    """Limits in brackets."""
    return f"[{natural(scale, low)}, {natural(scale, high)}]"


def p_text(p: float) -> str:
    """The p-value with its operator: three decimals below 0.1, where they matter."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.0995 else f"p = {p:.2f}"


def percent(level: float) -> str:
    """A confidence level: "95%"."""
    return f"{level:g}%"


def weights_text(weights: tuple[float, ...]) -> tuple[str, ...]:
    """Weights with one decimal that sum to 100.0: the largest remainders are rounded up."""
    total = sum(weights)
    tenths = [1000 * weight / total for weight in weights]
    floors = [int(tenth) for tenth in tenths]
    missing = 1000 - sum(floors)
    by_remainder = sorted(range(len(tenths)), key=lambda index: floors[index] - tenths[index])
    for index in by_remainder[:missing]:
        floors[index] += 1
    return tuple(f"{floor / 10:.1f}" for floor in floors)


def title_of(analysis: Analysis) -> str:
    """The question's title, else its outcome and measure."""
    question = analysis.question
    return plain(question.title) or f"{' + '.join(question.outcome)}, {scale_of(analysis).words}"


def group_name(group: Group) -> str:
    """A subgroup's name as a heading; codes lose their underscores."""
    return plain(group.name).replace("_", " ")


def footnotes_of(analysis: Analysis, told: Collection[str] = ()) -> Footnotes:
    """A dagger for rows restated by another document, numbers for derivations and for doubts about the rows.

    `told` are notes that stand elsewhere on the page and are left out.
    """
    order: dict[str, str] = {}
    markers = []
    for row in analysis.estimates:
        own = [DAGGER] if row.report == Report.CITED else []
        sentences = [plain(note) for note in row.notes if note not in told]
        if is_computed(row.derivation):
            sentences.insert(0, f"Not reported as such: computed {derivation_text(row.derivation)}.")
        own += sorted((order.setdefault(one, str(len(order) + 1)) for one in dict.fromkeys(sentences)), key=int)
        markers.append(tuple(own))
    notes = [(marker, sentence) for sentence, marker in order.items()]
    if any(DAGGER in own for own in markers):
        notes.insert(
            0, (DAGGER, "As restated by another publication; the study's own report was not read, or does not have it.")
        )
    return Footnotes(markers=tuple(markers), notes=tuple(notes))


def derivation_text(derivation: str) -> str:
    """How a number was computed, in words: "from survival at one time and the p-value"."""
    known = _DERIVATIONS.get(derivation)
    return known or f"from other reported numbers ({plain(derivation).replace('_', ' ')})"


def pooled_lines(analysis: Analysis, p: Callable[[float], str] = p_text) -> list[str]:
    """What stands under a forest plot: model, heterogeneity, tests, prediction interval; or why nothing was pooled.

    `p` writes a p-value.
    """
    pooled, scale = analysis.pooled, scale_of(analysis)
    alone = analysis.reported_only
    too_few = [f"{reported_only_text(analysis, alone)}."] if alone and alone.pooled is None else []
    if pooled is None:
        return [*map(plain, analysis.notes), *too_few] or [_no_pooling(len(analysis.estimates))]
    lines = [f"{model_text(pooled)}.", f"Heterogeneity: {heterogeneity_text(pooled, p)}."]
    if not scale.percent:  # that a proportion differs from one half is nobody's question
        lines.append(f"Overall effect: {overall_text(pooled, p)}.")
    if has_prediction(pooled):
        lines.append(f"{percent(pooled.level)} prediction interval: {prediction_text(pooled, scale)}.")
    if analysis.group_test is not None:
        lines.append(f"Test of subgroup differences: {group_test_text(analysis.group_test, p)}.")
    return lines + too_few


def remarks(analysis: Analysis) -> list[str]:
    """What else a reader of the figure must know: notes of the analysis, and that rows were left out."""
    notes = [*analysis.notes, *analysis.pooled.notes] if analysis.pooled else []  # else they stand above
    if analysis.pooled is not None and (classic := _classic(analysis.pooled, scale_of(analysis))):
        notes.append(f"The classic (Wald) interval is {classic}.")
    if analysis.pooled is not None and analysis.pooled.k == 2:
        notes.append("Two studies: heterogeneity cannot be judged, so no prediction interval is shown.")
    left_out = len(analysis.left_out)
    if left_out:
        notes.append(
            f"Not used: {left_out} further row{'' if left_out == 1 else 's'} of this outcome; "
            "the reasons are listed with the results."
        )
    return list(dict.fromkeys(plain(note) for note in notes))


def _classic(pooled: Pooled, scale: Scale) -> str | None:
    """The interval of the studies' variances alone, where that of Hartung and Knapp is narrower or of two studies."""
    factor = pooled.hartung_knapp_factor
    if pooled.interval != "hartung_knapp" or not factor:
        return None
    half = normal_quantile(pooled.level) * pooled.se / math.sqrt(factor)
    if pooled.k > 2 and pooled.ci_high - pooled.mu >= half:
        return None
    low, high = (natural(scale, scale.natural(pooled.mu + side * half)) for side in (-1, 1))
    return f"{low} to {high}"


def _no_pooling(k: int) -> str:
    if k == 0:
        return "No study matched this question."
    return "One study: nothing to pool." if k == 1 else f"{k} studies, not pooled."


def model_text(pooled: Pooled) -> str:
    """Model and interval in words."""
    model = METHODS.get(pooled.method, pooled.method)
    if pooled.method in METHODS and pooled.method != "common":
        model = f"random-effects model ({model})"
    return f"{model[0].upper()}{model[1:]}, {_INTERVALS.get(pooled.interval, pooled.interval)}"


def heterogeneity_text(pooled: Pooled, p: Callable[[float], str] = p_text) -> str:
    """tau2 with its interval, I2 with its definition, Q."""
    parts = []
    if pooled.tau2 is not None:
        tau2 = f"τ² = {number(pooled.tau2, 3)}"
        if pooled.tau2_low is not None and pooled.tau2_high is not None:
            tau2 += f" ({percent(pooled.level)} CI {number(pooled.tau2_low, 3)} to {number(pooled.tau2_high, 3)})"
        parts.append(tau2)
    if pooled.tau2 is not None and pooled.I2 is not None:
        parts.append(f"I² = {pooled.I2:.1f}% (from τ²)")
    elif pooled.I2_Q is not None:
        parts.append(f"I² = {pooled.I2_Q:.1f}% (from Q)")
    parts.append(f"Q = {pooled.Q:.2f}, df = {pooled.Q_df}, {p(pooled.Q_p)}")
    return ", ".join(parts)


def overall_text(pooled: Pooled, p: Callable[[float], str] = p_text) -> str:
    """Test statistic of the pooled estimate; t where it has degrees of freedom, else z."""
    if pooled.df is None:
        return f"z = {number(pooled.statistic)}, {p(pooled.p_value)}"
    return f"t = {number(pooled.statistic)}, df = {pooled.df:g}, {p(pooled.p_value)}"


def prediction_text(pooled: Pooled, scale: Scale) -> str:
    """Limits of the prediction interval; for callers that know there is one."""
    low, high = prediction_limits(pooled, scale)
    return f"{natural(scale, low)} to {natural(scale, high)}"


def prediction_limits(pooled: Pooled, scale: Scale) -> tuple[float, float]:
    """Prediction interval on the natural scale.

    Raises
    ------
    ValueError
        If the analysis has none.
    """
    if pooled.pi_low is None or pooled.pi_high is None:
        raise ValueError("this analysis has no prediction interval")
    return scale.natural(pooled.pi_low), scale.natural(pooled.pi_high)


def group_test_text(test: GroupTest, p: Callable[[float], str] = p_text) -> str:
    """Q between subgroups."""
    return f"Q = {test.Q:.2f}, df = {test.df}, {p(test.p_value)}"


def estimate_text(scale: Scale, pooled: Pooled) -> str:
    """Pooled estimate and interval on the natural scale: "0.60 [0.40, 0.89]"."""
    low, high = scale.natural(pooled.ci_low), scale.natural(pooled.ci_high)
    return f"{natural(scale, scale.natural(pooled.mu))} {interval(scale, low, high)}"


def reported_only_text(analysis: Analysis, alone: Group) -> str:
    """What stands beside a result that computed estimates are part of: the same without them."""
    scale = scale_of(analysis)
    if alone.pooled is not None:
        return f"Reported only: {scale.short} {estimate_text(scale, alone.pooled)}, {alone.pooled.k} studies"
    if not alone.members:
        return "Reported only: no study; every estimate was computed from other numbers"
    row = analysis.estimates[alone.members[0]]
    return f"Reported only: one study, {plain(row.label)}, {scale.short} {study_text(scale, row)}; nothing to pool"


def study_text(scale: Scale, row: StudyEstimate) -> str:
    """One study's estimate and interval on the natural scale."""
    return f"{natural(scale, row.estimate)} {interval(scale, row.ci_low, row.ci_high)}"


def description_of(analysis: Analysis) -> str:
    """The forest plot in sentences, names in full: for screen readers and for what the drawing abbreviates."""
    scale, pooled = scale_of(analysis), analysis.pooled
    weights = weights_text(pooled.weights) if pooled else ()
    sentences = [f"Forest plot. {title_of(analysis)}."]
    for index, row in enumerate(analysis.estimates):
        sides = " versus ".join(plain(arm.label) for arm in (row.arm, row.comparator) if arm and arm.label)
        text = f"{plain(row.label)}{f' ({sides})' if sides else ''}: {scale.short} {study_text(scale, row)}"
        if scale.null is not None and row.ci_low < scale.null < row.ci_high:
            text += ", crosses the line of no effect"
        sentences.append(f"{text}, weight {weights[index]}%." if weights else f"{text}.")
    if pooled is not None:
        sentences.append(f"Pooled, {pooled.k} studies: {scale.short} {estimate_text(scale, pooled)}.")
    if analysis.reported_only and analysis.reported_only.pooled:
        sentences.append(f"{reported_only_text(analysis, analysis.reported_only)}.")
    for group in analysis.groups:
        if group.pooled is not None:
            sentences.append(
                f"Subgroup {group_name(group)}, {group.pooled.k} studies: {scale.short} "
                f"{estimate_text(scale, group.pooled)}."
            )
    sentences += pooled_lines(analysis) + remarks(analysis)
    sentences += [f"{marker} {note}" for marker, note in footnotes_of(analysis).notes]
    return " ".join(sentences)


def stake_text(stake: Stake) -> str:
    """What leaving a number out does: "OS HR of sorafenib, 5 studies: 0.37 with it, 0.32 without"."""
    proportion = stake.measure in ("PLO", "PFT")
    with_it, without = (
        f"{number(value, 1)}%" if proportion else number(value) for value in (stake.pooled, stake.without)
    )
    what = stake.outcome if proportion else f"{stake.outcome} {stake.measure}"
    return f"{what} of {' + '.join(stake.treatment)}, {stake.k} studies: {with_it} with it, {without} without"


def network_title(question: Question) -> str:
    """The question's title, else its outcome and measure in words."""
    words = CONTRAST_MEASURES[Measure(question.measure or "P")].words
    return plain(question.title) or f"{' + '.join(question.outcome)}, {words}"
