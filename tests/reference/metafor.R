# Writes metafor.json: what R's metafor gives for the data below. Run from this folder: Rscript metafor.R
#
# Data: "hedges_g" is Table 14.1 of Borenstein et al. (2009) Introduction to Meta-Analysis; all others were made up.
# Iterations run to a change of 1e-13 (metafor's default stops at 1e-5, four correct digits of tau2).
suppressMessages({
  library(metafor)
  library(jsonlite)
})

effects <- list(
  hedges_g = list(y = c(0.095, 0.277, 0.367, 0.664, 0.462, 0.185), v = c(0.033, 0.031, 0.050, 0.011, 0.043, 0.023)),
  log_hr = list(y = log(c(0.52, 0.71, 0.95, 0.38, 1.12, 0.66, 0.80)), v = c(0.31, 0.18, 0.12, 0.40, 0.15, 0.09, 0.22)^2),
  no_heterogeneity = list(y = c(-0.31, -0.28, -0.35, -0.30), v = c(0.04, 0.09, 0.12, 0.05)),
  two = list(y = c(-0.9, 0.2), v = c(0.06, 0.04)),
  uneven = list(y = c(1.4, -0.6, 0.3, 0.9, 2.2), v = c(0.001, 0.8, 2.5, 0.02, 0.3)),
  kilograms = list(y = c(1240, 980, 1510, 1105, 1330, 760), v = c(8100, 14400, 22500, 6400, 9025, 30625)),
  millionths = list(y = c(2, 5, -1, 7, 3) * 1e-6, v = c(1, 2, 4, 3, 1) * 1e-12)
)
groups <- list(hedges_g = c("a", "b", "a", "b", "b", "a"), log_hr = c("x", "x", "y", "y", "y", "z", "x"))
methods <- c(common = "FE", dl = "DL", he = "HE", hs = "HS", sj = "SJ", ml = "ML", reml = "REML", eb = "EB", pm = "PM")
tests <- c(wald = "z", hartung_knapp = "knha", hartung_knapp_adhoc = "adhoc")

fit <- function(y, v, method, test, level = 95) {
  for (step in c(1, 0.5, 0.25)) {
    found <- try(suppressWarnings(rma(y, v, method = method, test = test, level = level, control = list(
      threshold = 1e-13 * mean(v), tol = 1e-14 * mean(v), maxiter = 100000, stepadj = step))), silent = TRUE)
    if (!inherits(found, "try-error")) return(found)
  }
  stop(found)
}

pooled <- list()
for (data in names(effects)) for (method in names(methods)) for (interval in names(tests)) for (level in c(95, 80)) {
  if (level == 80 && method != "reml") next
  # metafor's tolerances are absolute, so the smallest unit is fitted in millionths and scaled back
  y <- effects[[data]]$y
  v <- effects[[data]]$v
  unit <- if (data == "millionths") 1e-6 else 1
  found <- fit(y / unit, v / unit^2, methods[[method]], tests[[interval]], level)
  out <- list(mu = c(found$beta) * unit, se = found$se * unit, statistic = c(found$zval), p_value = found$pval,
    ci_low = found$ci.lb * unit, ci_high = found$ci.ub * unit, tau2 = found$tau2 * unit^2, Q = found$QE,
    Q_df = found$k - 1, Q_p = found$QEp, I2 = found$I2, H2 = found$H2)
  if (method != "common") {
    predicted <- predict(found, level = level)
    out$pi_low <- predicted$pi.lb * unit
    out$pi_high <- predicted$pi.ub * unit
    out$se_tau2 <- found$se.tau2 * unit^2
    if (found$k > 2) {
      half <- qt((100 - level) / 200, found$k - 2, lower.tail = FALSE) * sqrt(found$se^2 + found$tau2)
      out$hts_low <- (c(found$beta) - half) * unit
      out$hts_high <- (c(found$beta) + half) * unit
    }
    profile <- suppressWarnings(confint(found, level = level, type = "QP", control = list(tol = 1e-15, tau2.max = 1e4 * max(1, var(y / unit)))))
    out$tau2_low <- profile$random[1, "ci.lb"] * unit^2
    out$tau2_high <- profile$random[1, "ci.ub"] * unit^2
  }
  out$weights <- as.vector(weights(found))
  pooled[[length(pooled) + 1]] <- list(data = data, method = method, interval = interval, level = level, figures = out)
}

split_up <- list()
for (data in names(groups)) for (method in c("common", "reml")) for (interval in c("wald", "hartung_knapp")) {
  names_ <- sort(unique(groups[[data]]))
  parts <- lapply(names_, function(name) {
    i <- groups[[data]] == name
    fit(effects[[data]]$y[i], effects[[data]]$v[i], methods[[method]], if (sum(i) > 1) tests[[interval]] else "z")
  })
  between <- rma(sapply(parts, function(x) c(x$beta)), sapply(parts, function(x) x$se)^2, method = "FE")
  split_up[[length(split_up) + 1]] <- list(data = data, method = method, interval = interval, names = names_,
    mu = sapply(parts, function(x) c(x$beta)), se = sapply(parts, function(x) x$se), Q = between$QE, p_value = between$QEp)
}

