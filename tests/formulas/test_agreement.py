"""Cohen's kappa against R's psych 2.2.9 (R 4.2.2), `cohen.kappa`: kappa, square root of var.kappa, and its interval."""

import pytest

from evidence.formulas.agreement import cohen_kappa


def pairs(table):
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


@pytest.mark.parametrize(
    ("table", "kappa", "se"),
    [
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.4915254237, 0.05100181558),  # Cohen (1968), table 1
        ([[20, 5], [10, 15]], 0.4, 0.1269960629),
        ([[1, 2, 0, 0], [3, 0, 1, 0], [0, 4, 5, 0], [2, 1, 0, 6]], 0.3099787686, 0.1178848589),
    ],
)
def test_kappa_and_its_standard_error_agree_with_psych(table, kappa, se):
    found = cohen_kappa(pairs(table))
    assert (found.kappa, found.se) == pytest.approx((kappa, se), abs=1e-9)


def test_the_interval_agrees_with_psych():
    found = cohen_kappa(pairs([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert (found.low, found.high) == pytest.approx((0.3915637021, 0.5914871454), abs=1e-9)


@pytest.mark.parametrize("table", [[], [[7]]])
def test_one_category_alone_has_no_kappa(table):
    assert cohen_kappa(pairs(table)) is None


def test_readers_who_never_agree_are_below_chance():
    found = cohen_kappa([("a", "b"), ("b", "a")])
    assert (found.kappa, found.observed) == (-1.0, 0.0)


def test_kappa_is_that_of_scikit_learn_on_names():
    from sklearn.metrics import cohen_kappa_score

    told = [("OS", "OS"), ("OS", "PFS"), ("PFS", "PFS"), ("EFS", "OS"), ("OS", "OS"), ("EFS", "EFS")]
    assert cohen_kappa(told).kappa == pytest.approx(cohen_kappa_score(*zip(*told, strict=True)), abs=1e-12)
