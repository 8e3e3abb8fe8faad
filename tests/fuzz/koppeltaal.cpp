// SPDX-License-Identifier: Apache-2.0
// What a FHIR server answered or a platform was told; and the same bytes as a catalogue.
#include <alliance/error.hpp>
#include <fstream>
#include <iterator>

#include "batch.h"
#include "ingest.h"

namespace {

using namespace alliance;
using fuzz::require;

koppeltaal::Catalogue shipped() {
  std::ifstream in(std::string(FUZZ_DATA) + "/activities.json");
  return koppeltaal::catalogue("activities", std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const koppeltaal::Catalogue catalogue = shipped();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto batch = koppeltaal::ingest(catalogue, koppeltaal::case_field_unless_said, text);
  for (const auto& need : batch.needs) {
    require(need->url.find_first_of(" \r\n\t") == std::string::npos, "an address to fetch is one word");
  }
  const auto bytes = fuzz::look(batch);
  require(fuzz::pack(koppeltaal::ingest(catalogue, koppeltaal::case_field_unless_said, text)) == bytes,
          "the same payload gives the same batch");
  try {
    (void)koppeltaal::catalogue("a file", text);
  } catch (const Error& error) {
    require(error.status() == ALLIANCE_E_BAD_INPUT,
            std::string("a catalogue is refused for its bytes: ") + error.what());
  }
  return 0;
}
