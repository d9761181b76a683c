"""Network graph and league table: what stands where, which way each cell reads, and what is named."""

import csv
import html
import io
import itertools
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from evidence.model.networks import Part
from evidence.model.results import LeftOut
from evidence.pictures import write_network
from evidence.present.league import league_cells, league_html, league_order, league_picture, league_rich
from evidence.present.network_graph import network_graph
from evidence.present.scales import scale_of_contrasts
from evidence.present.shapes import Circle, Path
from tests.present.networks import analysis_of_network, contrast, star
from tests.present.pictures import NAMES, assert_legible, texts_of

HR = scale_of_contrasts("HR")


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(NAMES, NAMES, st.floats(-4, 4), st.floats(1e-3, 4)), max_size=20))
def test_any_names_give_legible_pictures(rows):
    named = [contrast(f"{at} {a}"[:200], f"{a}", f"{b}", y, v) for at, (a, b, y, v) in enumerate(rows) if a != b]
    analysis = analysis_of_network(named)
    assert_legible(network_graph(analysis))
    assert_legible(league_picture(analysis))


@pytest.mark.parametrize("n", [2, 3, 6, 12, 25, 60])
def test_any_number_of_treatments_gives_legible_pictures(n):
    analysis = star(n, loops=n)
    assert_legible(network_graph(analysis))
    assert_legible(league_picture(analysis))


def test_areas_are_in_proportion_to_patients_and_widths_to_studies():
    rows = [
        contrast("S1", "A", "B", 0.1, n=100),
        contrast("S2", "A", "B", 0.2, n=100),
        contrast("S3", "A", "C", 0.2, n=100),
    ]
    picture = network_graph(analysis_of_network(rows))
    a, b, c = [part.radius**2 for part in picture.parts if isinstance(part, Circle)]
    assert (a / c, b / c) == pytest.approx((3, 2))
    ab, ac = [part.width for part in picture.parts if isinstance(part, Path)]
    assert ab == pytest.approx(2 * ac)
    assert texts_of(picture).count("2") == 1 and texts_of(picture).count("1") == 1


@pytest.mark.parametrize("n", [2, 3, 5, 10, 11, 25, 60])
def test_no_circle_touches_another(n):
    circles = [part for part in network_graph(star(n)).parts if isinstance(part, Circle)]
    assert len(circles) == n
    for one, other in itertools.combinations(circles, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) > one.radius + other.radius


@pytest.mark.parametrize("n", [3, 5, 8, 10, 11, 14, 20])
def test_no_line_runs_through_a_third_circle(n):
    picture = network_graph(star(n, loops=3 * n))
    circles = [part for part in picture.parts if isinstance(part, Circle)]
    lines = [part for part in picture.parts if isinstance(part, Path)]
    assert lines
    for line in lines:
        ends = (line.points[0], line.points[-1])
        for circle in circles:
            if all(math.dist(end, (circle.x, circle.y)) > 0.01 for end in ends):
                near = min(math.dist(point, (circle.x, circle.y)) for point in line.points)
                assert near > circle.radius + line.width * 25.4 / 72 / 2, (n, line.points[0], line.points[-1], circle)


@pytest.mark.parametrize("n", [2, 6, 12, 20])
def test_usual_names_of_treatments_are_neither_cut_nor_broken_within_a_word(n):
    names = ["midostaurin + intensive chemotherapy", "gemtuzumab ozogamicin", "pevonedistat + azacitidine"]
    names += [f"glasdegib + low-dose cytarabine {at}" for at in range(3, n)]
    rows = [contrast(f"Trial {at}", name, "control", -0.1 * at) for at, name in enumerate(names[:n])]
    found = texts_of(league_picture(analysis_of_network(rows)))
    assert not any(text.endswith("…") for text in found)
    words = " ".join(found).split()
    assert words.count("chemotherapy") >= 2 and words.count("gemtuzumab") >= 2  # in a row and in a column


def test_the_method_stands_under_the_table_in_words():
    rows = [contrast(f"Trial {at}", "A", "control", y) for at, y in enumerate((-0.9, 0.4, 0.1))]
    found = texts_of(league_picture(analysis_of_network(rows)))
    assert any(text.startswith("Random effects (REML): 3 trials") for text in found)


