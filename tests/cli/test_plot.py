"""`evidence plot` and `evidence network` as a person calls them."""

import csv
import json

import pytest


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def files(name):
    return sorted(f"{name}.{kind}" for kind in ("svg", "pdf", "png", "csv"))


@pytest.mark.parametrize("kind", ["coverage", "timeline", "prisma", "curves"])
def test_a_picture_of_the_store_is_four_files(evidence, stored, tmp_path, kind):
    done = evidence("plot", kind, "--out", "drawn")
    assert done.code == 0, done.err
    assert names(tmp_path / "drawn") == files(kind)
    assert done.out == f"wrote drawn: {kind}.svg {kind}.pdf {kind}.png {kind}.csv\n"
    assert rows(tmp_path / "drawn" / f"{kind}.csv")


@pytest.mark.parametrize("kind", ["coverage", "timeline", "prisma", "curves", "funnel", "risk-of-bias"])
def test_every_kind_has_help_with_an_example(evidence, kind):
    shown = evidence("plot", kind, "--help")
    assert shown.code == 0 and f"Example: evidence plot {kind}" in " ".join(shown.out.split())


def test_a_number_that_a_person_accepted_shows_in_the_coverage(evidence, stored, tmp_path):
    evidence("accept", f"{stored['ALPHA']}-c1", "--by", "A. Reviewer")
    evidence("plot", "coverage", "--outcome", "OS", "--out", "drawn")
    found = {row["study"]: row["looked_at"] for row in rows(tmp_path / "drawn" / "coverage.csv")}
    assert found["ALPHA"] != "0" and found["BETA"] == "0"


def test_a_selection_leaves_studies_out_of_the_coverage(evidence, stored, tmp_path):
    evidence("plot", "coverage", "--population", "ALPHA", "--out", "drawn")
    assert {row["study"] for row in rows(tmp_path / "drawn" / "coverage.csv")} == {"ALPHA"}


def test_an_outcome_that_does_not_exist_is_one_sentence(evidence, stored):
    for kind in ("coverage", "curves"):
        refused = evidence("plot", kind, "--outcome", "XX")
        assert refused.code == 1 and refused.err.startswith("evidence: 'XX' is no outcome code. Known: OS, ")


def test_prisma_of_a_file_alone_needs_no_store(evidence, tmp_path):
    (tmp_path / "search.toml").write_text("[screening]\nscreened = 10\nexcluded = 4\nsought = 7\n")
    done = evidence("plot", "prisma", "--from", "search.toml", "--out", "drawn")
    assert done.code == 0
    assert "10 records screened less 4 records excluded is 6, but 7 reports were sought for retrieval" in done.err
    assert names(tmp_path / "drawn") == files("prisma")


def test_prisma_of_nothing_says_how_to_begin(evidence):
    assert "There is no store" in evidence("plot", "prisma").err


def test_curves_of_ones_own_patients(evidence, tmp_path):
    (tmp_path / "mine.csv").write_text("arm,time_months,event\nA,3,1\nA,9,0\nB,4,yes\nB,12,no\n")
    done = evidence("plot", "curves", "--from", "mine.csv", "--bands", "--title", "Mine", "--out", "drawn")
    assert done.code == 0, done.err
    assert [row["group"] for row in rows(tmp_path / "drawn" / "curves.csv")] == ["A", "A", "B", "B"]


def test_curves_of_patients_as_a_reconstruction_writes_them(evidence, tmp_path):
    (tmp_path / "points.csv").write_text("time,survival\n0,1\n3,0.9\n6,0.7\n12,0.5\n")
    (tmp_path / "risk.csv").write_text("time,n_risk\n0,20\n6,14\n")
    assert evidence("curve", "points.csv", "--at-risk", "risk.csv", "--out", "patients.csv").code == 0
    assert evidence("plot", "curves", "--from", "patients.csv", "--out", "drawn").code == 0
    assert float(rows(tmp_path / "drawn" / "curves.csv")[0]["at_risk"]) == 20


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("months,event\n3,1\n", "has the columns months,event; needed are time_months,event"),
        ("time_months,event\n", "holds no patients"),
        ("time_months,event\n3,1\n4,dead\n", "line 3: event is 'dead', which is neither 1 nor 0"),
        ("time_months,event\n-3,1\n", "line 2: time_months is '-3', which is no number of months from 0 on"),
        ("time_months,event\nnan,1\n", "time_months is 'nan'"),
        ("time_months,event\n3\n", "line 2: event is ''"),
    ],
)
def test_patients_that_do_not_fit_are_refused_in_one_sentence(evidence, tmp_path, text, sentence):
    (tmp_path / "mine.csv").write_text(text)
    refused = evidence("plot", "curves", "--from", "mine.csv")
    assert refused.code == 1 and sentence in refused.err and refused.err.count("\n") == 1


