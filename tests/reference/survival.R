# Writes survival.json: what R's survival gives for data sets of its own. Run from this folder: Rscript survival.R
#
# veteran: lung cancer, two treatments, cell types; ovarian: two treatments; mgus: progression (kind 1) against death
# (kind 2). In "veteran_months" days are divided by 30.4375, so that equal times differ by rounding.
suppressMessages({
  library(survival)
  library(jsonlite)
})

veteran$cell <- as.character(veteran$celltype)
mgus$kind <- ifelse(!is.na(mgus$pctime), 1, ifelse(mgus$death == 1, 2, 0))
mgus$time <- ifelse(mgus$kind == 1, mgus$pctime, mgus$futime)
data <- list(
  veteran = veteran[c("time", "status", "trt", "cell", "karno", "age")],
  veteran_months = transform(veteran, time = (time / 30.4375 + 1) - 1)[c("time", "status", "trt", "cell", "karno", "age")],
  ovarian = with(ovarian, data.frame(time = futime, status = fustat, trt = rx, cell = as.character(resid.ds),
    karno = ecog.ps, age = age)),
  mgus = with(mgus, data.frame(time, kind, male = as.integer(sex == "male"), age))
)
times <- list(veteran = c(1, 10, 25, 99, 250, 600, 999, 1200), ovarian = c(30, 59, 200, 475, 800, 1227))
control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)

curve <- function(d, name, treatment, type, level) {
  own <- d[d$trt == treatment, ]
  f <- survfit(Surv(time, status) ~ 1, own, conf.type = type, conf.int = level / 100)
  asked <- times[[name]]
  s <- summary(f, times = asked, extend = TRUE)
  beyond <- asked > max(own$time)
  q <- quantile(f, c(0.25, 0.5, 0.75))
  tau <- if (name == "veteran") 180 else 600
  m <- survival:::survmean(f, rmean = tau)$matrix
  hide <- function(x) ifelse(beyond | is.nan(x), NA, x)
  list(data = name, trt = treatment, interval = type, level = level, times = asked, n_risk = hide(s$n.risk),
    survival = hide(s$surv), se = hide(s$std.err), ci_low = hide(s$lower), ci_high = hide(s$upper),
    quantiles = unname(q$quantile), quantiles_low = unname(q$lower), quantiles_high = unname(q$upper), tau = tau,
    rmst = unname(m["rmean"]), rmst_se = unname(m["se(rmean)"]))
}
curves <- list()
for (name in names(times)) for (treatment in 1:2) for (type in c("log-log", "log", "plain")) for (level in c(95, 80))
  curves <- c(curves, list(curve(data[[name]], name, treatment, type, level)))

ranks <- list()
rank <- function(name, group, rho, stratum = NULL) {
  d <- data[[name]]
  d$g <- d[[group]]
  f <- if (is.null(stratum)) Surv(time, status) ~ g else Surv(time, status) ~ g + strata(cell)
  s <- survdiff(f, d, rho = rho)
  total <- function(x) if (is.matrix(x)) rowSums(x) else x
  df <- length(s$n) * 0 + nrow(as.matrix(s$var)) - 1
  list(data = name, group = group, rho = rho, strata = stratum, observed = total(s$obs), expected = total(s$exp),
    chi2 = s$chisq, df = df, p_value = pchisq(s$chisq, df, lower.tail = FALSE), variance = unname(s$var))
}
for (name in c("veteran", "veteran_months", "ovarian")) for (rho in c(0, 1, 0.5)) {
  ranks <- c(ranks, list(rank(name, "trt", rho), rank(name, "cell", rho), rank(name, "trt", rho, "cell")))
}

regressions <- list()
for (name in c("veteran", "veteran_months", "ovarian")) for (ties in c("efron", "breslow", "exact"))
  for (what in list("trt", c("trt", "karno", "age"))) for (stratum in c(FALSE, TRUE)) {
    f <- reformulate(c(what, if (stratum) "strata(cell)"), "Surv(time, status)")
    s <- coxph(f, data[[name]], ties = ties, control = control)
    t <- summary(s)
    regressions <- c(regressions, list(list(data = name, ties = ties, covariates = I(what), strata = stratum,
      coefficient = I(unname(coef(s))), se = I(unname(sqrt(diag(s$var)))), log_likelihood = s$loglik, score = s$score,
      wald = unname(s$wald.test), likelihood_ratio = unname(t$logtest["test"]), hr_low = I(unname(t$conf.int[, 3])),
      hr_high = I(unname(t$conf.int[, 4])), concordance = unname(s$concordance["concordance"]))))
  }

d <- data$mgus
d$id <- seq_len(nrow(d))
d$event <- factor(d$kind, 0:2, c("censored", "progression", "death"))
asked <- c(20, 500, 2000, 5000, 10000, 14000)
f <- survfit(Surv(time, event) ~ 1, d)
s <- summary(f, times = asked, extend = TRUE)
competing <- list(times = asked, incidence = t(s$pstate[, 2:3]), se = t(s$std.err[, 2:3]))
fine_gray <- list()
for (kind in 1:2) for (what in list("male", c("male", "age"))) {
  long <- finegray(Surv(time, event) ~ ., d, etype = c("progression", "death")[kind], id = id)
  f <- reformulate(what, "Surv(fgstart, fgstop, fgstatus)")
  robust <- coxph(f, long, weights = fgwt, ties = "breslow", cluster = id, control = control)
  rows <- coxph(f, long, weights = fgwt, ties = "breslow", control = control)
  fine_gray <- c(fine_gray, list(list(kind = kind, covariates = I(what), coefficient = I(unname(coef(robust))),
    se = I(unname(sqrt(diag(robust$var)))), se_model = I(unname(sqrt(diag(robust$naive.var)))),
    se_unclustered = I(unname(sqrt(diag(rows$var)))))))
}

write(toJSON(list(
  made_with = list(R = unbox(paste(R.version$major, R.version$minor, sep = ".")),
    survival = unbox(as.character(packageVersion("survival")))),
  data = lapply(data, as.list), curves = curves, ranks = ranks, regressions = regressions, competing = competing,
  fine_gray = fine_gray
), digits = NA, na = "null", auto_unbox = TRUE, pretty = FALSE), "survival.json")
