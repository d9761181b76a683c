"""Networks of trials: what must hold whatever the trials, and what is refused and how."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import EvidenceError, SynthesisError
from evidence.synthesise import indirect, net_split, network, pool

few = settings(deadline=None, max_examples=25)

#: Two-arm trials that close a triangle, and one of three arms.
TRIANGLE = {
    "studies": ["s1", "s2", "s3", "s4", "m", "m", "m"],
    "treat_a": ["A", "A", "B", "A", "A", "A", "B"],
    "treat_b": ["B", "C", "C", "B", "B", "C", "C"],
    "y": [-0.3, -0.7, -0.1, -0.6, -0.2, -0.5, -0.3],
    "v": [0.04, 0.05, 0.03, 0.06, 0.05, 0.06, 0.07],
}


def trials(seed, n=5, m=12, scale=1.0):
    """A connected network of m trials on n treatments, some of three arms, with arms of known variance."""
    random = np.random.default_rng(seed)
    rows = {name: [] for name in TRIANGLE}
    for trial in range(m):
        drawn = random.choice(n, 3 if trial % 3 == 0 else 2, replace=False)
        arms = [trial, trial + 1] if trial < n - 1 else drawn
        x, v = random.normal(0, 0.5, len(arms)), random.uniform(0.01, 0.3, len(arms))
        for i in range(len(arms)):
            for j in range(i + 1, len(arms)):
                row = (f"trial {trial}", f"t{arms[i]}", f"t{arms[j]}", scale * (x[i] - x[j]), scale**2 * (v[i] + v[j]))
                for name, value in zip(TRIANGLE, row, strict=True):
                    rows[name].append(value)
    return rows


def changed(row, **values):
    rows = {name: list(column) for name, column in TRIANGLE.items()}
    for name, value in values.items():
        rows[name][row] = value
    return rows


def without(row):
    return {name: [value for i, value in enumerate(column) if i != row] for name, column in TRIANGLE.items()}


seeds = st.integers(0, 10_000)


@few
@given(seeds, st.sampled_from([1e-4, 1.0, 1e4]))
def test_results_move_with_the_unit_of_the_effects(seed, scale):
    one, other = network(**trials(seed)), network(**trials(seed, scale=scale))
    assert other.tau2 == pytest.approx(scale**2 * one.tau2, rel=1e-7, abs=1e-12 * scale**2)
    assert np.array(other.mu) == pytest.approx(scale * np.array(one.mu), rel=1e-7, abs=1e-10 * scale)
    assert other.p_scores == pytest.approx(one.p_scores, abs=1e-8)


@few
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_rows_do_not_matter(seed, random):
    rows = trials(seed)
    places = list(range(len(rows["y"])))
    random.shuffle(places)
    turned = {name: [column[i] for i in places] for name, column in rows.items()}
    for i in range(0, len(places), 2):
        turned["treat_a"][i], turned["treat_b"][i] = turned["treat_b"][i], turned["treat_a"][i]
        turned["y"][i] = -turned["y"][i]
    one, other = network(**rows), network(**turned)
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-7, abs=1e-12)
    assert np.array(other.mu) == pytest.approx(np.array(one.mu), abs=1e-9)
    assert (other.Q, other.Q_between) == (pytest.approx(one.Q), pytest.approx(one.Q_between, abs=1e-9))


@few
@given(seeds, st.sampled_from(["dl", "reml"]))
def test_a_network_of_two_treatments_is_a_meta_analysis(seed, method):
    random = np.random.default_rng(seed)
    y, v = random.normal(0, 0.5, 8), random.uniform(0.01, 0.3, 8)
    found = network(range(8), ["A"] * 8, ["B"] * 8, y, v, method=method)
    pooled = pool(y, v, method=method, interval="wald")
    assert found.tau2 == pytest.approx(pooled.tau2, rel=1e-7, abs=1e-12)
    assert (found.mu[0][1], found.se[0][1]) == (pytest.approx(pooled.mu), pytest.approx(pooled.se))
    assert (found.Q, found.Q_df) == (pytest.approx(pooled.Q), pooled.Q_df)
    if method == "reml":
        assert found.log_likelihood == pytest.approx(pooled.log_likelihood)


@few
@given(seeds)
def test_p_scores_average_one_half_and_turn_over_with_what_is_good(seed):
    small, large = network(**trials(seed)), network(**trials(seed), good="large")
    assert np.mean(small.p_scores) == pytest.approx(0.5)
    assert large.p_scores == pytest.approx([1 - score for score in small.p_scores])


def test_two_trials_with_a_common_comparator_are_compared_as_by_bucher():
    found = network(["1", "2"], ["A", "C"], ["B", "B"], [-0.4, 0.1], [0.04, 0.09], effects="common")
    simple = indirect(-0.4, 0.04, 0.1, 0.09)
    assert (found.mu[0][2], found.se[0][2]) == (pytest.approx(simple.mu), pytest.approx(simple.se))
    assert found.ci_low[0][2] == pytest.approx(simple.ci_low)
    (_, split, _) = net_split(["1", "2"], ["A", "C"], ["B", "B"], [-0.4, 0.1], [0.04, 0.09])
    assert (split.a, split.b, split.k, split.direct, split.difference) == ("A", "C", 0, None, None)


def test_tau2_of_a_network_without_repeated_comparisons_is_not_defined():
    found = network(["1", "2"], ["A", "C"], ["B", "B"], [-0.4, 0.1], [0.04, 0.09])
    assert (found.tau2, found.Q_df, found.Q_p, found.I2, found.pi_low) == (None, 0, None, None, None)
    assert "tau2 cannot be estimated" in found.notes[0]


def test_comparisons_are_with_the_reference():
    found = network(**TRIANGLE, reference="C")
    assert [one.treatment for one in found.comparisons] == ["A", "B"]
    assert found.comparisons[0].mu == found.mu[0][2]
    assert found.comparisons[0].pi_low < found.comparisons[0].ci_low < found.comparisons[0].mu
    assert [(one.a, one.b) for one in net_split(**TRIANGLE, reference="A")] == [("B", "A"), ("C", "A"), ("B", "C")]


def test_treatments_stand_in_the_order_asked_for():
    plain, found = network(**TRIANGLE), network(**TRIANGLE, order=["C", "A", "B"])
    assert found.treatments == ("C", "A", "B")
    assert (found.reference, found.mu[0][1]) == ("C", pytest.approx(plain.mu[2][0]))
    assert [(one.a, one.b) for one in net_split(**TRIANGLE, order=["C", "A", "B"])] == [
        ("C", "A"),
        ("C", "B"),
        ("A", "B"),
    ]


def test_capitals_do_not_come_before_small_letters():
    found = network(["1", "2"], ["Placebo", "aspirin"], ["aspirin", "Warfarin"], [0.1, 0.2], [0.04, 0.09])
    assert found.treatments == ("aspirin", "Placebo", "Warfarin")


def test_contrasts_of_a_trial_that_miss_adding_up_by_rounding_are_used_with_a_note():
    found = network(**changed(5, y=-0.51))
    assert "m: " in found.notes[0] and "tolerance" in found.notes[0]
    assert np.array(found.mu) == pytest.approx(np.array(network(**TRIANGLE).mu), abs=0.01)


def test_variances_that_imply_correlated_arms_are_noted():
    found = network(**changed(6, v=0.115))
    assert "m: the variances of its contrasts imply a negative variance of the arm A" in found.notes[0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (changed(5, y=-0.9), "m: .* the best fit is off by 0.* standard errors"),
        (changed(6, v=0.9), "variances of the contrasts of m .A, B, C. cannot be those of one trial"),
        (without(6), "m has 3 arms, so it must give all 3 contrasts, but lacks B versus C"),
        (changed(6, treat_a="C", treat_b="A"), "m gives C versus A twice"),
        (changed(0, treat_b="A"), "s1 compares A with itself"),
        (changed(0, v=0), "s1, A versus B, has effect -0.3 and variance 0"),
        (changed(0, y=None), "s1, A versus B, has effect nan"),
        (changed(0, y="x"), "must be numbers"),
        (
            changed(0, treat_a="X", treat_b="Y"),
            "2 parts that no trial connects: .1. X, Y; .2. A, B, C|.1. A, B, C; .2. X",
        ),
        ({**TRIANGLE, "y": [1.0]}, "lists of one length"),
        ({name: [] for name in TRIANGLE}, "at least one contrast"),
        ({**TRIANGLE, "order": ["A", "B"]}, "must name each treatment once: A, B, C"),
        ({**TRIANGLE, "reference": "Z"}, "'Z' is none of the treatments A, B, C"),
        ({**TRIANGLE, "effects": "fixed"}, "'fixed' is none of common, random"),
        ({**TRIANGLE, "method": "pm"}, "'pm' is none of reml, dl"),
        ({**TRIANGLE, "level": 0.95 - 1}, "no confidence level"),
    ],
)
def test_what_makes_no_network_is_refused_with_the_reason(rows, message):
    with pytest.raises(SynthesisError, match=message):
        network(**rows)


@pytest.mark.parametrize("numbers", [(1, 0, 1, 1), (float("nan"), 1, 1, 1), (1, 1, 1, -1)])
def test_an_indirect_comparison_needs_estimates(numbers):
    with pytest.raises(EvidenceError, match="versus b is"):
        indirect(*numbers)


def test_a_chain_of_trials_adds_up_their_variances_over_eight_powers_of_ten():
    random = np.random.default_rng(2)
    y, v = random.normal(size=5), 10.0 ** random.permutation([-4, -2, 0, 2, 4])
    found = network(range(5), list("ABCDE"), list("BCDEF"), y, v, effects="common")
    for i in range(6):
        for j in range(i + 1, 6):
            assert found.se[i][j] == pytest.approx(sum(v[i:j]) ** 0.5, rel=1e-7)
            assert found.mu[i][j] == pytest.approx(sum(y[i:j]), abs=1e-7 * found.se[i][j])


def test_variances_from_tiny_to_huge_are_refused_with_the_trials_that_have_them():
    with pytest.raises(SynthesisError, match=r"variances of 1 and 2 differ by a factor of 1e.16"):
        network(range(3), ["A", "B", "C"], ["B", "C", "D"], [0.1, 0.2, 0.3], [1, 1e-8, 1e8])
