// SPDX-License-Identifier: Apache-2.0
// alliance serve: the engine over HTTP, for platforms in any language.
#include <openapi_document.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "commands.h"
#include "end_on_signal.h"
#include "reading.h"
#include "scratch.h"
#include "sidecar/http_server.h"
#include "sidecar/log.h"

namespace alliance::tools {
namespace {

constexpr auto drain_patience = std::chrono::seconds(10);

struct ServeChoice {
  std::string config, store, plugins;
  std::uint16_t port = 0;
  bool new_token = false, json = false;
};

int serve_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance serve: %s\n", failure.message.c_str());
  return exit_for(failure.status);
}

std::int64_t system_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<sidecar::Settings> settings_from(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return fail(ALLIANCE_E_NOT_FOUND, file + " cannot be read: --config names a JSON file, see docs/sidecar.md");
  }
  return sidecar::read_settings(text.str());
}

// For whoever wants to see it: this machine alone, one tenant, one token.
sidecar::Settings for_a_look(const std::string& store, const std::string& token) {
  sidecar::Settings made;
  // Without a contact, instruments with safety items would be refused.
  made.tenants.push_back({"here", store, "", R"({"safety":{"contact":"nobody: a look at the sidecar"}})", {}});
  made.log.level = ALLIANCE_LOG_WARNING;
  made.tokens.push_back({"printed", "here", sidecar::role_of("service"), "", sidecar::sha256_of(token)});
  return made;
}

void greet(const std::string& url, const std::string& token, bool kept, bool json) {
  const std::string body = R"({"instrument":"phq-2","answers":[{"item":"1","value":2},{"item":"2","value":1}]})";
  const std::string curl = "curl -s " + url + "/score -H 'Authorization: Bearer " + token +
                           "' -H 'Content-Type: application/json' -d '" + body + "'";
  if (json) {
    std::printf("{\"url\":%s,\"token\":%s,\"curl\":%s}\n", sidecar::quoted(url).c_str(), sidecar::quoted(token).c_str(),
                sidecar::quoted(curl).c_str());
  } else {
    std::printf(
        "listening on %s\n\ntoken of the role service: %s\n\nScore two answers:\n  %s\n\nAll there is: "
        "%s/openapi.json\n",
        url.c_str(), token.c_str(), curl.c_str(), url.c_str());
    std::printf(kept ? "SIGTERM or Ctrl-C ends it.\n"
                     : "SIGTERM or Ctrl-C ends it, and what was recorded goes with it: --store FILE keeps it. Safety\n"
                       "flags reach nobody here: --config FILE says whom they go to.\n");
  }
  std::fflush(stdout);
}

int serve(const ServeChoice& choice) {
  if (choice.new_token) {
    const std::string token = sidecar::random_token();
    std::printf(choice.json ? "{\"token\":\"%s\",\"sha256\":\"%s\"}\n" : "token   %s\nsha256  %s\n", token.c_str(),
                sidecar::hex_of(sidecar::sha256_of(token)).c_str());
    return exit_done;
  }
  EndOnSignal ending;
  std::signal(SIGPIPE, SIG_IGN);
  const Scratch scratch;
  const std::string token = sidecar::random_token();
  sidecar::Settings settings;
  if (choice.config.empty()) {
    if (choice.store.empty() && !scratch.there())
      return serve_failed({ALLIANCE_E_IO, "no temporary folder could be made", {}});
    settings = for_a_look(choice.store.empty() ? scratch.store() : choice.store, token);
  } else {
    auto read = settings_from(choice.config);
    if (!read) return serve_failed(read.error());
    settings = std::move(*read);
  }
  if (choice.port != 0) settings.port = choice.port;
  if (!choice.plugins.empty()) settings.plugins = choice.plugins;
  const bool json_lines = settings.log.json;
  const sidecar::Log log = sidecar::log_of(settings.log);
  const auto failed = [&](const Failure& failure) {
    if (!json_lines) return serve_failed(failure);
    log(ALLIANCE_LOG_ERROR, failure.message);
    return exit_for(failure.status);
  };
  log(ALLIANCE_LOG_INFO, std::string("alliance ") + alliance_version() + " starts with " +
                             std::to_string(settings.tenants.size()) + " tenants and " +
                             std::to_string(settings.tokens.size()) + " tokens");
  const std::int64_t apart = settings.demonstration_time == 0 ? 0 : settings.demonstration_time - system_now();
  const sidecar::Clock clock = [apart] { return system_now() + apart; };
  auto engine = sidecar::Engine::open(settings, {clock, log});
  if (!engine) return failed(engine.error());
  const std::string_view document(reinterpret_cast<const char*>(openapi_document), sizeof openapi_document);
  auto app = sidecar::Sidecar::open(std::move(settings), document, **engine, clock, reading_page);
  if (!app) return failed(app.error());
  auto server = sidecar::HttpServer::listen(**app, log);
  if (!server) return failed(server.error());
  if (choice.config.empty()) {
    greet((*server)->url(), token, !choice.store.empty(), choice.json);
  } else if (json_lines) {
    log(ALLIANCE_LOG_INFO, "listening on " + (*server)->url());
  } else {
    std::fprintf(stderr, "listening on %s\n", (*server)->url().c_str());  // at every level: scripts wait for it
  }
  ending.begin([&server] { (*server)->stop(); });
  const auto ran = (*server)->run();
  ending.end();
  (*engine)->close(drain_patience);
  if (!ran) return failed(ran.error());
  log(ALLIANCE_LOG_INFO, "stopped");
  return exit_done;
}

}  // namespace

void add_serve(CLI::App& app, Run& chosen) {
  auto* command = app.add_subcommand("serve", "Offer the SDK over HTTP to platforms in any language");
  const auto choice = std::make_shared<ServeChoice>();
  auto* config = command
                     ->add_option("--config", choice->config,
                                  "Settings: tenants, stores, tokens, address, limits (docs/sidecar.md)")
                     ->type_name("FILE");
  command->add_option("--store", choice->store, "Without --config: where to keep what is recorded, made if missing")
      ->type_name("FILE")
      ->excludes(config);
  command->add_option("--port", choice->port, "Port to listen on; without --config a free one of the loopback")
      ->type_name("PORT");
  command->add_option("--plugins", choice->plugins, "Folder of plugins; else ALLIANCE_PLUGINS, else beside the command")
      ->type_name("DIR");
  command->add_flag("--new-token", choice->new_token, "Print a new token and its hash for the settings, and end");
  command
      ->add_flag("--json", choice->json,
                 "Without --config: print url, token and curl as one line of JSON; a new token too")
      ->excludes(config);
  command->footer(
      "Without --config it listens on this machine alone, keeps nothing beyond its end, and prints a token and a curl\n"
      "line that works. SIGTERM and SIGINT end it: what was begun is answered, and nothing that was acknowledged is\n"
      "lost.");
  command->callback([choice, &chosen] { chosen = [choice] { return serve(*choice); }; });
}

}  // namespace alliance::tools
