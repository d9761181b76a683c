"""Records to pooled estimates: `answer` selects the rows of a question and pools them, `pool` pools numbers.

`rows_table` and `pooled_dict` give an analysis as plain data, `reproduce_r` the R script that repeats it,
`methods_text` what was done. PyMARE is loaded by the first call that needs it, not by importing this package.
"""

from evidence.synthesise.answer import answer
from evidence.synthesise.effects import effects
from evidence.synthesise.methods import methods_text
from evidence.synthesise.pool import pool
from evidence.synthesise.report import pooled_dict, rows_table
from evidence.synthesise.reproduce import reproduce_r
from evidence.synthesise.subgroups import subgroups

__all__ = ["answer", "effects", "methods_text", "pool", "pooled_dict", "reproduce_r", "rows_table", "subgroups"]
