// SPDX-License-Identifier: Apache-2.0
// What a plugin can be, as classes to derive from. plugin.hpp says how they are offered.
#pragma once

#include <alliance/measure.h>
#include <alliance/programme.h>
#include <alliance/tailoring.h>
#include <alliance/timing.h>
#include <alliance/transport.h>
#include <alliance/score.hpp>
#include <alliance/services.hpp>

namespace alliance {

// One thing that a plugin makes. `id`: lower-case letters, digits and hyphens. `version` is that of the
// definition, numbers with dots between them.
struct Descriptor {
  std::string id, version, title;
};

// ---- Measure ------------------------------------------------------------------------------------

// One answer sheet, in the order of the definition's items. The glue has seen to it that every state is
// known and every answer is a finite number; whether it is one of the options is the instrument's to say.
class Sheet {
 public:
  Sheet(std::span<const double> values, std::span<const std::uint8_t> states) : values_(values), states_(states) {}
  std::size_t size() const { return values_.size(); }
  bool answered(std::size_t item) const { return state(item) == ALLIANCE_ANSWERED; }
  std::uint8_t state(std::size_t item) const { return states_.empty() ? ALLIANCE_ANSWERED : states_[item]; }
  double value(std::size_t item) const { return values_[item]; }

 private:
  std::span<const double> values_;
  std::span<const std::uint8_t> states_;
};

class Measure {
 public:
  virtual ~Measure() = default;
  // Bytes of an Instrument: services.encode("Instrument", json) makes them.
  virtual Bytes definition() const = 0;
  virtual std::size_t items() const = 0;
  virtual std::size_t scales() const = 0;
  // `missing` is null where the definition's own rule holds. `out` has one place per scale. An answer that
  // is none of the options: throw Error(ALLIANCE_E_BAD_INPUT, "item item-2: ...", "the value").
  virtual void score(const Sheet& sheet, const alliance_missing* missing, std::span<Score> out) const = 0;
  // Shapes have been checked. Override it where even gathering one sheet's scores takes too long.
  virtual void score_one(const alliance_sheets& sheet, const alliance_missing* missing,
                         const alliance_scores& out) const;
  // Shapes have been checked. Override it where scoring row by row is too slow.
  virtual void score_batch(const alliance_sheets& sheets, const alliance_missing* missing,
                           const alliance_scores& out) const;
  // Bytes of a ContentPack: services.encode("ContentPack", json) makes them.
  virtual Bytes content(const std::string& language) const {
    throw Error(ALLIANCE_E_NOT_FOUND, "there are no texts in " + language);
  }
};

// ---- The other kinds ----------------------------------------------------------------------------

class TimingPolicy {
 public:
  virtual ~TimingPolicy() = default;
  virtual Bytes plan(ByteView case_bytes, alliance_instant now) = 0;
  virtual Bytes account(ByteView case_bytes, alliance_instant now) {
    static_cast<void>(case_bytes), static_cast<void>(now);
    throw Error(ALLIANCE_E_UNSUPPORTED, "this timing policy keeps no account of time");
  }
};

class TailoringPolicy {
 public:
  virtual ~TailoringPolicy() = default;
  // `programme` is empty where the case has none.
  virtual Bytes propose(ByteView case_bytes, ByteView programme, alliance_instant now) = 0;
};

class ProgrammeAdapter {
 public:
  virtual ~ProgrammeAdapter() = default;
  virtual Bytes catalogue() const = 0;
  virtual Bytes ingest(ByteView payload) = 0;
  virtual Bytes apply(const std::string& case_id, ByteView proposal, alliance_instant when) {
    static_cast<void>(case_id), static_cast<void>(proposal), static_cast<void>(when);
    throw Error(ALLIANCE_E_UNSUPPORTED, "this programme cannot be changed from outside");
  }
};

// The host's side of an open transport. Usable until the transport's destructor has returned.
class TransportEvents {
 public:
  explicit TransportEvents(const alliance_transport_events* raw) : raw_(raw) {}
  void acknowledged(std::uint64_t position) const noexcept { raw_->acknowledged(raw_->context, position); }
  void failed(std::int32_t status, const std::string& message) const noexcept {
    raw_->failed(raw_->context, status, message.c_str());
  }
  // Of one report of a batch, by its id; of the whole batch when that is empty. Older hosts hear a failure.
  void refused(std::uint64_t position, const std::string& report, std::int32_t status,
               const std::string& message) const noexcept {
    if (!ALLIANCE_HAS(alliance_transport_events, raw_, refused) || raw_->refused == nullptr) {
      return failed(status, message);
    }
    raw_->refused(raw_->context, position, report.empty() ? nullptr : report.c_str(), status, message.c_str());
  }
  // The far side is slow and alive.
  void under_way() const noexcept {
    if (ALLIANCE_HAS(alliance_transport_events, raw_, under_way) && raw_->under_way != nullptr) {
      raw_->under_way(raw_->context);
    }
  }

 private:
  const alliance_transport_events* raw_;
};

// Constructed with (Services, std::string endpoint, TransportEvents); the destructor closes it.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void send(std::uint64_t position, ByteView batch) = 0;
};

}  // namespace alliance
