// SPDX-License-Identifier: Apache-2.0
#include "contract.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <boost/json/parse.hpp>
#include <charconv>

#include "common/text.h"

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    out.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

bool is_place(const std::string& segment) { return segment.starts_with('{'); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

std::string word(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Result<Operation> operation_of(const Shapes& shapes, const std::string& path, std::string_view method,
                               const json::object& said) {
  Operation made;
  made.id = word(said, "operationId");
  made.path = segments_of(path);
  for (const char c : method) made.method += static_cast<char>(c - 32);
  const auto bad = [&](const std::string& why) {
    return fail(ALLIANCE_E_BAD_INPUT, "the OpenAPI document: " + made.method + " " + path + ": " + why);
  };
  if (made.id.empty()) return bad("has no operationId");
  if (const auto* security = said.if_contains("security")) {
    made.open = security->get_array().empty();
    for (const auto& way : security->get_array()) made.by_cookie |= way.get_object().contains("reading");
    if (made.by_cookie && made.method != "GET") return bad("a cookie is for reading alone");
  }
  if (const auto* roles = said.if_contains("x-roles")) {
    for (const auto& role : roles->get_array()) made.roles.emplace_back(role.get_string());
  }
  if (const auto* parameters = said.if_contains("parameters")) {
    for (const auto& one : parameters->get_array()) {
      const auto* parameter = shapes.resolve(one);
      if (parameter == nullptr) return bad("a parameter refers to nothing");
      Parameter read{word(*parameter, "name"), word(*parameter, "in"), false, parameter->if_contains("schema")};
      if (const auto* required = parameter->if_contains("required")) read.required = required->get_bool();
      if (read.in == "header") read.name = lower(read.name);
      if (read.schema == nullptr) return bad("parameter " + read.name + " has no schema");
      const auto* shape = shapes.resolve(*read.schema);
      if (read.in == "query" && shape != nullptr && word(*shape, "type") == "object") made.any_query = true;
      if (auto fine = shapes.understood(*read.schema); !fine) return bad(fine.error().message);
      made.parameters.push_back(std::move(read));
    }
  }
  if (const auto* body = said.if_contains("requestBody")) {
    json::error_code none;
    made.body = body->find_pointer("/content/application~1json/schema", none);
    if (made.body == nullptr) {
      made.body = body->find_pointer("/content/application~1x-www-form-urlencoded/schema", none);
      made.form = made.body != nullptr;
    }
    if (made.body == nullptr) return bad("its body is neither JSON nor a form");
    if (auto fine = shapes.understood(*made.body); !fine) return bad(fine.error().message);
  }
  return made;
}

// A parameter's text as the value that its schema speaks of.
json::value value_of(const Shapes& shapes, const json::value& schema, const std::string& text) {
  const auto* resolved = shapes.resolve(schema);
  if (resolved == nullptr || word(*resolved, "type") != "integer") return json::value(text);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
  return json::value(text);
}

bool is_text(std::string_view rest) {
  while (!rest.empty()) {
    const auto length = glue::character(rest);
    if (length == 0 || static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7F) return false;
    rest.remove_prefix(length);
  }
  return true;
}

constexpr const char* json_type = "application/json";
constexpr const char* form_type = "application/x-www-form-urlencoded";

bool is_type(const std::string& type, std::string_view wanted) {
  const std::string_view plain = std::string_view(type).substr(0, type.find(';'));
  return lower(plain.substr(0, plain.find_last_not_of(' ') + 1)) == wanted;
}

// Of a query or a form: `take` gets each name and value.
template <class Take>
void for_pairs(std::string_view rest, const std::string& where, std::vector<Fault>& faults, Take take) {
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = unescaped(pair.substr(0, equals), true);
    const auto value = unescaped(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) {
      faults.push_back({where, (name ? value : name).error().message});
    } else if (name->empty()) {
      faults.push_back({where, "a parameter has no name"});
    } else {
      take(*name, *value);
    }
  }
}

json::value form_of(std::string_view body, std::vector<Fault>& faults) {
  json::object out;
  for_pairs(body, "/", faults, [&](const std::string& name, const std::string& value) { out[name] = value; });
  return out;
}

}  // namespace

std::int64_t Asked::number(const std::string& name) const {
  const auto found = values.find(name);
  std::int64_t number = 0;
  if (found != values.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  }
  return number;
}

