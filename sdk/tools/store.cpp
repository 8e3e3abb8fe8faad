// SPDX-License-Identifier: Apache-2.0
// alliance store: whether it is whole, its copies, and what its controller asks.
#include <alliance/host.h>
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "commands.h"
#include "schema/json.h"
#include "store/archive.h"
#include "store/check.h"
#include "store/copy.h"
#include "store/rows.h"
#include "store_acts.h"

namespace alliance::tools {
namespace {

int store_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance store: %s\n", failure.message.c_str());
  return exit_for(failure.status);
}

template <class Native>
int store_json(const char* table, const char* identifier, const Native& value) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Native::TableType::Pack(builder, &value), identifier);
  const auto json = schema::bytes_to_json(table, {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return store_failed(json.error());
  std::printf("%s\n", json->c_str());
  return exit_done;
}

// "alliance store: 4096 of 90000 pages", every two seconds.
auto store_told(const char* what) {
  return [what, next = std::chrono::steady_clock::now() + std::chrono::seconds(2)](std::uint64_t done,
                                                                                   std::uint64_t of) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now < next) return;
    next = now + std::chrono::seconds(2);
    std::fprintf(stderr, "alliance store: %llu of %llu %s ...\n", static_cast<unsigned long long>(done),
                 static_cast<unsigned long long>(of), what);
  };
}

int store_check(const StoreChoice& choice) {
  const auto report = store::check(choice.store, choice.keys(), store_told("events"));
  if (!report) return store_failed(report.error());
  const int status = report->damages.empty() ? exit_done : exit_bad_input;
  if (choice.json) {
    const int printed = store_json("StoreReport", "ALSR", *report);
    return printed == exit_done ? status : printed;
  }
  std::printf(
      "%s: tenant %s, format %u, %s; %llu cases and practitioners, %llu events, %llu reports to deliver, %llu "
      "erased, %llu restricted\n",
      report->path.c_str(), report->tenant.c_str(), report->format, report->encrypted ? "encrypted" : "NOT ENCRYPTED",
      static_cast<unsigned long long>(report->cases), static_cast<unsigned long long>(report->events),
      static_cast<unsigned long long>(report->reports), static_cast<unsigned long long>(report->erased),
      static_cast<unsigned long long>(report->restricted));
  constexpr std::size_t most = 50;
  for (std::size_t i = 0; i < std::min(most, report->damages.size()); ++i) {
    const auto& one = report->damages[i];
    std::printf("damaged: %s", one->part.c_str());
    if (one->row != 0) std::printf(" %llu", static_cast<unsigned long long>(one->row));
    if (!one->subject.empty()) std::printf(" of %s", one->subject.c_str());
    if (!one->event.empty()) std::printf(", event %s", one->event.c_str());
    std::printf(": %s\n", one->sentence.c_str());
  }
  if (report->damages.size() > most) std::printf("... and %zu more: --json has all\n", report->damages.size() - most);
  if (report->damages.empty()) {
    std::printf("whole\n");
  } else {
    std::fprintf(stderr,
                 "alliance store: %zu damages; cases that are not named are whole and go on being served. Restore a "
                 "backup to have the others back\n",
                 report->damages.size());
  }
  return status;
}

int store_backup(const StoreChoice& choice) {
  if (auto ok = store::backup(choice.store, choice.file, now_in_microseconds(), store_told("pages")); !ok) {
    return store_failed(ok.error());
  }
  if (!choice.keys_to.empty()) {
    if (auto ok = store::copy_keys(choice.store, choice.keys_to); !ok) return store_failed(ok.error());
  }
  if (choice.json) {
    std::printf("{\"backup\":true,\"keys\":%s}\n", choice.keys_to.empty() ? "false" : "true");
  } else {
    std::printf("%s is a whole copy. It cannot be read without the key file%s\n", choice.file.c_str(),
                choice.keys_to.empty() ? ", which is not in it: keep one copy of that apart (--keys)"
                                       : ", whose only copy is now the one that you named");
  }
  return exit_done;
}

int store_restore(const StoreChoice& choice) {
  store::Restore what;
  what.from = choice.file;
  what.to = choice.store;
  what.replace = choice.replace;
  what.now = now_in_microseconds();
  what.keys = choice.keys();
  const auto done = store::restore(what, store_told("pages"));
  if (!done) return store_failed(done.error());
  if (choice.json) {
    std::printf("{\"cases\":%llu,\"events\":%llu,\"erased\":%llu}\n", static_cast<unsigned long long>(done->cases),
                static_cast<unsigned long long>(done->events), static_cast<unsigned long long>(done->erased));
  } else {
    std::printf("%s is restored: %llu cases and practitioners, %llu events, under new epochs; %llu were erased\n",
                choice.store.c_str(), static_cast<unsigned long long>(done->cases),
                static_cast<unsigned long long>(done->events), static_cast<unsigned long long>(done->erased));
  }
  return exit_done;
}

// From outside, so that it works while the platform runs; noted like every other read, and first.
Result<store::StoreView> looked_at(const StoreChoice& choice, const char* what) {
  auto view = store::StoreView::open(choice.store, choice.keys());
  if (!view) return view;
  if (auto noted = view->note_read({now_in_microseconds(), ALLIANCE_ROLE_CONTROLLER, choice.by, what, choice.subject});
      !noted) {
    return tl::unexpected(std::move(noted).error());
  }
  return view;
}

