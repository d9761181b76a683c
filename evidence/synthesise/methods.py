"""The methods section of one analysis, in the past tense, saying what was done and not what could have been."""

from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version

from evidence.model.derivations import FROM_P_VALUE, is_computed
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.results import Analysis, MethodsSection
from evidence.synthesise.report import pooled_dict

_ESTIMATORS = {
    "dl": ("the DerSimonian-Laird estimator", "DerSimonian & Laird 1986, Control Clin Trials 7:177-188"),
    "he": ("the Hedges estimator", "Hedges & Olkin 1985, Statistical Methods for Meta-Analysis"),
    "hs": ("the Hunter-Schmidt estimator", "Hunter & Schmidt 1990, Methods of Meta-Analysis"),
    "sj": ("the Sidik-Jonkman estimator", "Sidik & Jonkman 2005, Appl Stat 54:367-384"),
    "ml": ("maximum likelihood", "Viechtbauer 2005, J Educ Behav Stat 30:261-293"),
    "reml": ("restricted maximum likelihood", "Viechtbauer 2005, J Educ Behav Stat 30:261-293"),
    "eb": ("the empirical Bayes estimator", "Morris 1983, J Am Stat Assoc 78:47-55"),
    "pm": ("the Paule-Mandel estimator", "Paule & Mandel 1982, J Res NBS 87:377-385"),
}
_INTERVALS = {
    "wald": "The confidence interval was the classic one, from the normal distribution.",
    "hartung_knapp": (
        "The confidence interval was that of Hartung and Knapp (t distribution with k - 1 degrees of freedom)."
    ),
    "hartung_knapp_adhoc": (
        "The confidence interval was that of Hartung and Knapp (t distribution with k - 1 degrees of freedom), with a "
        "standard error never below the classic one."
    ),
}
_HARTUNG_KNAPP = "Hartung & Knapp 2001, Stat Med 20:3875-3889; Sidik & Jonkman 2002, Stat Med 21:3153-3159"
_ADHOC = "Roever, Knapp & Friede 2015, BMC Med Res Methodol 15:99"
_PREDICTION = "Higgins, Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159"
_Q_PROFILE = "Viechtbauer 2007, Stat Med 26:37-52"
_I2 = "Higgins & Thompson 2002, Stat Med 21:1539-1558"
_PROPORTIONS = {
    "PLO": "logit-transformed proportions (variance 1/events + 1/non-events; 0.5 added to both where one was 0)",
    "PFT": "Freeman-Tukey double arcsine transformed proportions, brought back at the harmonic mean of the totals",
}
_OF_PROPORTIONS = {"PFT": "Freeman & Tukey 1950, Ann Math Stat 21:607-611; Miller 1978, Am Stat 32:138"}
_HAZARDS = "Parmar, Torri & Stewart 1998, Stat Med 17:2815-2834; Tierney et al. 2007, Trials 8:16"
#: By how the name of a derivation begins.
_OF_DERIVATIONS = {
    FROM_P_VALUE: _HAZARDS,
    "hr_from": _HAZARDS,
    "hr_from_medians": "Machin, Cheung & Parmar 2006, Survival Analysis: A Practical Approach, section 4.2",
}
_EXACT = "Clopper & Pearson 1934, Biometrika 26:404-413"
_METAFOR = "Viechtbauer 2010, J Stat Softw 36(3):1-48"

#: Packages whose versions decide figures.
_PACKAGES = ("evidence", "pymare", "numpy", "scipy")


def methods_text(analysis: Analysis, versions: Mapping[str, str] | None = None) -> str:
    """Markdown for a report's methods section.

    Parameters
    ----------
    analysis : Analysis
        The analysis to describe.
    versions : mapping from package to version
        As they are to stand in the text; None takes the installed ones.
    """
    blocks = [f"# Methods: {analysis.question.title or analysis.question.id}"]
    for section in methods_sections(analysis, versions):
        blocks += [f"## {section.heading}", *section.paragraphs]
        if section.items:
            blocks.append("\n".join(f"- {item}" for item in section.items))
    return "\n\n".join(blocks) + "\n"


def methods_sections(analysis: Analysis, versions: Mapping[str, str] | None = None) -> tuple[MethodsSection, ...]:
    """The same section by section; the last two, software and references, are alike for all analyses of a run."""
    references: list[str] = []
    sections = [
        _selection(analysis, references),
        MethodsSection(heading="Effects", paragraphs=(_effects(analysis, references),)),
        MethodsSection(heading="Synthesis", paragraphs=(_synthesis(analysis, references),)),
    ]
    if analysis.groups:
        sections.append(MethodsSection(heading="Subgroups", paragraphs=(_subgroups(analysis),)))
    notes = (*analysis.notes, *(analysis.pooled.notes if analysis.pooled else ()))
    if notes:
        sections.append(MethodsSection(heading="Notes", items=notes))
    listed = versions or {name: version(name) for name in _PACKAGES}
    references.append(_METAFOR)
    software = (
        "Computed with " + ", ".join(f"{name} {number}" for name, number in listed.items()) + ". "
        "`reproduce.R` repeats every pooled figure with the R package metafor. metafor stops its iterations earlier by "
        "default, so that its printed tau2 can differ in the fourth digit; the script lets it converge."
    )
    return (
        *sections,
        MethodsSection(heading="Software", paragraphs=(software,)),
        MethodsSection(heading="References", items=tuple(dict.fromkeys(references))),
    )


