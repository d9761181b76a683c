"""Records to pooled estimates: `answer` selects the rows of a question and pools them, `pool` pools numbers.

`pool_many` does so for thousands of analyses at once; `regress` and `subgroups` look for what explains differences
between studies, `leave_one_out`, `cumulative` and `influence` for what single studies do to the result.
`rows_table` and `pooled_dict` give an analysis as plain data, `reproduce_r` the R script that repeats it,
`methods_text` what was done. PyMARE is loaded by the first call that needs it, not by importing this package.
"""

from evidence.synthesise.answer import answer
from evidence.synthesise.effects import effects
from evidence.synthesise.glmm import glmm
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
from evidence.synthesise.methods import methods_text
from evidence.synthesise.network import Comparison, Network, network
from evidence.synthesise.network_split import Split, net_split
from evidence.synthesise.pool import pool
from evidence.synthesise.regress import Permutations, Regression, permutation_test, regress
from evidence.synthesise.report import pooled_dict, rows_table
from evidence.synthesise.reproduce import reproduce_r
from evidence.synthesise.subgroups import subgroups

__all__ = [
    "Comparison",
    "Cumulative",
    "Indirect",
    "Influence",
    "Network",
    "Permutations",
    "PooledMany",
    "Predictions",
    "Regression",
    "Split",
    "answer",
    "cumulative",
    "effects",
    "glmm",
    "indirect",
    "influence",
    "leave_one_out",
    "mantel_haenszel",
    "metafor_default_tau2",
    "methods_text",
    "net_split",
    "network",
    "permutation_test",
    "peto",
    "pool",
    "pool_many",
    "pooled_dict",
    "predict_studies",
    "regress",
    "reproduce_r",
    "rows_table",
    "subgroups",
]
