"""How likely a row is right, from what is known of its reading.

The linker lowers `confidence` by each guess it makes; that is an order, not a probability. A logistic model over this
and some other cues makes a probability of it. Its weights stand in `confidence.toml`, fitted by `make calibrate`.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from evidence.extract.nlp import zone_of
from evidence.model.codes import Measure, Outcome, Report
from evidence.model.document import Document
from evidence.model.records import ArmResult, Contrast, Records, Result

#: A number read from an image of the page may be wrong in any digit.
_OCR = 0.8
#: No model is surer than this, and none less sure than this.
_MOST, _LEAST = 0.99, 0.02
_WEIGHTS = "confidence.toml"


def calibrated(records: Records, document: Document) -> Records:
    """The same rows with the probability that number, outcome, arms, time point and subgroup are right."""
    seen = [(mark.char_start, mark.char_end) for mark in document.marks if mark.kind == "ocr"]
    known = cues(records)

    def sure(row: Result) -> float:
        kind = "contrasts" if isinstance(row, Contrast) else "arm_results"
        likely = probability(known[row.result_id], _weights()[kind])
        by_ocr = any(start < row.source.char_end and row.source.char_start < end for start, end in seen)
        return round(likely * (_OCR if by_ocr else 1), 2)

    return replace(
        records,
        arm_results=tuple(replace(row, confidence=sure(row)) for row in records.arm_results),
        contrasts=tuple(replace(row, confidence=sure(row)) for row in records.contrasts),
    )


def cues(records: Records) -> dict[str, dict[str, float]]:
    """What is known of the reading of each row: values of named cues by `result_id`; a cue that is not there is 0."""
    arms = Counter(arm.study_id for arm in records.arms)
    cited = {study.study_id for study in records.studies if study.report is not Report.PRIMARY}
    pdf = any(document.format == "pdf" for document in records.documents)
    beside = Counter((row.source.char_start, row.source.char_end) for row in records.results())
    found = {}
    for row in records.results():
        zone = zone_of(row.source.section or "")
        values = {
            "linker": _logit(row.confidence if row.confidence is not None else 0.5),
            "pdf": float(pdf),
            "table": float(row.source.table is not None),
            "discussed": float(zone in ("introduction", "discussion")),
            "methods": float(zone == "methods"),
            "cited": float(row.study_id in cited),
            "other_outcome": float(row.outcome is Outcome.OTHER),
            "subgroup": float(row.subgroup is not None),
            "interval": float(row.ci_low is not None),
            "several_arms": float(arms[row.study_id] > 2),
            "numbers_beside": math.log(beside[row.source.char_start, row.source.char_end]),
            f"measure_{row.measure.value}": 1.0,
        }
        found[row.result_id] = values | (_of_contrast(row) if isinstance(row, Contrast) else _of_arm_result(row))
    return found


def _of_contrast(row: Contrast) -> dict[str, float]:
    return {"arms_unknown": float(not row.arm or not row.comparator), "adjusted": float(row.adjustment is not None)}


def _of_arm_result(row: ArmResult) -> dict[str, float]:
    timed = row.measure in (Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE)
    return {
        "arms_unknown": float(not row.arm),
        "everybody": float(bool(row.arm) and row.arm_id is None),
        "no_time_point": float(timed and row.timepoint_months is None),
        "events": float(row.events is not None and row.value is not None),
    }


def probability(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic function of the weighted cues; a cue without a weight counts nothing."""
    score = weights["intercept"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    return min(max(1 / (1 + math.exp(-score)), _LEAST), _MOST)


def _logit(sure: float) -> float:
    inside = min(max(sure, _LEAST), _MOST)
    return math.log(inside / (1 - inside))


@cache
def _weights() -> dict[str, Any]:
    return tomllib.loads(files("evidence.extract").joinpath(_WEIGHTS).read_text(encoding="utf-8"))
