// SPDX-License-Identifier: Apache-2.0
// What was recorded, and what still has to be delivered. One SQLite file, one process.
//
// Streams: a case, or a practitioner for what belongs to no case. Each event of a stream is one row of the
// log, with what was derived from it; the reports of a whole commit are one row per lane of the outbox.
// Callers that wait together share one commit, made by the first of them (synchronous=FULL).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"
#include "store/master.h"

namespace alliance::store {

// Who carries a stream. Empty: nobody was named.
struct Carrier {
  std::string service, practitioner;
  bool operator==(const Carrier&) const = default;
};

struct StreamHead {
  std::string id;
  std::int64_t epoch = 0;
  std::uint64_t next_sequence = 1;  // of the next report
  std::int64_t wake = 0;            // instant at which time alone changes something; 0: never
  std::uint64_t events = 0;
  std::uint8_t standing = 0;  // standing_restricted, standing_held
  std::int64_t erased = 0;    // when; 0: never
  Carrier carrier{};
};
// What names begin with that are the host's own: no case's and no practitioner's.
inline constexpr std::string_view of_the_host = "host/";
inline constexpr std::uint8_t standing_restricted = 1, standing_held = 2;

// What a controller instructed about a stream.
enum class ActKind : std::uint8_t { erase = 1, restrict = 2, lift = 3, hold = 4, release = 5 };
struct Act {
  std::int64_t time = 0;
  ActKind kind = ActKind::erase;
  std::string stream;
  std::int32_t role = 0;
  std::string by, reason, reference;
  std::int64_t epoch = 0;  // of the stream from then on; given by the store
  bool unseen = false;     // an erasure of a stream that may not be here: it is as if it had been
};

struct Instructed {
  StreamHead head;
  Result<void> key_gone;  // of an erasure; a failure is made good when the store is next opened
};

struct PluginValue {
  std::string key;  // "PLUGIN/KEY"
  std::uint32_t version = 0;
  Bytes bytes;
};

// A stream's time account, and what it adds to the sums over streams.
struct Account {
  std::string service, practitioner;
  std::uint8_t part = 0;  // sums of different parts are kept apart
  bool open = true;
  std::vector<std::int64_t> figures;  // empty: in no sum
  Bytes bytes;                        // a CaseTime
};
struct AccountSum {
  std::string service, practitioner;
  std::uint8_t part = 0;
  std::vector<std::int64_t> figures;
};
enum class CarriedBy : std::uint8_t { practitioner, service };
using AccountVisit = std::function<Result<void>(std::span<const std::uint8_t>)>;

// When a practitioner's time was counted by one stream.
struct Span {
  std::string stream, id;
  std::int64_t from = 0, until = 0;  // at most a day
  bool session = false, sure = false;
  bool operator==(const Span&) const = default;
};
struct SpansOf {
  std::string practitioner;
  std::vector<Span> spans;
};

// One event of one stream, with everything that follows from it. Without an event id: nothing happened, and only
// `wake` is kept.
struct Entry {
  std::string stream;
  std::string event_id;
  std::int64_t time = 0;
  Bytes event;                // an Event
  Bytes derived;              // a Batch of every report, those that are shown to nobody included
  std::vector<Bytes> normal;  // envelopes to deliver, each an Envelope root, in order
  std::vector<Bytes> safety;  // likewise, in the lane of their own
  std::uint64_t next_sequence = 1;
  std::int64_t wake = 0;
  bool time_passed = false;  // this is what it was due for; an entry without an event always is
  std::vector<PluginValue> values;
  std::optional<Carrier> carrier;  // none: as it was
  std::optional<Account> account;  // none: as it was
  std::optional<SpansOf> spans;    // likewise; they take the place of all that this stream had
};

struct LogRow {
  std::string event_id;
  std::int64_t time = 0;
  Bytes event;
  Bytes derived;
};

struct Chunk {
  std::uint64_t position = 0;  // grows over both lanes
  Bytes batch;                 // a Batch
  std::uint64_t reports = 0;   // how many are in it, where it was just made and need not be looked into; else 0
};

struct Counts {
  std::uint64_t events = 0, reports = 0, acknowledged = 0, waiting = 0;
  std::uint64_t dead_letters = 0, safety_dead_letters = 0;  // not sent again
};

struct Read {  // for the access log
  std::int64_t time = 0;
  std::int32_t role = 0;
  std::string viewer, scope, subject;
};

enum class Lane : std::uint8_t { normal = 0, safety = 1 };

// A report that an endpoint refused.
struct DeadLetter {
  std::uint64_t number = 0;  // given by the store
  std::string endpoint;
  Lane lane = Lane::normal;
  std::uint64_t position = 0;  // of its chunk
  std::string report;          // its id; empty: the chunk itself is damaged, and `envelope` holds its bytes
  std::string case_id, kind;
  std::int64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::int32_t status = 0;
  std::string reason;
  std::uint32_t tries = 0;
  std::int64_t since = 0;
  Bytes envelope;
};

// Dead letters of one case that go out again, under numbers that were not given before.
struct Resend {
  std::string stream;
  std::uint64_t next_sequence = 1;
  std::vector<Bytes> normal, safety;   // envelopes
  std::vector<std::uint64_t> numbers;  // of the dead letters
};

struct Opening {
  KeySource keys{};
  std::int64_t now = 0;  // for epochs that are given at once
  // What takes its time: sealing a store that was plain, a backup that is made a store again.
  std::function<void(const std::string& what, std::uint64_t done, std::uint64_t of)> progress{};
};

class Store {
 public:
  // Makes the file if there is none. Refuses another tenant's, a newer format, another key, and one that another
  // process has open, each with a sentence. A store that was plain is sealed; a backup gets new epochs.
  static Result<std::unique_ptr<Store>> open(const std::string& path, const std::string& tenant,
                                             const Opening& how = {});
  virtual ~Store() = default;

