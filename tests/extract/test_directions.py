import pytest

from tests.extract.texts import comparisons, numbers, trial

SIDES = ("letrozole", "tamoxifen")
CI = "95% CI, 1.2 to 4.1"


def found(sentence):
    records = trial(sentence)
    return [(row[0], row[4]) for row in numbers(records)], [row[:2] for row in comparisons(records)]


@pytest.mark.parametrize(
    ("sentence", "values", "pairs"),
    [
        (  # the usual order
            "Median OS was 26.7 months with letrozole and 12.3 months with tamoxifen (HR 0.61; 95% CI, 0.4 to 0.9).",
            [("letrozole", "26.7"), ("tamoxifen", "12.3")],
            [SIDES],
        ),
        (  # the worse arm first: the ratio can only be of the first to the second
            f"Overall survival was worse in the tamoxifen than in the letrozole arm (61% vs 80%; HR 1.9; {CI}).",
            [("tamoxifen", "61"), ("letrozole", "80")],
            [SIDES[::-1]],
        ),
        (  # the worse arm first, but the ratio as usual
            "OS was worse in the tamoxifen than in the letrozole arm (61% vs 80%; HR 0.6; 95% CI, 0.4 to 0.9).",
            [("tamoxifen", "61"), ("letrozole", "80")],
            [SIDES],
        ),
        (  # words and ratio agree against the order of the numbers
            f"PFS was shorter in the letrozole versus the tamoxifen arm (26.7 versus 12.3 months, HR 2.28; {CI}).",
            [("tamoxifen", "26.7"), ("letrozole", "12.3")],
            [SIDES],
        ),
        (  # the ratio says whose it is
            "Median OS was 30 months with letrozole and 25 months with tamoxifen "
            "(hazard ratio for death in the tamoxifen group 1.18; 95% CI, 0.95 to 1.45).",
            [("letrozole", "30"), ("tamoxifen", "25")],
            [SIDES[::-1]],
        ),
        (
            "Median OS was 30 months with letrozole and 25 months with tamoxifen "
            "(HR vs tamoxifen 0.85; 95% CI, 0.69 to 1.05).",
            [("letrozole", "30"), ("tamoxifen", "25")],
            [SIDES],
        ),
        (  # the words alone change nothing
            "Median PFS was shorter in the letrozole versus the tamoxifen arm (26.7 versus 12.3 months).",
            [("letrozole", "26.7"), ("tamoxifen", "12.3")],
            [],
        ),
    ],
)
def test_a_comparison_points_as_its_words_and_numbers_say(sentence, values, pairs):
    assert found(sentence) == (values, pairs)


def test_numbers_that_contradict_their_words_are_less_sure():
    told = "Median PFS was {} in the letrozole versus the tamoxifen arm (26.7 versus 12.3 months)."
    sure, unsure = (trial(told.format(word)).arm_results[0].confidence for word in ("longer", "shorter"))
    assert unsure < sure
