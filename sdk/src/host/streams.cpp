// SPDX-License-Identifier: Apache-2.0
#include "host/streams.h"

#include <alliance_schema/envelope_generated.h>

#include <algorithm>

#include "host/fold.h"
#include "schema/verify.h"

namespace alliance::host {
namespace {

void refold(Folded& folded, const fb::EventT& event, const fb::Batch& derived) {
  fold(folded.state, event);
  for (const auto* envelope : *derived.envelopes()) {
    fb::ReportT report;
    fb::GetReport(envelope->payload()->data())->UnPackTo(&report);
    fold(folded.state, report, envelope->time());
    if (const auto* fault = report.body.AsPluginFault(); fault && fault->call == "score") {
      folded.unscored.push_back(event);
    }
    if (const auto* scored = report.body.AsScored()) {
      std::erase_if(folded.unscored, [&](const fb::EventT& waiting) { return waiting.id == scored->event; });
    }
  }
}

Result<const fb::Batch*> unpacked(const store::LogRow& row, fb::EventT& into) {
  const auto event = schema::verified<fb::Event>(row.event, "ALEV", schema::max_tables);
  const auto derived = schema::verified<fb::Batch>(row.derived, "ALBT");
  if (!event || !derived) {
    return fail(ALLIANCE_E_BAD_INPUT, "the store is damaged: an event of a case can no longer be read", row.event_id);
  }
  (*event)->UnPackTo(&into);
  return *derived;
}

}  // namespace

Stream* Streams::keep(store::StreamHead head) {
  const std::lock_guard lock(mutex_);
  auto& stream = streams_[head.id];
  if (!stream) {
    stream = std::make_unique<Stream>();
    stream->head = std::move(head);
  }
  return stream.get();
}

Result<Stream*> Streams::look_up(const std::string& id, bool make) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = streams_.find(id); found != streams_.end()) return found->second.get();
  }
  return store_.head(id).map([&](std::optional<store::StreamHead> head) -> Stream* {
    if (!head && !make) return nullptr;
    if (!head) head.emplace().id = id;
    return keep(std::move(*head));
  });
}

Folded Streams::blank(const std::string& id) const {
  Folded folded;
  folded.state.id = id;
  const bool practitioner = of_practitioner(id);
  folded.state.subject = practitioner ? fb::Subject::practitioner : fb::Subject::client;
  if (practitioner) folded.state.practitioner = id.substr(practitioner_prefix.size());
  if (roles_ != nullptr) {
    for (const auto& role : *roles_) folded.state.roles.push_back(std::make_unique<fb::PlayableT>(*role));
  }
  return folded;
}

void Streams::changed(Stream& stream, store::StreamHead head) {
  stream.folded.restricted = (head.standing & store::standing_restricted) != 0;
  stream.head = std::move(head);
  stream.summary.reset();
  stream.folded.account.clear();  // the store dropped it
  stream.folded.spans.clear();
  if (stream.head.events > 0) return;
  stream.folded = blank(stream.head.id);
  stream.seen.clear();
}

Result<std::optional<fb::CaseT>> Streams::as_of(const std::string& id, std::int64_t at) {
  const auto found = find(id);
  if (!found) return tl::unexpected(found.error());
  Stream* const stream = *found;
  if (stream == nullptr) return std::nullopt;
  const std::lock_guard lock(stream->mutex);
  if (stream->head.events == 0) return std::nullopt;
  auto rows = store_.log(id);
  if (!rows) return tl::unexpected(rows.error());
  Folded folded = blank(id);
  for (const auto& row : *rows) {
    if (row.time > at) continue;
    fb::EventT event;
    const auto derived = unpacked(row, event);
    if (!derived) return tl::unexpected(derived.error());
    refold(folded, event, **derived);
  }
  return std::move(folded.state);
}

Result<void> Streams::replay(const std::string& id,
                             const std::function<void(const fb::CaseT&, const fb::EventT&)>& before,
                             const std::function<void(const fb::CaseT&)>& after) {
  auto rows = store_.log(id);
  if (!rows) return tl::unexpected(rows.error());
  Folded folded = blank(id);
  for (const auto& row : *rows) {
    fb::EventT event;
    const auto derived = unpacked(row, event);
    if (!derived) return tl::unexpected(derived.error());
    before(folded.state, event);
    refold(folded, event, **derived);
    after(folded.state);
  }
  return {};
}