def test_curves_of_one_study_and_of_one_without_patients(evidence, stored, tmp_path):
    assert evidence("plot", "curves", "ALPHA", "--out", "drawn").code == 0
    assert {row["group"] for row in rows(tmp_path / "drawn" / "curves.csv")} == {"alphatinib"}
    refused = evidence("plot", "curves", "ALPHA", "--outcome", "PFS")
    assert refused.code == 1 and "No single patients of ALPHA with a time and a status of PFS" in refused.err


def test_risk_of_bias_gives_two_pictures(evidence, tmp_path):
    (tmp_path / "rob.csv").write_text("Study,D1,D2,D3,D4,D5,Overall\nALPHA,Low,Low,High,Low,Low,High\n")
    done = evidence("plot", "risk-of-bias", "rob.csv", "--out", "drawn")
    assert done.code == 0
    assert names(tmp_path / "drawn") == sorted(files("risk_of_bias") + files("risk_of_bias_summary"))


def test_a_funnel_of_ones_own_numbers(evidence, tmp_path):
    lines = [f"S{k},{0.5 + k / 10},{0.3 + k / 20},{0.9 + k / 5}" for k in range(4)]
    (tmp_path / "mine.csv").write_text("\n".join(["study,estimate,ci_low,ci_high", *lines]) + "\n")
    done = evidence("plot", "funnel", "--from", "mine.csv", "--measure", "HR", "--out", "drawn")
    assert done.code == 0, done.err
    assert names(tmp_path / "drawn") == files("funnel")
    refused = evidence("plot", "funnel", "--from", "mine.csv", "--measure", "HR", "--fill")
    assert "Trim and fill needs at least 10 studies, and 4 were pooled" in refused.err
    assert "Say which outcome to draw" in evidence("plot", "funnel", "--measure", "HR").err


def test_pooling_three_studies_draws_a_funnel_and_two_do_not(evidence, tmp_path):
    lines = ["study,estimate,ci_low,ci_high", "A,0.5,0.3,0.9", "B,0.6,0.4,0.9", "C,0.7,0.5,1.0"]
    for k in (2, 3):
        (tmp_path / "mine.csv").write_text("\n".join(lines[: k + 1]) + "\n")
        done = evidence("pool", "--from", "mine.csv", "--measure", "HR", "--out", f"pooled{k}")
        assert ("funnel.svg" in done.out) == ("funnel.csv" in names(tmp_path / f"pooled{k}")) == (k == 3)
        assert "forest.csv" in names(tmp_path / f"pooled{k}")


def test_a_network_is_compared_here_and_written_where_asked(evidence, stored, tmp_path):
    done = evidence("network", "--outcome", "OS", "--measure", "HR", "--out", "net")
    assert done.code == 0, done.err
    assert "row versus column" in done.out and "chemotherapy" in done.out
    assert {"league.html", "network.svg", "network_rows.csv"} <= set(names(tmp_path / "net"))


def test_a_network_as_json(evidence, stored):
    found = json.loads(evidence("network", "--outcome", "OS", "--measure", "HR", "--json").out)
    assert found["parts"][0]["network"]["treatments"] and found["contrasts"][0]["result_ids"]


def test_a_network_of_nothing_says_where_the_reasons_are(evidence, stored):
    refused = evidence("network", "--outcome", "PFS", "--measure", "HR")
    assert refused.code == 1 and "Nothing was compared; network_rows.csv, written with --out" in refused.err


def test_a_folder_that_cannot_be_written_is_named(evidence, stored, tmp_path):
    (tmp_path / "file").write_text("")
    refused = evidence("plot", "timeline", "--out", "file")
    assert refused.code == 1 and "could not be written to file" in refused.err
