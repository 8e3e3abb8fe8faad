// SPDX-License-Identifier: Apache-2.0
// alliance listen: a durable receiver of reports, and the reference for one of your own.
#include <alliance/receiver.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include "commands.h"
#include "end_on_signal.h"
#include "inbox_line.h"
#include "store/inbox.h"

namespace alliance::tools {
namespace {

struct Choice {
  std::string address, inbox, certificate, private_key, ca, inbox_key;
  std::vector<std::string> tenants;
  bool dump = false, insecure_bind = false, json_only = false, plaintext = false;
};

int failed(const Failure& failure) {
  std::fprintf(stderr, "alliance listen: %s\n", failure.message.c_str());
  return exit_for(failure.status);
}

// Standard output, a line at a time and each in one write: a line that a kill tears would spoil the next one too.
Result<void> listen_print(const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const auto written = ::write(STDOUT_FILENO, line.data() + at, line.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return fail(ALLIANCE_E_IO, std::string("standard output cannot be written: ") + std::strerror(errno) +
                                     "; what was not printed was not acknowledged and will come again");
    }
    at += static_cast<std::size_t>(written);
  }
  return {};
}

Result<void> listen_print(const store::InboxReport& report) {
  std::string why;
  const auto line = inbox_line(report, why);
  if (!why.empty()) {
    std::fprintf(stderr, "alliance listen: a report of kind %s is kept and shown without its payload: %s\n",
                 std::string(report.kind).c_str(), why.c_str());
  }
  return listen_print(line);
}

int dump(const Choice& choice) {
  store::KeySource keys;
  keys.file = choice.inbox_key;
  keys.plaintext = choice.plaintext;
  const auto inbox = store::Inbox::open(choice.inbox, keys);
  if (!inbox) return failed(inbox.error());
  const auto ok = (*inbox)->each([](const store::InboxReport& report) { return listen_print(report); });
  return ok ? exit_done : failed(ok.error());
}

struct Listening {
  alliance_receiver* receiver = nullptr;
  std::optional<Failure> broken;  // our own output, which ends us
};

int32_t take(void* context, const alliance_report* report, alliance_error* error) noexcept {
  auto& listening = *static_cast<Listening*>(context);
  try {
    const auto ok = listen_print(store::InboxReport{report->id,
                                                    report->tenant,
                                                    report->case_id,
                                                    report->kind,
                                                    report->epoch,
                                                    report->sequence,
                                                    report->time,
                                                    {report->body, static_cast<std::size_t>(report->length)}});
    if (ok) return ALLIANCE_OK;
    listening.broken = ok.error();
  } catch (const std::exception&) {
    listening.broken = Failure{ALLIANCE_E_LIMIT, "out of memory", {}};
  }
  std::snprintf(error->message, sizeof error->message, "%s", listening.broken->message.c_str());
  alliance_receiver_stop(listening.receiver);
  return ALLIANCE_E_IO;
}

void listen_say(void*, int32_t, const char* line) noexcept { std::fprintf(stderr, "alliance listen: %s\n", line); }

int listen(const Choice& choice) {
  Listening listening;
  EndOnSignal ending;
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  options.flags = ALLIANCE_RECEIVER_KEEP_REPORTS | (choice.insecure_bind ? ALLIANCE_RECEIVER_INSECURE : 0);
  options.format = ALLIANCE_FLATBUFFERS;
  options.log_level = choice.json_only ? ALLIANCE_LOG_WARNING : ALLIANCE_LOG_INFO;
  options.address = choice.address.c_str();
  options.inbox_path = choice.inbox.c_str();
  options.key_file = choice.inbox_key.empty() ? nullptr : choice.inbox_key.c_str();
  if (choice.plaintext) options.flags |= ALLIANCE_RECEIVER_PLAINTEXT;
  options.take = take;
  options.context = &listening;
  options.log = listen_say;
  std::vector<const char*> tenants;
  for (const auto& one : choice.tenants) tenants.push_back(one.c_str());
  tenants.push_back(nullptr);
  options.certificate = choice.certificate.c_str();
  options.private_key = choice.private_key.c_str();
  options.ca = choice.ca.c_str();
  if (!choice.tenants.empty()) options.tenants = tenants.data();
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (alliance_receiver_open(&options, &listening.receiver, &error) != ALLIANCE_OK) {
    return failed({error.code, error.message, {}});
  }
  std::fprintf(stderr, "listening on %s\n", alliance_receiver_address(listening.receiver));
  ending.begin([&listening] { alliance_receiver_stop(listening.receiver); });
  const auto status = alliance_receiver_run(listening.receiver, &error);
  ending.end();
  alliance_receiver_close(listening.receiver);
  if (listening.broken) return failed(*listening.broken);
  return status == ALLIANCE_OK ? exit_done : failed({status, error.message, {}});
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
  return choice.dump ? dump(choice) : listen(choice);
}

}  // namespace

void add_listen(CLI::App& app, Run& chosen) {
  auto* command = app.add_subcommand("listen", "Receive reports, keep each once in a file, and print them");
  const auto choice = std::make_shared<Choice>();
  command
      ->add_option("address", choice->address,
                   "Where to listen: tls://IP:PORT, tcp://127.0.0.1:PORT (port 0 finds a free one) or unix:///PATH")
      ->type_name("ADDRESS");
  command->add_option("--inbox", choice->inbox, "File of the inbox, made if missing; one process at a time")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--inbox-key", choice->inbox_key,
                   "File of the inbox's master key; else ALLIANCE_STORE_KEY, ALLIANCE_STORE_KEY_FILE or FILE.master")
      ->type_name("FILE");
  command->add_flag("--plaintext", choice->plaintext, "Do not encrypt the inbox");
  command->add_flag("--dump", choice->dump, "Print what the inbox holds, in the order in which it came, and end");
  command->add_flag("--json-only", choice->json_only, "Do not write to standard error who connects and leaves");
  command
      ->add_option("--cert", choice->certificate, "For tls://: PEM file of this receiver's certificate and its chain")
      ->type_name("FILE");
  command->add_option("--key", choice->private_key, "For tls://: PEM file of its private key, or env:NAME")
      ->type_name("FILE");
  command->add_option("--ca", choice->ca, "For tls://: PEM file of the authority that senders' certificates come from")
      ->type_name("FILE");
  command
      ->add_option(
          "--tenant", choice->tenants,
          "Take TENANT's reports only from a certificate that bears the DNS name NAME; may be repeated. Tenants "
          "that are not named are refused then")
      ->type_name("TENANT=NAME");
  command->add_flag("--insecure-bind", choice->insecure_bind,
                    "Allow a tcp:// address that other machines can reach; nothing is encrypted there");
  command->footer(
      "Prints one line of JSON per report: id, tenant, case, epoch, seq, time (microseconds since 1970 UTC), kind,\n"
      "payload. A report is acknowledged once it is on the disk. After a kill a line may be printed again; in the\n"
      "inbox each report stands once, by tenant, case, epoch and seq. Standard error says `listening on ADDRESS`\n"
      "when it is ready. SIGTERM and SIGINT end it.");
  command->callback([choice, &chosen] { chosen = [choice] { return run(*choice); }; });
}

}  // namespace alliance::tools
