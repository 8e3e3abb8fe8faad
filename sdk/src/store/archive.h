// SPDX-License-Identifier: Apache-2.0
// Everything that is kept about a case in one archive that people and programs can read: a tar file of JSON lines.
#pragma once

#include <alliance_schema/custody_generated.h>

#include <algorithm>
#include <functional>

#include "store/store.h"

namespace alliance::store {

struct Whole {
  std::string tenant;
  StreamHead head;
  std::vector<LogRow> log;
  std::vector<PluginValue> values;
  std::vector<DeadLetter> letters;
  std::vector<Read> reads;
  std::vector<Act> acts;
  std::int64_t time = 0;  // when it was taken
};

// From a Store, or from whoever has its calls.
template <class From>
Result<Whole> whole(From& from, const std::string& stream) {
  Whole out;
  auto head = from.head(stream);
  if (!head) return tl::unexpected(head.error());
  if (!*head) return fail(ALLIANCE_E_NOT_FOUND, "there is no such case or practitioner in the store");
  out.head = std::move(**head);
  auto log = from.log(stream);
  if (!log) return tl::unexpected(log.error());
  auto values = from.values(stream);
  if (!values) return tl::unexpected(values.error());
  auto letters = from.dead_letters();
  if (!letters) return tl::unexpected(letters.error());
  std::erase_if(*letters, [&](const auto& letter) { return letter.case_id != stream; });
  auto reads = from.reads(stream);
  if (!reads) return tl::unexpected(reads.error());
  auto acts = from.acts(stream);
  if (!acts) return tl::unexpected(acts.error());
  out.log = std::move(*log);
  out.values = std::move(*values);
  out.letters = std::move(*letters);
  out.reads = std::move(*reads);
  out.acts = std::move(*acts);
  return out;
}

fb::AccessLogT access_log(const std::string& subject, const std::vector<Read>& reads, const std::vector<Act>& acts);

using Pieces = std::function<Result<void>(const Bytes& piece)>;
Result<void> archive(const Whole& whole, const Pieces& out);

}  // namespace alliance::store
