"""The forest plot: what stands where, and that nothing is cut off or printed over something else."""

import csv
import itertools
import math
import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from lxml import etree
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image

from evidence.errors import ExportError
from evidence.model.question import Question
from evidence.model.results import Analysis, ArmCount, LeftOut
from evidence.pictures import linked_forest
from evidence.present import theme
from evidence.present.draw import drawing
from evidence.present.forest import draw_forest, forest_svg, write_forest
from evidence.present.forest_layout import forest_layout
from tests.present.analyses import LONG, analysis_of, estimate, grouped, proportions, ratios, with_computed


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
    "computed": with_computed(5),
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
    with drawing():
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
        for mark in (*layout.intervals, *layout.diamonds, *layout.predictions):
            assert plot.left - 1e-6 <= mark.low <= mark.high <= plot.right + 1e-6
    assert bool(plots) == (name != "nothing")


def test_squares_have_areas_in_proportion_to_the_weights():
    analysis = analysis_of(ratios(5))
    squares = forest_layout(analysis).squares
    areas = [square.side**2 for square in squares]
    assert [area / sum(areas) * 100 for area in areas] == pytest.approx(analysis.pooled.weights)


def texts_of(layout):
    return [text.text for text in layout.texts]


def kinds_of(layout):
    return [row.kind for row in layout.rows]


def test_rows_stand_in_the_order_of_the_analysis_with_the_pooled_rows_below():
    layout = forest_layout(analysis_of(ratios(5)))
    assert kinds_of(layout) == ["study"] * 5 + ["pooled", "prediction"]
    assert [row.label for row in layout.rows[:5]] == [row.label for row in ratios(5)]
    heights = [row.y for row in layout.rows]
    assert heights == sorted(heights)
    assert layout.predictions[0].y > layout.diamonds[0].y


@pytest.mark.parametrize(("k", "diamonds", "prediction"), [(0, 0, False), (1, 0, False), (2, 1, False), (3, 1, True)])
def test_a_few_studies_get_no_more_than_they_define(k, diamonds, prediction):
    layout = forest_layout(analysis_of(ratios(k)))
    assert (len(layout.diamonds), bool(layout.predictions)) == (diamonds, prediction)
    assert ("95% prediction interval" in texts_of(layout)) == prediction


def test_no_study_gives_a_figure_that_says_so():
    assert "No study matched this question." in texts_of(forest_layout(analysis_of(())))
    noted = analysis_of((), notes=("Nothing matched: no row has the outcome.",))
    assert "Nothing matched: no row has the outcome." in texts_of(forest_layout(noted))


def test_a_study_shows_its_arms_its_estimate_and_its_weight():
    found = texts_of(forest_layout(analysis_of((estimate("Xuan 2020", 0.6, 0.4, 0.9, n=(100, 102)), *ratios(2)))))
    for text in ("Study", "sorafenib", "placebo", "n", "HR [95% CI]", "Weight"):
        assert text in found
    at = found.index("Xuan 2020")
    assert found[at : at + 4] == ["Xuan 2020", "100", "102", "0.60 [0.40, 0.90]"]
    assert re.fullmatch(r"\d+\.\d%", found[at + 4])


@pytest.mark.parametrize("k", [3, 7, 11, 13, 60])
def test_printed_weights_sum_to_one_hundred(k):
    printed = [
        float(text.rstrip("%"))
        for text in texts_of(forest_layout(analysis_of(ratios(k))))
        if re.fullmatch(r"\d+\.\d%", text)
    ]
    assert printed[-1] == 100.0 and sum(printed[:-1]) == pytest.approx(100.0, abs=1e-9)


def test_the_diamond_is_as_wide_as_the_confidence_interval():
    analysis = analysis_of(ratios(4))
    layout = forest_layout(analysis)
    (diamond,) = layout.diamonds
    at = {tick.value: tick.x for tick in layout.ticks}
    scale = (at[5] - at[1]) / math.log(5)
    pooled = analysis.pooled
    assert [diamond.low, diamond.x, diamond.high] == pytest.approx(
        [at[1] + scale * value for value in (pooled.ci_low, pooled.mu, pooled.ci_high)]
    )


def test_ticks_of_ratios_are_natural_numbers_symmetric_about_one():
    layout = forest_layout(analysis_of(ratios(5)))
    assert [tick.label for tick in layout.ticks] == ["0.2", "0.5", "1", "2", "5"]
    null = next(tick.x for tick in layout.ticks if tick.value == 1)
    assert any(line.x1 == line.x2 == null and line.style == "solid" and line.y2 - line.y1 > 20 for line in layout.lines)


