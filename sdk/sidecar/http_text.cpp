// SPDX-License-Identifier: Apache-2.0
#include "http_text.h"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdio>

namespace alliance::sidecar {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t most_target = 8192;
constexpr std::size_t at_a_time = 4096;        // what an idle connection costs
constexpr std::size_t of_a_body = 64 << 10;    // read at a time
constexpr std::size_t least_buffer = 1 << 14;  // for what a chunk says beside its bytes
constexpr std::size_t least_end = 5;  // of a body in chunks, "0" and two line ends: Beast wants to see them at once

// "http://host/path" is "/path": a proxy may send either.
std::string without_host(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return std::string(target);
  const auto path = target.find_first_of("/?", scheme + 3);
  if (path == std::string_view::npos) return "/";
  return (target[path] == '?' ? "/" : "") + std::string(target.substr(path));
}

std::string lower_case(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

}  // namespace

struct Incoming::Parser {
  std::optional<http::request_parser<http::string_body>> one;
  bool told = false;  // its head
};

Incoming::Incoming(const Limits& limits) : limits_(limits), parser_(std::make_unique<Parser>()) { begin(); }
Incoming::~Incoming() = default;

void Incoming::begin() {
  auto& one = parser_->one.emplace();
  one.body_limit(limits_.body_bytes);
  one.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  parser_->told = false;
  request_ = {};
  if (from_ < until_) return;
  from_ = until_ = 0;
  if (bytes_.size() > at_a_time) bytes_ = {};
}

bool Incoming::empty() const { return from_ == until_; }

std::span<char> Incoming::room() {
  if (from_ > 0) {
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(from_), bytes_.begin() + static_cast<std::ptrdiff_t>(until_),
              bytes_.begin());
    until_ -= from_;
    from_ = 0;
  }
  const std::size_t wanted = parser_->told ? of_a_body : at_a_time;
  if (bytes_.size() < until_ + wanted / 2) bytes_.resize(until_ + wanted);
  return std::span(bytes_).subspan(until_);
}

void Incoming::came(std::size_t bytes) { until_ += bytes; }

Incoming::Step Incoming::fault(int status, std::string why) {
  status_ = status;
  why_ = std::move(why);
  return Step::fault;
}

Incoming::Step Incoming::step() {
  auto& one = *parser_->one;
  while (!one.is_done()) {
    if (empty()) return Step::more;
    const std::string_view waiting(bytes_.data() + from_, until_ - from_);
    if (parser_->told && one.chunked() && waiting.size() < least_end && waiting.starts_with("0\r\n")) return Step::more;
    boost::system::error_code bad;
    from_ += one.put(boost::asio::buffer(bytes_.data() + from_, until_ - from_), bad);
    if (bad == http::error::need_more) {
      // A chunk's extension or a trailer that does not end.
      const std::size_t most = std::max(limits_.header_bytes, least_buffer);
      return until_ - from_ > most ? fault(431, "what stands beside the body is too long") : Step::more;
    }
    if (bad == http::error::body_limit) {
      return fault(413, "the body may have " + std::to_string(limits_.body_bytes) + " bytes at most");
    }
    if (bad == http::error::header_limit) {
      return fault(431, "the headers may have " + std::to_string(limits_.header_bytes) + " bytes at most");
    }
    if (bad) return fault(400, "this is no HTTP/1.1 request");
    if (one.is_header_done() && !parser_->told) return read_head();
  }
  if (!parser_->told) return read_head();
  request_.body = std::move(one.get().body());
  return Step::whole;
}

Incoming::Step Incoming::read_head() {
  parser_->told = true;
  const auto& head = parser_->one->get();
  if (head.target().size() > most_target) {
    return fault(414, "the address may have " + std::to_string(most_target) + " bytes at most");
  }
  request_.method = std::string(head.method_string());
  request_.target = without_host({head.target().data(), head.target().size()});
  for (const auto& field : head) {
    auto& value = request_.headers[lower_case({field.name_string().data(), field.name_string().size()})];
    value += (value.empty() ? "" : ", ") + std::string(field.value());
  }
  // Whoever reads these otherwise than a proxy before it would see other requests.
  if (head.count(http::field::host) > 1 || (head.version() == 11 && head.count(http::field::host) == 0)) {
    return fault(400, "a request has one Host header");
  }
  if (const auto coding = request_.headers.find("transfer-encoding"); coding != request_.headers.end()) {
    if (lower_case(coding->second) != "chunked") return fault(501, "a body comes as it is, or in chunks");
    if (head.version() < 11) return fault(400, "HTTP/1.0 has no chunks");
  }
  return Step::head;
}

Request& Incoming::request() { return request_; }

bool Incoming::has_body() const {
  const auto& one = *parser_->one;
  return one.chunked() || one.content_length().value_or(0) > 0;
}

bool Incoming::waits() const {
  const auto found = request_.headers.find("expect");
  return version() == 11 && has_body() && found != request_.headers.end() &&
         lower_case(found->second) == "100-continue";
}

bool Incoming::keeps_alive() const { return parser_->one->is_header_done() && parser_->one->keep_alive(); }

unsigned Incoming::version() const { return parser_->told ? parser_->one->get().version() : 11; }

Response Incoming::refusal() const { return problem(status_, why_); }

std::string http_date(std::time_t at) {
  // Not strftime: its names are those of the locale.
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  char text[96];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[parts.tm_wday], parts.tm_mday,
                months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text;
}

std::string bytes_of(const Response& response, const Framing& framing) {
  const bool may_have_body = response.status >= 200 && response.status != 204 && response.status != 304;
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  const bool body = may_have_body && !framing.head_only && !response.stream;
  std::string out;
  out.reserve(256 + 64 * response.headers.size() + (body ? response.body.size() : 0));
  out += framing.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out.append(reason.data(), reason.size());
  out += "\r\nServer: alliance\r\n";
  const auto header = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (!framing.date.empty()) header("Date", framing.date);
  if (!response.type.empty()) header("Content-Type", response.type);
  for (const auto& [name, value] : response.headers) header(name, value);
  if (!framing.keep_alive) header("Connection", "close");
  if (framing.keep_alive && framing.version == 10) header("Connection", "keep-alive");
  if (may_have_body && !response.stream) header("Content-Length", std::to_string(response.body.size()));
  out += "\r\n";
  if (body) out += response.body;
  return out;
}

}  // namespace alliance::sidecar
