// SPDX-License-Identifier: Apache-2.0
#include "plugin/manifest.h"

#include <alliance_schema/config_generated.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "common/text.h"
#include "plugin/kinds.h"
#include "plugin/manifest_text.h"
#include "schema/json.h"

namespace alliance::plugin {
namespace {

constexpr std::uint64_t most_manifest = 64u << 10;
constexpr std::uint64_t most_file = 512u << 20;
constexpr std::size_t most_files = 256;

// The number at "format" of the outermost object, even where the rest is of a format that nobody here
// knows. No value where there is none.
std::optional<std::uint64_t> declared_format(std::string_view json) {
  std::size_t next = value_of(json, "format");
  if (next == std::string_view::npos || json[next] < '0' || json[next] > '9') return std::nullopt;
  std::uint64_t value = 0;
  for (; next < json.size() && json[next] >= '0' && json[next] <= '9' && value < 1'000'000'000; ++next) {
    value = value * 10 + static_cast<std::uint64_t>(json[next] - '0');
  }
  return value;
}

std::string in_quotes(const std::string& text) { return "'" + std::string(front_of(text, 80)) + "'"; }

std::string shortened(const std::string& hash) { return hash.substr(0, 12) + "..."; }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

tl::unexpected<Failure> bad(std::string message) { return fail(ALLIANCE_E_BAD_INPUT, std::move(message)); }

Result<void> check_words(const fb::ManifestT& from) {
  if (from.format == 0) return bad("field format: it is missing or 0; this host reads format 1");
  if (!good_plugin_id(from.id)) {
    return bad("field id: " + in_quotes(from.id) +
               " is no id; write lower-case words of letters, digits and hyphens with dots between them, as in "
               "org.example.thing");
  }
  const std::pair<const char*, const std::string*> words[] = {
      {"name", &from.name}, {"vendor", &from.vendor}, {"version", &from.version}, {"licence", &from.licence}};
  for (const auto& [field, text] : words) {
    if (text->empty() || text->size() > 256) return bad(std::string("field ") + field + ": it is empty or too long");
    for (const char c : *text) {
      if (static_cast<unsigned char>(c) < 0x20)
        return bad(std::string("field ") + field + ": it holds a control character");
    }
  }
  return {};
}

// Kinds may be written short or as the ids of their factories; what is kept is short.
Result<void> check_needs(const fb::ManifestT& from, Manifest& to, Step& at) {
  at = Step::runtime;
  to.python = from.runtime == "python";
  if (!to.python && from.runtime != "native")
    return bad("field runtime: " + in_quotes(from.runtime) + " is not known; it is native or python");
  at = Step::abi;
  if (from.abi_major != ALLIANCE_ABI_MAJOR || from.abi_minor > ALLIANCE_ABI_MINOR) {
    const std::string theirs = std::to_string(from.abi_major) + "." + std::to_string(from.abi_minor);
    const std::string ours = std::to_string(ALLIANCE_ABI_MAJOR) + "." + std::to_string(ALLIANCE_ABI_MINOR);
    return fail(ALLIANCE_E_VERSION, "it needs ABI " + theirs + " and this host speaks ABI " + ours +
                                        ": install a build of the plugin for ABI " + ours + ", or a newer host");
  }
  at = Step::kinds;
  for (const auto& asked : from.asks) {
    if (std::find(std::begin(all_asks), std::end(all_asks), asked) == std::end(all_asks)) {
      return bad("field asks: " + in_quotes(asked) + " is not known; it is network, read, write or environment");
    }
  }
  if (from.kinds.empty()) return bad("field kinds: it is empty; name at least one of " + kind_names());
  for (const auto& name : from.kinds) {
    const Kind* kind = find_kind(name);
    if (kind == nullptr) {
      return fail(ALLIANCE_E_UNSUPPORTED,
                  "field kinds: " + in_quotes(name) + " is not known; this host has " + kind_names());
    }
    if (std::find(to.kinds.begin(), to.kinds.end(), kind->name) != to.kinds.end()) {
      return bad("field kinds: " + in_quotes(name) + " stands there twice");
    }
    to.kinds.emplace_back(kind->name);
  }
  return {};
}

// Opens each file, compares its hash, and keeps the library.
Result<void> check_files(const fb::ManifestT& from, Manifest& to, Step& at) {
  at = Step::paths;
  if (from.files.empty()) return bad("field files: it is empty; list the library and its sha256");
  if (from.files.size() > most_files) {
    return fail(ALLIANCE_E_LIMIT, "field files: " + std::to_string(from.files.size()) + " files, the limit is " +
                                      std::to_string(most_files));
  }
  std::set<std::string> paths;
  bool found = false;
  for (const auto& entry : from.files) {
    const std::string where = "file " + in_quotes(entry->path) + ": ";
    if (!paths.insert(entry->path).second) return bad(where + "it is listed twice");
    at = Step::hashes;
    const std::string wanted = lower(entry->sha256);
    if (wanted.size() != 64 || wanted.find_first_not_of("0123456789abcdef") != std::string::npos) {
      return bad(where + "its sha256 is not 64 hex digits");
    }
    at = Step::paths;
    auto file = open_inside(to.folder, entry->path, most_file);
    if (!file) return fail(file.error().status, where + file.error().message);
    at = Step::hashes;
    auto hash = sha256(*file);
    if (!hash) return fail(hash.error().status, where + hash.error().message);
    if (*hash != wanted) {
      return bad(where + "its sha256 is " + shortened(*hash) + " and the manifest says " + shortened(wanted) +
                 ": one of the two was changed after the build; install the plugin again");
    }
    to.files.push_back(entry->path);
    if (entry->path == from.library) {
      found = true;
      to.library = std::move(*file);
      to.library_hash = *hash;
    }
  }
  at = Step::library;
  if (!found)
    return bad("field library: " + in_quotes(from.library) + " is not among the files; list it with its sha256");
  return {};
}

}  // namespace

bool good_plugin_id(const std::string& id) {
  if (id.size() > 128 || id.find('.') == std::string::npos) return false;
  char before = '.';
  for (const char c : id + '.') {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool mark = c == '.' || c == '-';
    if (!word && !mark) return false;
    if (mark && (before == '.' || (c == '.' && before == '-'))) return false;
    before = c;
  }
  return true;
}

Result<Manifest> read_manifest(const std::string& path, Manifest& seen, Step* where) {
  Step unasked{};
  Step& at = where == nullptr ? unasked : *where;
  at = Step::readable;
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  if (error) return fail(ALLIANCE_E_NOT_FOUND, "the manifest cannot be found: " + error.message());
  auto file = open_file(real.string(), most_manifest);
  if (!file) return fail(file.error().status, "the manifest: " + file.error().message);
  auto text = read_all(*file);
  if (!text) return fail(text.error().status, "the manifest: " + text.error().message);

  if (const auto format = declared_format(*text); format && *format > manifest_format) {
    return fail(ALLIANCE_E_VERSION, "the manifest has format " + std::to_string(*format) +
                                        " and this host reads format " + std::to_string(manifest_format) +
                                        ": install a newer host, or a build of the plugin for this one");
  }
  auto bytes = schema::json_to_bytes("Manifest", *text);
  if (!bytes) return fail(bytes.error().status, bytes.error().message, bytes.error().detail);
  fb::ManifestT from;
  flatbuffers::GetRoot<fb::Manifest>(bytes->data())->UnPackTo(&from);

  Manifest to;
  to.id = from.id;
  to.name = from.name;
  to.vendor = from.vendor;
  to.version = from.version;
  to.licence = from.licence;
  to.folder = real.parent_path().string();
  to.library_name = from.library;
  to.asks = from.asks;
  to.signature = from.signature;
  to.signed_hash = sha256_of(without_signature(*text));
  seen.id = to.id, seen.name = to.name, seen.version = to.version, seen.kinds = from.kinds;

  at = Step::words;
  if (auto good = check_words(from); !good) return tl::unexpected(good.error());
  if (auto good = check_needs(from, to, at); !good) return tl::unexpected(good.error());
  if (auto good = check_files(from, to, at); !good) return tl::unexpected(good.error());
  if (to.python) {
    if (!from.library.ends_with(".py")) return bad("file " + in_quotes(from.library) + ": Python's files end with .py");
  } else if (auto good = check_shared_object(to.library); !good) {
    return fail(good.error().status, "file " + in_quotes(from.library) + ": " + good.error().message);
  }
  at = Step::done;
  return to;
}

}  // namespace alliance::plugin