Result<void> write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(ALLIANCE_E_IO, std::string("the archive cannot be written: ") + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

int store_export(const StoreChoice& choice) {
  auto view = looked_at(choice, "export");
  if (!view) return store_failed(view.error());
  auto whole = store::whole(view->rows(), choice.subject);
  if (!whole) return store_failed(whole.error());
  whole->tenant = view->tenant();
  whole->time = now_in_microseconds();
  const int file = ::open(choice.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return store_failed({ALLIANCE_E_IO, choice.file + " cannot be made: " + std::strerror(errno), {}});
  }
  auto done = store::archive(*whole, [&](const store::Bytes& piece) { return write_all(file, piece); });
  if (done && ::fsync(file) != 0) done = fail(ALLIANCE_E_IO, choice.file + " cannot be kept");
  ::close(file);
  if (!done) {
    ::unlink(choice.file.c_str());
    return store_failed(done.error());
  }
  if (choice.json) {
    std::printf("{\"events\":%zu,\"dead_letters\":%zu}\n", whole->log.size(), whole->letters.size());
  } else {
    std::printf("%s holds all that is kept: %zu events and what followed from them\n", choice.file.c_str(),
                whole->log.size());
  }
  return exit_done;
}

int store_access(const StoreChoice& choice) {
  auto view = looked_at(choice, "access log");
  if (!view) return store_failed(view.error());
  const auto reads = view->rows().reads(choice.subject);
  if (!reads) return store_failed(reads.error());
  const auto acts = view->rows().acts(choice.subject);
  if (!acts) return store_failed(acts.error());
  const auto log = store::access_log(choice.subject, *reads, *acts);
  if (choice.json) return store_json("AccessLog", "ALAX", log);
  for (const auto& one : log.entries) {
    std::printf("%s  %-14s %s %s\n", utc_text(one->time).c_str(), one->what.c_str(), role_word(one->role),
                one->viewer.c_str());
  }
  for (const auto& one : log.acts) {
    std::printf("%s  %-14s %s %s: %s%s\n", utc_text(one->time).c_str(), fb::EnumNameActKind(one->act),
                role_word(one->role), one->by.c_str(), one->reason.c_str(),
                one->reference.empty() ? "" : (" (" + one->reference + ")").c_str());
  }
  return exit_done;
}

}  // namespace

void add_store(CLI::App& app, Run& chosen) {
  auto* command = app.add_subcommand("store", "Check, back up, restore, erase and export what a platform keeps");
  command->require_subcommand(1);
  const auto choice = std::make_shared<StoreChoice>();
  const auto add = [&](const char* name, const char* what, int (*run)(const StoreChoice&)) {
    auto* one = command->add_subcommand(name, what);
    one->add_option("--store", choice->store, "File of the platform's store")->required()->type_name("STORE");
    one->add_option("--key-file", choice->key_file, "File of the master key, if it is not where the platform looks")
        ->type_name("FILE");
    one->add_flag("--json", choice->json, "Print JSON");
    one->callback([choice, run, &chosen] { chosen = [choice, run] { return run(*choice); }; });
    return one;
  };
  const auto of_one = [&](CLI::App* one) {
    one->add_option("--case", choice->subject, "The case, or practitioner/ID")->required()->type_name("ID");
    one->add_option("--by", choice->by, "Who asks, for the controller: the platform's own id; it is kept")
        ->required()
        ->type_name("ID");
    return one;
  };
  add("check", "Look at every page, key and row, and say where it is damaged", store_check);
  auto* backup = add("backup", "A consistent copy as of one moment", store_backup);
  backup->add_option("file", choice->file, "The copy: a file that does not exist yet")->required()->type_name("FILE");
  backup
      ->add_option("--keys", choice->keys_to,
                   "Copy the key file too, over its last copy: keep it apart from the backup")
      ->type_name("FILE");
  auto* restore = add("restore", "Put a backup in the store's place, under new epochs", store_restore);
  restore->add_option("file", choice->file, "The backup")->required()->type_name("FILE");
  restore->add_flag("--replace", choice->replace, "Put a store that is there aside, as STORE.before-restore");
  of_one(add("export", "All that is kept about a case, in one tar archive of JSON lines", store_export))
      ->add_option("file", choice->file, "The archive: a file that does not exist yet")
      ->required()
      ->type_name("FILE");
  of_one(add("access", "Who looked at a case, and what was instructed about it", store_access));
  add_store_acts(add, of_one, choice);
  add_store_quarantine(add, choice);
  command->footer(
      "check, backup, export, access and the list of quarantine may be used while the platform runs; restore, erase,\n"
      "restrict, hold and lifting a quarantine need the store for themselves, and a running platform has erase,\n"
      "restrict and hold by alliance_host_instruct().\n"
      "The master key is looked for in --key-file, ALLIANCE_STORE_KEY, ALLIANCE_STORE_KEY_FILE, then STORE.master.");
}

}  // namespace alliance::tools
