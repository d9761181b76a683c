# Writes counts.json: effect sizes, Mantel-Haenszel, Peto, mixed models and single tables as R gives them for data sets of
# the metadat package. Run from this folder: Rscript counts.R (the hypergeometric models take minutes).
#
# Of the hypergeometric models one is here: on hahn2001 metafor 3.8.1 ends with a standard error of 6e-7.
# glmer runs to the end of its optimiser, which by default stops at about the fifth digit of tau2.
suppressMessages({
  library(metafor)
  library(jsonlite)
})

deaths <- na.omit(as.data.frame(dat.collins1985a)[c("d.xti", "nti", "d.xci", "nci")])
skin <- as.data.frame(dat.gibson2002)[c("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")]
tables <- lapply(list(
  nielweise2007 = dat.nielweise2007[c("ai", "n1i", "ci", "n2i")],
  hahn2001 = dat.hahn2001[c("ai", "n1i", "ci", "n2i")],
  collins1985a = deaths,
  lee2004 = dat.lee2004[c("ai", "n1i", "ci", "n2i")]
), function(x) setNames(as.data.frame(x), c("events_a", "total_a", "events_b", "total_b")))
rates <- list(hart1999 = setNames(as.data.frame(dat.hart1999)[c("x1i", "t1i", "x2i", "t2i")],
  c("events_a", "time_a", "events_b", "time_b")))
means <- lapply(list(gibson2002 = na.omit(skin), curtis1998 = as.data.frame(dat.curtis1998)[1:15, names(skin)]),
  function(x) setNames(x, c("mean_a", "sd_a", "total_a", "mean_b", "sd_b", "total_b")))
ones <- list(debruin2009 = setNames(as.data.frame(dat.debruin2009)[c("xi", "ni")], c("events", "total")),
  nielweise2007_a = setNames(tables$nielweise2007[1:2], c("events", "total")))

cases <- list()
add_case <- function(what, data, options, figures) {
  cases[[length(cases) + 1]] <<- list(what = unbox(what), data = unbox(data),
    options = if (length(options)) lapply(options, unbox) else setNames(list(), character(0)), figures = figures)
}
one <- function(...) lapply(list(...), function(x) unbox(as.vector(x)))

sizes <- function(measure, name, data, given, options) {
  found <- suppressWarnings(do.call(escalc, c(list(measure = measure), given, options)))
  add_case("effects", name, c(list(measure = measure), options), list(y = as.vector(found$yi), v = as.vector(found$vi)))
}
for (name in names(tables)) for (measure in c("OR", "RR", "RD", "AS", "PETO")) {
  d <- tables[[name]]
  given <- list(ai = d$events_a, n1i = d$total_a, ci = d$events_b, n2i = d$total_b)
  for (to in c("only0", "all", "if0all", "none")) sizes(measure, name, d, given, list(to = to))
  sizes(measure, name, d, given, list(drop00 = TRUE, add = 0.25))
  if (measure == "RD") for (vtype in c("UB", "AV")) sizes(measure, name, d, given, list(vtype = vtype))
}
for (name in names(means)) for (measure in c("MD", "SMD", "ROM")) {
  d <- means[[name]]
  given <- list(m1i = d$mean_a, sd1i = d$sd_a, n1i = d$total_a, m2i = d$mean_b, sd2i = d$sd_b, n2i = d$total_b)
  for (vtype in switch(measure, MD = c("LS", "HO"), SMD = c("LS", "LS2", "UB", "AV"), ROM = c("LS", "HO", "AV", "AVHO")))
    sizes(measure, name, d, given, list(vtype = vtype))
}
for (name in names(rates)) for (measure in c("IRR", "IRD")) {
  d <- rates[[name]]
  sizes(measure, name, d, list(x1i = d$events_a, t1i = d$time_a, x2i = d$events_b, t2i = d$time_b), list())
}
for (name in names(ones)) for (measure in c("PR", "PLO", "PLN", "PAS", "PFT")) {
  d <- ones[[name]]
  given <- list(xi = d$events, ni = d$total)
  for (to in c("only0", "all", "none")) sizes(measure, name, d, given, list(to = to))
  for (vtype in switch(measure, PR = c("UB", "AV"), PLO = "AV", PLN = "AV", character(0)))
    sizes(measure, name, d, given, list(vtype = vtype))
}

pooled <- function(found) c(one(mu = found$beta, se = found$se, statistic = found$zval, p_value = found$pval,
  ci_low = found$ci.lb, ci_high = found$ci.ub, Q = found$QE, Q_p = found$QEp, I2 = found$I2, H2 = found$H2, k = found$k,
  k_estimates = found$k.yi), list(weights = as.vector(weights(found))))
tested <- function(found) one(CMH = found$MH, CMH_p = found$MHp, breslow_day = found$BD, breslow_day_p = found$BDp,
  tarone = found$TA, tarone_p = found$TAp)
