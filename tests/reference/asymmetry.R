# Writes asymmetry.json: small-study effects by R's metafor. Run from this folder: Rscript asymmetry.R
#
# Log odds ratios of bcg (tuberculosis vaccine), nielweise2007 (catheters), hine1989 (lidocaine) and collins1985b
# (diuretics in pregnancy); raudenbush1985 has standardised mean differences. nielweise2007 and collins1985b have fewer than
# ten studies or empty cells. Iterations run to a change of 1e-13, within trimfill too.
suppressMessages({
  library(metafor)
  library(metadat)
  library(jsonlite)
})

tight <- list(threshold = 1e-13, tol = 1e-14, maxiter = 10000)
odds <- function(a, n1, c, n2) {
  d <- escalc("OR", ai = a, n1i = n1, ci = c, n2i = n2)
  data.frame(y = c(d$yi), v = d$vi, n = n1 + n2)
}
effects <- list(
  bcg = with(dat.bcg, odds(tpos, tpos + tneg, cpos, cpos + cneg)),
  nielweise2007 = with(dat.nielweise2007, odds(ai, n1i, ci, n2i)),
  hine1989 = with(dat.hine1989, odds(ai, n1i, ci, n2i)),
  raudenbush1985 = with(dat.raudenbush1985, data.frame(y = yi, v = vi, n = n1i + n2i)),
  collins1985b = with(dat.collins1985b, odds(pre.xti, pre.nti, pre.xci, pre.nci))
)
predictors <- c(se = "sei", v = "vi", n = "ni", sqrt_n = "sqrtni", inverse_n = "ninv", inverse_sqrt_n = "sqrtninv")
tests <- c(wald = "z", hartung_knapp = "knha", thompson = "t")
methods <- c(common = "FE", dl = "DL", reml = "REML", pm = "PM")

eggers <- list()
keep <- function(data, predictor, model, method, interval, r, level) c(list(data = data, predictor = predictor,
  model = model, method = method, interval = interval, level = level, statistic = r$zval, p_value = r$pval,
  limit = if (is.null(r$est)) NA else unname(c(r$est)), low = if (is.null(r$est)) NA else unname(r$ci.lb),
  high = if (is.null(r$est)) NA else unname(r$ci.ub)))
for (data in names(effects)) for (predictor in names(predictors)) {
  d <- effects[[data]]
  how <- predictors[[predictor]]
  for (level in c(95, 80)) {
    r <- regtest(d$y, vi = d$v, ni = d$n, model = "lm", predictor = how, level = level)
    eggers <- c(eggers, list(keep(data, predictor, "weighted", NA, NA, r, level)))
  }
  for (method in names(methods)) for (interval in names(tests)) {
    m <- rma(d$y, d$v, ni = d$n, method = methods[[method]], test = tests[[interval]], control = tight)
    r <- regtest(m, ni = d$n, predictor = how)
    eggers <- c(eggers, list(keep(data, predictor, if (interval == "thompson") "thompson" else "mixed", method,
      if (interval == "thompson") "wald" else interval, r, 95)))
  }
}

ranks <- lapply(names(effects), function(data) {
  d <- effects[[data]]
  exact <- suppressWarnings(ranktest(d$y, vi = d$v))
  normal <- suppressWarnings(ranktest(d$y, vi = d$v, exact = FALSE))
  list(data = data, tau = unname(exact$tau), p_value = exact$pval, p_normal = normal$pval)
})

filled <- list()
for (data in names(effects)) for (method in names(methods)) for (estimator in c("L0", "R0")) for (side in c("left", "right", NA)) {
  d <- effects[[data]]
  m <- rma(d$y, d$v, method = methods[[method]], control = tight)
  t <- if (is.na(side)) trimfill(m, estimator = estimator, control = tight) else
    trimfill(m, estimator = estimator, side = side, control = tight)
  extra <- if (t$k0 > 0) seq_len(t$k0) + nrow(d) else integer(0)
  filled <- c(filled, list(list(data = data, method = method, estimator = estimator, side = side, found = t$side,
    missing = t$k0, se = if (is.nan(t$se.k0)) NA else t$se.k0, p_value = t$p.k0, y = I(c(t$yi)[extra]),
    v = I(c(t$vi)[extra]), mu = c(t$beta), se_mu = t$se, tau2 = t$tau2)))
}

