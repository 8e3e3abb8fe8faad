// SPDX-License-Identifier: Apache-2.0
// What a calendar or a list of contacts says of one appointment, and the events that it becomes. Values in, values out.
#pragma once

#include <alliance_schema/event_generated.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::tools::appointments {

// As the file, or the operator's own list beside it, has them: none of them is checked yet.
struct Labels {
  std::string kind;     // session, review, leave, slot, or a kind of work such as online_review
  std::string case_id;  // whose it is; a practitioner's own where empty
  std::string practitioner, session, mode, outcome, component;
  std::string review;  // a review meeting that is known already

  // Where this says nothing, `other` counts.
  void fill_from(const Labels& other);
};

struct Appointment {
  std::uint64_t line = 0;       // of the file
  std::string uid;              // the same for all of a series
  std::int64_t occurrence = 0;  // of a series: when this one was to begin before it was moved; 0: no series
  std::uint32_t index = 0;      // its place in the series
  bool counted = false;         // that place is known
  std::uint32_t sequence = 0;   // which revision this is
  std::int64_t told = 0;        // when it was said; 0: nobody knows
  bool told_is_stable = false;  // the same in every export, and so a part of the ids
  bool revised = false;         // it says of itself that it was changed
  bool cancelled = false;
  bool busy = true;
  std::int64_t from = 0, until = 0;
  Labels labels;
};

// What cannot be taken, and where it stands.
struct Fault {
  std::uint64_t line = 0;
  std::string sentence;
};

struct Terms {
  std::int64_t now = 0;       // what lies ahead of it has not happened
  std::string practitioner;   // whose what belongs to no case is, where no label says
  bool over_is_held = false;  // sessions that are over count as held where nothing is said of them
};

struct Statement {
  std::uint64_t line = 0;
  std::int64_t starts = 0;  // the appointment that it is about
  std::unique_ptr<fb::EventT> event;
};
struct Made {
  std::vector<Statement> statements;  // in the order of the appointments
  std::vector<Fault> faults;
  std::uint64_t ahead = 0;  // work that lies ahead: minutes are recorded when it is done
};

// Ids are derived: of `uid`, `occurrence` and what is said, so that the same file leads to the same events.
Made events_of(const std::vector<Appointment>& found, const Terms& terms);

// One line for people: "2026-03-02 10:00 session 3 booked, 50 min".
std::string shown(const Statement& statement);

}  // namespace alliance::tools::appointments
