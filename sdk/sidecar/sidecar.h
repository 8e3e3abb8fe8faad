// SPDX-License-Identifier: Apache-2.0
// The sidecar without its sockets: a request is a value, and so is what answers it.
#pragma once

#include <atomic>

#include "contract.h"
#include "engine.h"
#include "metrics.h"
#include "pages.h"
#include "rates.h"
#include "tokens.h"
#include "words.h"

namespace alliance::sidecar {

struct Subscription {
  Tenant* tenant = nullptr;
  Viewer viewer{};
  std::string case_id;   // empty: of all
  std::uint64_t at = 0;  // the last report that was looked at
  bool lost = false;     // it came back after too long: that is said first
};

// What a handler sees.
struct Context {
  Tenant& tenant;
  const Caller& caller;
  Viewer viewer;  // id empty: the request does not say who asks
  const Asked& asked;
  const Request& request;
  std::int64_t now;
};

// What is read without JavaScript. Whoever opens the sidecar draws it: here nothing is known of a review.
enum class Page : std::uint8_t { home, course, brief, service };  // home: what is first for the viewer's role
struct Reading {
  Page page;
  std::string of;  // a case, or a service
  std::int64_t now;
  const Words& words;
  const AllWords& languages;
  const boost::json::object* told;     // what the deployment tells clients; null: nothing
  std::function<std::string()> study;  // its overview, as the host says it; empty: there is none
};
struct Drawn {
  std::string html;
  std::string_view style;  // what stands between <style> and </style>: no other is allowed
};
using Draw = std::function<Result<Drawn>(const Host& host, const Viewer& viewer, const Reading& reading)>;

class Sidecar {
 public:
  // `document`: the OpenAPI document. What it names and nobody answers is an error, and the other way round.
  // Without `draw` there are no pages to read without JavaScript.
  static Result<std::unique_ptr<Sidecar>> open(Settings settings, std::string_view document, Engine& engine, Clock now,
                                               Draw draw = {});

  // Any thread; calls of the host may block, where quick() does not say otherwise.
  Response answer(const Request& request);
  bool quick(const Request& request) const;
  // By the head alone: false where no body need be read, because answer() will not look at it.
  bool wants_body(const Request& head) const;
  // What a stream is sent next; empty: wait for news. Any thread, one at a time per stream.
  std::string next(Subscription& subscription) const;

  // From here on nobody new is served.
  void stop() { stopping_ = true; }
  bool stopping() const { return stopping_; }

  Metrics& metrics() { return metrics_; }
  const Settings& settings() const { return settings_; }
  const std::string& document() const { return document_; }
  const Contract& contract() const { return contract_; }
  const Pages& pages() const { return pages_; }
  const AllWords& words() const { return words_; }
  const Tokens& tokens() const { return tokens_; }
  Engine& engine() { return engine_; }
  const Draw& draw() const { return draw_; }
  // Of whoever holds this token; nothing, and a mark against the address, where it is none.
  std::optional<Caller> known(const std::string& authorization, const Request& request, std::int64_t now, int& wait);

 private:
  Sidecar(Settings settings, std::string_view document, Contract contract, Pages pages, AllWords words, Engine& engine,
          Clock now, Draw draw)
      : settings_(std::move(settings)),
        document_(document),
        contract_(std::move(contract)),
        pages_(std::move(pages)),
        words_(std::move(words)),
        engine_(engine),
        now_(std::move(now)),
        draw_(std::move(draw)),
        tokens_(settings_.tokens),
        rates_(settings_.limits.requests_per_second, static_cast<double>(settings_.limits.burst)) {}
  Response routed(const Request& request);
  Response for_caller(const Request& request, const Operation& operation, Asked& asked);
  void allow_origin(const Request& request, Response& response) const;

  const Settings settings_;
  const std::string document_;
  Contract contract_;
  const Pages pages_;
  const AllWords words_;
  Engine& engine_;
  const Clock now_;
  const Draw draw_;
  Tokens tokens_;
  Rates rates_;
  Rates strangers_{0.5, 20};  // who shows no good token, by address
  Metrics metrics_;
  std::atomic<bool> stopping_{false};
};

using Handler = Response (*)(Sidecar& sidecar, const Context& context);
struct Route {
  const char* operation;
  Handler handler;
  bool blocks = true;  // false: it reads and computes in memory alone, if plugins run in this process
};
// Each file of handlers has its own.
std::span<const Route> instrument_routes();
std::span<const Route> fact_routes();
std::span<const Route> reading_routes();
std::span<const Route> service_routes();
std::span<const Route> html_routes();

// A person's token out of the cookie, as an Authorization header would have it; empty: there is none.
std::string from_cookie(const Request& request);
// A problem as a page, for a browser; other responses as they are.
Response for_browser(const Sidecar& sidecar, const Request& request, Response response);

// What the deployment tells clients, in the language that fits best; null: nothing.
const boost::json::object* told_to_clients(const Settings& settings, const std::string& wishes);
// The study's overview, or all of it, of the tenant's terms. Throws as the host does; nothing: there is no study here.
std::function<std::string()> study_of(const Sidecar& sidecar, const Context& context, bool overview);

// Bytes of a GET with their ETag, or 304.
Response tagged(const Request& request, std::string body);

}  // namespace alliance::sidecar
