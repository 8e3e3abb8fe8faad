// SPDX-License-Identifier: Apache-2.0
#include "activities.h"

#include <alliance/base.h>
#include <openssl/evp.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "../../shared/json_field.h"
#include "repeats.h"

namespace alliance::mindlamp {
namespace {

namespace json = boost::json;

fb::ComponentKind kind_of(const std::string& spec) {
  static const std::map<std::string, fb::ComponentKind> kinds = {
      {"lamp.survey", fb::ComponentKind::diary},         {"lamp.journal", fb::ComponentKind::diary},
      {"lamp.tips", fb::ComponentKind::psychoeducation}, {"lamp.group", fb::ComponentKind::module_},
      {"lamp.module", fb::ComponentKind::module_},       {"lamp.breathe", fb::ComponentKind::tool},
      {"lamp.goals", fb::ComponentKind::tool},           {"lamp.dbt_diary_card", fb::ComponentKind::diary}};
  const auto found = kinds.find(spec);
  return found == kinds.end() ? fb::ComponentKind::exercise : found->second;
}

std::vector<std::string> wordings(const json::value* settings) {
  std::vector<std::string> hashes;
  if (settings == nullptr || !settings->is_array()) return hashes;
  for (const json::value& item : settings->get_array()) {
    const auto text = shared::word_of(shared::find_field(item, "text"));
    hashes.push_back(sha256(text.value_or("")));
  }
  return hashes;
}

}  // namespace

std::string sha256(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t from = std::min(text.find_first_not_of(blank), text.size());
  text = text.substr(from, from == text.size() ? 0 : text.find_last_not_of(blank) - from + 1);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw Error(ALLIANCE_E_INTERNAL, "mindlamp: SHA-256 is not to be had");
  }
  static constexpr char hex[] = "0123456789abcdef";
  std::string made;
  for (unsigned i = 0; i < length; ++i) made += {hex[bytes[i] >> 4], hex[bytes[i] & 15]};
  return made;
}

Activities activities(const std::string& file, std::string_view text) {
  const auto refuse = [&](const std::string& why) { throw Error(ALLIANCE_E_BAD_INPUT, file + ": " + why); };
  json::value whole;
  boost::system::error_code bad;
  whole = json::parse({text.data(), text.size()}, bad);
  if (bad) refuse("it is not JSON");
  const json::value* list = whole.is_array() ? &whole : shared::find_field(whole, "data");
  if (list == nullptr || !list->is_array()) {
    refuse("it is not what the server answers to GET /study/ID/activity: {\"data\": [...]}");
  }
  Activities made;
  made.programme.id = "mindlamp";
  made.programme.version = "1";
  made.programme.title = "mindLAMP";
  std::set<std::string> ids;
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    const json::value& activity = list->get_array()[i];
    const std::string where = "data[" + std::to_string(i) + "]";
    const auto id = shared::word_of(shared::find_field(activity, "id"));
    if (!id || id->empty() || id->size() > 128) refuse(where + ".id: an activity has an id");
    if (!ids.insert(*id).second) refuse(where + ".id: another activity has this id");
    auto component = std::make_unique<fb::ComponentT>();
    component->id = *id;
    component->kind = kind_of(shared::text_at(activity, "spec"));
    component->title = shared::text_at(activity, "name");
    const json::value* schedule = shared::find_field(activity, "schedule");
    for (const json::value& one : schedule != nullptr && schedule->is_array() ? schedule->get_array() : json::array{}) {
      std::string why;
      if (!one.is_object()) refuse(where + ".schedule: it is not a list of objects");
      if (auto repeats = repeat(one.get_object(), why)) component->repeats.push_back(std::move(repeats));
      if (!why.empty()) refuse(where + ".schedule: " + why);
    }
    made.items[*id] = wordings(shared::find_field(activity, "settings"));
    made.programme.default_path.push_back(*id);
    made.programme.components.push_back(std::move(component));
  }
  return made;
}

}  // namespace alliance::mindlamp
