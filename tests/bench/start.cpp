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
#include "services.h"

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
    const alliance_services services = {sizeof services, 0, nullptr, folder.c_str(), "{}", &bench::service};
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
