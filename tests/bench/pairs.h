// SPDX-License-Identifier: Apache-2.0
// Two ways to do the same, measured in turns: A B A B in a shuffled order and in slices so short that whatever else the
// machine does hits both alike. A pair is the time of all slices of the one over that of all slices of the other.
// Each row is one line of JSON: {"row", "ours", "theirs" (nanoseconds of one operation, medians), "ratios"}.
#pragma once

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace bench {

enum class Clock { thread, process, wall };

inline double nanoseconds(Clock clock) {
  timespec at{};
  clock_gettime(clock == Clock::thread    ? CLOCK_THREAD_CPUTIME_ID
                : clock == Clock::process ? CLOCK_PROCESS_CPUTIME_ID
                                          : CLOCK_MONOTONIC,
                &at);
  return static_cast<double>(at.tv_sec) * 1e9 + static_cast<double>(at.tv_nsec);
}

// The compiler may neither leave out what made `value` nor guess it.
template <class Value>
void keep(Value& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}
inline void need(bool fine, const char* what) {
  if (!fine) give_up(std::string("this was to hold before it is measured: ") + what);
}

// ALLIANCE_BENCH_CLOCK=process: for whoever works on it while the machine is busy. Tables are made without.
inline Clock clock_or(Clock wanted) {
  const char* told = std::getenv("ALLIANCE_BENCH_CLOCK");
  return told != nullptr && std::string(told) == "process" ? Clock::process : wanted;
}

struct How {
  Clock clock = Clock::thread;
  int pairs = 7, slices = 10;
  double slice_ns = 2e6;
};

inline double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of.size() % 2 == 1 ? of[of.size() / 2] : (of[of.size() / 2 - 1] + of[of.size() / 2]) / 2;
}

inline void print_row(const std::string& row, const std::vector<double>& ours, const std::vector<double>& theirs,
                      const std::string& note = "") {
  std::string ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ratios += (i > 0 ? ", " : "") + std::to_string(ours[i] / theirs[i]);
  }
  std::printf("{\"row\": \"%s\", \"ours\": %.4g, \"theirs\": %.4g, \"note\": \"%s\", \"ratios\": [%s]}\n", row.c_str(),
              median(ours), median(theirs), note.c_str(), ratios.c_str());
  std::fflush(stdout);
}

// How many operations fill a slice. Warms up on the way.
template <class Work>
std::uint64_t times_for(const How& how, Work& work) {
  for (std::uint64_t times = 1;; times *= 2) {
    const double begin = nanoseconds(how.clock);
    work(times);
    const double took = nanoseconds(how.clock) - begin;
    if (took >= how.slice_ns / 2 || times >= std::uint64_t{1} << 40) {
      return std::max<std::uint64_t>(
          1, static_cast<std::uint64_t>(static_cast<double>(times) * how.slice_ns / std::max(took, 1.0)));
    }
  }
}

// Each of the two takes a number of operations to do.
template <class Ours, class Theirs>
void compare(const std::string& row, const How& how, Ours ours, Theirs theirs) {
  const std::array<std::uint64_t, 2> times = {times_for(how, ours), times_for(how, theirs)};
  std::mt19937 random(std::random_device{}());
  std::array<std::vector<double>, 2> cost;
  const auto slice = [&](std::size_t which) {
    const double begin = nanoseconds(how.clock);
    which == 0 ? ours(times[0]) : theirs(times[1]);
    return (nanoseconds(how.clock) - begin) / static_cast<double>(times[which]);
  };
  for (int pair = 0; pair < how.pairs; ++pair) {
    std::array<double, 2> sum{};
    for (int at = 0; at < how.slices; ++at) {
      const std::size_t first = random() % 2;
      sum[first] += slice(first);
      sum[1 - first] += slice(1 - first);
    }
    for (std::size_t which = 0; which < 2; ++which) cost[which].push_back(sum[which] / how.slices);
  }
  print_row(row, cost[0], cost[1]);
}

// Arguments of every program here: rows to measure (none: all), and --quick.
struct Asked {
  std::vector<std::string> rows;
  How how;
  bool quick = false;

  Asked(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      if (std::string(argv[i]) == "--quick") {
        quick = true;
        how.pairs = 5;
        how.slices = 5;
        how.slice_ns = 5e5;
      } else {
        rows.emplace_back(argv[i]);
      }
    }
  }
  bool has(const std::string& row) const {
    return rows.empty() || std::any_of(rows.begin(), rows.end(), [&](const auto& one) { return row.starts_with(one); });
  }
};

}  // namespace bench
