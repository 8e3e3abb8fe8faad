// SPDX-License-Identifier: Apache-2.0
#include "shapes.h"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <cmath>
#include <cstdio>
#include <set>

#include "common/text.h"

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

constexpr std::size_t most_faults = 12;
constexpr int deepest = 64;

constexpr std::string_view known_keywords[] = {
    "$ref",  "type",     "enum",        "const",     "properties", "required", "additionalProperties",
    "items", "minItems", "maxItems",    "minLength", "maxLength",  "minimum",  "maximum",
    "anyOf", "title",    "description", "default",   "format",     "example",  "examples",
};

bool known(std::string_view word) {
  return word.starts_with("x-") ||
         std::find(std::begin(known_keywords), std::end(known_keywords), word) != std::end(known_keywords);
}

// RFC 6901: ~1 is a slash in a name.
std::string step_of(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool whole(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  return value.is_double() && std::trunc(value.get_double()) == value.get_double();
}

bool is_of(std::string_view type, const json::value& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return whole(value);
  if (type == "number") return value.is_number() && std::isfinite(value.to_number<double>());
  return type == "null" && value.is_null();
}

std::string listed(const json::array& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size() && i < 20; ++i) {
    out += (i == 0 ? "" : ", ") + std::string(values[i].is_string() ? values[i].get_string() : "");
  }
  return values.size() > 20 ? out + " ..." : out;
}

std::string number_of(const json::value& bound) {
  if (bound.is_int64()) return std::to_string(bound.get_int64());
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", bound.to_number<double>());
  return text;
}

class Checker {
 public:
  Checker(const Shapes& shapes, std::vector<Fault>& faults) : shapes_(shapes), faults_(faults) {}

  void check(const json::value& given, const json::value& value, const std::string& at, int depth) {
    const json::object* schema = shapes_.resolve(given);
    if (schema == nullptr || depth > deepest) return fault(at, "is nested too deeply");
    if (const auto* type = schema->if_contains("type"); type != nullptr && !is_of(type->get_string(), value)) {
      return fault(at, "must be of type " + std::string(type->get_string()));
    }
    if (const auto* values = schema->if_contains("enum")) {
      const auto& all = values->get_array();
      if (std::find(all.begin(), all.end(), value) == all.end()) return fault(at, "must be one of: " + listed(all));
    }
    if (const auto* only = schema->if_contains("const"); only != nullptr && *only != value) {
      return fault(at, "must be " + std::string(only->is_string() ? only->get_string() : "what the document says"));
    }
    if (const auto* any = schema->if_contains("anyOf")) fits_one(any->get_array(), value, at, depth);
    if (value.is_string()) length(*schema, characters(value.get_string()), at, "Length", "characters");
    if (value.is_number()) range(*schema, value.to_number<double>(), at);
    if (value.is_array()) {
      const auto& array = value.get_array();
      length(*schema, array.size(), at, "Items", "entries");
      if (const auto* items = schema->if_contains("items")) {
        for (std::size_t i = 0; i < array.size() && !full(); ++i) {
          check(*items, array[i], at + "/" + std::to_string(i), depth + 1);
        }
      }
    }
    if (value.is_object()) object(*schema, value.get_object(), at, depth);
  }

 private:
  bool full() const { return faults_.size() >= most_faults; }
  void fault(const std::string& at, std::string detail) {
    if (!full()) faults_.push_back({at.empty() ? "/" : at, std::move(detail)});
  }

  void fits_one(const json::array& choices, const json::value& value, const std::string& at, int depth) {
    for (const auto& choice : choices) {
      std::vector<Fault> found;
      Checker(shapes_, found).check(choice, value, at, depth + 1);
      if (found.empty()) return;
    }
    fault(at, "has none of the shapes that are possible here");
  }

  void length(const json::object& schema, std::size_t size, const std::string& at, const std::string& what,
              const char* unit) {
    const auto* least = schema.if_contains("min" + what);
    const auto* most = schema.if_contains("max" + what);
    if (least != nullptr && size < least->to_number<std::size_t>()) {
      fault(at, "needs at least " + std::to_string(least->to_number<std::size_t>()) + " " + unit);
    }
    if (most != nullptr && size > most->to_number<std::size_t>()) {
      fault(at, "may have " + std::to_string(most->to_number<std::size_t>()) + " " + unit + " at most");
    }
  }

