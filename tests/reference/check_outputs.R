# Recomputes every pooled analysis under outputs/ with metafor and fails where a figure differs by more than 1e-6.
# Run from the repository: Rscript tests/reference/check_outputs.R [folder]      (needs R with metafor and jsonlite)
#
# An analysis is a folder with rows.csv (rows used: y and v) and pooled.json (method, interval, level and the figures).
suppressMessages({
  library(metafor)
  library(jsonlite)
})

TOLERANCE <- 1e-6 # absolute, relative for figures above 1
TESTS <- c(wald = "z", hartung_knapp = "knha", hartung_knapp_adhoc = "adhoc")

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments)) arguments[1] else "outputs"
differences <- 0
compared <- 0

# metafor's iterations stop at a change of 1e-5 by default; here they go on, with shorter steps where needed.
fit <- function(y, v, method, test, level) {
  for (step in c(1, 0.5, 0.25, 0.1)) {
    found <- try(suppressWarnings(rma(y, v, method = method, test = test, level = level, control = list(
      threshold = 1e-13 * max(1, mean(v)), tol = 1e-13, maxiter = 100000, stepadj = step
    ))), silent = TRUE)
    if (!inherits(found, "try-error")) return(found)
  }
  stop(found)
}

same <- function(r, ours) isTRUE(abs(r - ours) <= TOLERANCE * max(1, abs(ours)))

compare <- function(where, key, r, ours) {
  if (is.null(ours)) return(invisible())
  compared <<- compared + 1
  if (length(r) != 1 || !same(r, ours)) {
    differences <<- differences + 1
    cat(sprintf("DIFFERENT %s %s: metafor %s, here %.12g\n", where, key, paste(format(r, digits = 12), collapse = " "), ours))
  }
}

# Compares one set of figures with a fit to these effects; gives the mean and its standard error.
check <- function(where, figures, y, v) {
  if (is.null(figures$mu)) {
    if (length(y) >= 2) {
      differences <<- differences + 1
      cat(sprintf("DIFFERENT %s: %d rows are used, but nothing is pooled\n", where, length(y)))
    }
    return(list(mu = y[1], se = sqrt(v[1]))) # one study stands for itself
  }
  method <- if (figures$method == "common") "FE" else toupper(figures$method)
  found <- fit(y, v, method, TESTS[[figures$interval]], figures$level)
  predicted <- predict(found, level = figures$level)
  needed <- c("mu", "ci_low", "ci_high", "tau2", if (found$k >= 3) c("pi_low", "pi_high"))
  for (key in needed[sapply(needed, function(key) is.null(figures[[key]]))]) {
    differences <<- differences + 1
    cat(sprintf("MISSING %s %s\n", where, key))
  }
  compare(where, "k", found$k, figures$k)
  compare(where, "mu", c(found$beta), figures$mu)
  compare(where, "se", found$se, figures$se)
  compare(where, "statistic", c(found$zval), figures$statistic)
  compare(where, "p_value", found$pval, figures$p_value)
  compare(where, "ci_low", found$ci.lb, figures$ci_low)
  compare(where, "ci_high", found$ci.ub, figures$ci_high)
  compare(where, "pi_low", predicted$pi.lb, figures$pi_low)
  compare(where, "pi_high", predicted$pi.ub, figures$pi_high)
  compare(where, "tau2", found$tau2, figures$tau2)
  compare(where, "I2", found$I2, figures$I2)
  compare(where, "H2", found$H2, figures$H2)
  compare(where, "Q", found$QE, figures$Q)
  compare(where, "Q_p", found$QEp, figures$Q_p)
  list(mu = c(found$beta), se = found$se)
}

analyses <- sort(Sys.glob(file.path(folder, "*", "pooled.json")))
if (!length(analyses)) stop("no analysis (*/pooled.json) under ", folder)
for (path in analyses) {
  where <- basename(dirname(path))
  figures <- fromJSON(path, simplifyVector = TRUE, simplifyDataFrame = FALSE)
  rows <- read.csv(file.path(dirname(path), "rows.csv"), colClasses = "character", encoding = "UTF-8")
  rows <- rows[tolower(rows$used) == "true", ]
  y <- as.numeric(rows$y)
  v <- as.numeric(rows$v)
  if (length(y)) check(where, figures, y, v)
  groups <- lapply(figures$groups, function(group) {
    members <- match(as.character(unlist(group$rows)), rows$row)
    check(paste(where, group$name, sep = ", "), group, y[members], v[members])
  })
  if (!is.null(figures$group_test)) {
    means <- sapply(groups, function(group) group$mu)
    ses <- sapply(groups, function(group) group$se)
    test <- rma(means, ses^2, method = "FE")
    compare(where, "group_test Q", test$QE, figures$group_test$Q)
    compare(where, "group_test p_value", test$QEp, figures$group_test$p_value)
  }
}

cat(sprintf("%d analyses, %d figures compared with metafor %s, %d different\n", length(analyses), compared,
  as.character(packageVersion("metafor")), differences))
if (differences > 0) quit(status = 1)
