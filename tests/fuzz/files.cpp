// SPDX-License-Identifier: Apache-2.0
// An export of anything, read by both mappings that ship; and the same bytes as a mapping.
#include <alliance/error.hpp>
#include <fstream>
#include <iterator>

#include "batch.h"
#include "ingest.h"
#include "schema/json.h"

namespace {

using namespace alliance;
using fuzz::require;

std::vector<std::uint8_t> encode(const char* table, std::string_view json) {
  auto bytes = schema::json_to_bytes(table, json);
  if (!bytes) throw Error(bytes.error().status, bytes.error().message, bytes.error().detail);
  return std::move(*bytes);
}
const files::Encode encoder = encode;

fb::FileMappingT shipped(const std::string& name) {
  std::ifstream in(std::string(FUZZ_MAPPINGS) + "/" + name);
  return files::mapping(encoder, name, std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fb::FileMappingT mappings[] = {shipped("redcap-demo.json"), shipped("formr-demo.json")};
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& mapping : mappings) {
    try {
      const auto bytes = fuzz::look(files::ingest(encoder, mapping, "", text));
      require(fuzz::pack(files::ingest(encoder, mapping, "", text)) == bytes, "the same payload gives the same batch");
    } catch (const Error& error) {
      require(error.status() == ALLIANCE_E_LIMIT || error.status() == ALLIANCE_E_BAD_INPUT,
              std::string("a file is refused for its bytes: ") + error.what());
    }
  }
  try {
    const auto made = files::mapping(encoder, "a mapping", text);
    fuzz::look(files::ingest(encoder, made, "", "who;n;t;p;f\n1;2;2026-03-29;1;50\n"));
  } catch (const Error& error) {
    require(std::string(error.what()).size() > 10, "a mapping is refused with a sentence");
  }
  return 0;
}
