// SPDX-License-Identifier: Apache-2.0
#include "review_words.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace alliance::tools::review {
namespace {

template <std::size_t N, class Enum>
std::string_view words_at(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view{"unknown"};
}

constexpr std::array<std::string_view, 9> factor_codes = {"–", "F1", "F2", "F3", "F4", "B1", "B2", "B3", "B4"};
constexpr std::array<std::string_view, 9> factor_names = {"other",
                                                          "more time to deliver treatment",
                                                          "access to a wider toolkit",
                                                          "capacity to tailor components",
                                                          "appropriate training and support",
                                                          "time and resource constraints",
                                                          "usability challenges",
                                                          "limited flexibility of the programme",
                                                          "lack of confidence in delivering blended CBT"};
constexpr std::array<std::string_view, 4> raters = {"unknown", "client", "practitioner", "observer"};
constexpr std::array<std::string_view, 9> work_names = {"other",       "in person", "online review",     "messaging",
                                                        "preparation", "admin",     "technical support", "supervision",
                                                        "training"};
constexpr std::array<std::string_view, 5> signal_names = {"signal", "drop", "repaired", "not repaired", "no answers"};
constexpr std::array<std::string_view, 4> decisions = {"not decided", "accepted", "declined", "withdrawn"};
constexpr std::array<std::string_view, 19> actions = {"action",
                                                      "reorder",
                                                      "skip",
                                                      "add",
                                                      "change the pace",
                                                      "protected slot",
                                                      "support request",
                                                      "training offer",
                                                      "extra supervision",
                                                      "private nudge",
                                                      "ask the client",
                                                      "tell the content's owner",
                                                      "pre-session brief",
                                                      "other reminders",
                                                      "other examples",
                                                      "another level of language",
                                                      "contact in another way",
                                                      "workaround by hand",
                                                      "paper or phone meanwhile"};
constexpr std::array<std::string_view, 7> audiences = {"nobody",  "client",  "practitioner", "supervisor",
                                                       "service", "support", "content owner"};
constexpr std::array<std::string_view, 3> deliveries = {"not said", "blended", "face to face"};
constexpr std::array<std::string_view, 4> safety_states = {"unknown", "positive", "skipped", "refused"};

std::chrono::sys_time<std::chrono::microseconds> point(std::int64_t instant) {
  return std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{instant}};
}

}  // namespace

std::string number(double value, int decimals) {
  if (!std::isfinite(value)) return "not a number";
  char text[64];
  if (std::fabs(value) >= 1e12) {
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
  }
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  std::string out = text;
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

std::string day(std::int64_t instant, const Words& words) {
  if (instant == 0) return {};
  static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(point(instant))};
  const unsigned month = static_cast<unsigned>(date.month());
  return words("{} {} {}", {std::to_string(static_cast<unsigned>(date.day())),
                            words(month >= 1 && month <= 12 ? months[month - 1] : "?"),
                            std::to_string(static_cast<int>(date.year()))});
}

std::string moment(std::int64_t instant, const Words& words) {
  if (instant == 0) return {};
  const auto time = point(instant);
  const std::chrono::hh_mm_ss clock{time - std::chrono::floor<std::chrono::days>(time)};
  char text[16];
  std::snprintf(text, sizeof text, " %02d:%02d UTC", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()));
  return day(instant, words) + text;
}

std::string_view factor_code(fb::Factor factor) { return words_at(factor_codes, factor); }
std::string_view factor_name(fb::Factor factor) { return words_at(factor_names, factor); }
bool helps(fb::Factor factor) { return factor >= fb::Factor::f1_time && factor <= fb::Factor::f4_training_support; }

std::string role_name(std::string_view role, const Words& words) {
  if (const std::string known = words.said(role); !known.empty()) return known;
  std::string out;
  bool first = true;
  for (const char c : role) {
    if (c == '.') {
      out += ", ";
    } else {
      out += first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    first = false;
  }
  return out;
}

std::string_view name(fb::Rater rater) { return words_at(raters, rater); }
std::string_view name(fb::Work work) { return words_at(work_names, work); }
std::string_view name(fb::SignalKind kind) { return words_at(signal_names, kind); }
std::string_view name(fb::Decision decision) { return words_at(decisions, decision); }
std::string_view name(fb::ActionKind kind) { return words_at(actions, kind); }
std::string_view name(fb::Audience audience) { return words_at(audiences, audience); }
std::string_view name(fb::Delivery delivery) { return words_at(deliveries, delivery); }
std::string_view name(fb::SafetyState state) { return words_at(safety_states, state); }

}  // namespace alliance::tools::review
