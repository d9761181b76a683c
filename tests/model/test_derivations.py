from dataclasses import replace

import pytest

from evidence.model.derivations import derived_id, inputs_of, is_approximation, is_computed
from tests.check.rows import arm_result


def row(result_id, derivation="reported"):
    return replace(arm_result("50"), result_id=result_id, derivation=derivation)


@pytest.mark.parametrize("names", [("d1-r1",), ("d1-r1", "d1-r20", "d1-e3"), ("r1", "r2")])
def test_the_id_of_a_computed_row_gives_back_the_ids_of_its_inputs(names):
    made = derived_id("some_method", *map(row, names))
    assert inputs_of(row(made, "some_method")) == names


def test_reported_rows_and_rows_named_otherwise_have_no_inputs():
    assert inputs_of(row("d1-r1")) == ()
    assert inputs_of(row("d1-r1", "kaplan_meier")) == ()


def test_a_standard_error_from_p_leaves_the_estimate_reported():
    assert [is_computed(name) for name in ("reported", "se_from_p", "hr_from_survival_p")] == [False, False, True]
    assert is_approximation("hr_from_medians_approximation") and not is_approximation("hr_from_survival_p")
