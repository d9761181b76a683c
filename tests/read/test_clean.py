import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.read.clean import clean

TROUBLE = "0123456789.,·∙⋅‧‐‑‒–—―−﹣－  \u2009\u202f\u00ad\u200b\ufeffﬁﬂﬀﬃﬄ‘’“”＝＜０５≤≥\n\t -abcXYZ<>=¼é"
texts = st.text(alphabet=st.sampled_from(TROUBLE), max_size=60) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        ("HR 0·64 (95% CI 0·49–0·83)", "HR 0.64 (95% CI 0.49-0.83)"),
        ("p<·001", "p<.001"),
        ("Biavasco · Zeiser", "Biavasco · Zeiser"),  # a middle dot between names separates them
        ("−5.3 to −1.2", "-5.3 to -1.2"),
        ("p\u2009=\u20090.04", "p = 0.04"),
        ("eﬃcacy and beneﬁt", "efficacy and benefit"),
        ("hyphen-\nation", "hyphenation"),
        ("0.11-\n13.22", "0.11-\n13.22"),
        ("treat\u00adment", "treatment"),
        ("treat\u00ad\nment", "treatment"),
        ("“hazard” patients’", '"hazard" patients\''),
        ("≥ 18 and ≤ 60", "≥ 18 and ≤ 60"),
        ("Ｐ＜０．０５", "P<0.05"),
        ("10⁹ cells", "10⁹ cells"),
    ],
)
def test_typography_becomes_uniform(printed, cleaned):
    assert clean(printed).text == cleaned


def test_a_span_of_the_clean_text_leads_back_to_the_printed_characters():
    printed = "the eﬃcacy was 0·64 (0·49–0·83)"
    result = clean(printed)
    at = result.text.index("0.49-0.83")
    start, end = result.span(at, at + len("0.49-0.83"))
    assert printed[start:end] == "0·49–0·83"
    at = result.text.index("efficacy")
    start, end = result.span(at, at + len("efficacy"))
    assert printed[start:end] == "eﬃcacy"


@settings(max_examples=300, deadline=None)
@given(texts)
def test_every_clean_character_comes_from_the_original_in_order(text):
    result = clean(text)
    assert len(result.starts) == len(result.ends) == len(result.text)
    for start, end in zip(result.starts, result.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert list(result.starts) == sorted(result.starts)
    assert list(result.ends) == sorted(result.ends)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_cleaning_twice_changes_nothing_more(text):
    once = clean(text).text
    assert clean(once).text == once


@settings(max_examples=300, deadline=None)
@given(texts)
def test_digits_are_never_altered_added_or_dropped(text):
    def digits(t: str) -> list[int]:
        return [unicodedata.digit(c) for c in t if unicodedata.category(c) == "Nd"]

    assert digits(clean(text).text) == digits(text)