def _selection(analysis: Analysis, references: list[str]) -> MethodsSection:
    question = analysis.question
    asked = [f"outcome {' or '.join(question.outcome)}"]
    for words, values in (
        ("treatment", question.treatment),
        ("comparator", question.comparator),
        ("population", question.population),
        ("design", question.design),
        ("row status", question.status),
    ):
        if values:
            asked.append(f"{words} {' or '.join(values)}")
    asked.append(f"subgroup {question.subgroup}" if question.subgroup else "the whole study population")
    if question.timepoint_months is not None:
        asked.append(f"{question.timepoint_months:g} months")
    sentences = [f"Rows of the evidence tables were selected by {', '.join(asked)}; each study entered once."]
    sentences.append(
        "Reported rows were preferred to rows computed from other numbers, which were "
        + ("admitted" if question.include_derived else "not used")
        + "; the study's own report was preferred to citations in other documents, which were "
        + ("used only where it gave no estimate" if question.include_cited else "not used")
        + f". Adjustment: {question.adjustment.replace('_', ' ')}."
    )
    cited = [row.label for row in analysis.estimates if row.report == "cited"]
    if cited:
        sentences.append(f"Taken from a citation: {', '.join(cited)}.")
    computed = [f"{row.label} ({row.derivation})" for row in analysis.estimates if is_computed(row.derivation)]
    if computed:
        sentences.append(f"Computed from other reported numbers: {', '.join(computed)}.")
    with_p = [row.label for row in analysis.estimates if row.derivation == FROM_P_VALUE]
    if with_p:
        sentences.append(
            f"Reported without an interval, with the standard error computed from the p-value: {', '.join(with_p)}."
        )
    for start, reference in _OF_DERIVATIONS.items():
        if any(row.derivation.startswith(start) for row in analysis.estimates):
            references.append(reference)
    sentences.append(
        f"{len(analysis.estimates)} studies entered and {len(analysis.left_out)} rows of the outcome were left out; "
        "rows.csv lists each with its reason."
    )
    reasons = Counter(row.reason for row in analysis.left_out).most_common(8)
    return MethodsSection(
        heading="Selection",
        paragraphs=(" ".join(sentences), *(["Most frequent reasons:"] if reasons else [])),
        items=tuple(f"{count}: {reason}" for reason, count in reasons),
    )


def _effects(analysis: Analysis, references: list[str]) -> str:
    measure = analysis.question.measure or ""
    level = analysis.question.level
    if measure in _PROPORTIONS:
        references += [_EXACT, *([_OF_PROPORTIONS[measure]] if measure in _OF_PROPORTIONS else [])]
        return (
            f"The analysis used {_PROPORTIONS[measure]}. Intervals of single studies are exact {level:g}% intervals "
            "(Clopper-Pearson)."
        )
    facts = next(facts for code, facts in CONTRAST_MEASURES.items() if code.value == measure)
    scale = "as natural logarithms" if facts.log_scale else "as fractions" if measure == "RD" else "as reported"
    text = f"The effect measure was the {facts.words}, analysed {scale}."
    if any(row.arm.events is not None for row in analysis.estimates):
        text += " Effects and variances came from the numbers of events and patients in both arms."
    if any(row.arm.events is None for row in analysis.estimates):
        text += (
            " Reported estimates entered as printed; the standard error is the width of the reported interval on this "
            "scale over twice the normal quantile of its level."
        )
    return text


def _synthesis(analysis: Analysis, references: list[str]) -> str:
    pooled = analysis.pooled
    if pooled is None:
        return f"Nothing was pooled ({len(analysis.estimates)} studies)."
    if pooled.method == "common":
        first = f"{pooled.k} studies were pooled in a common-effect model with inverse-variance weights."
    else:
        name, reference = _ESTIMATORS[pooled.method]
        references.append(reference)
        first = (
            f"{pooled.k} studies were pooled in a random-effects model; the variance between studies (tau2) was "
            f"estimated by {name}."
        )
    sentences = [first, _INTERVALS[pooled.interval]]
    if pooled.interval != "wald":
        references += [_HARTUNG_KNAPP, *([_ADHOC] if pooled.interval == "hartung_knapp_adhoc" else [])]
    if pooled.pi_low is not None:
        spread = "the normal distribution" if pooled.df is None else "the t distribution with k - 1 degrees of freedom"
        sentences.append(f"The prediction interval used {spread}.")
        references.append(_PREDICTION)
    if pooled.tau2_low is not None:
        sentences.append("The interval of tau2 was found by the Q-profile method.")
        references.append(_Q_PROFILE)
    basis = "Cochran's Q" if pooled.method == "common" else "tau2 and the typical sampling variance"
    sentences.append(f"Heterogeneity was described by Cochran's Q and by I2, computed from {basis}.")
    references.append(_I2)
    sentences.append(f"All intervals have a level of {pooled.level:g}%.")
    alone = analysis.reported_only
    if alone is not None:
        sentences.append("Since computed estimates were used, those that were not computed were also pooled alone")
        if alone.pooled is None:
            sentences[-1] += f", as far as there are enough ({len(alone.members)})."
        else:
            natural = pooled_dict(analysis)["reported_only"]["natural"]
            sentences[-1] += (
                f", in the same way ({alone.pooled.k} studies): {natural['mu']:.3g}, {natural['ci_low']:.3g} to "
                f"{natural['ci_high']:.3g}."
            )
    return " ".join(sentences)


def _subgroups(analysis: Analysis) -> str:
    listed = "; ".join(f"{group.name} ({len(group.members)})" for group in analysis.groups)
    text = (
        f"Studies were grouped by {analysis.question.subgroup_by}: {listed}. Each group was pooled by itself, with its "
        "own tau2."
    )
    if analysis.group_test:
        text += (
            " The difference between groups was tested with Q on the groups' estimates, weighted by their squared "
            "standard errors; a group of one study entered with that study."
        )
    return text
