# The rows of docs/figures/forest.csv drawn by R's metafor, for docs/forest.md: Rscript docs/figures/forest.R docs/figures
# Beside the picture it writes what metafor prints in it, which a test compares with our picture of the same rows.
suppressMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(file.path(folder, "forest.csv"))
studies <- rows[rows$kind == "study", ]
y <- log(studies$estimate)
se <- (log(studies$ci_high) - log(studies$ci_low)) / (2 * qnorm(0.975))
fit <- rma(y, sei = se, method = "REML", test = "knha", slab = studies$label)

png(file.path(folder, "forest-metafor.png"), width = 180, height = 82, units = "mm", res = 200, pointsize = 9)
par(mar = c(4, 1, 0, 1))
drawn <- forest(fit, atransf = exp, at = log(c(0.05, 0.1, 0.2, 0.5, 1, 2, 5)), xlim = c(-9, 6), ylim = c(-3.2, 6),
  showweights = TRUE, addpred = TRUE, header = c("Study", "Weight    HR [95% CI]"), mlab = "",
  ilab = cbind(studies$arm_n, studies$comparator_n), ilab.xpos = c(-5.5, -4.2), xlab = "Hazard ratio (log scale)")
text(c(-5.5, -4.2), 5, c("sorafenib", "control"), font = 2)
text(-9, -1, pos = 4, "RE model", cex = drawn$cex)
text(-9, -1.9, pos = 4, sprintf("Q = %.2f, df = %d, p = %.2f; I2 = %.1f%%,", fit$QE, fit$k - 1, fit$QEp, fit$I2), cex = drawn$cex)
text(-9, -2.6, pos = 4, sprintf("tau2 = %.3f", fit$tau2), cex = drawn$cex)
invisible(dev.off())

two <- function(value) sprintf("%.2f", value)
interval <- function(low, high) sprintf("[%s, %s]", two(low), two(high))
predicted <- predict(fit, transf = exp)
writeLines(c(
  studies$label,
  paste(two(exp(y)), interval(exp(y - qnorm(0.975) * se), exp(y + qnorm(0.975) * se))),
  sprintf("%.1f%%", weights(fit)),
  paste(two(predicted$pred), interval(predicted$ci.lb, predicted$ci.ub)),
  interval(predicted$pi.lb, predicted$pi.ub),
  sprintf("Q = %.2f, df = %d, p = %.2f", fit$QE, fit$k - 1, fit$QEp),
  sprintf("= %.1f%%", fit$I2),
  sprintf("= %.3f", fit$tau2)
), file.path(folder, "forest-metafor.txt"))
