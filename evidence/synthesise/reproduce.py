"""An R script that recomputes an analysis with metafor from `rows.csv` and stops where a figure differs."""

from evidence.model.results import Analysis, Pooled

R_METHODS = {"common": "FE"}  # the others are metafor's names in lower case
R_TESTS = {"wald": "z", "hartung_knapp": "knha", "hartung_knapp_adhoc": "adhoc"}

_COMPARED = (
    "mu se ci_low ci_high pi_low pi_high tau2 I2 H2 Q".split()  # what metafor gives under every method
)

_HEAD = """\
# Question {id}: recomputed with metafor from rows.csv, in the folder of this script.
# Run: Rscript reproduce.R    It prints every figure beside ours and fails where they differ by more than 1e-6.
suppressMessages(library(metafor))

rows <- read.csv("rows.csv", colClasses = "character", encoding = "UTF-8")
rows <- rows[rows$used == "true", ]
y <- as.numeric(rows$y)
v <- as.numeric(rows$v)
different <- 0

# metafor's iterations stop at a change of 1e-5 by default; here they go on, with shorter steps where needed.
fit <- function(y, v, method, test, level) {{
  for (step in c(1, 0.5, 0.25, 0.1)) {{
    found <- try(suppressWarnings(rma(y, v, method = method, test = test, level = level, control = list(
      threshold = 1e-13 * max(1, mean(v)), tol = 1e-13, maxiter = 100000, stepadj = step))), silent = TRUE)
    if (!inherits(found, "try-error")) return(found)
  }}
  stop(found)
}}

compare <- function(name, r, ours) {{
  for (key in names(ours)) {{
    same <- abs(r[[key]] - ours[[key]]) <= 1e-6 * max(1, abs(ours[[key]]))
    cat(sprintf("%-22s %-8s metafor %18.12g   here %18.12g   %s\\n", name, key, r[[key]], ours[[key]],
      if (isTRUE(same)) "same" else "DIFFERENT"))
    if (!isTRUE(same)) different <<- different + 1
  }}
}}

check <- function(name, rows, method, test, level, ours) {{
  found <- fit(y[rows], v[rows], method, test, level)
  predicted <- predict(found, level = level)
  r <- list(mu = c(found$beta), se = found$se, ci_low = found$ci.lb, ci_high = found$ci.ub, pi_low = predicted$pi.lb,
    pi_high = predicted$pi.ub, tau2 = found$tau2, I2 = found$I2, H2 = found$H2, Q = found$QE)
  compare(name, r, ours)
  invisible(c(mu = c(found$beta), se = found$se))
}}
"""

_TAIL = """
if (different > 0) stop(paste(different, "figures differ"))
cat("All figures agree with metafor", as.character(packageVersion("metafor")), "\\n")
"""


def reproduce_r(analysis: Analysis) -> str:
    """Text of the script; it needs R with metafor and `rows.csv` (`rows_table`) beside it.

    It was written for metafor 3.8 and holds for later versions: no figure compared has changed.
    """
    parts = [_HEAD.format(id=analysis.question.id)]
    if analysis.pooled is None:
        parts.append(f'\ncat("Nothing was pooled: {len(analysis.estimates)} study.\\n")\n')
    else:
        parts.append("\n" + _check("all studies", range(len(analysis.estimates)), analysis.pooled))
    if analysis.reported_only and analysis.reported_only.pooled:
        parts.append(_check("reported only", analysis.reported_only.members, analysis.reported_only.pooled))
    if analysis.groups:
        parts.append("\ngroups <- list()\n")
        for group in analysis.groups:
            rows = [member + 1 for member in group.members]
            if group.pooled is None:  # one study stands for itself
                made = f"c(mu = y[{rows[0]}], se = sqrt(v[{rows[0]}]))\n"
            else:
                made = _check(group.name, group.members, group.pooled)
            parts.append(f"groups[[length(groups) + 1]] <- {made}")
    if analysis.group_test:
        parts.append(
            "means <- sapply(groups, `[[`, 'mu')\n"
            "ses <- sapply(groups, `[[`, 'se')\n"
            f"compare('subgroups differ', list(Q = rma(means, ses^2, method = 'FE')$QE), "
            f"list(Q = {analysis.group_test.Q!r}))\n"
        )
    parts.append(_TAIL)
    return "".join(parts)


def _check(name: str, members: tuple[int, ...] | range, pooled: Pooled) -> str:
    ours = {key: getattr(pooled, key) for key in _COMPARED}
    listed = ", ".join(f"{key} = {value!r}" for key, value in ours.items() if value is not None)
    rows = ", ".join(str(member + 1) for member in members)
    method = R_METHODS.get(pooled.method, pooled.method.upper())
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'check("{quoted}", c({rows}), "{method}", "{R_TESTS[pooled.interval]}", {pooled.level:g},\n  list({listed}))\n'
    )
