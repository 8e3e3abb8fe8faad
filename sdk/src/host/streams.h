// SPDX-License-Identifier: Apache-2.0
// The cases and practitioners of the store, read when they are first asked for, folded when that is first needed.
#pragma once

#include <alliance_schema/review_generated.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "host/derive.h"
#include "host/stream_names.h"
#include "store/store.h"

namespace alliance::host {

// The standard's own hash has the library look through all of a small set, one allocation after the other.
struct HashOfId {
  std::size_t operator()(const std::string& id) const noexcept { return std::hash<std::string_view>{}(id); }
};
using Ids = std::unordered_set<std::string, HashOfId>;

struct Stream {
  std::mutex mutex;  // held while an event of this stream is worked on
  bool loaded = false;
  store::StreamHead head;
  Folded folded;
  Ids seen;  // of recorded events
  std::unique_ptr<const fb::CaseSummaryT>
      summary;  // of the case as it stands, once a list had it; stays when it is let go

  // Of Streams, under its mutex.
  std::list<Stream*>::iterator at_hand;
  std::uint64_t held = 0;  // events for which it stands there; 0: it does not
};

class Streams {
 public:
  // What is loaded is let go of once it is more than that many events.
  Streams(store::Store& store, std::uint64_t events_in_memory) : store_(store), most_(events_in_memory) {}

  // The stream of that name, made when it is new; not yet loaded.
  Result<Stream*> get(const std::string& id) { return look_up(id, true); }
  // Null: there is none, or it is the host's own.
  Result<Stream*> find(const std::string& id) {
    return id.starts_with(store::of_the_host) ? Result<Stream*>(nullptr) : look_up(id, false);
  }
  // After a controller's instruction, by whoever has it locked.
  void changed(Stream& stream, store::StreamHead head);
  // Folds the log into a stream that its caller has locked.
  Result<void> load(Stream& stream);
  // Lets go of what load() read of a stream that its caller has locked.
  void unload(Stream& stream);
  // Lets go of those that were not asked for the longest time, while too much is in memory. The caller has no stream
  // locked.
  void let_go();
  // The case as its events up to `at` have it, whenever they arrived; nothing when the store has no such case.
  Result<std::optional<fb::CaseT>> as_of(const std::string& id, std::int64_t at);
  // Folds the log of a case anew, in its order: `before` each event with the case as it was, `after` with what it made.
  Result<void> replay(const std::string& id, const std::function<void(const fb::CaseT&, const fb::EventT&)>& before,
                      const std::function<void(const fb::CaseT&)>& after);
  // Every event of a stream that its caller has locked, in the order of the log, with the reports that it led to.
  Result<void> each(const Stream& stream, const std::function<void(const fb::EventT&)>& event,
                    const std::function<void(const fb::ReportT&)>& report);
  Result<std::vector<Stream*>> all();                            // in the order of their ids, without the host's own
  Result<std::map<std::string, Stream*>> due(std::int64_t now);  // those that time means something to by then

  void set_roles(const std::vector<std::unique_ptr<fb::PlayableT>>& roles) { roles_ = &roles; }

 private:
  Folded blank(const std::string& id) const;
  Result<Stream*> look_up(const std::string& id, bool make);
  Stream* keep(store::StreamHead head);  // unless it is there already
  void asked_for(Stream& stream);
  void take_out(Stream& stream);  // of those at hand, under the mutex

  store::Store& store_;
  const std::vector<std::unique_ptr<fb::PlayableT>>* roles_ = nullptr;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Stream>> streams_;  // none leaves: what is here is newer than the store's
  bool all_ = false;                                        // every one is in it
  const std::uint64_t most_;
  std::list<Stream*> at_hand_;  // that are loaded, but the host's own; the last one asked for stands first
  std::uint64_t held_ = 0;      // events, of all these
};

}  // namespace alliance::host
