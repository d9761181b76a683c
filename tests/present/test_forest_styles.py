"""Forest plots in the styles of journals: what each says its own way, and that nothing collides in any of them."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import QuestionError
from evidence.model.question import COLUMNS, STYLES, Question
from evidence.model.results import Analysis, ArmCount, Group
from evidence.model.risk_of_bias import ROB2, ROBINS_I, Assessment, Judgement, RiskOfBias
from evidence.present import theme
from evidence.present.forest import forest_picture
from evidence.present.forest_layout import forest_layout
from evidence.present.forest_style import load_style
from evidence.present.shapes import Circle, ForestLayout, Rectangle
from evidence.present.wording import p_text
from tests.present.analyses import analysis_of, estimate, grouped, pooled_of, proportions, ratios, with_computed
from tests.present.pictures import NAMES, assert_boxes_hold, assert_legible


def styled(analysis: Analysis, style: str, **more: object) -> Analysis:
    return replace(analysis, question=replace(analysis.question, style=style, **more))


def judged(analysis: Analysis, tool=ROB2) -> RiskOfBias:
    rows = [
        Assessment(study=row.label, domains=(Judgement.LOW,) * len(tool.domains), overall=Judgement.NO_INFORMATION)
        for row in analysis.estimates
    ]
    return RiskOfBias(tool=tool, assessments=tuple(rows))


def counted(k: int, measure: str = "OR") -> Analysis:
    rows = [
        replace(
            row,
            arm=ArmCount(label="gilteritinib", n=100 + at, events=30),
            comparator=ArmCount(label="salvage chemotherapy", n=90, events=20),
            outcome="CRc",
        )
        for at, row in enumerate(ratios(k))
    ]
    question = Question(id="crc", title="Composite complete remission", outcome=("CRc",), measure=measure)
    return analysis_of(rows, question=question)


def differences(k: int, measure: str) -> Analysis:
    unit = 100 if measure == "RD" else 1
    rows = [
        replace(
            row,
            y=0.1 * (-1) ** at,
            v=0.0025,
            estimate=unit * 0.1 * (-1) ** at,
            ci_low=unit * (0.1 * (-1) ** at - 0.098),
            ci_high=unit * (0.1 * (-1) ** at + 0.098),
        )
        for at, row in enumerate(ratios(k))
    ]
    return analysis_of(rows, question=Question(id="d", title="Difference", outcome=("CRc",), measure=measure))


def assert_no_line_through_a_text(layout: ForestLayout) -> None:
    """No upright line runs through a text, unless paper was laid between the two."""
    papers = [mark for mark in layout.marks if isinstance(mark, Rectangle)]
    for line in layout.lines:
        for text in layout.texts:
            left, top, right, bottom = text.box
            crossed = line.x1 == line.x2 and left < line.x1 < right and line.y1 < bottom and top < line.y2
            covered = any(paper.x <= line.x1 <= paper.x + paper.width and paper.y <= top for paper in papers)
            assert not crossed or covered or not text.text.strip(), (text, line)


def texts_of(layout: ForestLayout) -> list[str]:
    return [text.text for text in layout.texts]


KINDS = {
    **{f"HR {k}": analysis_of(ratios(k)) for k in (0, 1, 2, 6, 25, 60)},
    "200 studies": analysis_of(ratios(200)),
    "OR": counted(6),
    "RR": counted(3, "RR"),
    **{measure: differences(5, measure) for measure in ("RD", "MD", "SMD")},
    "proportions": proportions(6),
    "one proportion": proportions(1),
    "subgroups": grouped(ratios(7), "randomized", "single_arm", "other"),
    "computed": with_computed(5),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_figure_is_legible_in_every_style(kind, style):
    layout = forest_layout(styled(KINDS[kind], style))
    picture = forest_picture(layout)
    assert_legible(picture)
    assert_no_line_through_a_text(layout)
    if kind in ("HR 6", "OR", "subgroups"):
        assert_boxes_hold(picture)


@pytest.mark.parametrize("tool", [ROB2, ROBINS_I], ids=["RoB 2", "ROBINS-I"])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["HR 6", "OR", "MD", "RD", "proportions", "subgroups"])
def test_judgements_have_room_on_the_same_page(kind, style, tool):
    analysis = styled(KINDS[kind], style)
    assert_legible(forest_picture(forest_layout(analysis, bias=judged(analysis, tool))))


MEASURES = ("HR", "OR", "RR", "RD", "MD", "SMD", "PLO")


def natural_values(measure: str, centre: float, half: float) -> list[float]:
    """An estimate and its limits on the natural scale, from those of the analysis."""
    values = [centre, centre - half, centre + half]
    if measure == "PLO":
        return [100 / (1 + math.exp(-value)) for value in values]
    if measure in ("RD", "MD", "SMD"):
        return [value * (10 if measure == "RD" else 1) for value in values]
    return [0.0 if value == -math.inf else math.inf if value == math.inf else math.exp(value) for value in values]


@st.composite
def analyses(draw, measure=None):
    """Any rows that a synthesis may give, with names as documents write them."""
    measure = measure or draw(st.sampled_from(MEASURES))
    rows = []
    for at in range(draw(st.integers(0, 12))):
        centre = draw(st.floats(-6, 6))
        half = draw(st.one_of(st.floats(0.01, 8), st.just(math.inf)))
        n = draw(st.one_of(st.none(), st.integers(0, 99999)))
        events = draw(st.one_of(st.none(), st.integers(0, 9999)))
        value, low, high = natural_values(measure, centre, half)
        rows.append(
            replace(
                estimate(draw(NAMES), 1.0, 0.5, 2.0),
                study_id=str(at),
                y=centre,
                estimate=value,
                ci_low=low,
                ci_high=high,
                v=min(half, 8) ** 2,
                arm=ArmCount(label=draw(NAMES), n=n, events=events),
                comparator=None if measure == "PLO" else ArmCount(label=draw(NAMES), n=n, events=events),
                report=draw(st.sampled_from(["primary", "cited"])),
                notes=tuple(draw(st.lists(NAMES, max_size=2))),
            )
        )
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    analysis = grouped(rows, *names) if names and len(rows) >= len(names) else analysis_of(rows)
    outcome = draw(st.sampled_from(["OS", "CRc", "OTHER"]))
    if analysis.pooled and draw(st.booleans()):
        members = tuple(range(1, len(rows)))
        pooled = pooled_of(rows[1:]) if len(members) > 1 else None
        analysis = replace(analysis, reported_only=Group(name="Reported only", members=members, pooled=pooled))
    return styled(analysis, draw(st.sampled_from(STYLES)), outcome=(outcome,), title=draw(NAMES), measure=measure)


@settings(deadline=None, max_examples=60)
@given(analyses(), st.sampled_from([None, ROB2, ROBINS_I]))
def test_any_analysis_gives_a_legible_figure(analysis, tool):
    layout = forest_layout(analysis, bias=tool and judged(analysis, tool))
    assert_legible(forest_picture(layout))
    assert_no_line_through_a_text(layout)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(MEASURES).flatmap(lambda measure: st.lists(analyses(measure), min_size=2, max_size=3)))
def test_any_analyses_together_give_a_legible_figure(several):
    layout = forest_layout(*several)
    assert_legible(forest_picture(layout, *several))
    assert_no_line_through_a_text(layout)


def test_a_long_number_at_the_end_of_the_axis_stays_on_the_page():
    rows = [
        replace(row, y=0.0, v=640000.0, estimate=0.0, ci_low=-1400.0, ci_high=1400.0)
        for row in differences(3, "MD").estimates
    ]
    layout = forest_layout(styled(replace(differences(3, "MD"), estimates=tuple(rows), pooled=None), "jama"))
    last = layout.ticks[-1]
    [number] = [text for text in layout.texts if text.text == last.label]
    assert layout.width - last.x < theme.text_width(last.label, number.size) / 2 < last.x
    assert number.box[2] <= layout.width and abs(number.x - last.x) < 1


def test_lancet_prints_middle_dots_and_leaves_names_alone():
    rows = [replace(ratios(3)[0], label="v1.5 study"), *ratios(3)[1:]]
    found = texts_of(forest_layout(styled(analysis_of(rows), "lancet")))
    assert "0·70 (0·33–1·48)" in found and "v1.5 study" in found and "0·5" in found
    assert any("p=0·031" in text for text in found)


def test_jama_prints_p_without_a_zero_and_names_the_favored_side_above_the_plot():
    layout = forest_layout(styled(analysis_of(ratios(5)), "jama"))
    found = {text.text: text for text in layout.texts}
    assert "Source" in found and "0.70 (0.33-1.48)" in found
    assert found["Favors sorafenib"].y < layout.rows[0].y
    assert any("P = .03." in text for text in found)


def test_a_negative_limit_is_not_joined_by_a_dash():
    found = texts_of(forest_layout(styled(differences(3, "MD"), "jama")))
    assert "−0.10 (−0.20 to −0.00)" in found or any(re.fullmatch(r"−0\.10 \(−0\.20 to .+\)", text) for text in found)


def test_revman_colours_squares_by_the_kind_of_numbers():
    colours = {
        measure: {square.colour for square in forest_layout(styled(analysis, "revman")).squares}
        for measure, analysis in (("HR", KINDS["HR 6"]), ("OR", counted(3)), ("MD", differences(3, "MD")))
    }
    assert len(set.union(*colours.values())) == 3
    found = texts_of(forest_layout(styled(counted(3), "revman")))
    assert found.count("IV, Random, 95% CI") == 2 and "Total (95% CI), k = 3" in " ".join(found)
    assert any("Tau² = " in text and "Chi² = " in text for text in found)


@pytest.mark.parametrize(
    ("style", "p", "said"),
    [
        ("jama", 0.0312, "P = .03"),
        ("jama", 0.0461, "P = .046"),  # two digits would say .05
        ("jama", 0.0042, "P = .004"),
        ("jama", 0.00009, "P < .001"),
        ("jama", 0.62, "P = .62"),
        ("lancet", 0.0312, "p=0.031"),
        ("lancet", 0.00009, "p<0.0001"),
        ("bmj", 0.0004, "P<0.001"),
        ("revman", 0.00004, "P < 0.0001"),
    ],
)
def test_each_style_has_its_p_values(style, p, said):
    assert load_style(style).p(p) == said


@pytest.mark.parametrize("p", [1e-9, 0.00099, 0.001, 0.0312, 0.0994, 0.0996, 0.5])
def test_the_usual_style_writes_p_as_the_terminal_does(p):
    assert load_style("default").p(p) == p_text(p)


def test_columns_stand_as_chosen():
    chosen = ("n", "y", "se", "p", "plot", "estimate", "weight")
    layout = forest_layout(styled(analysis_of(ratios(4)), "default", columns=chosen))
    assert tuple(column.name for column in layout.columns) == ("label", *chosen)
    found = texts_of(layout)
    assert {"log HR", "SE", "p", "78", "−0.36", "0.38"} <= set(
        found
    )  # 40 + 38 patients; ln 0.70; ln(1.48 / 0.33) / 3.92
    assert any(text.startswith("p of a study: z test") for text in found)


def test_designs_are_a_column():
    rows = [replace(row, design="cohort_retrospective") for row in ratios(3)]
    found = texts_of(forest_layout(styled(analysis_of(rows), "meta", columns=("design", "plot", "estimate"))))
    assert found.count("cohort retrospective") == 3


def test_more_columns_than_a_page_has_room_for_are_refused():
    every = tuple(name for name in COLUMNS if name != "risk_of_bias")
    with pytest.raises(QuestionError, match=r"need \d+ mm, and a page has 180"):
        forest_layout(styled(counted(3), "revman", columns=every))


@pytest.mark.parametrize(("name", "value"), [("style", "nejm"), ("columns", ("weights",))])
def test_an_unknown_style_or_column_is_named_with_those_there_are(name, value):
    with pytest.raises(QuestionError, match=r"is none of"):
        Question(id="q", outcome=("OS",), measure="HR", **{name: value})


def test_every_style_is_there_and_adds_no_unknown_key():
    base = load_style("default")
    for name in STYLES:
        style = load_style(name)
        for table in ("numbers", "heads", "words", "places", "colours"):
            assert set(getattr(style, table)) == set(getattr(base, table)), (name, table)


def test_judgements_stand_beside_their_study_and_those_without_are_named():
    analysis = analysis_of(ratios(3))
    first = Assessment(study=" author  2000 ", domains=(Judgement.LOW,) * 4 + (Judgement.HIGH,), overall=Judgement.HIGH)
    layout = forest_layout(analysis, bias=RiskOfBias(tool=ROB2, assessments=(first,)))
    lights = [mark for mark in layout.marks if isinstance(mark, Circle)]
    assert len(lights) == 6 and {light.y for light in lights} == {layout.rows[0].y}
    found = texts_of(layout)
    assert found.count("+") == 4 and found.count("−") == 2 and "Risk of bias" in found
    assert "Not judged: Author 2001, Author 2002." in " ".join(found)
    assert "Author 2000: A low, B low, C low, D low, E high, All high." in layout.description


def test_the_data_beside_the_figure_have_the_judgements():
    analysis = analysis_of(ratios(3))
    found = judged(analysis)
    picture = forest_picture(forest_layout(analysis, bias=found), analysis, bias=found)
    assert picture.columns[-6:] == ("D1", "D2", "D3", "D4", "D5", "overall")
    assert [row[-2:] for row in picture.rows] == [("Low", "No information")] * 3 + [(None, None)] * 2


def test_judgements_of_other_studies_alone_are_refused():
    with pytest.raises(QuestionError, match="'Author 2000', the file 'Xuan'"):
        forest_layout(
            analysis_of(ratios(2)),
            bias=RiskOfBias(
                tool=ROB2,
                assessments=(Assessment(study="Xuan", domains=(Judgement.LOW,) * 5, overall=Judgement.LOW),),
            ),
        )


def test_a_column_of_judgements_needs_a_file():
    with pytest.raises(QuestionError, match="--risk-of-bias"):
        forest_layout(styled(analysis_of(ratios(2)), "default", columns=("plot", "risk_of_bias")))


def two_outcomes() -> tuple[Analysis, Analysis]:
    rows = [replace(row, notes=("The p-value does not fit.",)) for row in ratios(3)]
    return analysis_of(ratios(4)), styled(analysis_of(rows), "default", id="rfs", title="Relapse", outcome=("RFS",))


def test_several_outcomes_share_the_axis_and_have_a_diamond_each():
    layout = forest_layout(*two_outcomes(), title="Maintenance")
    kinds = [row.kind for row in layout.rows]
    assert kinds == [
        "outcome",
        *["study"] * 4,
        "pooled",
        "prediction",
        "outcome",
        *["study"] * 3,
        "pooled",
        "prediction",
    ]
    assert len(layout.diamonds) == 2 and layout.title == "Maintenance"
    found = texts_of(layout)
    assert found.count("← Favours sorafenib") == 1 and found.count("Author 2000 ¹") == 1
    assert sum(text.startswith("Heterogeneity:") for text in found) == 2


def test_outcomes_that_are_good_on_different_sides_name_no_side():
    death, remission = counted(3, "RR"), counted(3, "RR")
    death = styled(death, "default", id="d", outcome=("RELAPSE",))
    found = texts_of(forest_layout(death, remission))
    assert not any(text.startswith(("← Favours", "Favours")) for text in found)
    assert any("no side is named" in text for text in found)


def test_measures_that_differ_are_refused_in_one_figure():
    with pytest.raises(QuestionError, match="HR and OR cannot share one axis"):
        forest_layout(analysis_of(ratios(2)), counted(2))


def test_the_data_of_several_outcomes_say_to_which_each_row_belongs():
    several = two_outcomes()
    picture = forest_picture(forest_layout(*several), *several)
    assert picture.columns[-1] == "question"
    assert [row[-1] for row in picture.rows] == ["maintenance-os"] * 6 + ["rfs"] * 5


def test_an_endless_interval_is_drawn_with_arrows_and_written_as_such():
    rows = (replace(ratios(3)[0], ci_low=0.0, ci_high=math.inf), *ratios(3)[1:])
    for analysis in (analysis_of(rows), analysis_of([replace(row, ci_high=math.inf) for row in ratios(2)])):
        layout = forest_layout(analysis)
        assert layout.intervals[0].arrow_high and any("∞]" in text for text in texts_of(layout))


def test_a_wide_subgroup_does_not_squeeze_the_studies_and_its_diamond_ends_in_arrows():
    analysis = grouped(ratios(6), "randomized", "other")
    first = analysis.groups[0]
    wide = replace(first, pooled=replace(first.pooled, ci_low=math.log(0.001), ci_high=math.log(900)))
    layout = forest_layout(replace(analysis, groups=(wide, analysis.groups[1])))
    assert [tick.value for tick in layout.ticks] == [0.2, 0.5, 1, 2, 5]
    assert (layout.diamonds[0].arrow_low, layout.diamonds[0].arrow_high) == (True, True)
    assert (layout.diamonds[1].arrow_low, layout.diamonds[1].arrow_high) == (False, False)


def test_a_narrow_column_of_names_shows_as_much_of_a_name_as_a_wide_one():
    rows = [
        replace(row, label=f"Prospective multicentre registry of maintenance, part {at}")
        for at, row in enumerate(ratios(3))
    ]
    analysis = styled(analysis_of(rows), "revman")
    found = texts_of(forest_layout(analysis, bias=judged(analysis)))
    assert not any("…" in text for text in found)


def assert_squares_clear_of_arrowheads(layout: ForestLayout) -> None:
    """No square lies over the arrowhead of its interval."""
    for square in layout.squares:
        (interval,) = [interval for interval in layout.intervals if interval.y == square.y]
        assert not interval.arrow_low or square.x - square.side / 2 >= interval.low + 1.4, square
        assert not interval.arrow_high or square.x + square.side / 2 <= interval.high - 1.4, square


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_arrowhead_is_not_hidden_by_a_square(kind, style):
    assert_squares_clear_of_arrowheads(forest_layout(styled(KINDS[kind], style)))


@pytest.mark.parametrize("style", STYLES)
def test_an_estimate_near_the_end_of_an_axis_leaves_room_for_the_arrowhead(style):
    near = estimate("Near 2004", 4.6, 1.5, 400)
    assert_squares_clear_of_arrowheads(forest_layout(styled(analysis_of([*ratios(12), near]), style)))
    rows = list(differences(9, "RD").estimates)
    rows[0] = replace(rows[0], y=0.197, estimate=19.7, ci_low=1.0, ci_high=90.0)
    analysis = replace(differences(9, "RD"), estimates=tuple(rows))
    assert_squares_clear_of_arrowheads(forest_layout(styled(analysis, style)))


def test_intervals_that_are_little_wider_than_most_are_drawn_whole():
    rows = [estimate(f"Author {at}", 1.9, 1.2, 3.0) for at in range(20)]
    rows += [estimate(f"Wide {at}", 2.2, 1.0, 5.1) for at in range(4)]  # ln 5.1 is 1.48 times ln 3.0
    layout = forest_layout(analysis_of(rows))
    assert not any(interval.arrow_high for interval in layout.intervals)
    far = forest_layout(analysis_of([*rows[:20], *(replace(row, ci_high=60.0) for row in rows[20:])]))
    assert sum(interval.arrow_high for interval in far.intervals) == 4


@pytest.mark.parametrize(("reach", "end"), [(5.5, 6), (12, 15), (14, 15), (26, 30), (61, 75)])
def test_an_axis_of_differences_ends_soon_after_what_it_holds(reach, end):
    row = replace(differences(2, "MD").estimates[0], estimate=0.0, ci_low=-reach, ci_high=reach)
    analysis = replace(differences(2, "MD"), estimates=(row,), pooled=None)
    ticks = forest_layout(analysis).ticks
    assert ticks[-1].value == end and len(ticks) <= 7


@pytest.mark.parametrize("style", ["revman", "jama", "bmj"])
def test_a_label_for_which_a_column_was_made_stands_in_one_line(style):
    assert "Total (95% CI), k = 2" in texts_of(forest_layout(styled(proportions(2), style)))


@pytest.mark.parametrize("tool", [None, ROB2], ids=["alone", "with judgements"])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("measure", ["OR", "RD", "MD"])
def test_usual_names_of_arms_are_neither_cut_nor_broken_within_a_word(measure, style, tool):
    analysis = counted(6, measure) if measure != "MD" else differences(6, measure)
    comparator = ArmCount(label="best available chemotherapy", n=90, events=20)
    analysis = replace(analysis, estimates=tuple(replace(row, comparator=comparator) for row in analysis.estimates))
    layout = forest_layout(
        styled(grouped(analysis.estimates, "randomized", "other"), style, measure=measure),
        bias=tool and judged(analysis, tool),
    )
    words = " ".join(texts_of(layout)).split()
    for word in ("best", "available", "chemotherapy"):
        assert word in words
    assert not any(text.endswith("…") for text in texts_of(layout))


@pytest.mark.parametrize("style", STYLES)
def test_a_unit_in_parentheses_is_not_parted_at_the_axis(style):
    assert "Risk difference (percentage points)" in texts_of(forest_layout(styled(counted(6, "RD"), style)))


@pytest.mark.parametrize("k", [2, 6])
def test_a_unit_in_parentheses_has_a_line_of_its_own_in_a_head(k):
    rows = [replace(row, estimate=14.55, ci_low=-10.16, ci_high=29.25) for row in counted(k, "RD").estimates]
    columns = ("arm", "comparator", "estimate", "plot")
    found = texts_of(forest_layout(styled(replace(counted(k, "RD"), estimates=tuple(rows)), "revman", columns=columns)))
    assert found.count("Risk difference") == 2 and found.count("(percentage points)") == 2


@pytest.mark.parametrize("style", STYLES)
def test_heads_of_both_arms_are_broken_alike_where_there_is_room(style):
    analysis = styled(counted(6), style)
    found = texts_of(forest_layout(analysis, bias=judged(analysis)))
    assert not any(text.endswith("/") for text in found)


def test_a_level_and_its_interval_stay_together():
    analysis = styled(grouped(counted(8, "RD").estimates, "randomized", "other"), "revman", measure="RD")
    found = texts_of(forest_layout(analysis, bias=judged(analysis, ROBINS_I)))
    assert not any(text.endswith("95%") or text.startswith("CI") for text in found)


def test_names_too_long_for_the_room_above_the_plot_stand_below_the_axis():
    analysis = styled(counted(6), "jama")
    above = forest_layout(analysis)
    assert next(text.y for text in above.texts if text.text == "Favors gilteritinib") < above.rows[0].y
    below = forest_layout(analysis, bias=judged(analysis, ROBINS_I))
    assert next(text.y for text in below.texts if text.text == "Favors gilteritinib") > below.rows[-1].y
    assert not any("…" in text for text in texts_of(below))


@pytest.mark.parametrize("style", STYLES)
def test_no_stub_of_the_line_of_no_effect_stands_above_a_heading_over_it(style):
    layout = forest_layout(
        *(styled(one, style, title="Maintenance after transplantation " * 3) for one in two_outcomes())
    )
    null = next(line for line in layout.lines if line.x1 == line.x2 and line.style == "solid")
    first = next(mark for mark in layout.marks if isinstance(mark, Rectangle))
    assert first.x <= null.x1 <= first.x + first.width
    assert first.y - null.y1 < 0.25


def test_footnote_marks_of_a_study_rise():
    rows = list(ratios(3))
    rows[0] = replace(rows[0], notes=("One.", "Two."))
    rows[1] = replace(rows[1], notes=("Three.", "Two.", "One."))
    found = texts_of(forest_layout(analysis_of(rows)))
    assert "Author 2001 ¹ ² ³" in found
