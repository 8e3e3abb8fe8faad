// SPDX-License-Identifier: Apache-2.0
// The plugin checker's tests. Each runs in a process of its own, so that a plugin that crashes, hangs or ends the
// process fails one test and spoils none of the others. table.cpp is the list.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alliance::check {

// What a test found. Whether it crashed or took too long is for the parent to say.
enum class Verdict : std::int32_t { none, passed, failed, warned, skipped };

struct Outcome {
  Verdict verdict = Verdict::passed;
  std::string text;  // what was seen, and what to do where that is not in the test's own sentence
};

inline Outcome passed() { return {}; }
inline Outcome failed(std::string text) { return {Verdict::failed, std::move(text)}; }
inline Outcome warned(std::string text) { return {Verdict::warned, std::move(text)}; }
inline Outcome skipped(std::string text) { return {Verdict::skipped, std::move(text)}; }

// What is checked, and what its author gave to check it with.
struct Subject {
  std::string manifest;         // path
  std::string settings = "{}";  // JSON object for init()
  std::string payload;          // what the programme exports; empty: the checker's own
  std::string endpoint;         // for a transport; empty: none was given
};

struct Test {
  const char* group;
  const char* id;        // kebab-case
  const char* sentence;  // what holds when it passes
  const char* mend;      // what to do when it does not
  Outcome (*run)(const Subject& subject);
};

std::span<const Test> tests();
const Test* find_test(std::string_view id);

// What the parent reads of a child, also of one that did not get to its end. Lies in memory that both map.
struct Slate {
  std::int32_t verdict;
  char at[252];  // the last call that was begun
  char text[3840];
};
static_assert(sizeof(Slate) == 4096);

// Before each call into the plugin: where it was, should it not come back.
void at(std::string_view call);
// From here on what at() writes begins with the number of the round.
void in_round(std::uint64_t round);

// Where at() writes to from here on, and what was found in the end.
void begin(Slate& slate);
void end(Slate& slate, const Outcome& outcome);

// Runs one test in this process, which is then good for nothing else.
void run(const Test& test, const Subject& subject, Slate& slate);

}  // namespace alliance::check
