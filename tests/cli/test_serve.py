"""What `evidence serve` hands to the service; that it serves, stops and refuses is tested with the pages."""

import sys

QUESTIONS = """
[[question]]
id = "survival"
outcome = "OS"
measure = "HR"
risk_of_bias = "rob2.csv"
"""


def test_the_judgements_of_the_question_file_are_shown(evidence, stored, tmp_path, monkeypatch):
    handed = []
    monkeypatch.setattr("evidence.web.create_app", lambda service: handed.append(service) or sys.exit())
    (tmp_path / "questions.toml").write_text(QUESTIONS)
    absent = evidence("serve", "--questions", "questions.toml", "--port", "0")
    assert absent.code == 1 and "rob2.csv cannot be read" in absent.err
    (tmp_path / "rob2.csv").write_text("Study,D1,D2,D3,D4,D5,Overall\nAlpha 2020,Low,Low,High,Low,Low,High\n")
    evidence("serve", "--questions", "questions.toml", "--port", "0")
    (service,) = handed
    assert service.judged["survival"].assessments[0].study == "Alpha 2020"
