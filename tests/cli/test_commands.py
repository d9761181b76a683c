import csv
import json

import docx
import pytest

from evidence.cli import app


def test_list_names_the_stored_studies(evidence, stored):
    listed = evidence("list")
    assert listed.code == 0
    assert "ALPHA" in listed.out and "BETA" in listed.out


def test_list_as_json_gives_rows_of_the_studies_table(evidence, stored):
    rows = json.loads(evidence("list", "--json").out)
    assert [row["label"] for row in rows] == ["ALPHA", "BETA"]
    assert rows[0]["design"] == "randomized"


def test_a_store_that_does_not_exist_is_said_and_not_made(evidence, tmp_path):
    listed = evidence("list")
    assert listed.code == 1
    assert listed.err == (
        "evidence: There is no store at sqlite:///evidence.db yet. Fill it with `evidence ingest PATH`, "
        "or name one by --store.\n"
    )
    assert not (tmp_path / "evidence.db").exists()


def test_the_store_is_the_option_else_the_environment(evidence, stored, tmp_path, monkeypatch):
    (tmp_path / "evidence.db").rename(tmp_path / "other.db")
    assert evidence("list", "--store", "sqlite:///other.db").code == 0
    monkeypatch.setenv("EVIDENCE_STORE", "sqlite:///other.db")
    assert evidence("list").code == 0
    assert evidence("list", "--store", "sqlite:///absent.db").code == 1


@pytest.mark.parametrize("name", ["ALPHA", "alpha", "alpha.txt"])
def test_show_finds_a_study_by_its_label_and_a_document_by_its_path(evidence, stored, name):
    shown = evidence("show", name)
    assert shown.code == 0
    assert "0.60" in shown.out and "0.75" not in shown.out


def test_show_of_a_number_gives_its_quote_and_its_decisions(evidence, stored):
    number = f"{stored['ALPHA']}-c1"
    evidence("accept", number, "--by", "A. Reviewer", "--reason", "seen in the paper")
    shown = evidence("show", number)
    assert "95% CI 0.40 to 0.90" in shown.out
    assert "accept by A. Reviewer: seen in the paper" in shown.out


def test_show_of_a_computed_number_gives_the_numbers_it_came_from(evidence, stored):
    name = stored["ALPHA"]
    shown = evidence("show", f"{name}-r1+r2-or_from_counts")
    assert f"computed from {name}-r1: CR proportion 25/40 62.5" in shown.out
    assert f"computed from {name}-r2: CR proportion 10/40 25.0" in shown.out


def test_show_of_what_is_not_there_is_one_sentence(evidence, stored):
    shown = evidence("show", "GAMMA")
    assert shown.code == 1
    assert shown.err.count("\n") == 1 and "'GAMMA'" in shown.err


def test_show_of_a_study_lists_its_patients_and_of_one_says_all_that_is_known(evidence, stored):
    assert "UPN 7" in evidence("show", "ALPHA").out
    patient = f"{stored['ALPHA']}-p1"
    assert "alive" in evidence("show", patient).out
    (row,) = json.loads(evidence("show", patient, "--json").out)
    assert (row["patient"], row["time_months"], row["event"]) == ("UPN 7", 14, False)


@pytest.mark.parametrize(
    ("selection", "patients"),
    [([], 2), (["--treatment", "alphatinib"], 1), (["--subgroup", "men"], 0), (["--status", "accepted"], 0)],
)
def test_an_export_has_the_patients_of_the_selection(evidence, stored, tmp_path, selection, patients):
    evidence("export", "--out", "tables", *selection)
    with (tmp_path / "tables/patients.csv").open() as file:
        assert len(list(csv.DictReader(file))) == patients


def test_flags_lists_the_misprinted_percentage(evidence, stored):
    flags = json.loads(evidence("flags", "--json").out)
    assert [(flag["check"], flag["result_ids"]) for flag in flags] == [
        ("percent_count_mismatch", [f"{stored['BETA']}-r1"])
    ]
    assert "26 of 40 is 65.0%" in evidence("flags", "--severity", "error").out.replace("\n", " ")


def test_flags_of_a_severity_without_any_says_so(evidence, stored):
    assert evidence("flags", "--severity", "info").out == "No info flags among 2 documents.\n"


