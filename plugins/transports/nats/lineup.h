// SPDX-License-Identifier: Apache-2.0
// Which message goes out when. Knows neither a connection nor a clock.
//
// A receiver keeps one number per case and drops what is not above it. So a later message of a case must not reach the
// stream before an earlier one: of each case and lane one message is under way, and the rest waits its turn. What waits
// together and is of one kind travels together.
#pragma once

#include <alliance_schema/envelope_generated.h>

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "address.h"
#include "alliance/error.hpp"

namespace alliance::nats {

struct Outgoing {
  std::string id;  // the same whenever the same reports travel together: Nats-Msg-Id
  std::string subject, tenant;
  Bytes batch;
  std::string first_report;  // its id
  std::uint64_t position = 0;
};

class Lineup {
 public:
  Lineup(std::string prefix, std::size_t most) : prefix_(std::move(prefix)), most_(most) {}

  // Verifies and takes apart. Throws for what is no batch.
  void add(std::uint64_t position, ByteView batch);
  std::optional<Outgoing> next();
  // The far side has that message. How far everything has come when that changed by it.
  std::optional<std::uint64_t> taken(const std::string& id);
  // How far, counting batches of which nothing is left to send.
  std::optional<std::uint64_t> forward();

 private:
  using Envelope = std::unique_ptr<fb::EnvelopeT>;
  struct Item {
    std::uint64_t position;
    Envelope envelope;
    std::size_t size;
  };
  struct Case {
    std::deque<Item> waiting;
    bool under_way = false;
  };
  struct UnderWay {
    std::string case_key;
    std::vector<std::uint64_t> positions;
  };
  const std::string prefix_;
  const std::size_t most_;
  std::map<std::string, Case> cases_;
  std::deque<std::string> ready_;
  std::map<std::string, UnderWay> under_way_;
  std::map<std::uint64_t, std::size_t> left_;  // envelopes by the position of their batch
};

}  // namespace alliance::nats
