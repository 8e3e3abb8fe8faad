// SPDX-License-Identifier: Apache-2.0
#include "host/recorder.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "host/accounts.h"
#include "host/envelopes.h"
#include "host/fold.h"

namespace alliance::host {
namespace {

constexpr std::size_t most_per_commit = 1024;  // as many as callers that wait together share one for

Bytes bytes_of(const fb::EventT& event, flatbuffers::FlatBufferBuilder& builder) {
  builder.Clear();
  builder.Finish(fb::Event::Pack(builder, &event), "ALEV");
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

fb::EventT time_passed(const std::string& stream, std::int64_t to) {
  fb::EventT event;
  event.id = "time:" + std::to_string(to);
  event.time = to;
  if (stream.find('/') == std::string::npos) event.case_ = stream;
  fb::TimePassedT body;
  body.to = to;
  event.body.Set(std::move(body));
  return event;
}

}  // namespace

struct Recorder::Place {
  struct Copy {
    Draft draft;
    store::StreamHead head;
    std::string passed;  // the event that time passed
  };
  Stream* stream = nullptr;
  std::optional<Failure> unread{};  // why there is none
  std::optional<Copy> copy{};       // once something happened to it
};

// One commit's work. Whatever of it is not on the disk in the end never happened: streams that it changed are read from
// their logs again when they are next needed.
struct Recorder::Desk {
  explicit Desk(Streams& all) : streams(all) {}
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() {
    for (auto& [id, place] : places) {
      if (place.copy && place.copy->draft.touched()) streams.unload(*place.stream);
    }
  }
  Streams& streams;
  std::map<std::string, Place> places;  // of streams, by their names
  std::vector<std::unique_lock<std::mutex>> locks;
  std::vector<store::Entry> entries;
  std::vector<store::SpansOf> moved;  // of timers and sessions: what changed of when somebody's time counts
  struct Wake {                       // of a stream that time passed over in silence
    Stream* stream;
    std::int64_t at;
    Bytes account;  // empty: as it was
  };
  std::vector<Wake> wakes;
  std::int64_t epoch = 0;
  std::uint64_t reports = 0, flags = 0;
  std::vector<store::Bytes> safety;

  Builders builders;