def test_a_correction_changes_what_is_shown_and_keeps_who_did_it(evidence, stored):
    number = f"{stored['BETA']}-r1"
    corrected = evidence("correct", number, "--set", "value=65.0", "--by", "A. Reviewer", "--reason", "misprint")
    assert (corrected.code, corrected.out) == (0, "corrected 1\n")
    (row,) = json.loads(evidence("show", number, "--json").out)
    assert (row["value"], row["status"], row["reviewer"]) == (65.0, "corrected", "A. Reviewer")


def test_a_rejected_number_is_not_pooled(evidence, stored):
    evidence("reject", f"{stored['BETA']}-c1", "--by", "A. Reviewer", "--reason", "a subgroup")
    pooled = json.loads(evidence("pool", "--outcome", "OS", "--measure", "HR", "--json").out)
    assert (pooled["k"], pooled["mu"]) == (1, None)


def test_a_number_entered_by_a_person_is_stored_with_its_quote(evidence, stored):
    values = {
        "document_id": stored["ALPHA"], "study_id": "alpha", "arm": "alphatinib", "outcome": "CR",
        "measure": "count", "value": "25", "quote": "25 of 40",
    }  # fmt: skip
    options = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    entered = evidence("enter", "arm_results", *options, "--by", "A. Reviewer")
    assert entered.code == 0
    (row,) = json.loads(evidence("show", entered.out.strip(), "--json").out)
    assert (row["status"], row["quote"]) == ("entered", "25 of 40")


def test_a_quote_that_stands_several_times_is_told(evidence, stored):
    values = {
        "document_id": stored["ALPHA"], "study_id": "alpha", "arm": "alphatinib", "outcome": "CR",
        "measure": "count", "value": "25", "quote": "alphatinib",
    }  # fmt: skip
    options = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    entered = evidence("enter", "arm_results", *options, "--by", "A. Reviewer")
    assert "times in the document; the row stands at the first" in entered.err
    chosen = [*options, "--set", "char_start=0", "--set", "char_end=5", "--set", "quote="]
    assert evidence("enter", "arm_results", *chosen, "--by", "A. Reviewer").err == ""


def test_a_decision_about_a_number_is_undone(evidence, stored):
    number = f"{stored['BETA']}-r1"
    evidence("correct", number, "--set", "value=65.0", "--by", "A. Reviewer")
    undone = evidence("undo", number, "--by", "B. Reviewer", "--reason", "printed so")
    assert (undone.code, undone.out) == (0, "undone 1\n")
    (row,) = json.loads(evidence("show", number, "--json").out)
    assert (row["value"], row["status"]) == (56.0, "extracted")


def test_studies_are_merged_by_their_labels_and_shown_with_the_reason_and_who_did_it(evidence, stored):
    merged = evidence("merge", "ALPHA", "beta", "--by", "A. Reviewer", "--reason", "one trial")
    assert (merged.code, merged.out) == (0, "merged 2 studies\n")
    shown = evidence("show", "BETA").out
    assert f"BETA in document {stored['BETA']} is alpha by decision of a person" in shown
    assert "merge by A. Reviewer: one trial" in shown
    rows = json.loads(evidence("list", "--json").out)
    assert {row["study_id"] for row in rows} == {"alpha"}
    studies = [row for row in json.loads(evidence("show", "alpha", "--json").out) if "linked_by" in row]
    assert [row["linked_by"] for row in studies] == ["decision of a person"] * 2


def test_a_document_is_split_from_a_study_and_the_split_undone(evidence, stored):
    evidence("merge", "ALPHA", "BETA", "--by", "A. Reviewer")
    assert evidence("split", "alpha", stored["BETA"], "--by", "A. Reviewer").code == 0
    assert len({row["study_id"] for row in json.loads(evidence("list", "--json").out)}) == 2
    assert evidence("undo", "alpha", "--by", "A. Reviewer").code == 0
    assert len({row["study_id"] for row in json.loads(evidence("list", "--json").out)}) == 1


def test_a_study_or_number_that_is_not_there_cannot_be_undone(evidence, stored):
    undone = evidence("undo", "GAMMA", "--by", "A. Reviewer")
    assert undone.code == 1 and "'GAMMA'" in undone.err and undone.err.count("\n") == 1