def test_an_interval_beyond_the_axis_ends_in_arrowheads_and_a_point_beyond_it_has_no_square():
    layout = forest_layout(wild())
    assert [tick.value for tick in layout.ticks] == [0.01, 0.1, 1, 10, 100]
    tiny, big, far = layout.intervals
    assert (tiny.arrow_low, tiny.arrow_high) == (False, True)  # 0.01 is the axis' own end
    assert (big.arrow_low, big.arrow_high) == (False, False)
    assert far.arrow_high and len(layout.squares) == 2
    assert "250.00 [2.00, 9000]" in texts_of(layout)


def test_one_wide_interval_does_not_widen_the_axis_for_all():
    rows = [*ratios(12), estimate("Wide 1999", 0.9, 0.001, 900)]
    layout = forest_layout(analysis_of(rows))
    assert layout.ticks[-1].value <= 5
    assert layout.intervals[-1].arrow_low and layout.intervals[-1].arrow_high


def test_proportions_have_a_percent_axis_counts_and_no_null_line():
    layout = forest_layout(proportions(5))
    found = texts_of(layout)
    assert [tick.value for tick in layout.ticks] == [0, 20, 40, 60, 80, 100]
    assert "events/total" in found and "10/20" in found and "50.0 [29.4, 70.6]" in found
    plot = next(column for column in layout.columns if column.name == "plot")
    upright = [line for line in layout.lines if line.x1 == line.x2 and line.y2 - line.y1 > 5]
    assert all(line.style == "dotted" and plot.left < line.x1 < plot.right for line in upright)
    assert not any("Favours" in text or "Overall effect" in text for text in found)


def test_risk_differences_stand_in_percentage_points_on_a_linear_axis():
    row = estimate("A 2000", 1.5, 1, 2, y=0.12, v=0.0025, estimate=12.0, ci_low=2.2, ci_high=21.8, outcome="CRc")
    question = Question(id="rd", outcome=("CRc",), measure="RD")
    rows = (row, replace(row, label="B 2001", y=-0.03, estimate=-3.0, ci_low=-13.0, ci_high=7.0))
    layout = forest_layout(analysis_of(rows, question=question))
    values = [tick.value for tick in layout.ticks]
    steps = {round(after - before, 6) for before, after in itertools.pairwise(values)}
    assert len(steps) == 1 and values[0] == -values[-1] and 0 in values
    assert "−3.00 [−13.00, 7.00]" in texts_of(layout)
    (diamond,) = layout.diamonds
    x = {tick.value: tick.x for tick in layout.ticks}
    per_point = (x[values[-1]] - x[0]) / values[-1]
    assert diamond.x == pytest.approx(x[0] + per_point * 4.5, abs=0.01)  # 12 and -3 with equal weights


@pytest.mark.parametrize(
    ("outcome", "measure", "left"),
    [
        ("OS", "HR", "← Favours sorafenib"),
        ("CRc", "OR", "← Favours placebo"),
        ("RELAPSE", "SHR", "← Favours sorafenib"),
    ],
)
def test_who_is_favoured_where_follows_from_the_outcome(outcome, measure, left):
    question = Question(id="q", outcome=(outcome,), measure=measure)
    assert left in texts_of(forest_layout(analysis_of(ratios(3), question=question)))


@pytest.mark.parametrize("outcome", [("OTHER",), ("CR", "RELAPSE")])
def test_nobody_is_favoured_where_the_outcome_does_not_tell(outcome):
    question = Question(id="q", outcome=outcome, measure="RR")
    assert not any("Favours" in text for text in texts_of(forest_layout(analysis_of(ratios(3), question=question))))


def test_subgroups_have_heads_diamonds_and_a_test():
    layout = forest_layout(grouped(ratios(5), "randomized", "cohort_retrospective"))
    assert kinds_of(layout) == (
        ["group"] + ["study"] * 3 + ["subtotal", "group"] + ["study"] * 2 + ["subtotal", "pooled", "prediction"]
    )
    assert len(layout.diamonds) == 3
    found = texts_of(layout)
    assert "cohort retrospective" in found
    assert "Test of subgroup differences: Q = 0.51, df = 1, p = 0.47." in found


