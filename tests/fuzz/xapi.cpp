// SPDX-License-Identifier: Apache-2.0
// What a programme exported. Whatever it is, the record before it is found, and the batch is one that a host takes.
#include <alliance/error.hpp>
#include <string>

#include "batch.h"
#include "ingest.h"

namespace {

using namespace alliance;
using fuzz::require;

const std::string good =
    R"({"id":"961f83fe-38d0-5f8b-b518-4697673dd948","version":"1.0.3","timestamp":"2026-02-10T11:44:00.000Z",)"
    R"("actor":{"objectType":"Agent","account":{"homePage":"https://platform.example/cases","name":"c03"}},)"
    R"("verb":{"id":"http://adlnet.gov/expapi/verbs/launched"},"object":{"objectType":"Activity",)"
    R"("id":"https://programme.example/steady-steps/module-1"}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const auto bytes = fuzz::look(xapi::ingest(text));
    require(fuzz::pack(xapi::ingest(text)) == bytes, "the same payload gives the same batch");

    // Nothing that follows a record hides it, unless it takes it back by its id.
    if (text.find("961f83fe") == std::string::npos && text.find("961F83FE") == std::string::npos &&
        text.find("\\u") == std::string::npos) {
      const auto with = xapi::ingest(good + "\n" + text);
      fuzz::look(with);
      require(!with.events.empty() && with.events.front()->case_ == "c03", "what follows a record does not hide it");
    }
  } catch (const Error& error) {
    require(error.status() == ALLIANCE_E_LIMIT, std::string("only a limit is an error: ") + error.what());
  }
  return 0;
}
