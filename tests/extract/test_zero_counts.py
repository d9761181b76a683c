import pytest

from tests.extract.texts import numbers, trial


def zeros(sentence):
    return [
        (arm, outcome)
        for arm, outcome, measure, _, value in numbers(trial(sentence))
        if (measure, value) == ("count", "0")
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There were no treatment-related deaths.", [("overall", "TRM")]),
        (
            "No grade 4 adverse events or treatment-related deaths were observed.",
            [("overall", "AE_G3"), ("overall", "TRM")],
        ),
        ("No patient in the letrozole group died.", [("letrozole", "DEATH")]),
        ("None of the patients receiving letrozole or tamoxifen improved.", []),
        ("None of the patients relapsed.", [("overall", "RELAPSE")]),
        ("No serious adverse events occurred in either group.", [("letrozole", "SAE"), ("tamoxifen", "SAE")]),
        ("Fever was rare with letrozole (2%), and no deaths occurred with tamoxifen.", [("tamoxifen", "DEATH")]),
        ("There was no difference in relapse between letrozole and tamoxifen.", []),
        ("Patients with no relapse stayed on letrozole.", []),
        ("No relapse risk was computed.", []),
    ],
)
def test_an_event_that_did_not_happen_is_counted_as_zero(sentence, expected):
    assert zeros(sentence) == expected
