// SPDX-License-Identifier: Apache-2.0
#include "schema/parse.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>

namespace alliance::schema {
namespace {

namespace json = boost::json;
using Error = boost::system::error_code;

// Boost.JSON 1.81 may miss the nearest double by a few units in the last place; a score must read back as it was
// written. So its parser decides what is a number, and from_chars which.
struct Handler {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  json::storage_ptr arena;  // of the whole value: what is read once is given back at once
  json::value_stack stack;
  std::string number;  // what came before, where a number came in pieces

  bool on_document_begin(Error&) {
    stack.reset(arena);
    return true;
  }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return true; }
  bool on_object_end(std::size_t n, Error&) {
    stack.push_object(n);
    return true;
  }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t n, Error&) {
    stack.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view s, std::size_t, Error&) {
    stack.push_chars(s);
    return true;
  }
  bool on_key(json::string_view s, std::size_t, Error&) {
    stack.push_key(s);
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, Error&) {
    stack.push_chars(s);
    return true;
  }
  bool on_string(json::string_view s, std::size_t, Error&) {
    stack.push_string(s);
    return true;
  }
  bool on_number_part(json::string_view s, Error&) {
    number.append(s.data(), s.size());
    return true;
  }
  bool on_int64(std::int64_t i, json::string_view, Error&) {
    number.clear();
    stack.push_int64(i);
    return true;
  }
  bool on_uint64(std::uint64_t u, json::string_view, Error&) {
    number.clear();
    stack.push_uint64(u);
    return true;
  }
  bool on_double(double rough, json::string_view s, Error&) {
    number.append(s.data(), s.size());
    double exact = rough;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), exact);
    stack.push_double(read.ec == std::errc{} ? exact : rough);  // too large or too small: as the parser has it
    number.clear();
    return true;
  }
  bool on_bool(bool b, Error&) {
    stack.push_bool(b);
    return true;
  }
  bool on_null(Error&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, Error&) { return true; }
  bool on_comment(json::string_view, Error&) { return true; }
};

}  // namespace

Parsed parse_json(std::string_view text, std::size_t max_depth) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<Handler> parser(options);
  parser.handler().arena =
      json::make_shared_resource<json::monotonic_resource>(std::max<std::size_t>(1024, text.size()));
  Parsed parsed;
  Error error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) error = json::error::extra_data;
  if (error) {
    parsed.problem = error.message();
    parsed.offset = read;
  } else {
    parsed.value = parser.handler().stack.release();
  }
  return parsed;
}

}  // namespace alliance::schema