  void range(const json::object& schema, double value, const std::string& at) {
    const auto* least = schema.if_contains("minimum");
    const auto* most = schema.if_contains("maximum");
    if (least != nullptr && value < least->to_number<double>()) fault(at, "must be " + number_of(*least) + " or more");
    if (most != nullptr && value > most->to_number<double>()) fault(at, "may be " + number_of(*most) + " at most");
  }

  void object(const json::object& schema, const json::object& value, const std::string& at, int depth) {
    if (const auto* needed = schema.if_contains("required")) {
      for (const auto& name : needed->get_array()) {
        if (!value.contains(name.get_string())) fault(at + step_of(name.get_string()), "is missing");
      }
    }
    const auto* properties = schema.if_contains("properties");
    const auto* others = schema.if_contains("additionalProperties");
    const bool closed = others != nullptr && others->is_bool() && !others->get_bool();
    for (const auto& member : value) {
      if (full()) return;
      const auto* known_one = properties == nullptr ? nullptr : properties->get_object().if_contains(member.key());
      if (known_one != nullptr) {
        check(*known_one, member.value(), at + step_of(member.key()), depth + 1);
      } else if (closed) {
        fault(at + step_of(front_of(member.key(), 100)), "is not known here");
      }
    }
  }

  const Shapes& shapes_;
  std::vector<Fault>& faults_;
};

Result<void> understand(const Shapes& shapes, const json::value& given, std::set<const json::object*>& seen) {
  const json::object* schema = shapes.resolve(given);
  if (schema == nullptr) return fail(ALLIANCE_E_BAD_INPUT, "a reference leads nowhere");
  if (!seen.insert(schema).second) return {};
  for (const auto& member : *schema) {
    if (!known(member.key())) {
      return fail(ALLIANCE_E_BAD_INPUT, "the keyword " + std::string(member.key()) + " is not read here");
    }
  }
  std::vector<const json::value*> inner;
  if (const auto* one = schema->if_contains("items")) inner.push_back(one);
  if (const auto* any = schema->if_contains("anyOf")) {
    for (const auto& one : any->get_array()) inner.push_back(&one);
  }
  if (const auto* properties = schema->if_contains("properties")) {
    for (const auto& member : properties->get_object()) inner.push_back(&member.value());
  }
  for (const auto* one : inner) {
    if (auto fine = understand(shapes, *one, seen); !fine) return fine;
  }
  return {};
}

}  // namespace

Result<json::value> json_of(std::string_view text) {
  json::parser parser;
  json::error_code bad;
  const std::size_t read = parser.write_some(text.data(), text.size(), bad);
  if (!bad && read < text.size()) bad = json::error::extra_data;
  if (!bad) return parser.release();
  const auto before = text.substr(0, read);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto column = characters(before.substr(before.rfind('\n') + 1)) + 1;  // without a line's end: from the front
  return fail(ALLIANCE_E_BAD_INPUT, "is no JSON: " + bad.message() + " at line " + std::to_string(line) + ", column " +
                                        std::to_string(column));
}

const json::object* Shapes::resolve(const json::value& schema) const {
  const json::value* at = &schema;
  for (int hops = 0; hops < 16; ++hops) {
    if (at == nullptr || !at->is_object()) return nullptr;
    const auto* ref = at->get_object().if_contains("$ref");
    if (ref == nullptr) return &at->get_object();
    if (!ref->is_string() || !ref->get_string().starts_with("#/")) return nullptr;
    json::error_code bad;
    at = root_->find_pointer(std::string_view(ref->get_string()).substr(1), bad);
    if (bad) return nullptr;
  }
  return nullptr;
}

Result<void> Shapes::understood(const json::value& schema) const {
  std::set<const json::object*> seen;
  return understand(*this, schema, seen);
}

std::vector<Fault> Shapes::check(const json::value& schema, const json::value& value, const std::string& at) const {
  std::vector<Fault> faults;
  Checker(*this, faults).check(schema, value, at, 0);
  return faults;
}

}  // namespace alliance::sidecar