def test_a_subgroup_of_one_study_has_no_diamond_and_studies_of_no_subgroup_stay_in_the_figure():
    analysis = grouped(ratios(4), "randomized", "other")
    analysis = replace(analysis, groups=(replace(analysis.groups[0], members=(0,), pooled=None),))
    layout = forest_layout(analysis)
    assert kinds_of(layout) == ["group", "study", "group", "study", "study", "study", "pooled", "prediction"]
    assert layout.rows[2].label == "Not reported"


def test_cited_and_derived_rows_and_doubts_have_notes_below():
    rows = list(ratios(3))
    rows[0] = replace(rows[0], report="cited", notes=("The p-value does not fit.",))
    rows[1] = replace(rows[1], derivation="hr_from_survival", notes=("The p-value does not fit.",))
    found = texts_of(forest_layout(analysis_of(rows)))
    assert "Author 2000 † ¹" in found and "Author 2001 ¹ ²" in found
    assert "¹ The p-value does not fit." in found
    assert any(text.startswith("† As restated") for text in found)
    assert any(text.startswith("² Not reported as such") and "hr from survival" in text for text in found)


def test_a_second_diamond_shows_the_result_of_reported_rows_alone():
    layout = forest_layout(with_computed(5))
    assert kinds_of(layout) == ["study"] * 5 + ["pooled", "prediction", "reported"]
    assert layout.rows[-1].label == "Reported only (k = 4)"
    assert len(layout.diamonds) == 2 and layout.diamonds[1].y == layout.rows[-1].y
    assert "Reported only: HR 0." in layout.description
    assert "¹ Not reported as such: computed from survival at one time and the p-value." in texts_of(layout)


def test_one_reported_study_beside_computed_ones_is_told_in_words():
    layout = forest_layout(with_computed(2))
    assert "reported" not in kinds_of(layout)
    assert any(text.startswith("Reported only: one study, Author 2001, HR 0.") for text in texts_of(layout))


def test_totals_are_summed_only_where_every_study_reports_them():
    known = ratios(2)
    assert "87" in texts_of(forest_layout(analysis_of(known)))
    unknown = (known[0], replace(known[1], arm=ArmCount(label="sorafenib", n=None)))
    found = texts_of(forest_layout(analysis_of(unknown)))
    assert "87" not in found and "40" in found and "–" in found


def test_lines_below_say_model_heterogeneity_and_prediction():
    found = " ".join(texts_of(forest_layout(analysis_of(ratios(5)))))
    for part in (
        "Random-effects model (REML), Hartung-Knapp interval.",
        "τ² = 0.020 (95% CI 0.000 to 1.410), I² = 38.1% (from τ²)",
        "df = 4, p = 0.12",
        "Overall effect: t = −",
        "95% prediction interval: 0.",
    ):
        assert part in found


def test_a_cut_name_keeps_its_mark_and_stands_in_full_in_the_description():
    rows = [replace(ratios(3)[0], label=LONG, report="cited"), *ratios(3)[1:]]
    layout = forest_layout(analysis_of(rows))
    assert any(text.endswith("… †") for text in texts_of(layout))
    assert LONG in layout.description and "weight" in layout.description