def test_an_assignment_without_a_value_is_wrong_usage(evidence, stored):
    assert evidence("correct", f"{stored['BETA']}-r1", "--set", "value", "--by", "A").code == 2


def test_pool_draws_the_forest_and_writes_everything_behind_it(evidence, stored, tmp_path):
    pooled = evidence("pool", "--outcome", "OS", "--measure", "HR", "--out", "here")
    assert pooled.code == 0
    assert "ALPHA" in pooled.out and "0.60" in pooled.out
    assert {path.name for path in (tmp_path / "here").iterdir()} == {
        "forest.svg", "forest.pdf", "forest.png", "forest.csv", "pooled.json", "rows.csv", "reproduce.R", "methods.md",
    }  # fmt: skip
    figures = json.loads((tmp_path / "here/pooled.json").read_text())
    assert figures["k"] == 2 and 0.60 < figures["natural"]["mu"] < 0.75
    assert len(figures["snapshot"]) == 16
    with (tmp_path / "here/rows.csv").open() as file:
        assert [row["study"] for row in csv.DictReader(file) if row["used"] == "true"] == ["ALPHA", "BETA"]


def test_outcomes_pooled_together_have_one_figure_and_a_folder_each(evidence, stored, tmp_path):
    options = (
        "--outcome",
        "OS",
        "--outcome",
        "NRM",
        "--measure",
        "HR",
        "--together",
        "--style",
        "bmj",
        "--out",
        "here",
    )
    done = evidence("pool", *options)
    assert done.code == 0 and "OS/pooled.json" in done.out
    svg = (tmp_path / "here/forest.svg").read_text(encoding="utf-8")
    assert "ALPHA" in svg and "Nothing matched" in svg and "0.60 (0.40 to 0.90)" in svg
    assert (tmp_path / "here/OS/forest.svg").exists() and (tmp_path / "here/NRM/rows.csv").exists()
    assert [one["k"] for one in json.loads(evidence("pool", *options, "--json").out)] == [2, 0]


def test_a_number_with_an_error_is_pooled_once_a_person_has_accepted_it(evidence, stored):
    assert json.loads(evidence("pool", "--outcome", "CR", "--measure", "OR", "--json").out)["k"] == 1
    evidence("accept", f"{stored['BETA']}-r1", "--by", "A. Reviewer")
    pooled = json.loads(evidence("pool", "--outcome", "CR", "--measure", "OR", "--json").out)
    assert pooled["k"] == 2 and pooled["natural"]["mu"] > 1


def test_pool_narrows_to_a_selection(evidence, stored):
    pooled = json.loads(
        evidence("pool", "--outcome", "OS", "--measure", "HR", "--treatment", "alphatinib", "--json").out
    )
    assert pooled["k"] == 1
    assert evidence("pool", "--outcome", "OS", "--measure", "HR", "--setting", "maintenance").code == 1


def test_pool_of_an_outcome_that_nobody_reports_says_where_to_look(evidence, stored):
    pooled = evidence("pool", "--outcome", "NRM", "--measure", "HR")
    assert pooled.code == 1
    assert "pool_NRM_HR/rows.csv" in pooled.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--measure", "HR"], "--outcome OS"),
        (["--outcome", "OS"], "--measure HR"),
        (["--outcome", "XX", "--measure", "HR"], "'XX'"),
        (["--outcome", "OS", "--measure", "ZZ"], "'ZZ'"),
        (["--outcome", "OS", "--measure", "HR", "--method", "magic"], "'magic'"),
        (["--outcome", "OS", "--measure", "HR", "--level", "5"], "5"),
        (["--outcome", "OS", "--measure", "HR", "--approximation", "medians"], "hr_from_medians_approximation"),
    ],
)
def test_pool_says_what_is_missing_or_unknown(evidence, stored, options, said):
    pooled = evidence("pool", *options)
    assert pooled.code == 1
    assert pooled.err.count("\n") == 1 and said in pooled.err


def test_compare_puts_arms_side_by_side(evidence, stored, tmp_path):
    compared = evidence("compare", "CR", "OS", "--out", "table")
    assert compared.code == 0
    assert "25/40" in compared.out and "10/40" in compared.out
    assert {path.name for path in (tmp_path / "table").iterdir()} == {
        "comparison.csv", "comparison.md", "comparison.html", "comparison.xlsx", "comparison.docx",
    }  # fmt: skip
    assert [row["study"] for row in json.loads(evidence("compare", "OS", "--json").out)] == ["ALPHA", "BETA"]


