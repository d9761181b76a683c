import math
import tomllib
from importlib.resources import files

import pytest

from evidence.extract import uncalibrated
from evidence.extract.confidence import cues, probability
from evidence.read import read
from tests.extract.texts import trial

WEIGHTS = tomllib.loads((files("evidence.extract") / "confidence.toml").read_text(encoding="utf-8"))
TEXT = (
    b"Methods: We randomly assigned 90 patients to letrozole (n = 45) or placebo (n = 45).\n\n"
    b"Results: Overall survival at 2 years was 71% with letrozole and 60% with placebo (hazard ratio, 0.62; 95% CI, "
    b"0.41 to 0.94; P = .02). The relapse rate was 31%.\n"
)


def sure(sentence):
    (row,) = trial(sentence).arm_results
    return row.confidence


def test_a_number_that_the_sentence_gives_to_no_arm_is_less_sure():
    assert sure("The relapse rate was 31%.") < sure("The relapse rate was 31% with letrozole.")


def test_every_weight_belongs_to_a_cue_of_some_row():
    records = uncalibrated(read(TEXT))
    known = cues(records)
    assert known.keys() == {row.result_id for row in records.results()}
    for kind, rows in (("arm_results", records.arm_results), ("contrasts", records.contrasts)):
        named = {name for row in rows for name in known[row.result_id] if not name.startswith("measure_")}
        assert {name for name in WEIGHTS[kind] if not name.startswith("measure_")} - {"intercept"} <= named


def test_the_more_the_linker_guessed_the_less_sure_is_the_row():
    for weights in WEIGHTS.values():
        assert weights["linker"] > 0


@pytest.mark.parametrize(("cue", "likely"), [(0.0, 1 / (1 + math.exp(-0.5))), (2.0, 1 / (1 + math.exp(-1.5)))])
def test_probability_is_the_logistic_function_of_the_weighted_cues(cue, likely):
    weights = {"intercept": 0.5, "table": 0.5}
    assert probability({"table": cue, "without_weight": 7.0}, weights) == pytest.approx(likely, rel=1e-12)


@pytest.mark.parametrize(("score", "bound"), [(50.0, 0.99), (-50.0, 0.02)])
def test_nothing_is_certain(score, bound):
    assert probability({}, {"intercept": score}) == bound