  virtual Result<std::vector<StreamHead>> streams() = 0;
  virtual Result<std::optional<StreamHead>> head(const std::string& stream) = 0;  // nothing: there is no such stream
  virtual Result<std::vector<StreamHead>> streams_of(CarriedBy by, const std::string& id) = 0;
  // When the latest event happened that this store ever took; 0: none.
  virtual Result<std::int64_t> latest() = 0;
  // Those that time alone changes something for by then, and some that wait longer by now: who passes over these says
  // so by an entry without an event.
  virtual Result<std::vector<std::string>> due(std::int64_t now) = 0;
  virtual Result<std::vector<LogRow>> log(const std::string& stream) = 0;
  virtual Result<std::vector<PluginValue>> values(const std::string& stream) = 0;

  // The epoch for a stream that is about to be made: larger than any that this store gave before.
  virtual std::int64_t new_epoch(std::int64_t now) = 0;

  // Returns when all entries are on the disk, in one transaction; on failure none of them is. `epoch` is
  // used only where the stream is new. Any thread.
  virtual Result<void> commit(std::vector<Entry> entries, std::int64_t epoch_if_new) = 0;

  // What lies behind `after`, in order: up to `most` chunks, fewer when they are large, none only if there is none.
  virtual Result<std::vector<Chunk>> outbox(Lane lane, std::uint64_t after, std::size_t most) = 0;
  // The last position that the lane has; what is committed later lies behind it.
  virtual std::uint64_t last(Lane lane) = 0;
  // Endpoints keep their place over restarts. An endpoint becomes known when its place is asked for; from then
  // on a chunk is deleted only once it, too, has acknowledged it. A newcomer begins at the oldest chunk that
  // is still kept. acknowledge() does not wait for the disk: a place that is lost in a crash costs a repeat.
  virtual Result<std::uint64_t> acknowledged(const std::string& endpoint, Lane lane) = 0;
  virtual Result<void> acknowledge(const std::string& endpoint, Lane lane, std::uint64_t position) = 0;

  // An endpoint that will not come back: it no longer holds chunks back.
  virtual Result<void> forget(const std::string& endpoint) = 0;

  // Puts reports aside; on the disk when it returns. buried() tells at once which of a chunk's reports those are.
  virtual Result<void> bury(std::vector<DeadLetter> letters) = 0;
  virtual std::vector<std::string> buried(const std::string& endpoint, Lane lane, std::uint64_t position) = 0;
  virtual Result<std::vector<DeadLetter>>
  dead_letters() = 0;  // that were not sent again, in the order of their numbers
  virtual Result<void> resend(Resend again) = 0;

  virtual std::string path() const = 0;
  // Takes acknowledgements to the disk, so that whoever reads the file sees them.
  virtual Result<void> flush() = 0;

  // What is to be known about the file as a whole, by its name; empty until it is set.
  virtual Result<std::string> note(const std::string& name) = 0;
  virtual Result<void> set_note(const std::string& name, const std::string& value) = 0;
  // The version of the zone data by which this log was computed.
  Result<std::string> zone_data() { return note("zone data"); }
  Result<void> set_zone_data(const std::string& version) { return set_note("zone data", version); }

  // Sums over the streams of a practitioner or service, by its id; and each of these streams' account. An error of
  // `visit` ends it and is the answer; `visit` must not ask this store for accounts.
  virtual Result<std::vector<AccountSum>> account_sums(CarriedBy of, const std::string& id) = 0;
  virtual Result<void> accounts(CarriedBy of, const std::string& id, bool open_only, const AccountVisit& visit) = 0;
  // What of a practitioner's time overlaps with `from` to `until`, in the order of time.
  virtual Result<std::vector<Span>> spans(const std::string& practitioner, std::int64_t from, std::int64_t until) = 0;
  virtual Result<std::vector<Span>> spans_of(const std::string& stream) = 0;
  // By which version of the figures the accounts were made; empty: they have to be made. Setting it to empty drops
  // them.
  Result<std::string> accounts_version() { return note("accounts"); }
  Result<void> set_accounts_version(const std::string& version) { return set_note("accounts", version); }

  // Whether it is known who carries each stream; where it is not, an older version wrote the store.
  Result<bool> knows_carriers() {
    return note("carriers").map([](const std::string& note) { return !note.empty(); });
  }
  Result<void> set_knows_carriers() { return set_note("carriers", "1"); }

  virtual Result<Counts> counts() = 0;
  virtual Result<void> note_read(const Read& read) = 0;
  virtual Result<std::vector<Read>> reads(const std::string& stream) = 0;  // lists of many included

  // Does it, tells every endpoint, and keeps who and why. Returns the stream as it stands then. An erasure gives it a
  // new epoch, in which the report that tells of it is number 1. ALLIANCE_E_NOT_FOUND: no such stream.
  virtual Result<Instructed> instruct(Act act) = 0;
  virtual Result<std::vector<Act>> acts(const std::string& stream) = 0;
};

}  // namespace alliance::store
