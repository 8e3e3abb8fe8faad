// SPDX-License-Identifier: Apache-2.0
#include "store/quarantine.h"

#include <algorithm>

#include "schema/json.h"

namespace alliance::store {
namespace {

constexpr std::size_t most_quarantines = 256;

Result<void> keep(Store& store, fb::QuarantineListT list) {
  while (list.libraries.size() > most_quarantines) {  // what was lifted first goes first, and what stands never
    const auto lifted =
        std::find_if(list.libraries.begin(), list.libraries.end(), [](const auto& one) { return one->lifted != 0; });
    if (lifted == list.libraries.end()) break;
    list.libraries.erase(lifted);
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::QuarantineList::Pack(builder, &list), "ALQL");
  const auto json = schema::bytes_to_json("QuarantineList", {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return tl::unexpected(json.error());
  return store.set_note(quarantine_note, *json);
}

bool is_meant(const fb::QuarantineT& one, const std::string& what) {
  return one.lifted == 0 && (one.plugin == what || (what.size() >= 8 && one.library.starts_with(what)));
}

}  // namespace

Result<fb::QuarantineListT> quarantines(const Result<std::string>& note) {
  if (!note) return tl::unexpected(note.error());
  fb::QuarantineListT list;
  if (note->empty()) return list;
  const auto bytes = schema::json_to_bytes("QuarantineList", *note);
  if (!bytes) {
    return fail(ALLIANCE_E_BAD_INPUT, "what this store keeps about quarantine is damaged: " + bytes.error().message);
  }
  flatbuffers::GetRoot<fb::QuarantineList>(bytes->data())->UnPackTo(&list);
  return list;
}

const fb::QuarantineT* standing(const fb::QuarantineListT& list, const std::string& library) {
  const auto found = std::find_if(list.libraries.begin(), list.libraries.end(),
                                  [&](const auto& one) { return one->lifted == 0 && one->library == library; });
  return found == list.libraries.end() ? nullptr : found->get();
}

Result<void> put_into_quarantine(Store& store, fb::QuarantineT one) {
  auto list = quarantines(store);
  if (!list) return tl::unexpected(list.error());
  if (standing(*list, one.library) != nullptr) return {};
  list->libraries.push_back(std::make_unique<fb::QuarantineT>(std::move(one)));
  return keep(store, std::move(*list));
}

Result<std::size_t> lift_quarantine(Store& store, const Lift& lift) {
  auto list = quarantines(store);
  if (!list) return tl::unexpected(list.error());
  std::size_t lifted = 0;
  for (auto& one : list->libraries) {
    if (!is_meant(*one, lift.what)) continue;
    one->lifted = lift.now;
    one->lifted_by = lift.by;
    one->lifted_because = lift.because;
    ++lifted;
  }
  if (lifted == 0)
    return fail(ALLIANCE_E_NOT_FOUND, "no library or plugin of that name is in quarantine in this store");
  return keep(store, std::move(*list)).map([&] { return lifted; });
}

}  // namespace alliance::store
