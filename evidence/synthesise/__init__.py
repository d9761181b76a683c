"""Records to pooled estimates: `answer` selects the rows of a question and pools them, `pool` pools numbers.

`answer_network` and `network` do so for networks of treatments, `pool_many` for thousands of analyses at once;
`regress` and `subgroups` look for what explains differences between studies, `leave_one_out`, `cumulative` and
`influence` for what single studies do to the result. `rows_table` and `pooled_dict` give an analysis as plain data,
`reproduce_r` the R script that repeats it, `methods_text` what was done. PyMARE is loaded by the first call that needs
it, not by importing this package.
"""

from evidence.model.networks import Comparison, Network
from evidence.synthesise.answer import answer
from evidence.synthesise.asymmetry import AsymmetryTest, count_asymmetry, egger
from evidence.synthesise.effects import effects
from evidence.synthesise.fail_safe import FailSafeN, fail_safe_n
from evidence.synthesise.findings import findings
from evidence.synthesise.glmm import glmm
from evidence.synthesise.henmi_copas import HenmiCopas, henmi_copas
from evidence.synthesise.indirect import Indirect, indirect
from evidence.synthesise.influence import (
    Cumulative,
    Influence,
    Predictions,
    cumulative,
    influence,
    leave_one_out,
    predict_studies,
)
from evidence.synthesise.mantel_haenszel import mantel_haenszel, peto
from evidence.synthesise.many import PooledMany, pool_many
from evidence.synthesise.metafor_default import metafor_default_tau2
from evidence.synthesise.methods import methods_sections, methods_text
from evidence.synthesise.network import network
from evidence.synthesise.network_answer import answer_network, network_dict
from evidence.synthesise.network_split import Split, net_split
from evidence.synthesise.pool import pool
from evidence.synthesise.rank_test import RankTest, begg
from evidence.synthesise.regress import Permutations, Regression, permutation_test, regress
from evidence.synthesise.report import pooled_dict, rows_table
from evidence.synthesise.reproduce import reproduce_r
from evidence.synthesise.stakes import default_questions, stakes
from evidence.synthesise.subgroups import subgroups
from evidence.synthesise.trim_and_fill import Filled, trim_and_fill

__all__ = [
    "AsymmetryTest",
    "Comparison",
    "Cumulative",
    "FailSafeN",
    "Filled",
    "HenmiCopas",
    "Indirect",
    "Influence",
    "Network",
    "Permutations",
    "PooledMany",
    "Predictions",
    "RankTest",
    "Regression",
    "Split",
    "answer",
    "answer_network",
    "begg",
    "count_asymmetry",
    "cumulative",
    "default_questions",
    "effects",
    "egger",
    "fail_safe_n",
    "findings",
    "glmm",
    "henmi_copas",
    "indirect",
    "influence",
    "leave_one_out",
    "mantel_haenszel",
    "metafor_default_tau2",
    "methods_sections",
    "methods_text",
    "net_split",
    "network",
    "network_dict",
    "permutation_test",
    "peto",
    "pool",
    "pool_many",
    "pooled_dict",
    "predict_studies",
    "regress",
    "reproduce_r",
    "rows_table",
    "stakes",
    "subgroups",
    "trim_and_fill",
]