safe <- list()
for (data in names(effects)) for (alpha in c(0.05, 0.01)) {
  d <- effects[[data]]
  for (type in c("Rosenthal", "Rosenberg")) safe <- c(safe, list(list(data = data, type = tolower(type), alpha = alpha,
    target = NA, weighted = FALSE, n = fsn(d$y, d$v, type = type, alpha = alpha)$fsnum)))
  for (weighted in c(FALSE, TRUE)) for (target in c(NA, 0.07)) {
    r <- if (is.na(target)) fsn(d$y, d$v, type = "Orwin", weighted = weighted) else
      fsn(d$y, d$v, type = "Orwin", weighted = weighted, target = target)
    safe <- c(safe, list(list(data = data, type = "orwin", alpha = alpha, target = target, weighted = weighted,
      n = r$fsnum)))
  }
}

intervals <- list()
for (data in names(effects)) for (level in c(95, 80)) {
  d <- effects[[data]]
  h <- hc(rma(d$y, d$v, method = "DL", level = level), control = list(tol = 1e-12))
  intervals <- c(intervals, list(list(data = data, level = level, mu = c(h$beta), se = h$se, ci_low = h$ci.lb,
    ci_high = h$ci.ub, tau2 = h$tau2)))
}

# Tests for two-by-two tables as weighted regressions by R's lm, from the formulas of their authors.
tables <- list(
  bcg = with(dat.bcg, data.frame(a = tpos, na = tpos + tneg, c = cpos, nc = cpos + cneg)),
  nielweise2007 = with(dat.nielweise2007, data.frame(a = ai, na = n1i, c = ci, nc = n2i))
)
of_counts <- list()
for (data in names(tables)) for (measure in c("OR", "RR")) {
  d <- data.frame(lapply(tables[[data]], as.numeric))
  d <- d[d$a + d$c > 0, ] # a study without events says nothing
  e <- escalc(measure, ai = a, n1i = na, ci = c, n2i = nc, data = d)
  n <- d$na + d$nc
  events <- d$a + d$c
  Z <- d$a - events * d$na / n
  V <- d$na * d$nc * events * (n - events) / (n^2 * (n - 1))
  ess <- 4 * d$na * d$nc / n
  lines <- list(harbord = lm(I(Z / V) ~ I(1 / sqrt(V)), weights = V),
    peters = lm(yi ~ I(1 / n), e, weights = 1 / (1 / events + 1 / (n - events))),
    deeks = lm(yi ~ I(1 / sqrt(ess)), e, weights = ess), macaskill = lm(yi ~ n, e, weights = 1 / vi),
    pustejovsky = lm(yi ~ I(sqrt(1 / d$na + 1 / d$nc)), e, weights = 1 / vi))
  for (test in names(lines)) of_counts <- c(of_counts, list(list(data = data, measure = measure, test = test,
    slope = unname(coef(summary(lines[[test]]))[2, ]), intercept = unname(coef(summary(lines[[test]]))[1, 1:2]),
    limits = unname(confint(lines[[test]])[1, ]))))
}

write(toJSON(list(
  made_with = list(R = paste(R.version$major, R.version$minor, sep = "."),
    metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat"))),
  data = lapply(effects, as.list), eggers = eggers, ranks = ranks, filled = filled, safe = safe, intervals = intervals,
  tables = lapply(tables, as.list), of_counts = of_counts
), digits = NA, na = "null", auto_unbox = TRUE, pretty = FALSE), "asymmetry.json")
