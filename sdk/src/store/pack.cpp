// SPDX-License-Identifier: Apache-2.0
#include "store/pack.h"

#include <charconv>

namespace alliance::store {
namespace {

// A head is five texts, each with this behind it, which no name holds: sequence, time, length, id and kind.
constexpr std::uint8_t ends = 0x1f;

void add_text(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
  out.push_back(ends);
}
void add_number(Bytes& out, std::int64_t number) {
  char text[20];
  add_text(out, {text, std::to_chars(text, text + sizeof text, number).ptr});
}

std::optional<std::string_view> next_text(std::span<const std::uint8_t>& heads) {
  const std::string_view all(reinterpret_cast<const char*>(heads.data()), heads.size());
  const auto end = all.find(static_cast<char>(ends));
  if (end == std::string_view::npos) return std::nullopt;
  heads = heads.subspan(end + 1);
  return all.substr(0, end);
}
template <class Number>
bool take_number(std::span<const std::uint8_t>& heads, Number& out) {
  const auto text = next_text(heads);
  if (!text) return false;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), out);
  return read.ec == std::errc() && read.ptr == text->data() + text->size();
}

}  // namespace

void Pack::add(const InboxReport& report) {
  heads_before_ = heads.size();
  bodies_before_ = bodies.size();
  add_number(heads, static_cast<std::int64_t>(report.sequence));
  add_number(heads, report.time);
  add_number(heads, static_cast<std::int64_t>(report.report.size()));
  add_text(heads, report.id);
  add_text(heads, report.kind);
  bodies.insert(bodies.end(), report.report.begin(), report.report.end());
}

void Pack::take_back() {
  heads.resize(heads_before_);
  bodies.resize(bodies_before_);
}

void Pack::clear() {
  heads.clear();
  bodies.clear();
}

std::uint64_t Pack::last() const {
  std::span<const std::uint8_t> rest(heads);
  std::uint64_t sequence = 0;
  while (const auto head = next_head(rest)) sequence = head->sequence;
  return sequence;
}

std::optional<PackHead> next_head(std::span<const std::uint8_t>& heads) {
  PackHead out;
  if (!take_number(heads, out.sequence) || !take_number(heads, out.time) || !take_number(heads, out.length)) {
    return std::nullopt;
  }
  const auto id = next_text(heads), kind = next_text(heads);
  if (!id || !kind) return std::nullopt;
  out.id = *id;
  out.kind = *kind;
  return out;
}

std::string inbox_stream(std::string_view tenant, std::string_view case_id) {
  std::string out;
  out.reserve(tenant.size() + 1 + case_id.size());
  out.append(tenant) += '\x1f';
  return out.append(case_id);
}

Place pack_place(std::string_view stream, std::int64_t epoch, std::span<const std::uint8_t> heads) {
  auto rest = heads;
  const auto first = next_head(rest);
  if (!first) return {"inbox", stream, epoch, 0, {}, 0};
  if (rest.empty()) return {"inbox", stream, epoch, first->sequence, first->id, first->time};
  return {"inbox pack", stream, epoch, first->sequence, {reinterpret_cast<const char*>(heads.data()), heads.size()},
          first->time};
}

}  // namespace alliance::store