tables <- data.frame(events_a = c(12, 3, 0, 5, 0, 9, 14), total_a = c(40, 25, 18, 5, 30, 62, 20),
  events_b = c(20, 1, 4, 2, 0, 11, 7), total_b = c(41, 24, 20, 8, 31, 58, 22))
means <- data.frame(mean_a = c(5.1, 12, 33.5), sd_a = c(1.2, 4, 9.1), total_a = c(12, 60, 35),
  mean_b = c(4.2, 13.5, 30), sd_b = c(1.5, 3.3, 8.7), total_b = c(10, 58, 41))
rates <- data.frame(events_a = c(4, 0, 11), time_a = c(120, 80.5, 300), events_b = c(9, 3, 10), time_b = c(130, 77, 310))
ones <- data.frame(events = c(7, 0, 12, 31, 1), total = c(20, 15, 12, 64, 40))
sizes <- list()
add_sizes <- function(measure, columns, options, found) {
  sizes[[length(sizes) + 1]] <<- list(measure = measure, columns = columns, options = options,
    y = as.vector(found$yi), v = as.vector(found$vi))
}
for (measure in c("OR", "RR", "RD", "AS", "PETO")) {
  for (to in c("only0", "all", "if0all", "none")) {
    found <- suppressWarnings(escalc(measure, ai = events_a, n1i = total_a, ci = events_b, n2i = total_b, data = tables, to = to))
    add_sizes(measure, "tables", list(to = unbox(to)), found)
  }
  found <- suppressWarnings(escalc(measure, ai = events_a, n1i = total_a, ci = events_b, n2i = total_b, data = tables, drop00 = TRUE))
  add_sizes(measure, "tables", list(drop00 = unbox(TRUE)), found)
}
add_sizes("OR", "tables", list(add = unbox(0.25), to = unbox("all")),
  escalc("OR", ai = events_a, n1i = total_a, ci = events_b, n2i = total_b, data = tables, add = 0.25, to = "all"))
for (measure in c("MD", "SMD", "ROM")) {
  add_sizes(measure, "means", list(),
    escalc(measure, m1i = mean_a, sd1i = sd_a, n1i = total_a, m2i = mean_b, sd2i = sd_b, n2i = total_b, data = means))
}
add_sizes("IRR", "rates", list(), escalc("IRR", x1i = events_a, t1i = time_a, x2i = events_b, t2i = time_b, data = rates))
for (measure in c("PR", "PLO", "PLN", "PAS", "PFT")) {
  add_sizes(measure, "ones", list(), escalc(measure, xi = events, ni = total, data = ones))
}

double <- escalc("PFT", xi = events, ni = total, data = ones)
back <- list(totals = ones$total, y = as.vector(double$yi),
  fractions = mapply(function(y, n) transf.ipft(y, n), as.vector(double$yi), ones$total),
  pooled = as.vector(rma(yi, vi, data = double, method = "DL")$beta),
  pooled_fraction = transf.ipft.hm(as.vector(rma(yi, vi, data = double, method = "DL")$beta), targs = list(ni = ones$total)))

one <- list()
for (row in seq_len(nrow(ones))) for (level in c(90, 95)) {
  x <- ones$events[row]
  n <- ones$total[row]
  z <- qnorm((100 - level) / 200, lower.tail = FALSE)
  centre <- (x + z^2 / 2) / (n + z^2)
  one[[length(one) + 1]] <- list(events = x, total = n, level = level,
    clopper_pearson = as.vector(binom.test(x, n, conf.level = level / 100)$conf.int),
    wilson = as.vector(suppressWarnings(prop.test(x, n, conf.level = level / 100, correct = FALSE)$conf.int)),
    agresti_coull = centre + c(-1, 1) * z * sqrt(centre * (1 - centre) / (n + z^2)))
}

write(toJSON(list(
  made_with = list(R = unbox(as.character(getRversion())), metafor = unbox(as.character(packageVersion("metafor")))),
  data = effects, groups = groups, columns = list(tables = as.list(tables), means = as.list(means),
    rates = as.list(rates), ones = as.list(ones)),
  pool = lapply(pooled, function(p) c(lapply(p[1:4], unbox), list(figures = c(lapply(head(p$figures, -1), unbox),
    p$figures["weights"])))),
  subgroups = lapply(split_up, function(s) c(lapply(s[1:3], unbox), s[4:6], lapply(s[7:8], unbox))),
  effects = lapply(sizes, function(s) c(lapply(s[1:2], unbox), list(options = if (length(s$options)) s$options else
    setNames(list(), character(0))), s[4:5])),
  double_arcsine = c(back[1:3], lapply(back[4:5], unbox)),
  proportions = lapply(one, function(o) c(lapply(o[1:3], unbox), o[4:6]))
), digits = NA, na = "null", pretty = FALSE), "metafor.json")
