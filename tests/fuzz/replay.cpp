// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without a fuzzer: each file of the kept corpus, cut short at every length, and with single
// bytes changed. The same inputs in the same order on every machine.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "require.h"

namespace {

constexpr std::size_t most_variants = 300;  // of each sort for each file: seconds, not minutes

std::size_t replay(const std::vector<std::uint8_t>& whole) {
  std::size_t runs = 0;
  const auto run = [&](const std::vector<std::uint8_t>& input) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++runs;
  };
  run(whole);
  const std::size_t step = std::max<std::size_t>(1, whole.size() / most_variants);
  for (std::size_t length = 0; length < whole.size(); length += step) {
    run({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
  }
  constexpr std::uint8_t changes[] = {0x00, 0xff, 0x80, '"', '\n'};
  for (std::size_t at = 0; at < whole.size(); at += step) {
    auto changed = whole;
    changed[at] = changes[(at / step) % std::size(changes)];
    run(changed);
    changed[at] = static_cast<std::uint8_t>(whole[at] ^ (1u << (at % 8)));
    run(changed);
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::size_t runs = 0;
  for (const auto& file : files) {
    std::cout << file.filename().string() << std::endl;  // flushed: after a crash it names the file
    std::ifstream in(file, std::ios::binary);
    runs += replay({std::istreambuf_iterator<char>(in), {}});
  }
  std::cout << files.size() << " files, " << runs << " inputs\n";
  return files.empty() ? 1 : 0;
}
