// SPDX-License-Identifier: Apache-2.0
#include "fhir/resources.h"

#include <algorithm>

#include "fhir/values.h"
#include "schema/locate.h"
#include "schema/parse.h"

namespace alliance::fhir {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_mark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

std::string_view blanks_off(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Its next line that is not blank; `line` counts all.
std::string_view next_line(std::string_view& rest, std::uint64_t& line) {
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view found = blanks_off(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    ++line;
    if (!found.empty()) return found;
  }
  return {};
}

// No single JSON text has a first line that is an object from end to end and another object after it.
bool is_ndjson(std::string_view text) {
  std::uint64_t line = 0;
  const auto first = next_line(text, line), second = next_line(text, line);
  return first.starts_with('{') && first.ends_with('}') && second.starts_with('{');
}

void bundle(const Json& whole, Place place, const Reader::To& to) {
  const auto entries = member(whole, "entry");
  if (!entries) return;
  if (!entries->is_array()) return to.refuse(place, "Bundle.entry is no array: give the entries in [ ]");
  each(whole, "entry", [&](const Json& entry, std::size_t index) {
    place.path = "Bundle.entry[" + std::to_string(index) + "]";
    place.full_url = string_of(entry, "fullUrl");
    const auto resource = member(entry, "resource");
    if (!resource || !resource->is_object()) {
      to.refuse(place, place.path + " has no resource: take the entry out, or put the resource itself into it");
    } else {
      place.path += ".resource";
      to.take(*resource, place);
    }
    ++place.number;
  });
}

}  // namespace

struct Reader::Parser {
  simdjson::dom::parser parser;
  std::size_t room = 0;
  Json root;
};

Reader::Reader() : parser_(std::make_unique<Parser>()) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<const Json*> Reader::parse(std::string_view text) {
  text = without_mark(text);
  if (text.size() > most_bytes) {
    return fail(ALLIANCE_E_BAD_INPUT, "it is longer than " + std::to_string(most_bytes >> 20) +
                                          " MiB: split it, or give one resource a line (NDJSON)");
  }
  if (blanks_off(text).empty()) return fail(ALLIANCE_E_BAD_INPUT, "it is empty");
  auto& parser = parser_->parser;
  if (parser_->room < text.size() + 1) {  // the depth holds until more room is asked for
    parser_->room = std::max<std::size_t>(text.size() + 1, 4096);
    if (parser.allocate(parser_->room, most_depth) != simdjson::SUCCESS) {
      return fail(ALLIANCE_E_LIMIT, "there is no memory to read it");
    }
  }
  const auto bad = parser.parse(text.data(), text.size()).get(parser_->root);
  if (bad == simdjson::SUCCESS) return &parser_->root;
  if (bad == simdjson::DEPTH_ERROR) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "it is nested deeper than " + std::to_string(most_depth) + ": no such resource is read");
  }
  if (bad == simdjson::UTF8_ERROR) return fail(ALLIANCE_E_BAD_INPUT, "it is no UTF-8 text: save it as UTF-8");
  // simdjson is quick and says what is wrong; the other reader says where.
  const auto slow = schema::parse_json(text, most_depth);
  if (slow.problem.empty()) return fail(ALLIANCE_E_BAD_INPUT, std::string("it is no JSON: ") + error_message(bad));
  return fail(ALLIANCE_E_BAD_INPUT,
              schema::line_and_column(text, slow.offset) + ": it is no JSON there (" + slow.problem + ")");
}

Result<void> Reader::read(std::string_view text, const To& to) {
  text = without_mark(text);
  const auto one = [&](const Json& value, const Place& place) {
    const auto type = text_of(value, "resourceType");
    if (!type) {
      to.refuse(place, "there is no resourceType: give a resource of FHIR in JSON");
    } else if (*type == "Bundle") {
      bundle(value, place, to);
    } else {
      to.take(value, place);
    }
  };
  const auto type_of = [](const Json& value) { return shown(text_of(value, "resourceType").value_or("")); };
  if (!is_ndjson(text)) {
    const auto whole = parse(text);
    if (!whole) return tl::unexpected(whole.error());
    one(**whole, Place{1, 0, type_of(**whole), {}});
    return {};
  }
  Place place;
  place.number = 0;
  for (std::string_view line = next_line(text, place.line); !line.empty(); line = next_line(text, place.line)) {
    ++place.number;
    place.path.clear();
    const auto whole = parse(line);
    if (!whole) {
      to.refuse(place, whole.error().message);
      continue;
    }
    place.path = type_of(**whole);
    one(**whole, place);
  }
  return {};
}

}  // namespace alliance::fhir
