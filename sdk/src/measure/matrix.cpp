// SPDX-License-Identifier: Apache-2.0
#include "measure/matrix.h"

#include <cmath>

namespace alliance::measure {
namespace {

// Turns rows and columns p and q so that the element between them becomes 0, and the vectors with them.
void rotate(std::vector<double>& matrix, std::vector<double>& vectors, std::size_t size, std::size_t p, std::size_t q) {
  const double between = matrix[p * size + q];
  const double theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * between);
  const double tangent = (theta >= 0 ? 1 : -1) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
  const double cosine = 1 / std::sqrt(tangent * tangent + 1), sine = tangent * cosine;
  const auto turn = [&](double& a, double& b) {
    const double old = a;
    a = cosine * old - sine * b;
    b = sine * old + cosine * b;
  };
  for (std::size_t i = 0; i < size; ++i) turn(matrix[i * size + p], matrix[i * size + q]);
  for (std::size_t i = 0; i < size; ++i) turn(matrix[p * size + i], matrix[q * size + i]);
  for (std::size_t i = 0; i < size; ++i) turn(vectors[i * size + p], vectors[i * size + q]);
}

}  // namespace

std::optional<std::vector<double>> cholesky(const std::vector<double>& matrix, std::size_t size) {
  std::vector<double> factor(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = matrix[i * size + j];
      for (std::size_t m = 0; m < j; ++m) rest -= factor[i * size + m] * factor[j * size + m];
      if (i != j) {
        factor[i * size + j] = rest / factor[j * size + j];
      } else if (rest > 1e-12 * matrix[i * size + i]) {
        factor[i * size + i] = std::sqrt(rest);
      } else {
        return std::nullopt;
      }
    }
  }
  return factor;
}

std::vector<double> solve(const std::vector<double>& factor, std::vector<double> right) {
  const std::size_t size = right.size();
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) right[i] -= factor[i * size + j] * right[j];
    right[i] /= factor[i * size + i];
  }
  for (std::size_t i = size; i-- > 0;) {
    for (std::size_t j = i + 1; j < size; ++j) right[i] -= factor[j * size + i] * right[j];
    right[i] /= factor[i * size + i];
  }
  return right;
}

EigenPair largest_eigenpair(std::vector<double> matrix, std::size_t size) {
  std::vector<double> vectors(size * size);
  for (std::size_t i = 0; i < size; ++i) vectors[i * size + i] = 1;
  constexpr int most_sweeps = 60;  // it converges quadratically; ten are many
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    bool turned = false;
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) {
        const double both = std::sqrt(std::fabs(matrix[p * size + p] * matrix[q * size + q]));
        if (std::fabs(matrix[p * size + q]) <= 1e-16 * both || matrix[p * size + q] == 0) continue;
        rotate(matrix, vectors, size, p, q);
        turned = true;
      }
    }
    if (!turned) break;
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (matrix[i * size + i] > matrix[best * size + best]) best = i;
  }
  EigenPair found{size == 0 ? 0 : matrix[best * size + best], {}};
  for (std::size_t i = 0; i < size; ++i) found.vector.push_back(vectors[i * size + best]);
  return found;
}

}  // namespace alliance::measure