Result<std::string> unescaped(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned value = 0;
      const std::string digits(text.substr(i + 1, 2));
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() != 2 || read.ec != std::errc() || read.ptr != digits.data() + 2) {
        return fail(ALLIANCE_E_BAD_INPUT, "holds a % that is no escape");
      }
      out += static_cast<char>(value);
      i += 2;
    }
  }
  if (!is_text(out)) return fail(ALLIANCE_E_BAD_INPUT, "holds what is no text in UTF-8");
  return out;
}

Result<Contract> Contract::read(std::string_view document) {
  Contract made;
  json::error_code bad;
  made.document_ = std::make_unique<json::value>(json::parse(document, bad));
  if (bad || !made.document_->is_object()) return fail(ALLIANCE_E_BAD_INPUT, "the OpenAPI document is no JSON");
  made.shapes_ = std::make_unique<Shapes>(*made.document_);
  for (const auto& path : made.document_->at("paths").get_object()) {
    for (const auto& method : path.value().get_object()) {
      auto operation = operation_of(*made.shapes_, path.key(), method.key(), method.value().get_object());
      if (!operation) return tl::unexpected(operation.error());
      made.operations_.push_back(std::move(*operation));
    }
  }
  return made;
}

const Operation* Contract::find(std::string_view method, std::string_view path, Asked& asked,
                                std::vector<std::string>& allowed) const {
  const auto segments = segments_of(path);
  const auto fits = [&](const Operation& operation) {
    return operation.path.size() == segments.size() &&
           std::equal(segments.begin(), segments.end(), operation.path.begin(),
                      [](const auto& is, const auto& wanted) { return is_place(wanted) ? !is.empty() : is == wanted; });
  };
  const Operation* found = nullptr;
  for (const Operation& operation : operations_) {
    if (!fits(operation)) continue;
    if (operation.method == method) found = &operation;
    allowed.push_back(operation.method);
  }
  if (found == nullptr) return nullptr;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (is_place(found->path[i])) asked.values[found->path[i].substr(1, found->path[i].size() - 2)] = segments[i];
  }
  asked.operation = found;
  return found;
}

std::vector<Fault> Contract::take(const Operation& operation, const Request& request, Asked& asked) const {
  std::vector<Fault> faults;
  std::map<std::string, std::string> query;
  const auto mark = request.target.find('?');
  const auto asks = mark == std::string::npos || operation.any_query
                        ? std::string_view()
                        : std::string_view(request.target).substr(mark + 1);
  for_pairs(asks, "query", faults, [&](const std::string& name, const std::string& value) {
    const bool declared = std::any_of(operation.parameters.begin(), operation.parameters.end(),
                                      [&](const Parameter& one) { return one.in == "query" && one.name == name; });
    if (!declared) faults.push_back({std::string(front_of(name, 100)), "is no parameter of this address"});
    if (declared && !query.emplace(name, value).second) faults.push_back({name, "is given twice"});
  });
  for (const Parameter& one : operation.parameters) {
    const auto& from = one.in == "query" ? query : one.in == "header" ? request.headers : asked.values;
    const auto found = from.find(one.name);
    if (found == from.end()) {
      if (one.required) faults.push_back({one.name, "is missing"});
      continue;
    }
    auto text = one.in == "path" ? unescaped(found->second, false) : Result<std::string>(found->second);
    if (text && !is_text(*text)) text = fail(ALLIANCE_E_BAD_INPUT, "holds what is no text in UTF-8");
    if (!text) {
      faults.push_back({one.name, text.error().message});
      continue;
    }
    for (auto& fault : shapes_->check(*one.schema, value_of(*shapes_, *one.schema, *text))) {
      faults.push_back({one.name, std::move(fault.detail)});
    }
    asked.values[one.name] = *text;
  }
  if (operation.body != nullptr) {
    auto body = operation.form ? Result<json::value>(form_of(request.body, faults)) : json_of(request.body);
    if (!body) {
      faults.push_back({"/", body.error().message});
    } else {
      asked.body = std::move(*body);
      for (auto& fault : shapes_->check(*operation.body, asked.body)) faults.push_back(std::move(fault));
    }
  }
  return faults;
}

bool fits(const Operation& operation, const Request& request) {
  const auto type = request.headers.find("content-type");
  return type == request.headers.end() || is_type(type->second, operation.form ? form_type : json_type);
}

}  // namespace alliance::sidecar
