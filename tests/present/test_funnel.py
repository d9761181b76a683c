"""The funnel plot: where points and areas stand, and that nothing is printed over something else."""

import csv
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import SynthesisError, TooFewStudies
from evidence.model.question import Question
from evidence.model.results import ArmCount
from evidence.pictures import asymmetry_of, write_funnel
from evidence.present.funnel import FilledStudies, funnel_picture
from evidence.present.shapes import Circle, Line, Polygon
from evidence.present.theme import PAPER
from tests.present.analyses import analysis_of, estimate, proportions, ratios
from tests.present.pictures import NAMES, assert_boxes_hold, assert_legible, texts_of


def points(picture, *, hollow=False):
    circles = [part for part in picture.parts if isinstance(part, Circle)][1 + hollow :]  # the first are the legend's
    return [part for part in circles if (part.fill == PAPER) == hollow]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(NAMES, st.floats(-6, 6), st.floats(1e-6, 30), st.one_of(st.none(), st.integers(0, 10**7))),
        max_size=30,
    ),
    st.sampled_from(["HR", "OR", "RR", "RD", "MD", "SMD", "PLO"]),
)
def test_any_studies_give_a_legible_funnel(studies, measure):
    rows = [
        replace(
            estimate(name, 1, 0.5, 2),
            y=y,
            v=v,
            estimate=50.0 if measure == "PLO" else math.exp(y),
            arm=ArmCount(label="", n=n),
        )
        for name, y, v, n in studies
    ]
    question = Question(id="q", outcome=("CR",), measure=measure)
    assert_legible(funnel_picture(analysis_of(rows, question=question), asymmetry=["A sentence. " * 30]))


@pytest.mark.parametrize("k", [0, 1, 2, 6, 25, 200])
def test_any_number_of_studies_gives_a_legible_funnel(k):
    assert_legible(funnel_picture(analysis_of(ratios(k))))
    assert_legible(funnel_picture(proportions(k)))


def test_the_boxes_of_texts_hold_what_is_drawn():
    assert_boxes_hold(funnel_picture(analysis_of(ratios(12))))


def test_precise_studies_stand_on_top_and_effects_on_a_log_axis():
    rows = [estimate("Wide", 0.5, 0.2, 1.25), estimate("Narrow", 2.0, 1.6, 2.5), estimate("Middle", 1.0, 0.6, 1.7)]
    wide, narrow, middle = points(funnel_picture(analysis_of(rows)))
    assert narrow.y < middle.y < wide.y
    assert middle.x - wide.x == pytest.approx(narrow.x - middle.x, rel=0.02)


def test_a_point_on_the_contour_of_p_05_lies_on_its_line():
    on = replace(estimate("On", 1, 0.5, 2), y=-1.959964 * 0.2, v=0.04)
    picture = funnel_picture(analysis_of([on, *ratios(3)]))
    x, y = points(picture)[0].x, points(picture)[0].y
    dashed = [part for part in picture.parts if isinstance(part, Line) and part.style == "dashed" and part.width == 0.5]
    left = min(dashed, key=lambda line: line.x2)
    assert left.x1 + (y - left.y1) / (left.y2 - left.y1) * (left.x2 - left.x1) == pytest.approx(x, abs=0.01)


def test_areas_are_cut_at_the_frame():
    picture = funnel_picture(analysis_of([*ratios(4), estimate("Wide", 0.9, 0.001, 900)]))
    assert_legible(picture)
    assert len([part for part in picture.parts if isinstance(part, Polygon)]) == 3


def test_filled_studies_are_hollow_and_named():
    filled = FilledStudies(y=(0.4,), se=(0.3,), note="Trim and fill supposes one study.")
    picture = funnel_picture(analysis_of(ratios(5)), filled=filled)
    assert len(points(picture, hollow=True)) == 1
    assert "Study supposed by trim and fill" in texts_of(picture) and filled.note in texts_of(picture)


def test_proportions_stand_against_their_number_of_patients_without_a_funnel():
    analysis = proportions(5)
    picture = funnel_picture(analysis, asymmetry=asymmetry_of(analysis))
    drawn = points(picture)
    assert "Patients" in texts_of(picture) and not any("Pseudo" in text for text in texts_of(picture))
    assert [point.y for point in drawn] == sorted((point.y for point in drawn), reverse=True)
    assert "Egger's test is not used" in " ".join(texts_of(picture))


def test_a_study_of_infinite_interval_is_named_and_not_drawn():
    rows = [*ratios(4), replace(ratios(1)[0], v=math.inf)]
    picture = funnel_picture(analysis_of(rows))
    assert len(points(picture)) == 4
    assert "Not drawn, having no finite standard error: 1 of 5 studies." in " ".join(texts_of(picture))


def test_asymmetry_is_tested_from_ten_studies_on():
    assert "no test of asymmetry" in asymmetry_of(analysis_of(ratios(9)))[0]
    assert asymmetry_of(analysis_of(ratios(10)))[0].startswith("Egger's test of asymmetry: t = ")


def test_the_files_have_the_points_as_data(tmp_path):
    analysis = analysis_of(ratios(4))
    paths = write_funnel(analysis, tmp_path)
    assert [path.name for path in paths] == ["funnel.svg", "funnel.pdf", "funnel.png", "funnel.csv"]
    with paths[3].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["kind"] for row in rows] == ["study"] * 4 + ["pooled"]
    assert float(rows[0]["se"]) == pytest.approx(math.sqrt(analysis.estimates[0].v))
    assert rows[0]["n"] == "78"


def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(TooFewStudies):
        write_funnel(analysis_of(ratios(1)), tmp_path)
    with pytest.raises(SynthesisError, match="needs at least 10 studies, and 5 were pooled"):
        write_funnel(analysis_of(ratios(5)), tmp_path, fill=True)
    with pytest.raises(SynthesisError, match="proportions"):
        write_funnel(proportions(12), tmp_path, fill=True)


def test_one_study_is_not_said_in_the_plural_and_a_negative_t_has_a_true_minus():
    (one,) = asymmetry_of(analysis_of(ratios(1), pooled=None))
    assert one.startswith("1 study: no test")
    rows = [
        estimate(f"S {at}", math.exp(y), math.exp(y - 0.1 * at), math.exp(y + 0.1 * at))
        for at, y in enumerate((-0.1, -0.3, -0.2, -0.4, -0.3, -0.6, -0.5, -0.7, -0.6, -0.9, -0.8), start=1)
    ]
    assert "t = −" in asymmetry_of(analysis_of(rows))[0]
