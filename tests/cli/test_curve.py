"""`evidence curve`: from points and numbers at risk to a file of patients."""

import csv

POINTS = "time,survival\n2,0.9\n4,0.8\n8,0.667\n10,0.667\n"
RISK = "time,n_risk\n0,10\n4,9\n6,6\n8,6\n"


def reconstructed(evidence, tmp_path, points=POINTS, risk=RISK, *options):
    (tmp_path / "points.csv").write_text(points)
    (tmp_path / "risk.csv").write_text(risk)
    return evidence("curve", "points.csv", "--at-risk", "risk.csv", "--out", "patients.csv", *options)


def test_patients_are_written_and_what_they_give_is_said(evidence, tmp_path):
    done = reconstructed(evidence, tmp_path)
    assert done.code == 0
    assert done.out == (
        "10 patients, 3 events; median not reached (95% CI 2 to not reached)\n"
        "largest distance from the points: 0.0 percentage points\nwrote patients.csv\n"
    )
    with (tmp_path / "patients.csv").open(newline="") as file:
        rows = [(float(row["time"]), row["event"]) for row in csv.DictReader(file)]
    assert len(rows) == 10 and [time for time, event in rows if event == "1"] == [2, 4, 8]


def test_a_number_of_events_that_the_curve_does_not_allow_is_said(evidence, tmp_path):
    assert "3 events (reported: 9)" in reconstructed(evidence, tmp_path, POINTS, RISK, "--events", "9").out


def test_what_cannot_be_read_or_is_no_curve_is_one_sentence(evidence, tmp_path):
    for points, said in [
        ("time,percent\n2,90\n", "needed are time,survival"),
        ("time,survival\n", "no rows"),
        ("time,survival\n2,zero\n", "line 2: survival is 'zero'"),
        ("time,survival\n2,90\n4,80\n", "divide percent by 100"),
        ("time,survival\n2,0.8\n4,0.9\n", "rises from 0.8 to 0.9"),
    ]:
        done = reconstructed(evidence, tmp_path, points)
        assert (done.code, done.err.count("\n")) == (1, 1) and said in done.err
        assert not (tmp_path / "patients.csv").exists()
