// SPDX-License-Identifier: Apache-2.0
#include "fhir_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "host_call.h"
#include "schema/json.h"

namespace alliance::tools::fhir_files {
namespace {

struct FileClosed {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin && file != stdout) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, FileClosed>;

Result<fhir::Form> form_in(const std::string& path) {
  auto text = text_of(path);
  if (!text) return tl::unexpected(text.error());
  const auto named = [&](const Failure& failure) {
    return fail(ALLIANCE_E_BAD_INPUT, name_of(path) + ": " + failure.message);
  };
  // A resource of FHIR says so; a definition has no such member.
  if (text->find("\"resourceType\"") != std::string::npos) {
    fhir::Reader reader;
    const auto whole = reader.parse(*text);
    if (!whole) return named(whole.error());
    auto form = fhir::form_of(**whole);
    if (!form) return named(form.error());
    return form;
  }
  const auto bytes = schema::json_to_bytes("Instrument", *text);
  if (!bytes) return named(bytes.error());
  fb::InstrumentT definition;
  flatbuffers::GetRoot<fb::Instrument>(bytes->data())->UnPackTo(&definition);
  auto form = fhir::form_of(definition);
  if (!form) return named(form.error());
  return form;
}

}  // namespace

std::string name_of(const std::string& path) { return path == "-" ? "standard input" : path; }

Result<std::string> text_of(const std::string& path) {
  const auto cannot = [&] {
    return fail(ALLIANCE_E_BAD_INPUT, name_of(path) + " cannot be read: " + std::strerror(errno));
  };
  const File file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return cannot();
  std::string text;
  std::string block(1u << 18, '\0');
  for (std::size_t got = 0; (got = std::fread(block.data(), 1, block.size(), file.get())) > 0;) {
    text.append(block, 0, got);
  }
  if (std::ferror(file.get()) != 0) return cannot();
  return text;
}

Result<void> write(const std::string& path, const std::string& text) {
  const File file(path == "-" ? stdout : std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0) {
    return fail(ALLIANCE_E_IO,
                (path == "-" ? "standard output" : path) + " cannot be written: " + std::strerror(errno));
  }
  return {};
}

Result<fhir::Form> form_named(const std::string& name, const score::Place& place) {
  std::error_code bad;
  if (name.ends_with(".json") || name.find('/') != std::string::npos || std::filesystem::is_regular_file(name, bad)) {
    return form_in(name);
  }
  const auto host = score::open(place);
  if (!host) return tl::unexpected(host.error());
  const auto loaded = score::instruments(host->get());
  if (!loaded) return tl::unexpected(loaded.error());
  std::string ids;
  for (const auto& instrument : *loaded) {
    if (instrument->id == name) return fhir::form_of(*instrument);
    ids += (ids.empty() ? "" : ", ") + instrument->id;
  }
  return fail(ALLIANCE_E_NOT_FOUND, fhir::named(name) +
                                        " is neither a file nor an instrument that is loaded; there are " +
                                        (ids.empty() ? "none" : ids));
}

std::string where(const fhir::Place& place) {
  if (place.line > 0) return "line " + std::to_string(place.line) + ": ";
  return place.path.empty() ? std::string() : place.path + ": ";
}

std::string sentence(const fhir::Place& place, const fhir::Finding& finding) {
  const std::string line = place.line > 0 ? "line " + std::to_string(place.line) + ": " : std::string();
  return line + finding.path + ": " + finding.sentence;
}

std::string pretty(const std::string& json) {
  constexpr std::size_t short_enough = 100;
  std::string out;
  std::size_t depth = 0;
  const auto new_line = [&] { out += '\n' + std::string(2 * depth, ' '); };
  // Where the value that begins at `from` ends, or nothing when it does not fit on a line.
  const auto end_of = [&](std::size_t from) {
    int open = 0;
    bool quoted = false;
    for (std::size_t at = from; at < json.size() && at - from < short_enough; ++at) {
      const char c = json[at];
      if (quoted && c == '\\') {
        ++at;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted) {
        open += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (open == 0) return at + 1;
      }
    }
    return std::string::npos;
  };
  bool quoted = false;
  std::size_t flat_until = 0;  // before it, all stands on one line
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (quoted) {
      out += c;
      if (c == '\\') out += json[++at];
      quoted = c != '"';
      continue;
    }
    const bool flat = at < flat_until;
    if ((c == '{' || c == '[') && !flat) {
      const std::size_t end = depth == 0 ? std::string::npos : end_of(at);
      if (end != std::string::npos) {
        flat_until = end;
        out += c;
      } else {
        out += c;
        ++depth;
        new_line();
      }
    } else if ((c == '}' || c == ']') && !flat) {
      --depth;
      new_line();
      out += c;
    } else if (c == ',') {
      out += ',';
      if (flat) {
        out += ' ';
      } else {
        new_line();
      }
    } else if (c == ':') {
      out += ": ";
    } else {
      out += c;
      quoted = c == '"';
    }
  }
  return out + '\n';
}

}  // namespace alliance::tools::fhir_files
