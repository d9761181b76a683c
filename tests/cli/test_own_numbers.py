import json

import pytest

INTERVALS = "study,estimate,ci_low,ci_high\nA 2019,0.64,0.49,0.83\nB 2020,0.39,0.18,0.85\nC 2021,0.76,0.58,0.98\n"
COUNTS = "study,events_a,total_a,events_b,total_b\nA,25,38,10,40\nB,30,60,20,61\n"
EFFECTS = "study,y,v\nA,-0.45,0.018\nB,-0.94,0.157\n"


def pooled(evidence, tmp_path, text, *options):
    (tmp_path / "own.csv").write_text(text)
    return evidence("pool", "--from", "own.csv", *options)


@pytest.mark.parametrize(
    ("text", "measure", "k", "low", "high"),
    [
        (INTERVALS, "HR", 3, 0.49, 0.76),
        (INTERVALS, "OR", 3, 0.49, 0.76),
        (COUNTS, "OR", 2, 2.0, 5.8),
        (COUNTS, "RR", 2, 1.5, 2.6),
        (COUNTS, "RD", 2, 17.2, 40.8),
        (EFFECTS, "HR", 2, 0.39, 0.64),
        (EFFECTS, "MD", 2, -0.94, -0.45),
        ("study,estimate,ci_low,ci_high\nA,-2.5,-4.5,-0.5\nB,-1.0,-2.0,0.0\n", "MD", 2, -2.5, -1.0),
        ("study,estimate,ci_low,ci_high\nA,12.5,4.5,20.5\nB,10.0,2.0,18.0\n", "RD", 2, 10.0, 12.5),
    ],
)
def test_own_numbers_are_pooled_like_stored_ones(evidence, tmp_path, text, measure, k, low, high):
    result = pooled(evidence, tmp_path, text, "--measure", measure, "--json")
    assert result.code == 0, result.err
    figures = json.loads(result.out)
    assert figures["k"] == k and low < figures["natural"]["mu"] < high
    assert (tmp_path / f"pool_own_{measure}/forest.svg").exists()


def test_an_estimate_keeps_its_own_interval(evidence, tmp_path):
    result = pooled(evidence, tmp_path, INTERVALS, "--measure", "HR")
    assert "0.64" in result.out and "0.49" in result.out and "0.83" in result.out


def test_own_numbers_need_no_store(evidence, tmp_path):
    assert pooled(evidence, tmp_path, INTERVALS, "--measure", "HR").code == 0
    assert not (tmp_path / "evidence.db").exists()


def test_own_numbers_are_grouped_by_a_column_of_the_file(evidence, tmp_path):
    text = "study,estimate,ci_low,ci_high,era\nA,0.64,0.49,0.83,old\nB,0.39,0.18,0.85,new\nC,0.76,0.58,0.98,old\n"
    figures = json.loads(pooled(evidence, tmp_path, text, "--measure", "HR", "--subgroup-by", "era", "--json").out)
    assert [(group["name"], group["k"]) for group in figures["groups"]] == [("new", 1), ("old", 2)]


def test_a_spreadsheet_s_byte_order_mark_spaces_and_empty_lines_are_no_matter(evidence, tmp_path):
    text = "\ufeffstudy , estimate,ci_low,ci_high\n A 2019 ,0.64, 0.49,0.83\n,,,\nB,0.39,0.18,0.85\n"
    assert json.loads(pooled(evidence, tmp_path, text, "--measure", "HR", "--json").out)["k"] == 2


