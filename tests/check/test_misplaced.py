from dataclasses import replace
from decimal import Decimal

from evidence.check.misplaced import arms_swapped, repeated_numbers
from evidence.model.codes import Outcome, Severity
from tests.check.rows import arm_result, at, contrast, of


def swapped(second_arm="placebo", second=("85", "53")):
    rows = []
    for start, values in ((0, ("53", "85")), (90, second)):
        for arm, value in zip(("sorafenib", second_arm), values, strict=True):
            name = f"r{len(rows)}"
            rows.append(at(arm_result(value), start=start, arm=arm, arm_id=f"a-{arm}", result_id=name))
    return of(*rows)


def test_numbers_of_two_arms_that_are_exchanged_in_another_place_are_an_error():
    (doubt,) = arms_swapped(swapped())
    assert (doubt.severity, len(doubt.result_ids)) == (Severity.ERROR, 4)
    assert "53 with sorafenib and 85 with placebo" in doubt.message


def test_other_numbers_of_the_same_arms_are_not_exchanged():
    assert not list(arms_swapped(swapped(second=("85", "54"))))
    assert not list(arms_swapped(swapped(second=("53", "85"))))


def test_the_numbers_of_another_row_look_copied():
    first = at(contrast("0.86", "0.65", "1.16", p="=0.3238"), table="Table 3", column="HR", outcome_text="death")
    second = at(first, table="Table 3", column="HR", outcome_text="vascular death", result_id="c2")
    second = replace(second, source=replace(second.source, row="Vascular death"))
    (doubt,) = repeated_numbers(of(first, second))
    assert doubt.severity is Severity.WARNING
    assert not list(repeated_numbers(of(first, replace(second, p_value=Decimal("0.3311")))))
    short = [replace(row, p_value=Decimal("0.03")) for row in (first, second)]
    assert not list(repeated_numbers(of(*short)))  # p-values of two digits meet by chance


def test_one_result_of_two_kinds_of_outcome_looks_copied_wherever_it_stands():
    first = at(contrast("0.48", "0.27", "0.86", p="<0.001"), section="Results", outcome=Outcome.OS)
    second = at(first, table="Table 2", column="HR", outcome=Outcome.NRM, outcome_text="NRM", result_id="c2")
    (doubt,) = repeated_numbers(of(first, second))
    assert "same estimate 0.48 (0.27 to 0.86) and the same p<0.001" in doubt.message
    assert not list(repeated_numbers(of(first, replace(second, subgroup="women"))))
    assert not list(repeated_numbers(of(first, replace(second, arm_id="a9"))))
    assert not list(repeated_numbers(of(first, replace(second, outcome=Outcome.DEATH))))  # the same by another name
    assert not list(repeated_numbers(of(first, replace(second, p_value=None, p_operator=None))))
