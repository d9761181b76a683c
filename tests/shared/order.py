"""Reading order of published pages: phrases of a page in the order in which a person reads them."""

from collections.abc import Sequence

#: Phrases of one page in the order in which a person reads them; most run over the end of a column or page.
IN_ORDER = [
    (
        "bmc-2020-embody",
        6,
        "significantly higher hematocrit levels",
        "Holter ECG revealed decrease",
        "Single regression",
    ),
    (
        "bmc-2020-embody",
        7,
        "hospitalization for exacerbation",
        "significant increases (improvement) in the empagliflozin",
    ),
    ("bmc-2020-embody", 8, "Three major mechanisms were", "reflecting cardiac sympathetic and parasympathetic"),
    (
        "bmj-2015-leap",
        5,
        "to the total sample.",
        "activity per day (in bouts of",
        "There was no significant difference",
    ),
    ("bmj-2015-leap", 6, "including maternal or fetal adverse", "cessation12 were overcome by implementing"),
    ("bmj-2015-leap", 7, "higher and confidence intervals narrower", "group, and there was no indication that"),
    ("bmj-2015-leap", 8, "compared with control conditions", "abstinence rates between the trial groups"),
    ("circulation-2025-soul-sglt2i", 5, "HR of 1.23", "Primary Outcome and All-Cause Death", "there were no"),
    ("circulation-2025-soul-sglt2i", 9, "Furthermore, no significant", "from clinical trials on the combined use"),
    ("clincardiol-2020-athena-ablation", 3, "as the only factor", "randomized to dronedarone and in 42 of 106"),
    ("indianheartj-2022-propafenone", 3, "within 24 hours, were considered", "level might be the predisposing factor"),
    ("indianheartj-2022-propafenone", 4, "As regards complications", "who are at a lower risk of thromboembolism"),
    (
        "lancet-2015-pathway2",
        4,
        "Plasma renin was measured",
        "The sample size was estimated",
        "Least squares means for",
    ),
    ("lancet-2015-pathway2", 5, "Analyses were done with SAS", "background medications (appendix pp 5", "Overall 219"),
    ("lancet-2015-pathway2", 6, "at least three times", "renin distribution. Figure 3 shows the relation"),
    (
        "natmed-2024-sphere-per-af",
        3,
        "accounting for 12 dropouts",
        "Adherence was similar",
        "The primary effectiveness",
    ),
    ("natmed-2024-sphere-per-af", 4, "Improved quality of life was", "created in 54.2% and 47.1% in the"),
    ("natmed-2024-sphere-per-af", 6, "In terms of effectiveness", "trans-telephonic monitoring, was consistently"),
    (
        "plosone-2021-ckb-bp",
        6,
        "Heterogeneity by sex was",
        "multivariable-adjusted HR of SDH for CVD mortality was higher",
    ),
]


def out_of_order(text: str, phrases: Sequence[str]) -> str | None:
    """The first phrase that is not in the text, or stands before one that precedes it; None where all is in order."""
    last = 0
    for phrase in phrases:
        place = text.find(phrase)
        if place < last:
            return phrase
        last = place
    return None
