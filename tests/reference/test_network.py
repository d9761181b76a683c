"""Networks fitted with rma.mv of R's metafor, made by network.R beside this file; versions stand in network.json.

Tolerance: 1e-9 relative at a given tau2; 1e-7 where tau2 is REML's.
"""

import json
from itertools import combinations
from pathlib import Path

import pytest

from evidence.synthesise import net_split, network

FILE = json.loads((Path(__file__).parent / "network.json").read_text(encoding="utf-8"))
NETWORKS = FILE["networks"]
HOW = {"common": {"effects": "common"}, "dl": {"method": "dl"}, "reml": {"method": "reml"}}


def rows(name):
    return [NETWORKS[name][column] for column in ("study", "a", "b", "y", "v")]


def close(expected, rel):
    return [close(one, rel) for one in expected] if isinstance(expected, list) else pytest.approx(expected, rel, 1e-11)


def test_the_file_says_what_made_it():
    assert FILE["made_with"] == {"R": "4.2.2", "metafor": "3.8.1", "metadat": "1.2.0"}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("fit", HOW)
def test_all_contrasts_agree_with_rma_mv(name, fit):
    expected, rel = NETWORKS[name]["fits"][fit], 1e-7 if fit == "reml" else 1e-9
    found = network(*rows(name), **HOW[fit])
    assert found.treatments == tuple(NETWORKS[name]["treatments"])
    assert found.tau2 == close(expected["tau2"], rel)
    assert [list(row) for row in found.mu] == close(expected["mu"], rel)
    assert [list(row) for row in found.se] == close(expected["se"], rel)
    if fit == "reml":
        assert found.log_likelihood == close(expected["log_likelihood"], 1e-9)


@pytest.mark.parametrize("name", NETWORKS)
def test_heterogeneity_within_and_between_designs_agrees(name):
    expected, found = NETWORKS[name], network(*rows(name))
    assert (found.Q, found.Q_df) == (close(expected["Q"], 1e-9), expected["Q_df"])
    assert (found.Q_within, found.Q_within_df) == (close(expected["Q_within"], 1e-9), expected["Q_within_df"])
    assert found.designs == expected["designs"]
    assert found.Q_between == pytest.approx(expected["Q"] - expected["Q_within"], rel=1e-8, abs=1e-9)
    assert found.Q_between_df == expected["Q_df"] - expected["Q_within_df"]


@pytest.mark.parametrize("name", NETWORKS)
def test_direct_and_indirect_evidence_make_up_the_network(name):
    found = network(*rows(name))
    for one in net_split(*rows(name)):
        i, j = found.treatments.index(one.a), found.treatments.index(one.b)
        assert (one.network.mu, one.network.se) == (found.mu[i][j], found.se[i][j])
        if one.direct and one.indirect:
            parts = [(part.mu, part.se**-2) for part in (one.direct, one.indirect)]
            total = sum(w for _, w in parts)
            assert sum(mu * w for mu, w in parts) / total == pytest.approx(one.network.mu, abs=1e-10)
            assert total**-0.5 == pytest.approx(one.network.se, rel=1e-10)
    assert [(one.a, one.b) for one in net_split(*rows(name))] == list(combinations(found.treatments, 2))
