// SPDX-License-Identifier: Apache-2.0
// bench_start score DEFINITIONS: S5, a process that loads the instruments of that folder and scores one sheet.
// bench_start host|raw MANIFEST: P3, a plugin loaded and initialised by the host, or by dlopen and init alone. Prints
// the wall time in nanoseconds, and that of hashing its files.
#include <dlfcn.h>

#include <alliance/host.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pairs.h"
#include "plugin/file.h"
#include "schema/json.h"

namespace {

void first_score(const std::string& definitions) {
  alliance::HostOptions options;
  options.config = R"({"plugins":[{"plugin":"org.alliance-sdk.instruments","settings":"{\"definitions\":[\")" +
                   definitions + R"(\"]}"}]})";
  alliance::Host host(options);
  host.load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/instruments.alliance.json");
  const std::vector<double> sheet(12, 4.0);
  const auto scores = host.score("wai-sr-c", sheet);
  if (scores.at(0).value != 48) bench::give_up("the first score is wrong");
}

// What a host offers of services, for an init() that is called without a host.
const alliance_log_service log_service = {sizeof log_service, 0, nullptr,
                                          [](void*, std::int32_t, const char*) noexcept {}};
const alliance_codec_service codec = {
    sizeof codec, 0, nullptr,
    [](void*, const char* table, const std::uint8_t* json, std::uint64_t length, const alliance_sink* out,
       alliance_error*) noexcept -> std::int32_t {
      const auto bytes = alliance::schema::json_to_bytes(table, {reinterpret_cast<const char*>(json), length});
      return bytes ? out->write(out->context, bytes->data(), bytes->size()) : bytes.error().status;
    },
    [](void*, const char* table, const std::uint8_t* bytes, std::uint64_t length, const alliance_sink* out,
       alliance_error*) noexcept -> std::int32_t {
      const auto json = alliance::schema::bytes_to_json(table, {bytes, length});
      return json ? out->write(out->context, reinterpret_cast<const std::uint8_t*>(json->data()), json->size())
                  : json.error().status;
    }};
const void* service(void*, const char* id) noexcept {
  const std::string_view wanted(id);
  return wanted == ALLIANCE_SERVICE_LOG     ? static_cast<const void*>(&log_service)
         : wanted == ALLIANCE_SERVICE_CODEC ? &codec
                                            : nullptr;
}

void load(const std::string& how, const std::filesystem::path& manifest) {
  const auto library = manifest.parent_path() / ("lib" + ("alliance_" + manifest.stem().stem().string()) + ".so");
  const std::string folder = manifest.parent_path().string();
  alliance::schema::json_to_bytes("Manifest",
                                  "{}");  // the codec's own tables are made at its first use by whoever asks
  double took = 0;
  if (how == "host") {
    alliance::HostOptions options;
    options.log = [](std::int32_t, const std::string&) {};
    alliance::Host host(options);
    host.plugins();
    const double begin = bench::nanoseconds(bench::Clock::wall);
    host.load_plugin(manifest.string());
    took = bench::nanoseconds(bench::Clock::wall) - begin;
  } else {
    const alliance_services services = {sizeof services, 0, nullptr, folder.c_str(), "{}", &service};
    const double begin = bench::nanoseconds(bench::Clock::wall);
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) bench::give_up(dlerror());
    const auto entry = reinterpret_cast<alliance_plugin_entry_function>(dlsym(handle, ALLIANCE_PLUGIN_ENTRY_SYMBOL))();
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (entry->init(&services, &error) != ALLIANCE_OK) bench::give_up(error.message);
    took = bench::nanoseconds(bench::Clock::wall) - begin;
  }
  const auto file = alliance::plugin::open_file(library.string(), std::uint64_t{1} << 30);
  bench::need(file.has_value(), "the library's file");
  const double begin = bench::nanoseconds(bench::Clock::wall);
  const auto hash = alliance::plugin::sha256(*file);
  std::printf("{\"ns\": %.0f, \"hashing\": %.0f}\n", took, bench::nanoseconds(bench::Clock::wall) - begin);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  try {
    if (what == "score") {
      first_score(argv[2]);
    } else if (what == "host" || what == "raw") {
      load(what, argv[2]);
    } else {
      bench::give_up("usage: bench_start score DEFINITIONS | host MANIFEST | raw MANIFEST");
    }
  } catch (const alliance::Error& error) {
    bench::give_up(error.message());
  }
  return 0;
}
