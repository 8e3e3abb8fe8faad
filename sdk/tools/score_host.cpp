// SPDX-License-Identifier: Apache-2.0
#include "score_host.h"

#include <alliance_schema/review_generated.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "schema/json.h"

namespace alliance::tools::score {
namespace {

namespace fs = std::filesystem;

struct Gathered {
  std::vector<std::uint8_t> bytes;
  static std::int32_t write(void* context, const std::uint8_t* data, std::uint64_t length) noexcept {
    try {
      auto& bytes = static_cast<Gathered*>(context)->bytes;
      bytes.insert(bytes.end(), data, data + length);
      return ALLIANCE_OK;
    } catch (...) {
      return ALLIANCE_E_LIMIT;
    }
  }
};

Result<std::vector<std::uint8_t>> list(alliance_host* host, std::int32_t format) {
  Gathered gathered;
  const alliance_sink sink{sizeof sink, 0, &gathered, &Gathered::write};
  alliance_error error = ALLIANCE_ERROR_INIT;
  const std::int32_t status = alliance_host_instruments(host, format, &sink, &error);
  if (status != ALLIANCE_OK) return fail(status, sentence(error, status));
  return std::move(gathered.bytes);
}

// As the build and the packages lay it out: BIN/alliance and LIB/alliance/plugins beside each other.
std::string beside_the_command() {
  std::error_code bad;
  const auto self = fs::read_symlink("/proc/self/exe", bad);
  return bad ? std::string() : (self.parent_path().parent_path() / "lib" / "alliance" / "plugins").string();
}

Result<std::string> folder_of(const Place& place) {
  std::string folder = place.plugins, named = "--plugins";
  if (folder.empty()) {
    const char* variable = std::getenv("ALLIANCE_PLUGINS");
    folder = variable == nullptr ? "" : variable;
    named = "ALLIANCE_PLUGINS";
  }
  if (folder.empty()) {
    folder = beside_the_command();
    named = "the folder beside the command";
  }
  std::error_code bad;
  if (!fs::is_directory(folder, bad)) {
    return fail(ALLIANCE_E_NOT_FOUND, "there is no folder of plugins " + folder + " (" + named +
                                          "): name it with --plugins DIR or in ALLIANCE_PLUGINS");
  }
  return folder;
}

Result<std::string> text_of(const std::string& file) {
  std::error_code bad;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!fs::is_regular_file(file, bad) || !in || !(text << in.rdbuf())) {
    return fail(ALLIANCE_E_NOT_FOUND, "the configuration " + file + " cannot be read");
  }
  return text.str();
}

}  // namespace

std::string sentence(const alliance_error& error, std::int32_t status) {
  return error.message[0] != '\0' ? error.message : alliance_status_text(status);
}

Result<Host> open(const Place& place) {
  const auto folder = folder_of(place);
  if (!folder) return tl::unexpected(folder.error());
  std::string config;
  if (!place.config_file.empty()) {
    auto text = text_of(place.config_file);
    if (!text) return tl::unexpected(text.error());
    config = std::move(*text);
  }
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  if (!config.empty()) options.config = config.c_str();
  alliance_host* made = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (const auto status = alliance_host_create(&options, &made, &error); status != ALLIANCE_OK) {
    return fail(status, sentence(error, status));
  }
  Host host(made);
  std::uint64_t loaded = 0, refused = 0;
  const auto status = alliance_host_load_folder(host.get(), folder->c_str(), &loaded, &refused, &error);
  if (loaded == 0) {
    return fail(status == ALLIANCE_OK ? ALLIANCE_E_NOT_FOUND : status,
                status == ALLIANCE_OK ? "there is no plugin in " + *folder + ": name another folder with --plugins DIR"
                                      : sentence(error, status));
  }
  return host;
}

Result<std::vector<std::unique_ptr<fb::InstrumentT>>> instruments(alliance_host* host) {
  const auto bytes = list(host, ALLIANCE_FLATBUFFERS);
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto fine = schema::verify("InstrumentList", *bytes); !fine) return tl::unexpected(fine.error());
  fb::InstrumentListT made;
  flatbuffers::GetRoot<fb::InstrumentList>(bytes->data())->UnPackTo(&made);
  return std::move(made.instruments);
}

Result<std::string> instruments_json(alliance_host* host) {
  const auto bytes = list(host, ALLIANCE_JSON);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::string(bytes->begin(), bytes->end());
}

}  // namespace alliance::tools::score
