// SPDX-License-Identifier: Apache-2.0
// alliance outbox: what a platform still has to deliver, and what its receivers refused.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>

#include "commands.h"
#include "messaging/delivery.h"
#include "schema/json.h"
#include "store/rows.h"
#include "store_acts.h"

namespace alliance::tools {
namespace {

struct OutboxChoice {
  std::string store, endpoint;
  std::uint64_t number = 0;
  bool json = false, all = false;
};

int outbox_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance outbox: %s\n", failure.message.c_str());
  return exit_for(failure.status);
}

template <class Native>
int outbox_print_json(const char* table, const char* identifier, const Native& value) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Native::TableType::Pack(builder, &value), identifier);
  const auto json = schema::bytes_to_json(table, {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return outbox_failed(json.error());
  std::printf("%s\n", json->c_str());
  return exit_done;
}

const char* lane_name(fb::Lane lane) { return lane == fb::Lane::safety ? "safety" : "normal"; }

// An endpoint may hold a password, which belongs on no screen.
std::string shown(const std::string& endpoint) { return messaging::without_secrets(endpoint); }

std::string utc(std::int64_t instant) {
  const std::time_t seconds = instant / 1'000'000;
  std::tm parts{};
  char text[32] = "?";
  if (gmtime_r(&seconds, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%SZ", &parts);
  return text;
}

int outbox_status(const OutboxChoice& choice) {
  auto view = store::OutboxView::open(choice.store);
  if (!view) return outbox_failed(view.error());
  auto status = view->status();
  if (!status) return outbox_failed(status.error());
  for (auto& one : status->endpoints) one->endpoint = shown(one->endpoint);
  if (choice.json) return outbox_print_json("OutboxStatus", "ALOS", *status);
  std::printf("tenant %s: %llu events, %llu reports; %llu acknowledged by every endpoint, %llu waiting\n",
              status->tenant.c_str(), static_cast<unsigned long long>(status->events),
              static_cast<unsigned long long>(status->reports), static_cast<unsigned long long>(status->acknowledged),
              static_cast<unsigned long long>(status->waiting));
  if (status->endpoints.empty()) std::printf("no endpoint was ever connected\n");
  for (const auto& one : status->endpoints) {
    std::printf("%s (%s lane): %llu waiting, %llu dead letters, acknowledged up to position %llu\n",
                one->endpoint.c_str(), lane_name(one->lane), static_cast<unsigned long long>(one->waiting),
                static_cast<unsigned long long>(one->dead_letters), static_cast<unsigned long long>(one->acknowledged));
  }
  return exit_done;
}

Result<std::vector<store::DeadLetter>> letters_of(const OutboxChoice& choice) {
  auto letters =
      store::OutboxView::open(choice.store).and_then([](store::OutboxView view) { return view.dead_letters(); });
  if (!letters || choice.number == 0) return letters;
  std::erase_if(*letters, [&](const auto& letter) { return letter.number != choice.number; });
  if (letters->empty()) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "there is no dead letter " + std::to_string(choice.number) + ": see alliance outbox list");
  }
  return letters;
}

int outbox_list(const OutboxChoice& choice) {
  const auto letters = letters_of(choice);
  if (!letters) return outbox_failed(letters.error());
  const bool one = choice.number != 0;
  if (one) {  // a report is shown: that is a read like any other
    const Result<void> noted = store::StoreView::open(choice.store, {}).and_then([&](store::StoreView view) {
      return view.note_read({now_in_microseconds(), 0, "operator", "dead letter", letters->front().case_id});
    });
    if (!noted) return outbox_failed(noted.error());
  }
  if (choice.json || one) {
    fb::DeadLetterListT list;
    for (const auto& letter : *letters) {
      list.letters.push_back(std::make_unique<fb::DeadLetterT>(store::described(letter, one)));
      list.letters.back()->endpoint = shown(letter.endpoint);
    }
    return outbox_print_json("DeadLetterList", "ALDD", list);
  }
  if (letters->empty()) std::printf("no dead letters\n");
  for (const auto& letter : *letters) {
    const std::string what = letter.report.empty() ? "a damaged part of the outbox"
                                                   : letter.kind + " " + letter.report + " of case " + letter.case_id;
    std::printf("%llu  %s  %s%s\n    refused by %s, %u tries: %s\n", static_cast<unsigned long long>(letter.number),
                utc(letter.since).c_str(), letter.lane == store::Lane::safety ? "SAFETY  " : "", what.c_str(),
                shown(letter.endpoint).c_str(), letter.tries, letter.reason.c_str());
  }
  return exit_done;
}

// For what writes: the store is ours alone, or somebody else's host has it and does it by itself.
Result<std::unique_ptr<store::Store>> open_to_write(const OutboxChoice& choice, const char* call) {
  const auto status =
      store::OutboxView::open(choice.store).and_then([](store::OutboxView view) { return view.status(); });
  if (!status) return tl::unexpected(status.error());
  auto store = store::Store::open(choice.store, status->tenant);
  if (!store && store.error().status == ALLIANCE_E_STATE) {
    return fail(ALLIANCE_E_STATE, store.error().message + ", or have it call " + call);
  }
  return store;
}

int outbox_resend(const OutboxChoice& choice) {
  auto letters = letters_of(choice);
  if (!letters) return outbox_failed(letters.error());
  std::size_t damaged = 0;
  if (choice.all) damaged = std::erase_if(*letters, [](const auto& letter) { return letter.report.empty(); });
  const auto store = open_to_write(choice, "alliance_host_resend()");
  if (!store) return outbox_failed(store.error());
  const auto heads = (*store)->streams();
  if (!heads) return outbox_failed(heads.error());
  std::map<std::string, std::uint64_t> next;
  for (const auto& head : *heads) next[head.id] = head.next_sequence;
  std::map<std::string, std::vector<store::DeadLetter>> by_case;
  for (const auto& letter : *letters) by_case[letter.case_id].push_back(letter);
  std::size_t sent = 0;
  for (const auto& [id, group] : by_case) {
    const auto done = store::again(group, next[id]).and_then([&](store::Resend again) {
      sent += again.normal.size() + again.safety.size();
      return (*store)->resend(std::move(again));
    });
    if (!done) return outbox_failed(done.error());
  }
  if (choice.json) {
    std::printf("{\"sent\":%zu}\n", sent);
  } else {
    std::printf("%zu reports go out again when the platform next runs\n", sent);
  }
  if (damaged > 0) {
    std::fprintf(stderr, "alliance outbox: %zu damaged parts of the outbox cannot be sent again\n", damaged);
    return exit_failed;
  }
  return exit_done;
}

int outbox_forget(const OutboxChoice& choice) {
  const auto store = open_to_write(choice, "alliance_host_forget()");
  if (!store) return outbox_failed(store.error());
  const auto status =
      store::OutboxView::open(choice.store).and_then([](store::OutboxView view) { return view.status(); });
  if (!status) return outbox_failed(status.error());
  std::string name;
  std::uint64_t waiting = 0;
  for (const auto& one : status->endpoints) {
    if (one->endpoint != choice.endpoint && shown(one->endpoint) != choice.endpoint) continue;
    if (!name.empty() && name != one->endpoint) {
      return outbox_failed({ALLIANCE_E_INVALID, "several endpoints are shown as that: give the whole address", {}});
    }
    name = one->endpoint;
    waiting += one->waiting;
  }
  if (name.empty()) {
    return outbox_failed({ALLIANCE_E_NOT_FOUND, "this outbox knows no such endpoint: see alliance outbox status", {}});
  }
  if (auto ok = (*store)->forget(name); !ok) return outbox_failed(ok.error());
  if (choice.json) {
    std::printf("{\"forgotten\":%llu}\n", static_cast<unsigned long long>(waiting));
  } else {
    std::printf("%s is forgotten; %llu reports no longer wait for it\n", shown(name).c_str(),
                static_cast<unsigned long long>(waiting));
  }
  return exit_done;
}

const CLI::Validator letter_number(
    [](const std::string& text) {
      const bool number = !text.empty() && text.size() < 19 &&
                          text.find_first_not_of("0123456789") == std::string::npos &&
                          text.find_first_not_of('0') != std::string::npos;
      return number ? "" : "'" + text + "' is no number of a dead letter: see alliance outbox list";
    },
    "NUMBER");

}  // namespace