@pytest.mark.parametrize(
    ("text", "measure", "said"),
    [
        ("", "HR", "(none)"),
        ("study,estimate,ci_low,ci_high\n", "HR", "no rows"),
        ("study,hr\nA,0.64\n", "HR", "study,hr"),
        ("estimate,ci_low,ci_high\n0.64,0.49,0.83\n", "HR", "estimate,ci_low,ci_high"),
        ("study,estimate,ci_low,ci_high\nA,0.64,0.49,0.83\nB,0·39,0.18,0.85\n", "HR", "line 3"),
        ("study,estimate,ci_low,ci_high\nA,0.64,,0.83\n", "HR", "ci_low"),
        ("study,estimate,ci_low,ci_high\nA,0.64,0.49,nan\n", "HR", "ci_high"),
        ("study,estimate,ci_low,ci_high\nA,0,64,0,49,0,83\n", "HR", "more cells"),
        ("study,estimate,ci_low,ci_high\nA,-0.64,0.49,0.83\nB,0.6,0.5,0.7\n", "HR", "Study 1 of 2"),
        ("study,estimate,ci_low,ci_high\nA,1.5,2.5,0.5\nB,0.6,0.5,0.7\n", "MD", "line 2"),
        (INTERVALS, "PLO", "PLO"),
        (COUNTS, "HR", "OR, RR, RD"),
        ("study,events_a,total_a,events_b,total_b\nA,39,38,10,40\nB,1,2,1,2\n", "OR", "Study 1 of 2"),
        ("study,y,v\nA,-0.45,-0.018\nB,-0.94,0.157\n", "HR", "variance"),
    ],
)
def test_numbers_that_cannot_be_pooled_are_refused_in_one_sentence(evidence, tmp_path, text, measure, said):
    result = pooled(evidence, tmp_path, text, "--measure", measure)
    assert result.code == 1
    assert result.err.count("\n") == 1 and said in result.err


def test_a_file_that_is_not_there_is_said(evidence):
    result = evidence("pool", "--from", "absent.csv", "--measure", "HR")
    assert result.code == 1 and "absent.csv" in result.err


def test_a_group_column_that_is_not_there_is_said(evidence, tmp_path):
    result = pooled(evidence, tmp_path, INTERVALS, "--measure", "HR", "--subgroup-by", "era")
    assert result.code == 1 and "'era'" in result.err


def test_counts_without_an_event_in_either_arm_say_nothing_about_a_ratio(evidence, tmp_path):
    text = COUNTS + "C,0,38,0,40\nD,0,20,3,21\n"
    result = pooled(evidence, tmp_path, text, "--measure", "OR", "--json")
    assert json.loads(result.out)["k"] == 3
    rows = (tmp_path / "pool_own_OR/rows.csv").read_text()
    assert "no events in both arms says nothing about a ratio" in rows
    assert json.loads(pooled(evidence, tmp_path, text, "--measure", "RD", "--json").out)["k"] == 4


def test_no_event_anywhere_pools_nothing_and_says_so(evidence, tmp_path):
    text = "study,events_a,total_a,events_b,total_b\nA,0,38,0,40\nB,0,60,0,61\n"
    result = pooled(evidence, tmp_path, text, "--measure", "RR")
    assert result.code == 1 and "No row says anything about RR" in result.out
    assert (tmp_path / "pool_own_RR/forest.svg").exists()


def test_the_user_s_own_numbers_are_not_called_computed(evidence, tmp_path):
    assert "computed" not in pooled(evidence, tmp_path, INTERVALS, "--measure", "HR").out


def test_own_numbers_are_drawn_in_a_style_with_chosen_columns_and_judgements(evidence, tmp_path):
    (tmp_path / "rob.csv").write_text("Study,D1,D2,D3,D4,D5,Overall\nA 2019,Low,Low,High,Low,Low,High\n")
    options = ("--measure", "HR", "--style", "lancet", "--columns", "se,p,plot,estimate", "--risk-of-bias", "rob.csv")
    assert pooled(evidence, tmp_path, INTERVALS, *options, "--out", "own").code == 0
    svg = (tmp_path / "own/forest.svg").read_text(encoding="utf-8")
    assert "0·64 (0·49–0·83)" in svg and ">SE<" in svg and "Risk of bias<" in svg


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--style", "nejm"), "default, revman, meta, jama, lancet, bmj"),
        (("--columns", "weights"), "'weights' is none of arm"),
        (("--columns", "risk_of_bias,plot"), "--risk-of-bias"),
        (("--risk-of-bias", "absent.csv"), "absent.csv"),
        (("--together",), "--outcome at least twice"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused_in_one_sentence(evidence, tmp_path, options, said):
    result = pooled(evidence, tmp_path, INTERVALS, "--measure", "HR", *options)
    assert result.code == 1 and said in result.err and result.err.count("\n") == 1
