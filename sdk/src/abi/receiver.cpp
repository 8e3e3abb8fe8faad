// SPDX-License-Identifier: Apache-2.0
#include <alliance/receiver.h>

#include <algorithm>
#include <cctype>

#include "abi/face.h"
#include "abi/logging.h"
#include "host/receiving.h"

using namespace alliance;
using namespace alliance::abi;

struct alliance_receiver {  // what the opaque handle points to
  std::string address;
  std::unique_ptr<host::Receiving> receiving;
};

namespace {

constexpr std::uint64_t most_settled = 64u << 20;

// The caller's own store, each of its answers as a Result.
class CallersMemory final : public messaging::Memory {
 public:
  explicit CallersMemory(const alliance_receiver_store& store) : store_(store) {}

  Result<void> begin() override {
    return ask([&](alliance_error* error) { return store_.begin(store_.context, error); });
  }
  Result<std::uint64_t> mark(const messaging::HighWater::Key& key) override {
    std::uint64_t sequence = 0;
    return ask([&](alliance_error* error) {
             return store_.get_mark(store_.context, key.tenant.c_str(), key.case_id.c_str(), key.epoch,
                                    static_cast<std::int32_t>(key.lane), &sequence, error);
           })
        .map([&] { return sequence; });
  }
  Result<void> set_mark(const messaging::HighWater::Key& key, std::uint64_t sequence) override {
    return ask([&](alliance_error* error) {
      return store_.set_mark(store_.context, key.tenant.c_str(), key.case_id.c_str(), key.epoch,
                             static_cast<std::int32_t>(key.lane), sequence, error);
    });
  }
  Result<bool> awaits(const std::string& tenant, const std::string& report) override {
    std::int32_t awaited = 0;
    return ask([&](alliance_error* error) {
             return store_.get_awaited(store_.context, tenant.c_str(), report.c_str(), &awaited, error);
           })
        .map([&] { return awaited != 0; });
  }
  Result<void> set_awaits(const std::string& tenant, const std::string& report, bool awaited) override {
    return ask([&](alliance_error* error) {
      return store_.set_awaited(store_.context, tenant.c_str(), report.c_str(), awaited ? 1 : 0, error);
    });
  }
  Result<void> commit() override {
    return ask([&](alliance_error* error) { return store_.commit(store_.context, error); });
  }
  void abandon() override { store_.abandon(store_.context); }

 private:
  template <class Call>
  Result<void> ask(Call call) {
    alliance_error error = ALLIANCE_ERROR_INIT;
    const std::int32_t status = call(&error);
    if (status == ALLIANCE_OK) return {};
    error.message[sizeof error.message - 1] = '\0';
    // Whatever it says, it is this side's trouble and no fault of the sender.
    return fail(messaging::is_refusal(status) ? ALLIANCE_E_IO : status,
                error.message[0] == '\0' ? "the receiver's store failed and gave no reason" : error.message);
  }
  const alliance_receiver_store store_;
};

bool whole(const alliance_receiver_store* store) {
  return ALLIANCE_HAS(alliance_receiver_store, store, abandon) && store->begin != nullptr &&
         store->get_mark != nullptr && store->set_mark != nullptr && store->get_awaited != nullptr &&
         store->set_awaited != nullptr && store->commit != nullptr && store->abandon != nullptr;
}

// "TENANT=NAME" each; names of certificates are held against one another in lower case.
Result<std::multimap<std::string, std::string>> tenants_of(const char* const* list) {
  std::multimap<std::string, std::string> out;
  for (; list != nullptr && *list != nullptr; ++list) {
    const std::string one(*list);
    const auto equals = one.rfind('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == one.size()) {
      return fail(ALLIANCE_E_INVALID, "options.tenants: write TENANT=NAME, for example clinic=platform.example.org");
    }
    std::string name = one.substr(equals + 1);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    out.emplace(one.substr(0, equals), std::move(name));
  }
  return out;
}

std::string text_or_nothing(const char* text) { return text == nullptr ? std::string() : text; }

}  // namespace