void add_outbox(CLI::App& app, Run& chosen) {
  auto* command = app.add_subcommand("outbox", "See what a platform still has to deliver, and what was refused");
  command->require_subcommand(1);
  const auto choice = std::make_shared<OutboxChoice>();
  const auto add = [&](const char* name, const char* what, int (*run)(const OutboxChoice&)) {
    auto* one = command->add_subcommand(name, what);
    one->add_option("--store", choice->store, "File of the platform's store")->required()->type_name("STORE");
    one->add_flag("--json", choice->json, "Print JSON");
    one->callback([choice, run, &chosen] { chosen = [choice, run] { return run(*choice); }; });
    return one;
  };
  add("status", "What is recorded, and how far each endpoint has acknowledged", outbox_status);
  add("list", "Dead letters: reports that an endpoint refused too often", outbox_list);
  add("show", "One dead letter with its report, as JSON", outbox_list)
      ->add_option("number", choice->number, "Its number in the list")
      ->required()
      ->check(letter_number);
  auto* resend = add("resend", "Send dead letters again, under their first ids and new numbers", outbox_resend);
  auto* which = resend->add_option("number", choice->number, "Its number in the list")->check(letter_number);
  auto* all = resend->add_flag("--all", choice->all, "All of them")->excludes(which);
  resend->callback([choice, which, all, &chosen] {
    if (which->count() + all->count() == 0) throw CLI::RequiredError("a number, or --all");
    chosen = [choice] { return outbox_resend(*choice); };
  });
  add("forget", "An endpoint that will not come back no longer holds reports back", outbox_forget)
      ->add_option("endpoint", choice->endpoint, "As status shows it")
      ->required();
  command->footer(
      "status, list and show may be used while the platform runs; resend and forget need the store for themselves,\n"
      "and a running platform has the same by alliance_host_resend() and alliance_host_forget().");
}

}  // namespace alliance::tools
