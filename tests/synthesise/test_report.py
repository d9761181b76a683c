import csv
import io
import json
import re

import pytest
from study_rows import ask, counts, hr, study

from evidence.model.codes import Design
from evidence.synthesise import methods_text, pooled_dict, reproduce_r, rows_table


@pytest.fixture
def analysis():
    rows = [hr(f"r{i}", f"S{i}", text) for i, text in enumerate(["0.5 (0.3-0.8)", "0.9 (0.6-1.4)", "0.7 (0.5-0.98)"])]
    designs = [study(f"S{i}", design=design) for i, design in enumerate([Design.RANDOMIZED] * 2 + [Design.OTHER])]
    return ask(*rows, *designs, hr("r9", "S0", "", comparator='no "maintenance"'), subgroup_by="design")


def test_rows_used_come_first_and_rows_left_out_carry_their_reason(analysis):
    rows = rows_table(analysis)
    assert [(row["row"], row["used"], row["study"]) for row in rows] == [
        (1, "true", "S0"), (2, "true", "S1"), (3, "true", "S2"), (4, "false", "S0"),
    ]  # fmt: skip
    assert rows[3]["reason"] == "no estimate"
    assert rows[3]["y"] is None
    assert len({tuple(row) for row in rows}) == 1


def test_y_and_v_survive_a_csv_file_to_the_last_digit(analysis):
    rows = rows_table(analysis)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    back = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert [(float(row["y"]), float(row["v"])) for row in back[:3]] == [(e.y, e.v) for e in analysis.estimates]


def test_pooled_figures_are_plain_json_with_groups_and_their_rows(analysis):
    figures = json.loads(json.dumps(pooled_dict(analysis), allow_nan=False))
    assert figures["mu"] == analysis.pooled.mu
    assert (figures["method"], figures["interval"], figures["level"], figures["k"]) == (
        "reml",
        "hartung_knapp",
        95.0,
        3,
    )
    assert [(group["name"], group["rows"], group["k"]) for group in figures["groups"]] == [
        ("other", [3], 1),
        ("randomized", [1, 2], 2),
    ]
    assert figures["groups"][0]["mu"] is None
    assert figures["groups"][1]["mu"] == analysis.groups[1].pooled.mu
    assert figures["group_test"]["Q"] == analysis.group_test.Q


def test_the_natural_scale_stands_beside(analysis):
    natural = pooled_dict(analysis)["natural"]
    assert 0.5 < natural["mu"] < 0.9
    rates = ask(
        counts("a", "A", "sorafenib", 10, 40),
        counts("b", "B", "sorafenib", 30, 60),
        outcome=("CR",),
        measure="PFT",
    )
    assert 25 < pooled_dict(rates)["natural"]["mu"] < 50


def test_nothing_pooled_is_written_as_nothing():
    figures = pooled_dict(ask(hr("r1", "A", "0.5 (0.3-0.8)")))
    assert (figures["k"], figures["mu"], figures["I2"]) == (1, None, None)
    assert figures["notes"] == ["One study: nothing was pooled."]


def test_the_r_script_carries_every_figure_and_every_group(analysis):
    script = reproduce_r(analysis)
    assert f"mu = {analysis.pooled.mu!r}" in script
    assert f"tau2 = {analysis.groups[1].pooled.tau2!r}" in script
    assert 'c(1, 2, 3), "REML", "knha", 95' in script
    assert "c(mu = y[3], se = sqrt(v[3]))" in script
    assert "None" not in script


def test_the_methods_say_what_was_done_with_the_versions_given(analysis):
    text = methods_text(analysis, {"evidence": "9.9"})
    assert "restricted maximum likelihood" in text
    assert "Hartung and Knapp" in text
    assert "Computed with evidence 9.9." in text
    assert "Studies were grouped by design: other (1); randomized (2)." in text
    assert "1: no estimate" in text
    assert not re.search(r"\b(will|shall)\b", text)


@pytest.mark.parametrize("method", ["common", "dl", "he", "hs", "sj", "ml", "reml", "eb", "pm"])
@pytest.mark.parametrize("interval", ["wald", "hartung_knapp", "hartung_knapp_adhoc"])
def test_every_method_is_described_with_a_reference(method, interval):
    rows = (hr("r1", "A", "0.5 (0.3-0.8)"), hr("r2", "B", "0.9 (0.6-1.4)"), hr("r3", "C", "0.7 (0.5-0.98)"))
    text = methods_text(ask(*rows, method=method, interval=interval))
    assert ("common-effect" in text) == (method == "common")
    assert ("random-effects" in text) == (method != "common")
    assert ("Hartung & Knapp 2001" in text) == (interval != "wald")
    assert "pymare 0.0.13" in text