int32_t alliance_receiver_open(const alliance_receiver_options* options, alliance_receiver** out,
                               alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (options == nullptr || out == nullptr) {
      return answer(error, ALLIANCE_E_INVALID, "alliance_receiver_open needs options and a place for the receiver");
    }
    if (!ALLIANCE_HAS(alliance_receiver_options, options, log_context)) {
      return answer(error, ALLIANCE_E_INVALID, "options.size is too small: start from ALLIANCE_RECEIVER_OPTIONS_INIT");
    }
    if (options->take == nullptr || !known_format(options->format)) {
      return answer(error, ALLIANCE_E_INVALID, "a receiver needs a callback and a known format");
    }
    constexpr std::uint32_t known =
        ALLIANCE_RECEIVER_KEEP_REPORTS | ALLIANCE_RECEIVER_INSECURE | ALLIANCE_RECEIVER_PLAINTEXT;
    if ((options->flags & ~known) != 0) {
      return answer(error, ALLIANCE_E_INVALID, "options.flags holds a flag that this version does not know");
    }
    if ((options->inbox_path == nullptr) == (options->store == nullptr)) {
      return answer(error, ALLIANCE_E_INVALID, "a receiver needs either inbox_path or store, and not both");
    }
    const bool keep = (options->flags & ALLIANCE_RECEIVER_KEEP_REPORTS) != 0;
    if (options->store != nullptr && (keep || !whole(options->store))) {
      return answer(error, ALLIANCE_E_INVALID,
                    keep ? "ALLIANCE_RECEIVER_KEEP_REPORTS is for an inbox file: a store of your own keeps them itself"
                         : "options.store lacks a function: fill in all of them");
    }
    host::InboxMemory memory;
    if (options->store != nullptr) {
      memory.memory = std::make_unique<CallersMemory>(*options->store);
    } else {
      store::KeySource keys;
      keys.plaintext = (options->flags & ALLIANCE_RECEIVER_PLAINTEXT) != 0;
      if (ALLIANCE_HAS(alliance_receiver_options, options, key_file) && options->key_file != nullptr) {
        keys.file = options->key_file;
      }
      auto inbox = host::open_inbox(options->inbox_path, keep, keys);
      if (!inbox) return answer(error, inbox.error());
      memory = std::move(*inbox);
    }
    host::Receiving::Settings settings;
    settings.address = options->address == nullptr ? "" : options->address;
    settings.insecure = (options->flags & ALLIANCE_RECEIVER_INSECURE) != 0;
    settings.taker = {options->take, options->context, options->format};
    if (ALLIANCE_HAS(alliance_receiver_options, options, tenants)) {
      settings.tls = {text_or_nothing(options->certificate), text_or_nothing(options->private_key),
                      text_or_nothing(options->ca)};
      auto tenants = tenants_of(options->tenants);
      if (!tenants) return answer(error, tenants.error());
      settings.tenants = std::move(*tenants);
    }
    settings.log = log_to(options->log_level, options->log, options->log_context);
    auto receiving = host::Receiving::open(std::move(settings), std::move(memory));
    if (!receiving) return answer(error, receiving.error());
    std::string address = (*receiving)->address();
    *out = new alliance_receiver{std::move(address), std::move(*receiving)};
    return ALLIANCE_OK;
  });
}

const char* alliance_receiver_address(const alliance_receiver* self) noexcept {
  return self == nullptr ? "" : self->address.c_str();
}

int32_t alliance_receiver_run(alliance_receiver* self, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no receiver");
    const auto done = self->receiving->run();
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_receiver_settle(alliance_receiver* self, const uint8_t* const* batches, const uint64_t* lengths,
                                 uint64_t count, uint64_t* kept, const alliance_sink* refused,
                                 alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || kept == nullptr || (count > 0 && (batches == nullptr || lengths == nullptr))) {
      return answer(error, ALLIANCE_E_INVALID,
                    "alliance_receiver_settle needs a receiver, batches and a place for kept");
    }
    *kept = 0;
    std::vector<messaging::Chunk> chunks;
    std::size_t total = 0;
    for (uint64_t i = 0; i < count; ++i) {
      if (lengths[i] > most_settled - total || (batches[i] == nullptr && lengths[i] > 0)) {
        return answer(error, ALLIANCE_E_LIMIT, "batches of one call may have 64 MiB together, and an address each");
      }
      total += lengths[i];
      chunks.push_back({i + 1, messaging::Bytes(batches[i], batches[i] + lengths[i])});
    }
    const auto settled = self->receiving->settle(chunks);
    if (!settled) return answer(error, settled.error());
    *kept = settled->position;
    if (!settled->refused) return ALLIANCE_OK;
    const auto& report = settled->refused->report;
    if (!report.empty() && ALLIANCE_HAS(alliance_sink, refused, write) && refused->write != nullptr) {
      refused->write(refused->context, reinterpret_cast<const uint8_t*>(report.data()), report.size());
    }
    return answer(error, settled->refused->why);
  });
}

int32_t alliance_receiver_fetch(alliance_receiver* self, const char* tenant, const char* case_id, const char* report,
                                const alliance_viewer* viewer, alliance_duration timeout, int32_t format,
                                const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || tenant == nullptr || case_id == nullptr || report == nullptr ||
        !ALLIANCE_HAS(alliance_viewer, viewer, id) || viewer->id == nullptr) {
      return answer(error, ALLIANCE_E_INVALID,
                    "fetch needs a receiver, a tenant, a case, an id and a viewer with an id");
    }
    const auto within = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::microseconds(std::clamp<std::int64_t>(timeout.microseconds, 0, 3'600'000'000)));
    const auto body = self->receiving->fetch(tenant, {0, case_id, report, viewer->role, viewer->id}, within);
    return body ? report_out(*body, format, out, error) : answer(error, body.error());
  });
}

void alliance_receiver_stop(alliance_receiver* self) noexcept {
  if (self != nullptr) self->receiving->stop();
}

void alliance_receiver_close(alliance_receiver* self) noexcept { delete self; }