for (name in names(tables)) {
  d <- tables[[name]]
  given <- list(ai = d$events_a, n1i = d$total_a, ci = d$events_b, n2i = d$total_b)
  for (measure in c("OR", "RR", "RD")) for (level in c(95, 90)) {
    found <- suppressWarnings(do.call(rma.mh, c(given, list(measure = measure, level = level))))
    add_case("mantel_haenszel", name, list(measure = measure, level = level),
      c(pooled(found), if (measure == "OR") tested(found)))
  }
  found <- suppressWarnings(do.call(rma.mh, c(given, list(measure = "OR", correct = FALSE))))
  add_case("mantel_haenszel", name, list(measure = "OR", correct = FALSE), c(pooled(found), tested(found)))
  for (to in c("only0", "all", "if0all")) {
    found <- suppressWarnings(do.call(rma.mh, c(given, list(measure = "OR", add = c(0.5, 0.5), to = c(to, to)))))
    add_case("mantel_haenszel", name, list(measure = "OR", add = 0.5, to = to, own_to = to), c(pooled(found), tested(found)))
  }
  add_case("peto", name, list(), pooled(suppressWarnings(do.call(rma.peto, given))))
}
for (measure in c("IRR", "IRD")) {
  d <- rates$hart1999
  found <- rma.mh(measure = measure, x1i = events_a, t1i = time_a, x2i = events_b, t2i = time_b, data = d)
  add_case("mantel_haenszel", "hart1999", list(measure = measure),
    c(pooled(found), if (measure == "IRR") one(CMH = found$MH, CMH_p = found$MHp)))
}

tight <- list(glmerCtrl = list(optimizer = "bobyqa", tolPwrss = 1e-12,
  optCtrl = list(rhobeg = 1e-3, rhoend = 1e-11, maxfun = 100000)))
exact <- list(dnchgcalc = "dnoncenhypergeom")
mixed <- function(found) c(one(mu = found$beta, se = found$se, tau2 = found$tau2, ci_low = found$ci.lb,
  ci_high = found$ci.ub, Q = found$QE.Wld, Q_lrt = found$QE.LRT, Q_lrt_p = found$QEp.LRT, I2 = found$I2, H2 = found$H2,
  k = found$k, pi_low = predict(found)$pi.lb, pi_high = predict(found)$pi.ub))
for (name in names(tables)) for (model in c("UM.FS", "CM.AL", if (name == "nielweise2007") "CM.EL")) {
  d <- tables[[name]]
  found <- suppressWarnings(rma.glmm(measure = "OR", ai = events_a, n1i = total_a, ci = events_b, n2i = total_b, data = d,
    model = model, control = if (model == "CM.EL") exact else tight))
  add_case("glmm", name, list(measure = "OR", model = model), mixed(found))
}
for (model in c("UM.FS", "CM.EL")) add_case("glmm", "hart1999", list(measure = "IRR", model = model),
  mixed(rma.glmm(measure = "IRR", x1i = events_a, t1i = time_a, x2i = events_b, t2i = time_b, data = rates$hart1999,
    model = model, control = tight)))
for (name in names(ones)) for (points in c(7, 25)) add_case("glmm", name, list(measure = "PLO", points = points),
  mixed(rma.glmm(measure = "PLO", xi = events, ni = total, data = ones[[name]], nAGQ = points, control = tight)))

pairs <- function(x) as.vector(x)
for (name in c("nielweise2007", "lee2004")) for (row in 1:6) {
  d <- tables[[name]][row, ]
  events <- c(d$events_a, d$events_b)
  totals <- c(d$total_a, d$total_b)
  table <- rbind(events, totals - events)
  fisher <- fisher.test(table, conf.level = 0.9)
  pearson <- suppressWarnings(chisq.test(table, correct = FALSE))
  yates <- suppressWarnings(chisq.test(table, correct = TRUE))
  wald <- suppressWarnings(prop.test(events, totals, conf.level = 0.9, correct = FALSE))
  add_case("two_proportions", name, list(row = row - 1, level = 90), c(list(
    fisher = c(pairs(fisher$estimate), pairs(fisher$conf.int), fisher$p.value), wald = pairs(wald$conf.int)),
    one(pearson = pearson$statistic, pearson_p = pearson$p.value, yates = yates$statistic, yates_p = yates$p.value)))
  for (group in 1:2) {
    corrected <- suppressWarnings(prop.test(events[group], totals[group], conf.level = 0.9))
    score <- suppressWarnings(prop.test(events[group], totals[group], conf.level = 0.9, correct = FALSE))
    add_case("one_proportion", name, list(events = events[group], total = totals[group], level = 90), list(
      wilson = pairs(score$conf.int), wilson_corrected = pairs(corrected$conf.int),
      clopper_pearson = pairs(binom.test(events[group], totals[group], conf.level = 0.9)$conf.int)))
  }
}

version <- function(package) unbox(as.character(packageVersion(package)))
write(toJSON(list(
  made_with = list(R = unbox(as.character(getRversion())), metafor = version("metafor"), metadat = version("metadat"),
    lme4 = version("lme4")),
  data = c(lapply(tables, as.list), lapply(rates, as.list), lapply(means, as.list), lapply(ones, as.list)),
  cases = cases
), digits = NA, na = "null"), "counts.json")