  Place& at(std::string id) {
    auto& [name, place] = *places.try_emplace(std::move(id)).first;
    if (place.stream != nullptr) return place;
    if (auto found = streams.get(name)) {
      place.stream = *found;
    } else {
      place.unread = std::move(found).error();
    }
    return place;
  }
  // In one order for everybody, so that two callers cannot wait for each other.
  void lock() {
    locks.reserve(places.size());
    for (const auto& [id, place] : places) {
      if (place.stream != nullptr) locks.emplace_back(place.stream->mutex);
    }
  }
};

Result<void> Recorder::take(Desk& desk, Place& place, const fb::EventT& event, bool silent_if_empty) {
  Stream& stream = *place.stream;
  const bool fresh = !place.copy;
  if (fresh) {
    place.copy.emplace(
        Place::Copy{Draft(stream.folded, silent_if_empty ? Draft::On::copy : Draft::On::original), stream.head, {}});
    if (place.copy->head.epoch == 0) place.copy->head.epoch = desk.epoch;
  }
  Place::Copy& copy = *place.copy;
  auto outcome = deriver_.derive(copy.draft, event);
  if (!outcome) {
    if (fresh) place.copy.reset();  // a refusal has changed nothing
    return tl::unexpected(outcome.error());
  }
  if (silent_if_empty && outcome->silent()) {
    // Kept all the same: a host that starts again asks when this one would have asked.
    store::Entry entry;
    entry.stream = stream.head.id;
    entry.wake = outcome->wake;
    desk.wakes.push_back({&stream, outcome->wake, outcome->account ? outcome->account->bytes : Bytes{}});
    entry.account = std::move(outcome->account);
    desk.entries.push_back(std::move(entry));
    place.copy.reset();
    return {};
  }
  const From from{tenant_, stream.head.id, copy.head.epoch, copy.head.next_sequence};
  Enveloped enveloped = envelop(from, copy.draft.now().state, outcome->findings, desk.builders);
  copy.head.next_sequence = enveloped.next_sequence;
  copy.head.wake = outcome->wake;
  ++copy.head.events;
  if (silent_if_empty) {
    copy.passed = event.id;
  } else {
    stream.seen.insert(event.id);  // what of the stream is in its place is let go of where the commit fails
  }
  desk.reports += enveloped.reports;
  desk.flags += enveloped.flags;
  for (const auto& envelope : enveloped.safety) desk.safety.push_back(envelope);

  store::Entry entry;
  entry.stream = stream.head.id;
  entry.event_id = event.id;
  entry.time = event.time;
  entry.time_passed = silent_if_empty;
  entry.event = bytes_of(event, desk.builders.one);
  entry.derived = std::move(enveloped.derived);
  entry.normal = std::move(enveloped.normal);
  entry.safety = std::move(enveloped.safety);
  entry.next_sequence = copy.head.next_sequence;
  entry.wake = copy.head.wake;
  if (const auto& state = copy.draft.now().state;
      state.service != copy.head.carrier.service || state.practitioner != copy.head.carrier.practitioner) {
    copy.head.carrier = {state.service, state.practitioner};
    entry.carrier = copy.head.carrier;
  }
  entry.values = std::move(outcome->values);
  entry.account = std::move(outcome->account);
  if (outcome->spans) desk.moved.push_back({outcome->spans->practitioner, std::move(outcome->moved)});
  entry.spans = std::move(outcome->spans);
  desk.entries.push_back(std::move(entry));
  return {};
}

Result<void> Recorder::commit(Desk& desk) {
  if (!desk.entries.empty()) {
    if (auto done = store_.commit(std::move(desk.entries), desk.epoch); !done) return done;
  }
  for (auto& [stream, wake, account] : desk.wakes) {
    stream->head.wake = wake;
    if (!account.empty()) stream->folded.account = std::move(account);
  }
  for (auto& [id, place] : desk.places) {
    if (!place.copy) continue;
    auto& [draft, head, passed] = *place.copy;
    if (auto changed = std::move(draft).take()) place.stream->folded = std::move(*changed);
    place.stream->head = std::move(head);
    place.stream->summary.reset();
    if (!passed.empty()) place.stream->seen.insert(std::move(passed));
    place.copy.reset();
  }
  return {};
}

void Recorder::chunk(std::span<const fb::Event* const> events, std::span<std::int32_t> statuses, Recorded& sum,
                     std::size_t base) {
  const auto refuse = [&](std::size_t i, const Failure& failure) {
    statuses[i] = failure.status;
    if (!sum.first) {
      sum.first = failure;
      sum.first_at = base + i;
    }
  };
  Desk desk(streams_);
  desk.epoch = store_.new_epoch(now_());
  std::vector<Place*> places(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string id = stream_of(*events[i]);
    if (!id.empty()) places[i] = &desk.at(std::move(id));  // refused below otherwise
  }
  desk.lock();
  desk.entries.reserve(events.size());
  std::vector<std::size_t> taken;
  std::uint64_t repeated = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    statuses[i] = ALLIANCE_OK;
    fb::EventT event;  // one at a time: their memory is used again
    events[i]->UnPackTo(&event);
    if (auto fine = check(event); !fine) {
      refuse(i, fine.error());
      continue;
    }
    Stream* const found = places[i]->stream;
    const auto loaded = found != nullptr ? streams_.load(*found) : Result<void>(tl::unexpected(*places[i]->unread));
    const fb::CaseT* const state = loaded ? &found->folded.state : nullptr;  // what happened is folded where it lies
    if (!loaded || found->seen.contains(event.id)) {
      store::StreamHead head;
      head.id = stream_of(*events[i]);
      if (found != nullptr) head = found->head;
      const Outcome flagged = deriver_.flags_alone(head.id, event, state);
      const From from{tenant_, head.id, head.epoch, head.next_sequence};
      Enveloped told = envelop(from, {}, flagged.findings, desk.builders);
      desk.flags += told.flags;
      std::move(told.safety.begin(), told.safety.end(), std::back_inserter(desk.safety));
      if (loaded) {
        ++repeated;
      } else {
        refuse(i, loaded.error());
      }
      continue;
    }
    Stream& stream = *found;
    if (stream.head.erased != 0 && event.time <= stream.head.erased) {
      refuse(i, {ALLIANCE_E_DENIED, "this case was erased: what happened before that is not taken again", {}});
      continue;
    }
    if (auto fine = check(event, *state); !fine) {
      refuse(i, fine.error());
    } else if (auto done = take(desk, *places[i], event, false); !done) {
      refuse(i, done.error());
    } else {
      taken.push_back(i);
    }
  }
  // A safety flag is told even if the disk is full or gives nothing back: the caller is the one who can act on it.
  for (auto& envelope : desk.safety) sum.safety.push_back(std::move(envelope));
  sum.flags += desk.flags;
  if (auto done = commit(desk); !done) {
    for (const std::size_t i : taken) refuse(i, done.error());
    return;
  }
  settle(desk);
  sum.repeated += repeated;
  sum.reports += desk.reports;
}

// Where timers of one practitioner ran at the same time in several streams, each of these is accounted for once more,
// now that all are known: whatever came first, no minute counts twice. What fails here is done at the next event of
// the stream, or when a day has passed.
void Recorder::settle(Desk& desk) {
  desk.locks.clear();
  std::set<std::string> meeting;
  for (const store::SpansOf& moved : desk.moved) {
    for (const store::Span& own : moved.spans) {
      const auto others = store_.spans(moved.practitioner, own.from, own.until);
      if (!others) continue;
      for (const store::Span& other : *others) {
        if (other.stream == own.stream) continue;
        if (!other.session) meeting.insert(other.stream);
        if (!own.session) meeting.insert(own.stream);
      }
    }
  }
  for (const std::string& id : meeting) {
    Desk again(streams_);
    again.epoch = store_.new_epoch(now_());
    Place& place = again.at(id);
    if (place.stream == nullptr) continue;
    Stream& stream = *place.stream;
    again.lock();
    if (!streams_.load(stream)) continue;
    fb::EventT event = time_passed(id, stream.folded.state.last_event);
    event.id = "again:" + std::to_string(stream.head.events);
    if (!take(again, place, event, true) || !commit(again)) continue;
    desk.reports += again.reports;
  }
}

Recorded Recorder::record(std::span<const fb::Event* const> events, std::span<std::int32_t> statuses,
                          const std::function<bool()>& cancelled) {
  Recorded sum;
  for (std::size_t at = 0; at < events.size(); at += most_per_commit) {
    const std::size_t length = std::min(most_per_commit, events.size() - at);
    if (at > 0 && cancelled()) {
      std::fill(statuses.begin() + static_cast<std::ptrdiff_t>(at), statuses.end(), ALLIANCE_E_CANCELLED);
      if (!sum.first) sum.first = Failure{ALLIANCE_E_CANCELLED, "cancelled: later events were not recorded", {}};
      return sum;
    }
    chunk(events.subspan(at, length), statuses.subspan(at, length), sum, at);
    streams_.let_go();
  }
  return sum;
}

Result<bool> Recorder::look_through(const std::vector<Stream*>& streams, const Progress& progress,
                                    const std::function<bool(Stream&, store::Entry&)>& make) {
  std::vector<store::Entry> entries;
  std::size_t done = 0;
  bool every = true;
  for (Stream* stream : streams) {
    ++done;
    const std::lock_guard lock(stream->mutex);
    if (stream->head.events == 0) continue;
    if (const auto loaded = streams_.load(*stream); !loaded) {         // whoever asks for it is told
      every = every && loaded.error().status == ALLIANCE_E_BAD_INPUT;  // what is damaged stays so
      continue;
    }
    store::Entry entry;
    entry.stream = stream->head.id;
    entry.wake = stream->head.wake;
    if (make(*stream, entry)) entries.push_back(std::move(entry));
    streams_.unload(*stream);
    if (entries.size() < most_per_commit) continue;
    if (auto kept = store_.commit(std::exchange(entries, {}), 0); !kept) return tl::unexpected(kept.error());
    progress(done, streams.size());
  }
  return store_.commit(std::move(entries), 0).map([&] { return every; });
}

Result<void> Recorder::make_accounts(const Progress& progress) {
  if (auto dropped = store_.set_accounts_version(""); !dropped) return dropped;
  const auto all = streams_.all();
  if (!all) return tl::unexpected(all.error());
  // What cannot be made now is made at the stream's next event; a restricted one has none.
  const auto make = [&](Stream& stream, store::Entry& entry) {
    auto kept = deriver_.kept_of(stream.folded);
    if (!kept || stream.folded.restricted) return false;
    entry.account = std::move(kept->account);
    entry.spans = std::move(kept->spans);
    return true;
  };
  std::vector<Stream*> with_timers;
  const auto first = look_through(*all, progress, [&](Stream& stream, store::Entry& entry) {
    if (timers_of(stream.folded.state).until != 0) with_timers.push_back(&stream);
    return make(stream, entry);
  });
  if (!first) return tl::unexpected(first.error());
  // Once more: only when all timers are known is it known which of them ran at the same time.
  if (const auto again = look_through(with_timers, progress, make); !again) return tl::unexpected(again.error());
  return store_.set_accounts_version(figures_version);
}

Result<bool> Recorder::tell_carriers(const Progress& progress) {
  const auto all = streams_.all();
  if (!all) return tl::unexpected(all.error());
  return look_through(*all, progress, [](Stream& stream, store::Entry& entry) {
    const auto& state = stream.folded.state;
    entry.carrier = stream.head.carrier = {state.service, state.practitioner};
    return true;
  });
}

Result<Recorded> Recorder::advance(std::int64_t now, const std::function<bool()>& cancelled) {
  Recorded sum;
  const auto own = streams_.get(time_stream);
  if (!own) return tl::unexpected(own.error());
  Stream& clock = **own;
  const std::lock_guard one_at_a_time(clock.mutex);
  if (auto loaded = streams_.load(clock); !loaded) return tl::unexpected(loaded.error());
  if (now <= clock.folded.state.last_event) return sum;

  const auto due = streams_.due(now);
  if (!due) return tl::unexpected(due.error());
  for (auto at = due->begin(); at != due->end();) {
    if (cancelled()) return fail(ALLIANCE_E_CANCELLED, "cancelled: call advance again with the same instant");
    streams_.let_go();
    Desk desk(streams_);
    desk.epoch = store_.new_epoch(now_());
    for (; at != due->end() && desk.entries.size() < most_per_commit; ++at) {
      Stream& stream = *at->second;
      std::unique_lock lock(stream.mutex);
      if (stream.head.wake == 0 || stream.head.wake > now) {  // since it was due, it waits longer
        store::Entry& passed = desk.entries.emplace_back();
        passed.stream = stream.head.id;
        passed.wake = stream.head.wake;
        desk.locks.push_back(std::move(lock));
        continue;
      }
      if (auto loaded = streams_.load(stream); !loaded) {
        if (loaded.error().status != ALLIANCE_E_BAD_INPUT) return tl::unexpected(loaded.error());
        ++sum.unreadable;  // the others go on
        continue;
      }
      const fb::EventT event = time_passed(stream.head.id, now);
      if (stream.seen.contains(event.id)) continue;
      if (auto done = take(desk, desk.at(stream.head.id), event, true); !done) {
        return tl::unexpected(done.error());
      }
      desk.locks.push_back(std::move(lock));
    }
    for (auto& envelope : desk.safety) sum.safety.push_back(std::move(envelope));
    sum.reports += desk.reports;
    sum.flags += desk.flags;
    if (auto done = commit(desk); !done) return tl::unexpected(done.error());
  }

  Desk desk(streams_);
  desk.epoch = store_.new_epoch(now_());
  std::vector<store::Entry> entries(1);
  store::Entry& entry = entries.front();
  const fb::EventT event = time_passed(time_stream, now);
  entry.stream = time_stream;
  entry.event_id = event.id;
  entry.time = now;
  entry.event = bytes_of(event, desk.builders.one);
  entry.derived = envelop({tenant_, time_stream, desk.epoch, 1}, clock.folded.state, {}, desk.builders).derived;
  if (auto done = store_.commit(std::move(entries), desk.epoch); !done) return tl::unexpected(done.error());
  clock.folded.state.last_event = now;
  ++clock.head.events;
  return sum;
}

}  // namespace alliance::host
