// SPDX-License-Identifier: Apache-2.0
#include "host/receiving.h"

#include <alliance/plugin.h>
#include <alliance_schema/report_generated.h>

#include <optional>

#include "host/links.h"
#include "schema/json.h"
#include "schema/verify.h"
#include "store/inbox.h"

namespace alliance::host {
namespace {

store::InboxMark mark_of(const messaging::HighWater::Key& key) {
  return {key.tenant, key.case_id, key.epoch, lane_of(key.lane)};
}

class FileMemory final : public messaging::Memory {
 public:
  explicit FileMemory(std::unique_ptr<store::Inbox> inbox) : inbox_(std::move(inbox)) {}
  Result<void> begin() override { return inbox_->begin(); }
  Result<std::uint64_t> mark(const messaging::HighWater::Key& key) override { return inbox_->mark(mark_of(key)); }
  Result<void> set_mark(const messaging::HighWater::Key& key, std::uint64_t sequence) override {
    if (failed_) return tl::unexpected(*failed_);  // the transaction may be gone: nothing may be written outside it
    return inbox_->set_mark(mark_of(key), sequence);
  }
  Result<bool> awaits(const std::string& tenant, const std::string& report) override {
    return inbox_->awaits(tenant, report);
  }
  Result<void> set_awaits(const std::string& tenant, const std::string& report, bool awaited) override {
    if (failed_) return tl::unexpected(*failed_);
    return inbox_->set_awaits(tenant, report, awaited);
  }
  Result<void> commit() override {
    if (failed_) return tl::unexpected(*failed_);
    return inbox_->commit();
  }
  void abandon() override {
    failed_.reset();
    inbox_->abandon();
  }

  Result<void> take_back() { return noted(inbox_->take_back()); }
  Result<void> keep(const fb::Envelope& envelope) {
    const std::span<const std::uint8_t> payload(envelope.payload()->data(), envelope.payload()->size());
    if (const auto before = erased_before(envelope, payload)) {
      if (auto ok = noted(inbox_->erase(envelope.tenant()->str(), envelope.case_()->str(), *before)); !ok) return ok;
    }
    return noted(
        inbox_->put({envelope.id()->string_view(), envelope.tenant()->string_view(), envelope.case_()->string_view(),
                     envelope.kind()->string_view(), envelope.epoch(), envelope.sequence(), envelope.time(), payload},
                    envelope.lane() == fb::Lane::safety ? store::Lane::safety : store::Lane::normal));
  }

 private:
  // A report that tells of an erasure is obeyed here: what this inbox holds of the case goes, too.
  static std::optional<std::int64_t> erased_before(const fb::Envelope& envelope, std::span<const std::uint8_t> bytes) {
    if (envelope.kind()->string_view() != "case-erased") return std::nullopt;
    const store::Bytes payload(bytes.begin(), bytes.end());  // aligned
    const auto report = schema::verified<fb::Report>(payload, "ALRP");
    const auto* erased = report ? (*report)->body_as_CaseErased() : nullptr;
    return erased == nullptr ? envelope.epoch() - 1 : erased->before();  // a sender may have left the body out
  }
  // The file's own failure is no refusal of a report: it ends the transaction.
  Result<void> noted(Result<void> done) {
    if (!done && done.error().status != ALLIANCE_E_INVALID) failed_ = done.error();
    return done;
  }
  std::optional<Failure> failed_;
  std::unique_ptr<store::Inbox> inbox_;
};

}  // namespace

Result<InboxMemory> open_inbox(const std::string& path, bool keep_reports, const store::KeySource& keys) {
  auto inbox = store::Inbox::open(path, keys);
  if (!inbox) return tl::unexpected(std::move(inbox).error());
  auto memory = std::make_unique<FileMemory>(std::move(*inbox));
  InboxMemory out;
  if (keep_reports) {
    out.keep = [file = memory.get()](const fb::Envelope& envelope) { return file->keep(envelope); };
    out.take_back = [file = memory.get()] { return file->take_back(); };
  }
  out.memory = std::move(memory);
  return out;
}

Receiving::Receiving(Settings settings, InboxMemory memory)
    : settings_(std::move(settings)),
      memory_(std::move(memory)),
      intake_(*memory_.memory, [this](const fb::Envelope& envelope) -> Result<void> {
        if (!memory_.keep) return hand(settings_.taker, envelope);
        // Kept first: what cannot be kept is not handed over either. All of it is one transaction.
        if (auto ok = memory_.keep(envelope); !ok) return ok;
        auto taken = hand(settings_.taker, envelope);
        if (taken) return taken;
        if (auto ok = memory_.take_back(); !ok) return ok;
        return taken;
      }) {}

Result<std::unique_ptr<Receiving>> Receiving::open(Settings settings, InboxMemory memory) {
  std::unique_ptr<Receiving> out(new Receiving(std::move(settings), std::move(memory)));
  if (out->settings_.address.empty()) return out;
  messaging::Server::Handlers handlers;
  const auto say = [receiving = out.get()](std::int32_t level, const std::string& line) {
    if (receiving->settings_.log) receiving->settings_.log(level, line);
  };
  handlers.settle = [receiving = out.get()](const messaging::Hello&, std::span<const messaging::Chunk> chunks) {
    return receiving->intake_.settle(chunks, true);
  };
  handlers.note = [say](const std::string& line) { say(ALLIANCE_LOG_INFO, line); };
  handlers.fault = [say](const std::string& line) { say(ALLIANCE_LOG_WARNING, line); };
  messaging::Server::Options options;
  options.insecure_bind = out->settings_.insecure;
  options.tls = out->settings_.tls;
  options.tenants = out->settings_.tenants;
  auto server = messaging::Server::listen(out->settings_.address, std::move(handlers), options);
  if (!server) return tl::unexpected(std::move(server).error());
  out->server_ = std::move(*server);
  return out;
}

Result<std::vector<std::uint8_t>> Receiving::fetch(const std::string& tenant, messaging::Ask ask,
                                                   std::chrono::milliseconds within) {
  if (!server_) return fail(ALLIANCE_E_STATE, "this receiver was given no address");
  auto body = server_->ask(tenant, std::move(ask), within);
  if (!body) return body;
  if (auto fine = schema::verify("Report", *body); !fine) {
    return fail(ALLIANCE_E_BAD_INPUT, "the platform answered with no well-formed report: " + fine.error().message);
  }
  return body;
}

}  // namespace alliance::host
