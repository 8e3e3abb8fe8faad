# SPDX-License-Identifier: Apache-2.0
# scores.R SHEETS ROWS SCORES SCALE=ITEM,ITEM,... ...: psych's scoreItems over sheets, which lie in SHEETS as doubles, item
# after item, NaN where an answer is missing. For each line of its input it scores all of them and prints the seconds of
# the clock that the call took. The means of the answered items, scale after scale, are in SCORES after the first.
# Status 77 where psych is not installed.
if (!suppressWarnings(requireNamespace("psych", quietly = TRUE))) quit(status = 77)
options(warn = -1)  # of every call's correlations, on the same sheets
given <- commandArgs(trailingOnly = TRUE)
rows <- as.integer(given[2])
sheets <- matrix(readBin(given[1], "double", file.size(given[1]) / 8), nrow = rows)
colnames(sheets) <- paste0("i", seq_len(ncol(sheets)))
named <- strsplit(given[-(1:3)], "=")
keys <- lapply(named, function(one) paste0("i", strsplit(one[2], ",")[[1]]))
names(keys) <- sapply(named, `[`, 1)

input <- file("stdin", "r")
cat("ready\n")
while (length(readLines(input, n = 1)) > 0) {
  took <- system.time(made <- psych::scoreItems(keys, sheets, impute = "none"))
  if (!file.exists(given[3])) writeBin(as.double(made$scores[, names(keys)]), given[3])
  cat(sprintf("%.6f\n", took[["elapsed"]]))
}
