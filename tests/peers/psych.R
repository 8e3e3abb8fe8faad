# SPDX-License-Identifier: Apache-2.0
# psych.R FOLDER: samples as 1.csv, 2.csv ... and, in 1.txt ..., what R and psych make of each, "name value" a line.
# The last ones are sets that R ships: attitude, and the ratings of Shrout and Fleiss 1979 by hand.
suppressPackageStartupMessages({
  library(stats)
  library(psych)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
options(digits = 15, warn = -1)
set.seed(20240301)

random_sample <- function(round) {
  n <- sample(25:200, 1)
  k <- sample(3:12, 1)
  factor <- rnorm(n)
  loadings <- runif(k, 0.25, 0.9)
  if (round %% 5 == 0) loadings[1] <- -loadings[1]
  answers <- sapply(loadings, function(l) l * factor + rnorm(n) * sqrt(1 - l^2))
  if (round %% 2 == 0) return(answers * 3.7 + 11)
  pmin(pmax(round(3 + 1.1 * answers), 1), 5)
}

omega_of <- function(loadings, uniquenesses) {
  loadings <- as.numeric(loadings)
  sum(loadings)^2 / (sum(loadings)^2 + sum(uniquenesses))
}

figures <- function(x) {
  x <- as.data.frame(x)
  out <- list(rows = nrow(x), mean = mean(rowSums(x)), sd = sd(rowSums(x)))
  a <- alpha(x, check.keys = FALSE, warnings = FALSE)
  out$alpha <- a$total$raw_alpha
  out$standardised <- a$total$std.alpha
  out$mean_r <- a$total$average_r
  feldt <- as.numeric(unlist(a$feldt))
  out$alpha_lower <- feldt[1]
  out$alpha_upper <- feldt[3]
  for (i in seq_len(ncol(x))) {
    out[[paste0("item_mean.", i)]] <- mean(x[, i])
    out[[paste0("item_sd.", i)]] <- sd(x[, i])
    out[[paste0("corrected_r.", i)]] <- cor(x[, i], rowSums(x[, -i, drop = FALSE]))
    out[[paste0("psych_r_drop.", i)]] <- a$item.stats$r.drop[i]
    if (ncol(x) > 2) out[[paste0("dropped.", i)]] <- a$alpha.drop$raw_alpha[i]
  }
  # With the strictest search first: it stops in error where rounding stops it, and the usual one does then.
  searches <- list(list(factr = 1e2, pgtol = 0, maxit = 2000), list(factr = 1e6), list())
  ml <- NULL
  for (search in searches) {
    if (is.null(ml)) ml <- tryCatch(factanal(x, 1, control = list(opt = search)), error = function(e) NULL)
  }
  improper <- is.null(ml) || min(ml$uniquenesses) < 0.0051
  out$ml_improper <- as.numeric(improper)
  if (!improper) out$omega_ml <- omega_of(ml$loadings, ml$uniquenesses)
  mr <- suppressMessages(fa(x, 1, fm = "minres"))
  improper <- max(abs(mr$loadings)) > sqrt(1 - 0.0051)
  out$minres_improper <- as.numeric(improper)
  if (!improper) out$omega_minres <- omega_of(mr$loadings, 1 - as.numeric(mr$loadings)^2)
  icc <- ICC(x, lmer = FALSE)$results
  for (i in 1:6) {
    out[[paste0("icc.", i)]] <- icc$ICC[i]
    out[[paste0("icc_lower.", i)]] <- icc[i, "lower bound"]
    out[[paste0("icc_upper.", i)]] <- icc[i, "upper bound"]
    out[[paste0("icc_f.", i)]] <- icc$F[i]
  }
  out
}

judges <- matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), ncol = 4, byrow = TRUE)
samples <- c(lapply(1:24, random_sample), list(attitude, judges))
for (i in seq_along(samples)) {
  x <- as.data.frame(samples[[i]])
  names(x) <- paste0("item", seq_len(ncol(x)))
  write.table(format(x, digits = 15, trim = TRUE), file.path(folder, paste0(i, ".csv")), sep = ",", quote = FALSE,
              row.names = FALSE)
  found <- figures(read.csv(file.path(folder, paste0(i, ".csv"))))
  writeLines(paste(names(found), format(unlist(found), digits = 15, trim = TRUE, scientific = TRUE)),
             file.path(folder, paste0(i, ".txt")))
}
