// SPDX-License-Identifier: Apache-2.0
// Events in, one transaction, reports out.
#pragma once

#include <functional>
#include <span>

#include "host/streams.h"

namespace alliance::host {

struct Recorded {
  std::uint64_t reports = 0, flags = 0;
  std::uint64_t repeated = 0;
  std::uint64_t unreadable = 0;      // cases for which time does not pass, because the store is damaged there
  std::vector<store::Bytes> safety;  // envelopes of the safety lane, in order
  std::optional<Failure> first;      // the first refusal
  std::size_t first_at = 0;          // and which event it was
};

class Recorder {
 public:
  Recorder(std::string tenant, store::Store& store, Streams& streams, const Deriver& deriver,
           std::function<std::int64_t()> now)
      : tenant_(std::move(tenant)), store_(store), streams_(streams), deriver_(deriver), now_(std::move(now)) {}

  // Verified events. Statuses are set one per event. Any thread. Stops between commits once `cancelled` says so.
  Recorded record(std::span<const fb::Event* const> events, std::span<std::int32_t> statuses,
                  const std::function<bool()>& cancelled);

  using Progress = std::function<void(std::size_t done, std::size_t of)>;
  // Makes every stream's time account anew, from its log. For a store of an older format.
  Result<void> make_accounts(const Progress& progress);
  // Has the store know who carries each stream. Likewise. False: of some that cannot be read now nobody knows.
  Result<bool> tell_carriers(const Progress& progress);

  // Time has passed up to `now`, for every stream that it means something to.
  Result<Recorded> advance(std::int64_t now, const std::function<bool()>& cancelled);

 private:
  struct Desk;
  struct Place;  // of a stream in one commit
  Result<void> take(Desk& desk, Place& place, const fb::EventT& event, bool silent_if_empty);
  // Reads each of these streams once and keeps what `make` says of it, if it says that it is something. False: some
  // cannot be read now.
  Result<bool> look_through(const std::vector<Stream*>& streams, const Progress& progress,
                            const std::function<bool(Stream&, store::Entry&)>& make);
  Result<void> commit(Desk& desk);
  void settle(Desk& desk);
  void chunk(std::span<const fb::Event* const> events, std::span<std::int32_t> statuses, Recorded& sum,
             std::size_t base);

  std::string tenant_;
  store::Store& store_;
  Streams& streams_;
  const Deriver& deriver_;
  std::function<std::int64_t()> now_;
};

}  // namespace alliance::host