def test_groups_without_a_treatment_are_hollow():
    circles = [part for part in network_graph(star(3)).parts if isinstance(part, Circle)]
    assert [circle.fill == "#ffffff" for circle in circles] == [True, False, False]  # control comes first


def test_parts_and_trials_of_several_arms_and_rows_left_out_are_named():
    analysis = analysis_of_network(
        [contrast("S1", "A", "B", 0.1), contrast("S2", "C", "D", 0.2, n=None)],
        multi_arm=(("TRIPLE", ("A", "B", "C")),),
        left_out=(LeftOut(result_id="r", study_id="s", label="S", reason="no estimate"),),
    )
    said = " ".join(texts_of(network_graph(analysis)))
    for sentence in (
        "Part 1 of 2",
        "Part 2 of 2",
        "The network has 2 parts that no study connects",
        "TRIPLE has 3 arms: A, B, C.",
        "patients not reported",
        "Not used: 1 further row of this outcome",
    ):
        assert sentence in said


def test_every_cell_is_the_row_versus_the_column():
    analysis = analysis_of_network([contrast("S1", "A", "B", math.log(0.5)), contrast("S2", "C", "B", math.log(0.8))])
    (part,) = analysis.parts
    order = league_order(part.network)
    cells = league_cells(part, part.network, HR)
    assert order == ("A", "C", "B")
    assert cells[0, 2].estimate[0] == pytest.approx(0.5) and cells[2, 0].estimate[0] == pytest.approx(2.0)
    assert cells[0, 1].estimate[0] == pytest.approx(0.5 / 0.8) and cells[0, 1].direct is None
    for (i, j), cell in cells.items():
        turned = cells[j, i]
        assert cell.estimate[1] == pytest.approx(1 / turned.estimate[2])
        assert (cell.direct is None) == (turned.direct is None)
        if cell.direct:
            assert cell.direct[0] == pytest.approx(1 / turned.direct[0])


def test_the_triangles_are_labelled_and_hold_network_and_direct_evidence():
    analysis = analysis_of_network([contrast("S1", "A", "B", math.log(0.5)), contrast("S2", "C", "B", math.log(0.8))])
    found = texts_of(league_picture(analysis))
    said = " ".join(found)
    assert "of the treatment in the row versus the treatment in the column" in said
    assert "Below the diagonal: the network" in said and "Above it: direct evidence" in said
    rows = found[found.index("1 A", found.index("3 B")) :]
    assert rows[:4] == ["1 A", "–", "0.50", "[0.32, 0.78]"]
    assert rows[rows.index("3 B") : rows.index("3 B") + 3] == ["3 B", "2.00", "[1.29, 3.10]"]


def test_the_page_names_both_treatments_of_a_cell():
    analysis = analysis_of_network([contrast("S1", "A & B", "<C>", math.log(0.5))])
    page = league_html(analysis)
    titles = [html.unescape(title) for title in re.findall(r'<td title="([^"]*)"', page)]
    assert titles == ["A & B versus <C>: direct evidence, 1 trial", "<C> versus A & B: network"]
    assert "<C>" not in page


def test_a_part_that_was_not_estimated_says_why():
    analysis = star(3)
    failed = Part(treatments=("X", "Y"), network=None, why_not="T: its contrasts contradict one another.")
    analysis = analysis_of_network(analysis.contrasts, parts=(*analysis.parts, failed))
    for picture in (network_graph(star(3)), league_picture(analysis)):
        assert_legible(picture)
    assert "Not estimated (X, Y): T: its contrasts contradict one another." in " ".join(
        texts_of(league_picture(analysis))
    )


def test_the_terminal_shows_the_same_numbers():
    console = Console(width=100, record=True, file=io.StringIO())
    for shown in league_rich(star(4)):
        console.print(shown)
    text = console.export_text()
    assert "1.35" in text and "[0.95, 1.91]" in text and "P-scores" in text


def test_the_files(tmp_path):
    paths = write_network(star(4), tmp_path)
    assert [path.name for path in paths] == [
        *(f"network.{kind}" for kind in ("svg", "pdf", "png", "csv")),
        *(f"league.{kind}" for kind in ("svg", "pdf", "png", "csv")),
        "league.html",
        "network_rows.csv",
    ]
    with (tmp_path / "league.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    row = next(row for row in rows if (row["row"], row["column"]) == ("control", "drug 3"))
    assert float(row["estimate"]) == pytest.approx(math.exp(0.3), rel=1e-6)
