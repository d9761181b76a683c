# Writes engine.json: what R's metafor gives for published data sets of the package metadat: pooling with fit statistics,
# meta-regression, subgroups, sensitivity analyses. Run from this folder: Rscript engine.R
#
# Iterations run to a change of 1e-13 (metafor's default stops at 1e-5, four correct digits of tau2).
suppressMessages({
  library(metafor)
  library(jsonlite)
})

keep <- function(data, columns) {
  data <- as.data.frame(data)
  data <- data[complete.cases(data[, c("yi", "vi", columns)]), ]
  out <- lapply(data[, c("yi", "vi", columns)], function(x) if (is.factor(x)) as.character(x) else as.vector(x))
  setNames(out, c("yi", "vi", columns))
}

molloy <- escalc("ZCOR", ri = ri, ni = ni, data = dat.molloy2014)
li <- escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.li2007)
li$since <- li$year - 1990 # metafor's own arithmetic loses digits with years as they are
curtis <- escalc("ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.curtis1998)
data <- list(
  raudenbush1985 = keep(dat.raudenbush1985, c("year", "weeks", "setting", "tester")),
  molloy2014 = keep(molloy, c("year", "meanage", "design")),
  li2007 = keep(li, c("year", "since")),
  curtis1998 = keep(curtis, c("time", "fungrp")),
  bangertdrowns2004 = keep(dat.bangertdrowns2004, c("year", "length", "wic"))
)
methods <- c(common = "FE", dl = "DL", he = "HE", hs = "HS", sj = "SJ", ml = "ML", reml = "REML", eb = "EB", pm = "PM")
tests <- c(wald = "z", hartung_knapp = "knha", hartung_knapp_adhoc = "adhoc")

tight <- function(step) list(threshold = 1e-13, tol = 1e-14, maxiter = 100000, stepadj = step)
fit <- function(...) {
  for (step in c(1, 0.5, 0.25)) {
    found <- try(suppressWarnings(do.call(rma, c(list(...), list(control = tight(step))))), silent = TRUE)
    if (!inherits(found, "try-error")) return(found)
  }
  stop(found)
}
none <- function(x) if (is.null(x) || (length(x) == 1 && is.na(x))) NULL else x
single <- function(x) lapply(x[!sapply(x, is.null)], unbox)

# One model: what does not depend on the test, and coefficients with their tests.
pooled <- list()
for (name in names(data)) for (method in names(methods)) for (interval in names(tests)) {
  d <- data[[name]]
  found <- fit(d$yi, d$vi, method = methods[[method]], test = tests[[interval]])
  criterion <- if (method == "reml") "REML" else "ML"
  statistics <- fitstats(found)
  out <- list(mu = c(found$beta), se = found$se, statistic = c(found$zval), p_value = found$pval, ci_low = found$ci.lb,
    ci_high = found$ci.ub, tau2 = found$tau2, Q = found$QE, Q_p = found$QEp, I2 = found$I2, H2 = found$H2,
    log_likelihood = found$fit.stats["ll", criterion], AIC = found$fit.stats["AIC", criterion],
    BIC = found$fit.stats["BIC", criterion], AICc = found$fit.stats["AICc", criterion])
  if (method != "common") {
    out$se_tau2 <- found$se.tau2
    limits <- suppressWarnings(confint(found, control = list(tol = 1e-15)))$random
    out <- c(out, list(tau2_low = limits["tau^2", "ci.lb"], tau2_high = limits["tau^2", "ci.ub"],
      I2_low = limits["I^2(%)", "ci.lb"], I2_high = limits["I^2(%)", "ci.ub"],
      H2_low = limits["H^2", "ci.lb"], H2_high = limits["H^2", "ci.ub"]))
  }
  pooled[[length(pooled) + 1]] <- c(single(list(data = name, method = method, interval = interval)),
    list(figures = single(out)))
}

defaults <- list()
for (name in names(data)) for (method in c("ml", "reml", "eb", "pm", "dl")) {
  found <- suppressWarnings(rma(data[[name]]$yi, data[[name]]$vi, method = methods[[method]]))
  defaults[[length(defaults) + 1]] <- single(list(data = name, method = method, tau2 = found$tau2))
}

regressions <- list()
moderators <- list(raudenbush1985 = list("weeks", "tester", c("weeks", "setting", "year")),
  molloy2014 = list("meanage", c("meanage", "design")), li2007 = list("since"), curtis1998 = list(c("time", "fungrp")),
  bangertdrowns2004 = list(c("length", "wic")))
for (name in names(moderators)) for (mods in moderators[[name]]) for (method in names(methods)) for (interval in names(tests)) {
  if (name %in% c("curtis1998", "bangertdrowns2004") && interval == "hartung_knapp_adhoc") next
  d <- as.data.frame(data[[name]])
  found <- fit(d$yi, d$vi, mods = as.formula(paste("~", paste(mods, collapse = "+"))), data = d, method = methods[[method]],
    test = tests[[interval]])
  single_figures <- list(QM = found$QM, QM_p = found$QMp, QE = found$QE, QE_p = found$QEp, tau2 = found$tau2,
    I2 = found$I2, H2 = found$H2, R2 = found$R2, se_tau2 = none(found$se.tau2),
    log_likelihood = found$fit.stats["ll", if (method == "reml") "REML" else "ML"])
  if (method != "common") {
    limits <- suppressWarnings(confint(found, control = list(tol = 1e-15)))$random
    single_figures <- c(single_figures, tau2_low = limits["tau^2", "ci.lb"], tau2_high = limits["tau^2", "ci.ub"])
  }
  predicted <- predict(found)
  regressions[[length(regressions) + 1]] <- c(single(list(data = name, method = method, interval = interval)),
    list(moderators = mods, terms = rownames(found$beta), figures = single(single_figures),
      arrays = list(b = c(found$beta), se = found$se, statistic = c(found$zval), p_value = found$pval,
        ci_low = found$ci.lb, ci_high = found$ci.ub, covariance = unname(found$vb), fitted = as.vector(fitted(found)),
        fitted_se = as.vector(predicted$se), hat = as.vector(hatvalues(found)),
        weights = as.vector(weights(found)))))
}

small <- as.data.frame(data$raudenbush1985)[1:6, ]
permuted <- list()
for (interval in c("wald", "hartung_knapp")) for (mods in list("weeks", "tester")) {
  found <- fit(small$yi, small$vi, mods = as.formula(paste("~", mods)), data = small, method = "DL", test = tests[[interval]])
  test <- permutest(found, exact = TRUE, iter = 1000, progbar = FALSE)
  permuted[[length(permuted) + 1]] <- c(single(list(interval = interval, moderator = mods, QM_p = test$QMp)),
    list(p_value = test$pval))
}

groups <- list()
for (name in c("raudenbush1985", "molloy2014", "curtis1998")) for (method in c("common", "dl", "reml")) for (interval in c("wald", "hartung_knapp")) {
  d <- as.data.frame(data[[name]])
  d$g <- d[[c(raudenbush1985 = "setting", molloy2014 = "design", curtis1998 = "fungrp")[[name]]]]
  each <- fit(d$yi, d$vi, mods = ~ g - 1, data = d, method = methods[[method]], test = tests[[interval]])
  between <- fit(d$yi, d$vi, mods = ~ g, data = d, method = methods[[method]], test = tests[[interval]])
  groups[[length(groups) + 1]] <- c(single(list(data = name, method = method, interval = interval,
    column = c(raudenbush1985 = "setting", molloy2014 = "design", curtis1998 = "fungrp")[[name]], tau2 = each$tau2,
    p_value = between$QMp, QM = between$QM, QE = each$QE)),
    list(mu = c(each$beta), se = each$se, ci_low = each$ci.lb, ci_high = each$ci.ub, p_values = each$pval))
}

sensitivity <- list()
for (name in c("raudenbush1985", "molloy2014", "li2007")) for (method in c("common", "dl", "reml", "pm")) for (interval in names(tests)) {
  if (method == "common" && interval != "wald" || name == "li2007" && interval == "wald") next
  d <- data[[name]]
  found <- fit(d$yi, d$vi, method = methods[[method]], test = tests[[interval]])
  left <- suppressWarnings(leave1out(found))
  added <- suppressWarnings(cumul(found, order = d$year))
  influenced <- suppressWarnings(influence(found))
  residuals <- suppressWarnings(rstandard(found))
  pdf(NULL)
  plotted <- suppressWarnings(baujat(found))
  case <- c(single(list(data = name, method = method, interval = interval)), list(
    left = list(mu = left$estimate, se = left$se, p_value = left$pval, ci_low = left$ci.lb, ci_high = left$ci.ub,
      Q = left$Q, tau2 = if (is.null(left$tau2)) rep(0, length(d$yi)) else left$tau2, I2 = left$I2, H2 = left$H2),
    added = list(mu = added$estimate, se = added$se, p_value = added$pval, ci_low = added$ci.lb, ci_high = added$ci.ub,
      I2 = added$I2),
    order = order(d$year),
    influence = list(rstudent = influenced$inf$rstudent, dffits = influenced$inf$dffits, cooks_d = influenced$inf$cook.d,
      cov_r = influenced$inf$cov.r, tau2_del = influenced$inf$tau2.del, QE_del = influenced$inf$QE.del,
      hat = influenced$inf$hat, weights = influenced$inf$weight, dfbetas = influenced$dfbs$intrcpt,
      residual = residuals$resid, residual_se = residuals$se, rstandard = residuals$z, baujat_x = plotted$x,
      baujat_y = plotted$y),
    influential = influenced$is.infl))
  if (method != "common") {
    drawn <- blup(found)
    case$predictions <- list(estimate = drawn$pred, se = drawn$se, low = drawn$pi.lb, high = drawn$pi.ub)
  }
  sensitivity[[length(sensitivity) + 1]] <- case
}

write(toJSON(list(
  made_with = single(list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")),
    metadat = as.character(packageVersion("metadat")))),
  data = data, pool = pooled, defaults = defaults, regress = regressions, permutations = permuted,
  subgroups = groups, sensitivity = sensitivity
), digits = I(12), na = "null", pretty = FALSE), "engine.json")
