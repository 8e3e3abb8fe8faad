// SPDX-License-Identifier: Apache-2.0
// Reports of one case, epoch and lane that came one behind another, as an inbox keeps them: who they are and, apart
// from that, what they say, so that the latter is sealed at once. Values only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/seal.h"

namespace alliance::store {

struct InboxReport {
  std::string_view id, tenant, case_id, kind;
  std::int64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::span<const std::uint8_t> report;  // verified bytes of a Report
};

struct Pack {
  Bytes heads, bodies;
  void add(const InboxReport& report);
  void take_back();  // the last that was added
  bool empty() const { return heads.empty(); }
  std::uint64_t last() const;  // the number of the last one
  void clear();

 private:
  std::size_t heads_before_ = 0, bodies_before_ = 0;
};

struct PackHead {
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::string_view id, kind;
  std::size_t length = 0;  // of what it says
};
// Taken from the front; nothing: it is damaged.
std::optional<PackHead> next_head(std::span<const std::uint8_t>& heads);

// One name for a case of a tenant; no name holds the separator.
std::string inbox_stream(std::string_view tenant, std::string_view case_id);
// Where the bodies open: beside these heads alone. A report by itself is sealed as formats before packs had it.
Place pack_place(std::string_view stream, std::int64_t epoch, std::span<const std::uint8_t> heads);

}  // namespace alliance::store
