// SPDX-License-Identifier: Apache-2.0
// alliance store quarantine: libraries that are called no more, and ending that.
#include <algorithm>
#include <cstdio>

#include "schema/json.h"
#include "store/quarantine.h"
#include "store/rows.h"
#include "store_acts.h"

namespace alliance::tools {
namespace {

int quarantine_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance store quarantine: %s\n", failure.message.c_str());
  return exit_for(failure.status);
}

Result<std::unique_ptr<store::Store>> opened_store(const StoreChoice& choice, const store::StoreView& view) {
  store::Opening how;
  how.keys = choice.keys();
  how.keys.plaintext = !view.vault().sealed();
  how.now = now_in_microseconds();
  return store::Store::open(choice.store, view.tenant(), how);
}

int print_quarantines(const StoreChoice& choice, const fb::QuarantineListT& list) {
  if (choice.json) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::QuarantineList::Pack(builder, &list), "ALQL");
    const auto json = schema::bytes_to_json("QuarantineList", {builder.GetBufferPointer(), builder.GetSize()});
    if (!json) return quarantine_failed(json.error());
    std::printf("%s\n", json->c_str());
    return exit_done;
  }
  if (list.libraries.empty()) std::printf("no library was ever in quarantine\n");
  for (const auto& one : list.libraries) {
    std::printf("%s  %s, library %s: %s\n", utc_text(one->since).c_str(), one->plugin.c_str(),
                one->library.substr(0, 12).c_str(), one->reason.c_str());
    if (one->lifted != 0) {
      std::printf("    lifted %s by %s: %s\n", utc_text(one->lifted).c_str(), one->lifted_by.c_str(),
                  one->lifted_because.c_str());
    }
  }
  return exit_done;
}

int store_quarantine(const StoreChoice& choice) {
  auto view = store::StoreView::open(choice.store, choice.keys());
  if (!view) return quarantine_failed(view.error());
  if (choice.lifted.empty()) {
    const auto list = store::quarantines(view->rows().note(store::quarantine_note));
    return list ? print_quarantines(choice, *list) : quarantine_failed(list.error());
  }
  const auto store = opened_store(choice, *view);
  if (!store) return quarantine_failed(store.error());
  const auto lifted = store::lift_quarantine(**store, {choice.lifted, choice.by, choice.reason, now_in_microseconds()});
  if (!lifted) return quarantine_failed(lifted.error());
  if (choice.json) {
    std::printf("{\"lifted\":%zu}\n", *lifted);
  } else {
    std::printf("%s is in quarantine no more: it is loaded when the platform next starts\n", choice.lifted.c_str());
  }
  return exit_done;
}

}  // namespace

void add_store_quarantine(const AddStore& add, const std::shared_ptr<StoreChoice>& choice) {
  auto* command =
      add("quarantine", "Plugins that are called no more because they failed, and lifting that", store_quarantine);
  auto* by =
      command->add_option("--by", choice->by, "Who lifts it: the platform's own id; it is kept")->type_name("ID");
  auto* reason = command->add_option("--reason", choice->reason, "Why; it is kept")->type_name("TEXT");
  auto* lift = command
                   ->add_option("--lift", choice->lifted,
                                "A plugin's id, or the beginning of a library's sha256: it is loaded again")
                   ->type_name("PLUGIN")
                   ->needs(by)
                   ->needs(reason);
  by->needs(lift);
  reason->needs(lift);
}

}  // namespace alliance::tools