@pytest.mark.parametrize("name", ["annotated", "nothing"])
def test_files_are_the_same_bytes_every_time(name, tmp_path):
    one, two = write_forest(ALL[name], tmp_path / "one"), write_forest(ALL[name], tmp_path / "two")
    assert [path.name for path in one] == ["forest.svg", "forest.pdf", "forest.png", "forest.csv"]
    for first, second in zip(one, two, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_the_svg_has_real_text_a_title_and_a_description(tmp_path):
    odd = replace(ratios(3)[0], label="A & B <2020> $x$ 50%\x07")
    svg = write_forest(analysis_of([odd, *ratios(3)[1:]]), tmp_path)[0].read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert root.find("svg:title", space).text.startswith("Sorafenib maintenance")
    assert "A & B <2020> $x$ 50% (sorafenib versus placebo): HR 0.70" in root.find("svg:desc", space).text
    assert root.get("role") == "img"
    shown = {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert "A & B <2020> $x$ 50%" in shown and "Pooled (k = 3)" in shown
    assert "DejaVu Sans" in svg and "<dc:date>" not in svg


def test_the_pdf_embeds_its_font_and_the_png_has_600_dots_per_inch(tmp_path):
    _, pdf, png, _ = write_forest(analysis_of(ratios(2)), tmp_path)
    assert b"/FontFile2" in pdf.read_bytes() and b"CreationDate" not in pdf.read_bytes()
    with Image.open(png) as picture:
        assert picture.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        assert picture.width >= 180 / 25.4 * 600 - 1


def test_the_data_beside_the_figure_are_the_numbers_it_shows(tmp_path):
    analysis = grouped(ratios(5), "randomized", "other")
    with write_forest(analysis, tmp_path)[3].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["kind"] for row in rows] == ["study"] * 5 + ["subtotal"] * 2 + ["pooled", "prediction"]
    assert [row["group"] for row in rows[:2]] == ["randomized", "other"]
    assert [float(rows[1][name]) for name in ("estimate", "ci_low", "ci_high")] == pytest.approx(
        [getattr(analysis.estimates[1], name) for name in ("estimate", "ci_low", "ci_high")]
    )
    assert sum(float(row["weight"]) for row in rows[:5]) == pytest.approx(100)
    assert float(rows[-2]["estimate"]) == pytest.approx(math.exp(analysis.pooled.mu))


def test_the_data_also_have_what_reported_estimates_alone_give(tmp_path):
    analysis = with_computed(5)
    with write_forest(analysis, tmp_path)[3].open(encoding="utf-8", newline="") as file:
        rows = {row["kind"]: row for row in csv.DictReader(file)}
    assert float(rows["reported_only"]["estimate"]) == pytest.approx(math.exp(analysis.reported_only.pooled.mu))


def test_a_name_that_no_font_can_draw_is_noted():
    rows = [replace(ratios(3)[0], label="\U00013080 2020"), *ratios(3)[1:]]
    assert any("U+13080" in text for text in texts_of(forest_layout(analysis_of(rows))))
    assert not any("U+" in text for text in texts_of(forest_layout(analysis_of(ratios(3)))))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file"):
        write_forest(analysis_of(ratios(1)), tmp_path / "file")


def test_the_package_loads_no_drawing_library():
    code = (
        "import sys; import evidence.present, evidence.present.export, evidence.present.console, "
        "evidence.present.forest_console, evidence.present.frames, evidence.present.compare, evidence.present.report; "
        "print([name for name in ('matplotlib', 'xlsxwriter', 'pandas') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_study_without_events_is_not_mistaken_for_a_count():
    rows = list(proportions(3).estimates)
    rows[1] = replace(rows[1], arm=replace(rows[1].arm, events=None))
    rows[2] = replace(rows[2], arm=replace(rows[2].arm, events=None, n=None))
    found = texts_of(forest_layout(replace(proportions(3), estimates=tuple(rows))))
    assert "10/20" in found and "–/31" in found and "–/–" in found


def test_lines_do_not_break_within_a_figure():
    text = "Q = 3.06, df = 2, p < 0.001"
    width = theme.text_width("Q = 3.06, df = 2, p <", theme.FOOT_SIZE)
    assert theme.wrap(text, width, theme.FOOT_SIZE) == ["Q = 3.06, df = 2,", "p < 0.001"]


def links(svg: str) -> list[tuple[str, str]]:
    """Where each link of a picture leads, and the words it stands on."""
    found = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False)).iter("{*}a")
    return [(link.get("href"), "".join(link.itertext()).strip()) for link in found]


def test_each_study_leads_to_its_number_where_links_are_asked_for():
    analysis = analysis_of(ratios(3))
    svg = linked_forest(analysis, lambda result_id: f"/rows/{result_id}?a=1&b=\"'<#>")
    expected = [(f"/rows/{row.result_ids[0]}?a=1&b=\"'<#>", row.label) for row in analysis.estimates]
    assert [(href, words) for href, words in links(svg)] == expected
    assert "target" not in svg and "script" not in svg


def test_a_name_on_several_lines_leads_there_from_each_of_them():
    analysis = annotated()
    found = links(linked_forest(analysis, lambda result_id: f"#{result_id}"))
    wanted = [f"#{row.result_ids[0]}" for row in analysis.estimates]
    assert len(found) > len(wanted) and set(wanted) == {href for href, _ in found}


def test_a_picture_drawn_with_links_is_else_the_same_and_the_files_have_none(tmp_path):
    analysis = analysis_of(ratios(3))
    write_forest(analysis, tmp_path)
    plain = (tmp_path / "forest.svg").read_text(encoding="utf-8")
    linked = forest_svg(analysis, href=lambda result_id: "/x")
    assert "<a " not in plain
    assert re.sub(r"\s+", " ", re.sub(r"</?a\b[^>]*>", "", linked)) == re.sub(r"\s+", " ", plain)
