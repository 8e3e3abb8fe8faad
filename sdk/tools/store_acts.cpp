// SPDX-License-Identifier: Apache-2.0
// alliance store erase: a controller's instruction, carried out by a host that does nothing else.
#include "store_acts.h"

#include <alliance/host.h>

#include <ctime>

#include "store/rows.h"

namespace alliance::tools {
namespace {

struct Close {
  void operator()(alliance_host* host) const { alliance_host_close(host); }
};

int acts_failed(const std::string& sentence, std::int32_t status) {
  std::fprintf(stderr, "alliance store: %s\n", sentence.c_str());
  return exit_for(status);
}

std::int32_t act_of(const StoreChoice& choice) {
  if (choice.restricts) return ALLIANCE_ACT_RESTRICT;
  if (choice.lifts) return ALLIANCE_ACT_LIFT;
  if (choice.holds) return ALLIANCE_ACT_HOLD;
  return choice.releases ? ALLIANCE_ACT_RELEASE : ALLIANCE_ACT_ERASE;
}

const char* done_word(std::int32_t act) {
  switch (act) {
    case ALLIANCE_ACT_ERASE:
      return "is erased: its key is destroyed, and every endpoint is told when the platform next runs";
    case ALLIANCE_ACT_RESTRICT:
      return "is restricted: it is kept, and shown and computed no more";
    case ALLIANCE_ACT_LIFT:
      return "is restricted no more";
    case ALLIANCE_ACT_HOLD:
      return "is under a legal hold: it cannot be erased";
    default:
      return "is under a legal hold no more";
  }
}

int store_erase(const StoreChoice& choice) {
  const auto view = store::StoreView::open(choice.store, choice.keys());
  if (!view) return acts_failed(view.error().message, view.error().status);
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.tenant = view->tenant().c_str();
  options.store_path = choice.store.c_str();
  options.key_file = choice.key_file.empty() ? nullptr : choice.key_file.c_str();
  if (!view->vault().sealed()) options.flags = ALLIANCE_HOST_PLAINTEXT;
  alliance_host* raw = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  auto status = alliance_host_create(&options, &raw, &error);
  const std::unique_ptr<alliance_host, Close> host(raw);
  if (status != ALLIANCE_OK) {
    const char* mend = status == ALLIANCE_E_STATE ? ", or have it call alliance_host_instruct()" : "";
    return acts_failed(std::string(error.message) + mend, status);
  }
  alliance_instruction instruction = ALLIANCE_INSTRUCTION_INIT;
  instruction.act = act_of(choice);
  instruction.subject = choice.subject.c_str();
  instruction.reason = choice.reason.c_str();
  instruction.reference = choice.reference.empty() ? nullptr : choice.reference.c_str();
  const alliance_viewer viewer{sizeof(alliance_viewer), ALLIANCE_ROLE_CONTROLLER, choice.by.c_str()};
  status = alliance_host_instruct(host.get(), &instruction, &viewer, &error);
  if (status != ALLIANCE_OK) return acts_failed(error.message, status);
  if (choice.json) {
    std::printf("{\"done\":true}\n");
  } else {
    std::printf("%s %s\n", choice.subject.c_str(), done_word(instruction.act));
  }
  return exit_done;
}

}  // namespace

std::string utc_text(std::int64_t instant) {
  const std::time_t seconds = instant / 1'000'000;
  std::tm parts{};
  char text[32] = "?";
  if (gmtime_r(&seconds, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%SZ", &parts);
  return text;
}

const char* role_word(std::int32_t role) {
  constexpr const char* words[] = {"operator", "client",     "practitioner", "supervisor",
                                   "service",  "researcher", "controller"};
  return role >= 0 && role <= ALLIANCE_ROLE_CONTROLLER ? words[role] : "?";
}

void add_store_acts(const AddStore& add, const OfOne& of_one, const std::shared_ptr<StoreChoice>& choice) {
  auto* erase =
      of_one(add("erase", "Erase a case on its controller's instruction, or restrict or hold it", store_erase));
  erase->add_option("--reason", choice->reason, "Why; it is kept, so it must hold nothing about the person")
      ->required()
      ->type_name("TEXT");
  erase
      ->add_option("--instruction", choice->reference,
                   "The instruction's reference in your register; to erase needs one")
      ->type_name("ID");
  auto* restricts = erase->add_flag("--restrict", choice->restricts, "Keep it, and show and compute nothing of it");
  auto* lifts = erase->add_flag("--lift", choice->lifts, "End a restriction")->excludes(restricts);
  auto* holds = erase->add_flag("--hold", choice->holds, "A legal hold: it must not be erased");
  holds->excludes(restricts)->excludes(lifts);
  erase->add_flag("--release", choice->releases, "End a legal hold")
      ->excludes(restricts)
      ->excludes(lifts)
      ->excludes(holds);
}

}  // namespace alliance::tools
