# Simulated patients, their published curve as a reader digitises it, and what R's survival makes of the patients.
# cd tests/reference && Rscript reconstruction.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})

digitised <- function(fit, digits) {
  # foot of every step, read to a thousandth or a hundredth of the axis
  drops <- fit$n.event > 0
  time <- c(fit$time[drops], max(fit$time))
  list(time = time, survival = round(c(fit$surv[drops], min(fit$surv)), digits))
}

arm <- function(time, event, digits, every) {
  fit <- survfit(Surv(time, event) ~ 1, conf.type = "log-log")
  at <- seq(0, max(time), by = every)
  quarter <- quantile(fit, 0.5)
  asked <- c(6, 12, 18, 24)
  list(
    points = digitised(fit, digits),
    risk = list(time = at, n = summary(fit, times = at, extend = TRUE)$n.risk),
    events = sum(event), n = length(time),
    at = asked, survival = summary(fit, times = asked, extend = TRUE)$surv,
    median = unname(quarter$quantile)
  )
}

trial <- function(seed, n, rate_a, rate_b, dropout, follow, digits, every) {
  set.seed(seed)
  group <- rep(c(1, 0), each = n)
  death <- rexp(2 * n, ifelse(group == 1, rate_a, rate_b))
  gone <- pmin(rexp(2 * n, dropout), runif(2 * n, follow / 2, follow))
  time <- round(pmin(death, gone), 2)
  event <- as.numeric(death <= gone)
  cox <- summary(coxph(Surv(time, event) ~ group))$conf.int
  list(
    name = sprintf("seed %d, n = %d per arm, %d digits", seed, n, digits),
    a = arm(time[group == 1], event[group == 1], digits, every),
    b = arm(time[group == 0], event[group == 0], digits, every),
    hr = cox[1], hr_low = cox[3], hr_high = cox[4]
  )
}

write(toJSON(list(
  made_with = c(R.version.string, paste("survival", packageVersion("survival"))),
  trials = list(
    trial(1, 150, 0.03, 0.05, 0.005, 36, 3, 6),
    trial(2, 80, 0.05, 0.05, 0.02, 30, 3, 3),
    trial(3, 300, 0.02, 0.04, 0.01, 48, 2, 12),
    trial(4, 40, 0.06, 0.09, 0.01, 36, 3, 6)
  )
), auto_unbox = TRUE, digits = 10, pretty = TRUE), "reconstruction.json")
