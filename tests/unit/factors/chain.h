// SPDX-License-Identifier: Apache-2.0
// One factor's way through a host, told as it goes: what happened, what an indicator says, what is proposed to whom,
// that it was before somebody's eyes and decided on, and in which event its effect is seen.
#pragma once

#include <alliance_schema/review_generated.h>

#include <alliance/host.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace chain {

namespace fb = alliance::fb;

inline constexpr std::int64_t minute = INT64_C(60'000'000), hour = 60 * minute, day = 24 * hour;
inline constexpr std::int64_t monday = INT64_C(1'769'990'400'000'000);  // 2026-02-02

struct Told {  // a step each, in words
  std::string events, before, proposed, decided, effect, after;
};

class Chain {
 public:
  explicit Chain(const std::string& config = {});
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  // An event of the case c1, or with `own` of the practitioner p1. `at` in days since the Monday.
  void happens(double at, const std::string& type, const std::string& body, bool own = false);
  void opened(double at = 0);
  void passes(double to);  // time

  // What a review says of an indicator, and whether it is the number that it should be; `own`: on p1's page.
  void says_before(fb::Factor factor, const std::string& indicator, double value, bool own = false);
  void says_after(fb::Factor factor, const std::string& indicator, double value, bool own = false);

  // The proposal of that rule has reached a receiver, for that audience and with that action.
  void proposed(const std::string& rule, fb::Audience audience, fb::ActionKind kind);
  // It was shown, and accepted; `edited` is the JSON of an action.
  void accepted(double at, bool own = false, const std::string& edited = {});
  // An event that names the proposal; whoever asked for it hears that it is done.
  void effect(double at, const std::string& type, const std::string& body, bool own = false);

  fb::ReviewT review(bool own, std::int32_t role, const std::string& viewer);
  std::size_t reports(const std::string& kind, const std::string& holding);
  alliance::Host& host() { return *host_; }
  const Told& told() const { return told_; }

 private:
  std::string record(double at, const std::string& type, const std::string& body, bool own, const std::string& of);
  std::string indicator(fb::Factor factor, const std::string& id, double value, bool own);
  static std::int32_t take(void* self, const alliance_report* report, alliance_error* error) noexcept;

  struct Arrived {
    std::string kind, json;
  };
  std::int64_t now_ = monday;
  std::mutex mutex_;
  std::vector<Arrived> arrived_;
  std::unique_ptr<alliance::Host> host_;
  std::string folder_, proposal_;
  int events_ = 0;
  Told told_;

 public:
  ~Chain();
};

}  // namespace chain
