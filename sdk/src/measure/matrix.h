// SPDX-License-Identifier: Apache-2.0
// The little linear algebra that factor analysis needs. Symmetric matrices, row-major, size * size.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace alliance::measure {

// The lower triangle L of L * L' = matrix. Absent where the matrix is not positive definite, to rounding.
std::optional<std::vector<double>> cholesky(const std::vector<double>& matrix, std::size_t size);
// x of matrix * x = right, from its Cholesky factor.
std::vector<double> solve(const std::vector<double>& factor, std::vector<double> right);

// The largest eigenvalue and its vector of length 1 (Jacobi 1846, by cyclic rotations).
struct EigenPair {
  double value = 0;
  std::vector<double> vector;
};
EigenPair largest_eigenpair(std::vector<double> matrix, std::size_t size);

}  // namespace alliance::measure
