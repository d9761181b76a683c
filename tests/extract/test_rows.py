from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.extract import extract
from evidence.read import read

SENTENCES = [
    "Overall survival at 2 years was 71.0% with letrozole and 60.2% with tamoxifen (HR 0·71, 0·55–0·92; p=0·01).",
    "Median PFS was not reached with letrozole and was 9.3 months (range, 2.0–30.1) with tamoxifen.",
    "Relapse occurred in 25 of 120 patients (20.8%) with letrozole [12].",
    "The response rate was 45 vs 30%\nin the letrozole and tamoxifen groups, respectively.",
    "Seven patients in the tamoxifen group died.",
    "The odds ratio for complete remission was 1.85 (95% CI, 1.20 to 2.86; P for interaction = 0.3).",
    "In older patients, the hazard ratio for death was 0.64 (90% CI, 0.49–0.83).",
    "Nothing else was seen in µg/mL or at ≥ 5 °C.",
    "In the OPALINE trial, the hazard ratio for death was 0.80 (95% CI, 0.66–0.97).",
]
HEADINGS = ["Methods: ", "Results: ", "Discussion: ", ""]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(HEADINGS), st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["\n\n", "\r\n\r\n"]),
)
def test_every_quote_stands_at_its_offsets_and_holds_its_number(parts, blank_line):
    methods = "Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120)."
    text = blank_line.join([methods, *(heading + " ".join(sentences) for heading, sentences in parts)])
    document = read(text.encode())
    found = extract(document)
    ids = [row.result_id for row in found.results()]
    assert len(set(ids)) == len(ids)
    for row in found.results():
        assert document.text[row.source.char_start : row.source.char_end] == row.source.quote
        printed = row.source.quote.replace("·", ".").replace("–", "-")
        for number in (getattr(row, "value", None), getattr(row, "estimate", None), row.ci_low, row.ci_high):
            assert number is None or str(number) in printed or (str(number) == "7" and "Seven" in printed)


def test_numbers_that_contradict_each_other_are_two_rows():
    found = extract(
        read(
            b"Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120).\n\n"
            b"Results: The response rate was 54% with letrozole. The response rate was 45% with letrozole.\n"
        )
    )
    assert [str(row.value) for row in found.arm_results] == ["54", "45"]


def test_the_level_of_an_interval_is_95_unless_the_document_says_otherwise():
    found = extract(
        read(
            b"Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120).\n\n"
            b"Results: The hazard ratio for death was 0.64 (90% CI, 0.49-0.83). "
            b"The hazard ratio for relapse was 0.71 (0.55-0.92).\n"
        )
    )
    assert [row.ci_level for row in found.contrasts] == [90, 95]