def test_compare_writes_the_file_that_is_named(evidence, stored, tmp_path):
    assert evidence("compare", "CR", "OS", "--out", "table.docx").code == 0
    assert (tmp_path / "table.docx").is_file()


def test_export_as_word_answers_the_questions_given(evidence, stored, tmp_path):
    (tmp_path / "asked.toml").write_text('[[question]]\nid = "os"\ntitle = "Who lives"\noutcome = ["OS"]\n')
    assert evidence("export", "--format", "docx", "--out", "a.docx", "--questions", "asked.toml").code == 0
    headings = [part.text for part in docx.Document(tmp_path / "a.docx").paragraphs if part.style.name == "Heading 1"]
    assert "Who lives" in headings and "What each study reports" not in headings
    missing = evidence("export", "--format", "docx", "--out", "b.docx", "--questions", "none.toml")
    assert missing.code == 1 and "none.toml does not exist" in missing.err


def test_export_as_csv_writes_one_file_per_table(evidence, stored, tmp_path):
    assert evidence("export", "--format", "csv", "--out", "tables").code == 0
    with (tmp_path / "tables/contrasts.csv").open() as file:
        estimates = {row["estimate"]: row["derivation"] for row in csv.DictReader(file)}
    assert estimates["0.60"] == estimates["0.75"] == "reported"
    assert [estimates[name] for name in ("2.500", "5.000", "37.50")] == [
        "rr_from_counts", "or_from_counts", "rd_from_counts",
    ]  # fmt: skip
    assert len(list((tmp_path / "tables").iterdir())) == 7


@pytest.mark.parametrize("kind", ["xlsx", "jsonl", "docx"])
def test_export_writes_one_file_of_the_other_formats(evidence, stored, tmp_path, kind):
    assert evidence("export", "--format", kind, "--out", f"all.{kind}").code == 0
    assert (tmp_path / f"all.{kind}").stat().st_size > 1000


def test_an_export_format_that_does_not_exist_is_said_with_those_that_do(evidence, stored):
    exported = evidence("export", "--format", "pptx", "--out", "x")
    assert exported.code == 1
    assert "'pptx'" in exported.err and "docx" in exported.err


@pytest.mark.parametrize(
    ("selection", "studies", "contrasts", "arm_results", "flags"),
    [
        ([], ["ALPHA", "BETA"], 8, 4, 1),
        (["--treatment", "alphatinib"], ["ALPHA", "BETA"], 4, 1, 0),
        (["--treatment", "alphatinib", "--comparator", "chemotherapy"], ["ALPHA", "BETA"], 4, 3, 0),
        (["--population", "relapsed"], ["ALPHA", "BETA"], 8, 4, 1),
        (["--population", "ALPHA"], ["ALPHA"], 4, 2, 0),
        (["--setting", "maintenance"], [], 0, 0, 0),
        (["--design", "single_arm"], [], 0, 0, 0),
        (["--status", "accepted"], ["ALPHA", "BETA"], 0, 0, 0),
        (["--subgroup", "FLT3"], ["ALPHA", "BETA"], 0, 0, 0),
        (["--primary-only", "--reported-only"], ["ALPHA", "BETA"], 2, 4, 1),
    ],
)
def test_export_of_a_selection(evidence, stored, tmp_path, selection, studies, contrasts, arm_results, flags):
    evidence("export", "--out", "tables", *selection)

    def rows(table):
        with (tmp_path / f"tables/{table}.csv").open() as file:
            return list(csv.DictReader(file))

    assert [row["label"] for row in rows("studies")] == studies
    assert (len(rows("contrasts")), len(rows("arm_results")), len(rows("flags"))) == (contrasts, arm_results, flags)


def test_every_command_has_help_with_an_example(evidence):
    for command in app.registered_commands:
        helped = evidence(command.name, "--help")
        assert helped.code == 0
        assert f"Example: evidence {command.name}" in " ".join(helped.out.split())


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["ingest"], ["list", "--colour"], ["flags", "--severity", "bad"]]
)
def test_wrong_usage_ends_with_code_2(evidence, arguments):
    assert evidence(*arguments).code == 2
