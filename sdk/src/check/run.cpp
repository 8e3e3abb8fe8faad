// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "check/test.h"

namespace alliance::check {
namespace {

Slate* slate_of_this_process = nullptr;
std::string round_of_this_process;

template <std::size_t Size>
void copy(char (&to)[Size], std::string_view from) {
  const std::size_t length = std::min(from.size(), Size - 1);
  std::copy_n(from.begin(), length, to);
  to[length] = '\0';
}

}  // namespace

void at(std::string_view call) {
  if (slate_of_this_process != nullptr) copy(slate_of_this_process->at, round_of_this_process + std::string(call));
}

void in_round(std::uint64_t round) { round_of_this_process = "round " + std::to_string(round) + ", "; }

void begin(Slate& slate) { slate_of_this_process = &slate; }

void end(Slate& slate, const Outcome& outcome) {
  copy(slate.text, outcome.text);
  slate.verdict = static_cast<std::int32_t>(outcome.verdict);
}

void run(const Test& test, const Subject& subject, Slate& slate) {
  begin(slate);
  end(slate, test.run(subject));
}

}  // namespace alliance::check