Result<void> Streams::load(Stream& stream) {
  if (stream.loaded) {
    asked_for(stream);
    return {};
  }
  Folded folded = blank(stream.head.id);
  Ids seen;
  if (stream.head.events > 0) {
    auto rows = store_.log(stream.head.id);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : *rows) {
      fb::EventT event;
      const auto derived = unpacked(row, event);
      if (!derived) return tl::unexpected(derived.error());
      refold(folded, event, **derived);
      seen.insert(row.event_id);
    }
    auto values = store_.values(stream.head.id);
    if (!values) return tl::unexpected(values.error());
    for (auto& value : *values) folded.values.emplace(value.key, value);
    auto spans = store_.spans_of(stream.head.id);
    if (!spans) return tl::unexpected(spans.error());
    folded.spans = std::move(*spans);
  }
  folded.restricted = (stream.head.standing & store::standing_restricted) != 0;
  stream.folded = std::move(folded);
  stream.seen = std::move(seen);
  stream.loaded = true;
  asked_for(stream);
  return {};
}

void Streams::asked_for(Stream& stream) {
  if (stream.head.id == time_stream) return;
  const std::lock_guard lock(mutex_);
  if (stream.held == 0) {
    stream.at_hand = at_hand_.insert(at_hand_.begin(), &stream);
  } else {
    at_hand_.splice(at_hand_.begin(), at_hand_, stream.at_hand);
  }
  held_ -= stream.held;
  stream.held = stream.head.events + 1;
  held_ += stream.held;
}

void Streams::unload(Stream& stream) {
  stream.folded = {};
  stream.seen = {};
  stream.loaded = false;
  const std::lock_guard lock(mutex_);
  if (stream.held > 0) take_out(stream);
}

void Streams::take_out(Stream& stream) {
  at_hand_.erase(stream.at_hand);
  held_ -= std::exchange(stream.held, 0);
}

void Streams::let_go() {
  std::vector<std::pair<Folded, Ids>> gone;  // after the lock: it takes its time
  const std::lock_guard lock(mutex_);
  for (auto at = at_hand_.end(); held_ > most_ && at != at_hand_.begin();) {
    const auto last = std::prev(at);
    Stream& stream = **last;
    const std::unique_lock locked(stream.mutex, std::try_to_lock);
    if (!locked) {  // somebody is at it
      at = last;
      continue;
    }
    gone.emplace_back(std::exchange(stream.folded, {}), std::exchange(stream.seen, {}));
    stream.loaded = false;
    take_out(stream);
  }
}

Result<void> Streams::each(const Stream& stream, const std::function<void(const fb::EventT&)>& event,
                           const std::function<void(const fb::ReportT&)>& report) {
  auto rows = store_.log(stream.head.id);
  if (!rows) return tl::unexpected(rows.error());
  for (const auto& row : *rows) {
    fb::EventT told;
    const auto derived = unpacked(row, told);
    if (!derived) return tl::unexpected(derived.error());
    event(told);
    for (const auto* envelope : *(*derived)->envelopes()) {
      fb::ReportT made;
      fb::GetReport(envelope->payload()->data())->UnPackTo(&made);
      report(made);
    }
  }
  return {};
}

Result<std::vector<Stream*>> Streams::all() {
  if (std::unique_lock lock(mutex_); !all_) {
    lock.unlock();
    auto heads = store_.streams();
    if (!heads) return tl::unexpected(std::move(heads).error());
    for (auto& head : *heads) keep(std::move(head));
    lock.lock();
    all_ = true;  // what is new since came through get()
  }
  const std::lock_guard lock(mutex_);
  std::vector<Stream*> all;
  for (auto& [id, stream] : streams_) {
    if (id != time_stream) all.push_back(stream.get());
  }
  return all;
}

Result<std::map<std::string, Stream*>> Streams::due(std::int64_t now) {
  const auto ids = store_.due(now);
  if (!ids) return tl::unexpected(ids.error());
  std::map<std::string, Stream*> due;
  for (const auto& id : *ids) {
    const auto stream = find(id);
    if (!stream) return tl::unexpected(stream.error());
    due.emplace(id, *stream);
  }
  return due;
}

}  // namespace alliance::host
