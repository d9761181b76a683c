from dataclasses import replace

from evidence.check import BETWEEN, CHECKS, DERIVATIONS, check
from evidence.model.codes import Severity
from evidence.model.records import Records
from tests.check.rows import arm_result, contrast, of

DOUBTFUL = of(
    arm_result("65", 25, 38),  # info
    contrast("0.64", "0.49", "0.83", p="=0.12"),  # warning
    replace(contrast("0.64", "0.49", "0.38"), result_id="c2"),  # error
)


def test_doubts_become_flags_worst_first_named_by_their_check():
    flags = check(DOUBTFUL).flags
    assert [(flag.check, flag.severity, flag.result_ids) for flag in flags] == [
        ("ci_limits_order", Severity.ERROR, ("c2",)),
        ("p_ci_mismatch", Severity.WARNING, ("c1",)),
        ("percent_count_mismatch", Severity.INFO, ("r1",)),
    ]


def test_flag_ids_are_unique_and_the_same_on_every_run():
    first, second = check(DOUBTFUL).flags, check(DOUBTFUL).flags
    assert [flag.flag_id for flag in first] == [flag.flag_id for flag in second]
    assert len({flag.flag_id for flag in first}) == len(first)


def test_checking_twice_changes_nothing():
    once = check(of(*DOUBTFUL.results(), replace(arm_result("65.8", None, 38), result_id="r2")))
    assert len(once.arm_results) == 3
    assert check(once) == once


def test_a_doubt_about_a_row_is_not_repeated_for_what_is_derived_from_it():
    doubtful = arm_result("65.8", None, 38, low="90", high="70")  # 25 patients follow from it
    once = check(of(doubtful))
    assert len(once.arm_results) == 2
    assert len(once.flags) == 1
    assert check(once) == once


def test_checking_documents_together_finds_what_checking_them_alone_finds():
    other = of(replace(contrast("0.94", "0.49", "0.83"), document_id="d2", result_id="c3"))
    together = check(
        Records(
            arm_results=DOUBTFUL.arm_results,
            contrasts=DOUBTFUL.contrasts + other.contrasts,
        )
    )
    alone = {flag.flag_id for flag in check(DOUBTFUL).flags + check(other).flags}
    assert {flag.flag_id for flag in together.flags} == alone


def test_the_numbers_reported_stay_as_they_were():
    checked = check(DOUBTFUL)
    assert (checked.arm_results, checked.contrasts) == (DOUBTFUL.arm_results, DOUBTFUL.contrasts)


def test_every_check_and_derivation_says_what_it_looks_for():
    assert all(step.__doc__ for step in CHECKS + BETWEEN + DERIVATIONS)
