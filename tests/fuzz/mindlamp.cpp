// SPDX-License-Identifier: Apache-2.0
// What a mindLAMP server answers or sends; and the same bytes as its list of activities.
#include <alliance/error.hpp>
#include <fstream>
#include <iterator>

#include "batch.h"
#include "ingest.h"
#include "schema/json.h"

namespace {

using namespace alliance;
using fuzz::require;

std::string file(const std::string& name) {
  std::ifstream in(std::string(FUZZ_DATA) + "/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

fb::SurveysT shipped() {
  const auto bytes = schema::json_to_bytes("Surveys", file("surveys.json"));
  require(bytes.has_value(), "the shipped mapping is one");
  fb::SurveysT made;
  flatbuffers::GetRoot<fb::Surveys>(bytes->data())->UnPackTo(&made);
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fb::SurveysT surveys = shipped();
  static const mindlamp::Activities activities = mindlamp::activities("activities", file("activities.json"));
  static const mindlamp::Activities none;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto* known : {&activities, &none}) {
    const auto bytes = fuzz::look(mindlamp::ingest(surveys, *known, "", text));
    require(fuzz::pack(mindlamp::ingest(surveys, *known, "", text)) == bytes, "the same payload gives the same batch");
  }
  try {
    (void)mindlamp::activities("a file", text);
  } catch (const Error& error) {
    require(error.status() == ALLIANCE_E_BAD_INPUT,
            std::string("activities are refused for their bytes: ") + error.what());
  }
  return 0;
}
