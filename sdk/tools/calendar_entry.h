// SPDX-License-Identifier: Apache-2.0
// One appointment of an iCalendar file: what its properties say, with each fault on its line.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "appointment.h"
#include "calendar_lines.h"
#include "calendar_zones.h"

namespace alliance::tools::calendar {

inline constexpr std::size_t most_of_a_series = 5'000;

// Thrown within the reading of one file, and caught there.
struct Refused {
  std::uint64_t line;
  std::string sentence;
};
[[noreturn]] void refuse(const Line& line, const std::string& why);

std::string capitals(std::string text);

// A time as it stands in the file.
struct Stamp {
  Local shown = 0;
  std::shared_ptr<const Zone> zone;  // null: UTC
  bool is_date = false;
  std::int64_t instant() const { return zone ? zone->instant(shown) : shown; }
};

// The zones of a file.
class Book {
 public:
  // `floating`: of times and days without a zone; empty: they are refused.
  explicit Book(const std::string& floating) : floating_(iana_zone(floating)) {}

  void bring(const std::vector<std::string>& zones);
  // The IANA database knows better than the file what a zone of that name does.
  std::shared_ptr<const Zone> find(const Line& line);
  // A day without a zone is of the clock of `of`, where that is given.
  Stamp stamp(const Line& line, const Stamp* of = nullptr);
  // Dates in a list, each by itself.
  std::vector<Stamp> stamps(const Line& line, const Stamp& of);

 private:
  std::shared_ptr<const Zone> days(const Line& line);

  std::shared_ptr<const Zone> floating_;
  std::map<std::string, std::shared_ptr<const Zone>> known_, own_;
};

// One VEVENT.
struct Entry {
  const Component* event = nullptr;
  std::string uid;
  Stamp starts;
  std::int64_t lasts = 0;            // microseconds, of the clock for days and of the world for times
  std::optional<std::int64_t> ends;  // as it was said, where it does not repeat
  std::int64_t replaces = 0;         // the instant of a series that it stands in place of; 0: none
  std::uint32_t sequence = 0;
  std::int64_t told = 0;
  bool told_is_stable = false, cancelled = false, busy = true;
  appointments::Labels labels;

  auto revision() const { return std::tie(sequence, told); }
};

appointments::Labels labels_in(const Component& event);
Entry entry_of(const Component& event, Book& book);

}  // namespace alliance::tools::calendar
