"""The forest plot: what stands where, and that nothing is cut off or printed over something else."""

from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import RendererAgg

from evidence.model.results import Analysis, ArmCount, LeftOut
from evidence.present.forest import draw_forest
from evidence.present.forest_layout import forest_layout
from tests.present.conftest import LONG, analysis_of, estimate, grouped, proportions, ratios


def wild() -> Analysis:
    """Intervals over more than four powers of ten, and a point beyond every axis."""
    return analysis_of(
        (
            estimate("Tiny 2001", 1.7, 0.01, 300, n=(3, 4)),
            estimate("Big 2003", 0.8, 0.6, 1.05, n=(400, 410)),
            estimate("Far 2011", 250, 2, 9000, n=(5, None)),
        )
    )


def annotated(k: int = 6) -> Analysis:
    """Long names, cited and derived rows, flags, subgroups, a long title and long arms."""
    rows = list(ratios(k))
    for index in range(0, k, 2):
        rows[index] = replace(
            rows[index],
            label=f"{LONG} {index}",
            report="cited",
            derivation="hr_from_survival",
            notes=(f"The interval of row {index} does not fit its p-value. " * 3,),
            arm=ArmCount(label="sorafenib plus azacitidine and donor lymphocytes", n=100),
            comparator=ArmCount(label="observation, with sorafenib at the time of molecular relapse", n=95),
        )
    analysis = grouped(rows, "randomized", "cohort_retrospective")
    question = replace(analysis.question, title=f"{LONG}: {LONG}, {LONG}")
    return replace(analysis, question=question, left_out=(LeftOut(result_id="x", study_id="s", label="S", reason="r"),))


ALL = {
    "nothing": analysis_of(()),
    "one": analysis_of(ratios(1)),
    "two": analysis_of(ratios(2)),
    "five": analysis_of(ratios(5)),
    "twenty-five": analysis_of(ratios(25)),
    "sixty": analysis_of(ratios(60)),
    "subgroups": grouped(ratios(7), "randomized", "single_arm", "other"),
    "annotated": annotated(),
    "sixty annotated": annotated(60),
    "wild": wild(),
    "proportions": proportions(6),
    "not pooled": replace(analysis_of(ratios(4)), pooled=None),
    "unbroken name": analysis_of([replace(row, label="Wort" * 40) for row in ratios(3)]),
}


@pytest.mark.parametrize("name", ALL)
def test_no_text_touches_another_or_leaves_the_figure(name):
    figure = draw_forest(forest_layout(ALL[name]))
    renderer = figure.canvas.get_renderer()
    assert isinstance(renderer, RendererAgg)
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts]
    assert boxes
    for at, (text, box) in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text
        for other, other_box in boxes[at + 1 :]:
            apart = box.x1 <= other_box.x0 or other_box.x1 <= box.x0 or box.y1 <= other_box.y0 or other_box.y1 <= box.y0
            assert apart, (text, other)


@pytest.mark.parametrize("name", ALL)
def test_marks_stay_within_the_plot_and_fonts_are_legible(name):
    layout = forest_layout(ALL[name])
    assert layout.width >= 180
    assert all(text.size >= 7 for text in layout.texts)
    plots = [column for column in layout.columns if column.name == "plot"]
    for plot in plots:
        for mark in (*layout.intervals, *layout.diamonds, *([layout.prediction] if layout.prediction else [])):
            assert plot.left - 1e-6 <= mark.low <= mark.high <= plot.right + 1e-6
    assert bool(plots) == (name != "nothing")


def test_squares_have_areas_in_proportion_to_the_weights():
    analysis = analysis_of(ratios(5))
    squares = forest_layout(analysis).squares
    areas = [square.side**2 for square in squares]
    assert [area / sum(areas) * 100 for area in areas] == pytest.approx(analysis.pooled.weights)
