// SPDX-License-Identifier: Apache-2.0
// The programme adapter `files`: closed programmes, joined by a mapping from their exports to events (docs/files.md).
#include <alliance_schema/programme_generated.h>

#include <algorithm>
#include <alliance/plugin.hpp>
#include <filesystem>

#include "../../shared/settings.h"
#include "../../shared/tables.h"
#include "ingest.h"

namespace {

namespace fb = alliance::fb;
namespace fs = std::filesystem;
namespace files = alliance::files;
using alliance::Bytes;
using alliance::ByteView;

files::Encode encoder(const alliance::Services& services) {
  return [services](const char* table, std::string_view json) { return services.encode(table, json); };
}

class Files final : public alliance::ProgrammeAdapter {
 public:
  Files(const alliance::Services& services, const std::string& path, const std::string& case_field)
      : encode_(encoder(services)), case_field_(case_field) {
    mapping_ = files::mapping(encode_, path, alliance::shared::read_file(path));
  }

  Bytes catalogue() const override {
    return alliance::shared::packed<fb::Programme>(*mapping_.programme, fb::ProgrammeIdentifier());
  }
  Bytes ingest(ByteView payload) override {
    return alliance::shared::packed<fb::EventBatch>(
        files::ingest(encode_, mapping_, case_field_, alliance::text_of(payload)), "ALEB");
  }
  // A file cannot be told anything.
  Bytes apply(const std::string&, ByteView, alliance_instant) override {
    throw alliance::Error(ALLIANCE_E_UNSUPPORTED, "files: the programme " + mapping_.programme->id +
                                                      " is joined by its exports alone and cannot be told of a change");
  }

 private:
  files::Encode encode_;
  std::string case_field_;
  fb::FileMappingT mapping_;
};

// One mapping, or every one of a folder, in the order of their names.
std::vector<std::string> mappings(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".json") found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void offer(alliance::Plugin& plugin) {
  const alliance::Services& services = plugin.services();
  const auto settings = alliance::shared::settings(services, {"mapping", "case_field"});
  const auto field = settings.find("case_field");
  const std::string case_field = field == settings.end() ? "" : field->second;
  plugin.kind<alliance::ProgrammeAdapter>();
  for (const std::string& path :
       mappings(alliance::shared::data_path(services, settings, "mapping", ALLIANCE_PLUGIN_NAME))) {
    const auto read = files::mapping(encoder(services), path, alliance::shared::read_file(path));
    plugin.add<Files>({read.programme->id, read.programme->version, read.programme->title}, path, case_field);
  }
}

}  // namespace

ALLIANCE_PLUGIN(offer);
