# Writes network.json: networks fitted with rma.mv of R's metafor. Run from this folder: Rscript network.R
#
# hasselblad1998: smoking cessation (two trials of three arms); dogliotti2014: strokes in atrial fibrillation (several
# multi-arm trials); pagliaro1992: first bleeding in cirrhosis (two trials of three arms). Log odds ratios; 0.5 is added to
# all arms of a trial with an empty cell. "four" is made up: one trial of four arms among trials of two.
#
# A trial enters with the contrasts of its arms with its first one and their exact covariance; random effects have
# variance tau2 and correlation 1/2 within a trial. tau2 by moments is computed here from matrices (Jackson 2013).
suppressMessages({
  library(metafor)
  library(metadat)
  library(jsonlite)
})

arms_of <- function(study, treatment, events, total) {
  add <- ave(as.numeric(events == 0 | events == total), study, FUN = max) * 0.5
  e <- events + add
  f <- total - events + add
  data.frame(study = as.character(study), treatment = as.character(treatment), x = log(e / f), v = 1 / e + 1 / f)
}
arms <- list(
  hasselblad1998 = with(dat.hasselblad1998, arms_of(study, trt, xi, ni)),
  dogliotti2014 = with(dat.dogliotti2014, arms_of(study, treatment, stroke, total)),
  pagliaro1992 = with(dat.pagliaro1992, arms_of(study, trt, xi, ni)),
  four = data.frame(study = c(rep("s1", 4), "s2", "s2", "s3", "s3", "s4", "s4", "s5", "s5"),
    treatment = c("a", "b", "c", "d", "a", "b", "b", "c", "a", "d", "c", "d"),
    x = c(0.10, -0.35, -0.62, 0.24, 0.02, -0.31, 0.40, -0.55, -0.10, 0.90, 0.35, 0.15),
    v = c(0.02, 0.05, 0.03, 0.04, 0.01, 0.06, 0.02, 0.02, 0.05, 0.07, 0.03, 0.03))
)

pairs_of <- function(d) do.call(rbind, lapply(split(d, factor(d$study, unique(d$study))), function(s) {
  p <- combn(nrow(s), 2)
  data.frame(study = s$study[1], a = s$treatment[p[1, ]], b = s$treatment[p[2, ]], y = s$x[p[1, ]] - s$x[p[2, ]],
    v = s$v[p[1, ]] + s$v[p[2, ]])
}))

network <- function(d) {
  d <- d[order(factor(d$study, unique(d$study)), d$treatment), ]
  treatments <- sort(unique(d$treatment))
  trials <- split(d, factor(d$study, unique(d$study)))
  y <- unlist(lapply(trials, function(s) s$x[-1] - s$x[1]))
  V <- bldiag(lapply(trials, function(s) s$v[1] + diag(s$v[-1], nrow(s) - 1)))
  X <- do.call(rbind, lapply(trials, function(s) t(sapply(s$treatment[-1], function(t)
    (treatments == t) - (treatments == s$treatment[1])))))[, -1, drop = FALSE]
  study <- rep(names(trials), sapply(trials, nrow) - 1)
  row <- seq_along(y)
  S <- bldiag(lapply(trials, function(s) (diag(nrow(s) - 1) + 1) / 2))
  control <- list(reltol = 1e-15, iter.max = 1000)

  W <- solve(V)
  A <- solve(t(X) %*% W %*% X)
  P <- W - W %*% X %*% A %*% t(X) %*% W
  Q <- c(t(y) %*% P %*% y)
  df <- length(y) - ncol(X)
  dl <- max(0, (Q - df) / sum(diag(P %*% S)))

  fit <- function(...) rma.mv(y, V, mods = X, intercept = FALSE, control = control, ...)
  fits <- list(common = fit(), dl = fit(random = ~ row | study, struct = "CS", rho = 0.5, tau2 = dl),
    reml = fit(random = ~ row | study, struct = "CS", rho = 0.5))
  score <- function(t) { # slope of the restricted likelihood, so that its maximum is exact
    M <- solve(V + t * S)
    P <- M - M %*% X %*% solve(t(X) %*% M %*% X) %*% t(X) %*% M
    c(t(y) %*% P %*% S %*% P %*% y) - sum(diag(P %*% S))
  }
  tau2 <- if (score(0) <= 0) 0 else uniroot(score, c(0, 4 * fits$reml$tau2 + 0.1), tol = 1e-15)$root
  fits$reml <- fit(random = ~ row | study, struct = "CS", rho = 0.5, tau2 = tau2)

  designs <- sapply(trials, function(s) paste(s$treatment, collapse = ":"))
  within <- sapply(unique(designs), function(one) {
    own <- which(study %in% names(trials)[designs == one])
    Z <- X[own, , drop = FALSE]
    place <- ave(own, study[own], FUN = seq_along)
    D <- outer(place, unique(place), "==") * 1
    w <- solve(V[own, own])
    b <- solve(t(D) %*% w %*% D, t(D) %*% w %*% y[own])
    r <- y[own] - D %*% b
    c(c(t(r) %*% w %*% r), length(own) - ncol(D))
  })

  league <- function(f) {
    L <- rbind(0, diag(length(treatments) - 1))
    mu <- c(L %*% coef(f))
    C <- L %*% vcov(f) %*% t(L)
    se <- outer(diag(C), diag(C), "+") - 2 * C
    se[] <- sqrt(pmax(0, se))
    list(tau2 = max(0, f$tau2), log_likelihood = c(logLik(f)), mu = outer(mu, mu, "-"), se = unname(se))
  }
  rows <- pairs_of(d)
  list(study = rows$study, a = rows$a, b = rows$b, y = rows$y, v = rows$v, treatments = treatments, Q = Q, Q_df = df,
    Q_within = sum(within[1, ]), Q_within_df = sum(within[2, ]), designs = length(unique(designs)),
    fits = lapply(fits, league))
}

write(toJSON(list(
  made_with = list(R = paste(R.version$major, R.version$minor, sep = "."),
    metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat"))),
  networks = lapply(arms, network)
), digits = NA, na = "null", auto_unbox = TRUE, pretty = FALSE), "network.json")
