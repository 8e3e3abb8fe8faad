// SPDX-License-Identifier: Apache-2.0
// What a controller asks of a host: to erase or restrict, to hand over what is kept, to say who looked at it.
#include <algorithm>
#include <cctype>

#include "host/access.h"
#include "host/host.h"
#include "store/archive.h"

namespace alliance::host {
namespace {

constexpr std::int64_t a_day = 86'400'000'000;
constexpr std::size_t longest_text = 500;
constexpr const char* retention_note = "retention days";

Result<void> plain_text(const char* what, const std::string& text) {
  const bool plain = text.size() <= longest_text &&
                     std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (plain) return {};
  return fail(ALLIANCE_E_INVALID, std::string("instruct: ") + what + " must be one line of up to 500 bytes");
}

}  // namespace

Result<void> Host::controller_only(const char* what, const Viewer& viewer) const {
  if (!store_) return fail(ALLIANCE_E_STATE, std::string(what) + ": a host without a store keeps nothing");
  const auto& row = access_row(Datum::custody);
  if (reach(viewer.role, row.datum) == Reach::all && !viewer.id.empty()) return {};
  return fail(ALLIANCE_E_DENIED, std::string(what) + ": not for this viewer; " + row.why);
}

// Kept in the store too, so that whoever opens it without the configuration is bound by it as well.
Result<void> Host::keep_retention() {
  if (!settings_.config.retention) return {};
  const auto days = std::to_string(settings_.config.retention->days);
  const auto known = store_->note(retention_note);
  if (!known) return tl::unexpected(known.error());
  return *known == days ? Result<void>{} : store_->set_note(retention_note, days);
}

Result<std::int64_t> Host::retention_days() {
  const auto known = store_->note(retention_note);
  if (!known) return tl::unexpected(known.error());
  const bool number = !known->empty() && known->size() < 10 &&
                      std::all_of(known->begin(), known->end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return number ? std::stoll(*known) : 0;
}

Result<void> Host::may_erase(Stream& stream, std::int64_t now) {
  const std::string instead = "; restrict the case instead";
  if ((stream.head.standing & store::standing_held) != 0) {
    return fail(ALLIANCE_E_DENIED, "erase: a legal hold stands against it: release it first" + instead);
  }
  const auto days = retention_days();
  if (!days) return tl::unexpected(days.error());
  if (*days == 0 || stream.head.id.find('/') != std::string::npos || stream.head.events == 0) return {};
  if (auto loaded = streams_->load(stream); !loaded) return loaded;
  const auto closed = stream.folded.state.closed;
  const std::string rule = "the retention period of " + std::to_string(*days) + " days (HostConfig)";
  if (closed == 0) {
    return fail(ALLIANCE_E_DENIED, "erase: the case is open, and " + rule + " begins when it is closed" + instead);
  }
  const std::int64_t left = (closed + *days * a_day - now + a_day - 1) / a_day;
  if (left > 0) {
    return fail(ALLIANCE_E_DENIED, "erase: " + rule + " ends in " + std::to_string(left) + " days" + instead);
  }
  return {};
}

Result<void> Host::instruct(store::Act act, const Viewer& viewer) {
  if (auto fine = controller_only("instruct", viewer); !fine) return fine;
  if (act.reason.empty()) return fail(ALLIANCE_E_INVALID, "instruct: a reason is needed; it is kept for ever");
  if (auto fine = plain_text("the reason", act.reason); !fine) return fine;
  if (auto fine = plain_text("the reference", act.reference); !fine) return fine;
  if (act.kind == store::ActKind::erase && act.reference.empty()) {
    return fail(ALLIANCE_E_INVALID, "erase: name the controller's instruction by its reference");
  }
  const bool nameable = !act.stream.empty() && act.stream.size() <= 128 && plain_text("the subject", act.stream);
  const auto found = !nameable || act.stream.starts_with(store::of_the_host) ? Result<Stream*>(nullptr)
                     : act.unseen                                            ? streams_->get(act.stream)
                                                                             : streams_->find(act.stream);
  if (!found) return tl::unexpected(found.error());
  Stream* const stream = *found;
  const auto unknown = [] { return fail(ALLIANCE_E_NOT_FOUND, "instruct: there is no such case or practitioner"); };
  if (stream == nullptr) return unknown();
  const std::lock_guard lock(stream->mutex);
  if (stream->head.epoch == 0 && !act.unseen) return unknown();
  act.time = settings_.now();
  act.role = viewer.role;
  act.by = viewer.id;
  if (act.kind == store::ActKind::erase) {
    if (stream->head.events == 0 && stream->head.erased != 0) return {};  // erased already: again is nothing
    if (auto fine = may_erase(*stream, act.time); !fine) return fine;
  }
  auto done = store_->instruct(std::move(act));
  if (!done) return tl::unexpected(std::move(done).error());
  streams_->changed(*stream, std::move(done->head));
  outgoing_->wake();
  if (done->key_gone) return {};
  return fail(done->key_gone.error().status,
              "the case is erased here and its key could not be destroyed, so that backups can still be read: " +
                  done->key_gone.error().message + "; it is tried again when the store is next opened");
}

Result<void> Host::export_case(const std::string& id, const Viewer& viewer,
                               const std::function<Result<void>(const Bytes&)>& out) {
  if (auto fine = controller_only("export", viewer); !fine) return fine;
  if (auto noted = note_read("export", id, viewer); !noted) return noted;
  const auto found = streams_->find(id);
  if (!found) return tl::unexpected(found.error());
  Stream* const stream = *found;
  if (stream == nullptr) return fail(ALLIANCE_E_NOT_FOUND, "export: there is no such case or practitioner", id);
  const std::lock_guard lock(stream->mutex);
  auto whole = store::whole(*store_, id);
  if (!whole) return tl::unexpected(std::move(whole).error());
  whole->tenant = settings_.tenant;
  whole->time = settings_.now();
  return store::archive(*whole, out);
}

Result<fb::AccessLogT> Host::access(const std::string& id, const Viewer& viewer) {
  if (auto fine = controller_only("access", viewer); !fine) return tl::unexpected(fine.error());
  if (auto noted = note_read("access log", id, viewer); !noted) return tl::unexpected(noted.error());
  const auto reads = store_->reads(id);
  if (!reads) return tl::unexpected(reads.error());
  const auto acts = store_->acts(id);
  if (!acts) return tl::unexpected(acts.error());
  return store::access_log(id, *reads, *acts);
}

// Whoever looks after the machine has no role in the table; what they open is noted all the same.
Result<fb::DeadLetterListT> Host::dead_letters(std::uint64_t number) {
  auto letters = outgoing().and_then([&](Outgoing* out) { return out->dead_letters(number); });
  if (!letters || number == 0) return letters;
  for (const auto& letter : letters->letters) {
    if (auto noted = note_read("dead letter", letter->case_, {0, "operator"}); !noted) {
      return tl::unexpected(noted.error());
    }
  }
  return letters;
}

}  // namespace alliance::host
