// SPDX-License-Identifier: Apache-2.0
// The eight factors, from readings of single streams to rows. The indicators are a table; each is ours,
// inspired by the study (doi 10.1192/bjo.2022.546) and not validated. None rates a practitioner.
#pragma once

#include <alliance_schema/review_generated.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/access.h"

namespace alliance::host::indicators {

using Rows = std::vector<std::unique_ptr<fb::FactorRowT>>;
// A case alone, or a practitioner's own stream (first) with that practitioner's cases.
using Streams = std::span<const fb::CaseT* const>;

// What an indicator says about one client or one practitioner.
struct Reading {
  std::optional<double> value{};  // absent: nothing to say, and `text` says why
  std::string text{};
  std::string series{};  // for scores, which instrument and scale: different ones are never joined
  std::vector<std::string> events{};
};

enum class About : std::uint8_t { client, practitioner };
enum class Where : std::uint8_t {
  everywhere,
  not_on_case,  // on the practitioner's own page and in group figures
  own_page      // nowhere else
};

struct IndicatorSpec {
  fb::Factor factor;
  const char* id;
  const char* title;
  const char* unit;
  About about;  // whom means are taken over: clients or practitioners
  Where where;
  Datum datum;  // what a viewer must be allowed to see
  Reading (*read)(Streams streams, std::int64_t as_of);
};

std::span<const IndicatorSpec> indicator_table();
const char* factor_title(fb::Factor factor);
std::span<const char* const> what_can_be_done(fb::Factor factor);

// One person's part of a group figure.
struct Member {
  std::vector<const fb::CaseT*> streams;
  std::string practitioner;
};
struct Group {
  std::vector<Member> clients;
  std::vector<Member> practitioners;
};
inline constexpr std::size_t fewest_people = 5;  // DESIGN.md section 4: groups are shown from five on
bool large_enough(const Group& group);

Rows case_rows(const fb::CaseT& seen, std::int64_t as_of, const Withheld& left_out);
// `own` may be null: a practitioner of whom only cases are known. `cases` as the viewer may see them.
Rows practitioner_rows(const fb::CaseT* own, Streams cases, std::int64_t as_of, const Withheld& left_out);
Rows group_rows(const Group& group, std::int64_t as_of);

// Sentences about what was proposed for a factor, and what became of it.
std::vector<std::string> what_was_done(const fb::CaseT& state, fb::Factor factor);
// The same as counts, over a practitioner's own cases.
std::vector<std::string> what_was_done(Streams cases, fb::Factor factor);

}  // namespace alliance::host::indicators
