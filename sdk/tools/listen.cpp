// SPDX-License-Identifier: Apache-2.0
// alliance listen: a durable receiver of reports, and the reference for one of your own.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "commands.h"
#include "inbox_file.h"
#include "messaging/server.h"

namespace alliance::tools {
namespace {

struct Choice {
  std::string address, inbox;
  bool dump = false, insecure_bind = false, json_only = false;
};

int failed(const Failure& failure) {
  std::fprintf(stderr, "alliance listen: %s\n", failure.message.c_str());
  return exit_failed;
}

// Collects lines and writes them at once: a line that a kill tears would spoil the next one too.
class Printer {
 public:
  Result<void> add(const InboxReport& report) {
    std::string why;
    lines_ += inbox_line(report, why);
    if (!why.empty()) {
      std::fprintf(stderr, "alliance listen: a report of kind %s is kept and shown without its payload: %s\n",
                   report.kind.c_str(), why.c_str());
    }
    return lines_.size() < (1u << 20) ? Result<void>() : flush();
  }
  Result<void> flush() {
    const auto lines = std::exchange(lines_, {});
    for (std::size_t at = 0; at < lines.size();) {
      const auto written = ::write(STDOUT_FILENO, lines.data() + at, lines.size() - at);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        return fail(ALLIANCE_E_IO, std::string("standard output cannot be written: ") + std::strerror(errno) +
                                       "; what was not printed was not acknowledged and will come again");
      }
      at += static_cast<std::size_t>(written);
    }
    return {};
  }
  void forget() { lines_.clear(); }

 private:
  std::string lines_;
};

int dump(Inbox& inbox) {
  Printer printer;
  const auto ok = inbox.each([&](const InboxReport& report) { return printer.add(report); }).and_then([&] {
    return printer.flush();
  });
  return ok ? exit_done : failed(ok.error());
}

int listen(const Choice& choice, Inbox& inbox) {
  const auto say = [](const std::string& line) { std::fprintf(stderr, "alliance listen: %s\n", line.c_str()); };
  Printer printer;
  messaging::Server::Handlers handlers;
  handlers.keep = [&](const messaging::Hello&, std::span<const messaging::Chunk> chunks) {
    printer.forget();
    return inbox.keep(
        chunks, [&](const InboxReport& report) { return printer.add(report); }, [&] { return printer.flush(); });
  };
  if (!choice.json_only) handlers.note = say;
  handlers.fault = say;
  messaging::Server::Options options;
  options.insecure_bind = choice.insecure_bind;
  options.stop_signals = {SIGTERM, SIGINT};
  const auto server = messaging::Server::listen(choice.address, std::move(handlers), options);
  if (!server) return failed(server.error());
  std::fprintf(stderr, "listening on %s\n", (*server)->address().c_str());
  const auto ok = (*server)->run();
  return ok ? exit_done : failed(ok.error());
}

int run(const Choice& choice) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that is gone is an error to report, not a death
  if (choice.dump != choice.address.empty()) {
    std::fprintf(stderr, choice.dump
                             ? "alliance listen: --dump prints what is in the inbox and takes no address\n"
                             : "alliance listen: name an address, for example tcp://127.0.0.1:7400, or --dump\n");
    return exit_usage;
  }
  std::error_code error;
  if (choice.dump && !std::filesystem::exists(choice.inbox, error)) {
    return failed({ALLIANCE_E_NOT_FOUND, choice.inbox + " does not exist: there is nothing to print", {}});
  }
  const auto inbox = Inbox::open(choice.inbox);
  if (!inbox) return failed(inbox.error());
  return choice.dump ? dump(**inbox) : listen(choice, **inbox);
}

}  // namespace

void add_listen(CLI::App& app, Run& chosen) {
  auto* command = app.add_subcommand("listen", "Receive reports, keep each once in a file, and print them");
  const auto choice = std::make_shared<Choice>();
  command->add_option("address", choice->address, "Where to listen: tcp://127.0.0.1:PORT; port 0 finds a free one")
      ->type_name("ADDRESS");
  command->add_option("--inbox", choice->inbox, "File of the inbox, made if missing; one process at a time")
      ->required()
      ->type_name("FILE");
  command->add_flag("--dump", choice->dump, "Print what the inbox holds, in the order in which it came, and end");
  command->add_flag("--json-only", choice->json_only, "Do not write to standard error who connects and leaves");
  command->add_flag("--insecure-bind", choice->insecure_bind,
                    "Allow an address that other machines can reach; nothing is encrypted");
  command->footer(
      "Prints one line of JSON per report: id, tenant, case, epoch, seq, time (microseconds since 1970 UTC), kind,\n"
      "payload. A report is acknowledged once it is on the disk. After a kill a line may be printed again; in the\n"
      "inbox each report stands once, by tenant, case, epoch and seq. Standard error says `listening on ADDRESS`\n"
      "when it is ready. SIGTERM and SIGINT end it.");
  command->callback([choice, &chosen] { chosen = [choice] { return run(*choice); }; });
}

}  // namespace alliance::tools
