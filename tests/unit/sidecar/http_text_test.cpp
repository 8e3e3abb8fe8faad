// SPDX-License-Identifier: Apache-2.0
// Requests as bytes, whole and in pieces.
#include "sidecar/http_text.h"

#include <gtest/gtest.h>

namespace {

using alliance::sidecar::bytes_of;
using alliance::sidecar::Framing;
using alliance::sidecar::Incoming;
using alliance::sidecar::Limits;
using alliance::sidecar::Response;

// What becomes of these bytes when they come so many at a time: "POST /score body", "413", or "more".
std::vector<std::string> read_all(const std::string& bytes, std::size_t at_a_time, const Limits& limits) {
  std::vector<std::string> out;
  Incoming incoming(limits);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto room = incoming.room();
    const std::size_t count = std::min({at_a_time, room.size(), bytes.size() - at});
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, room.begin());
    incoming.came(count);
    at += count;
    for (auto step = incoming.step(); step != Incoming::Step::more; step = incoming.step()) {
      if (step == Incoming::Step::fault) {
        out.push_back(std::to_string(incoming.refusal().status));
        return out;
      }
      if (step == Incoming::Step::head) continue;
      const auto& request = incoming.request();
      out.push_back(request.method + " " + request.target + (request.body.empty() ? "" : " ") + request.body);
      if (!incoming.keeps_alive()) out.back() += " and no more";
      incoming.begin();
      if (incoming.empty()) break;
    }
  }
  if (!incoming.empty()) out.emplace_back("more");
  return out;
}

std::vector<std::string> read_in_pieces(const std::string& bytes, const Limits& limits = {}) {
  const auto at_once = read_all(bytes, bytes.size(), limits);
  for (const std::size_t size : {1, 3, 17}) EXPECT_EQ(read_all(bytes, size, limits), at_once) << bytes.substr(0, 200);
  return at_once;
}

std::string first(const std::string& bytes, const Limits& limits = {}) {
  const auto all = read_in_pieces(bytes, limits);
  return all.empty() ? "" : all.front();
}

using List = std::vector<std::string>;

TEST(HttpText, ReadsOneRequestAfterAnother) {
  EXPECT_EQ(read_in_pieces("GET /health HTTP/1.1\r\nHost: x\r\n\r\nPOST /score HTTP/1.1\r\nhost: x\r\ncontent-length: "
                           "2\r\n\r\n{}GET /a HTTP/1.1\r\nHost: x\r\n\r\n"),
            (List{"GET /health", "POST /score {}", "GET /a"}));
  EXPECT_EQ(first("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "GET / and no more");
  EXPECT_EQ(first("GET / HTTP/1.0\r\n\r\n"), "GET / and no more");
  EXPECT_EQ(first("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "GET /");
  EXPECT_EQ(first("GET http://proxy:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a?b");
  EXPECT_EQ(first("GET http://proxy HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /");
  EXPECT_EQ(first("GET http://proxy?b HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /?b");
}

TEST(HttpText, ReadsChunksAndNothingThatATrailerSays) {
  const std::string head = "POST /score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read_in_pieces(head + "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
            (List{"POST /score abcde", "GET /"}));
  EXPECT_EQ(read_in_pieces(head + "3\r\n0\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
            (List{"POST /score 0\r\n", "GET /"}));
  EXPECT_EQ(read_in_pieces("POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n0\r\n"),
            (List{"POST /score 0\r\n"}));
  Limits limits;
  Incoming incoming(limits);
  const std::string bytes = head + "1\r\n1\r\n0\r\nAuthorization: Bearer x\r\n\r\n";
  std::copy(bytes.begin(), bytes.end(), incoming.room().begin());
  incoming.came(bytes.size());
  EXPECT_EQ(incoming.step(), Incoming::Step::head);
  EXPECT_EQ(incoming.step(), Incoming::Step::whole);
  EXPECT_FALSE(incoming.request().headers.contains("authorization"));
}

// Whatever two readers could understand in two ways is refused.
TEST(HttpText, RefusesWhatIsNoRequest) {
  EXPECT_EQ(first("nonsense\r\n\r\n"), "400");
  EXPECT_EQ(first("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), "400");
  EXPECT_EQ(first("GET / HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(first("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), "400");
  EXPECT_EQ(first("GET / HTTP/1.1\r\nHost : x\r\n\r\n"), "400");
  EXPECT_EQ(first(std::string("GET /a") + '\0' + " HTTP/1.1\r\nHost: x\r\n\r\n"), "400");
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(first(head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "400");
  EXPECT_EQ(first(head + "Content-Length: -1\r\n\r\n{}"), "400");
  EXPECT_EQ(first(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"), "400");
  EXPECT_EQ(first(head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "501");
  EXPECT_EQ(first(head + "Transfer-Encoding: gzip\r\n\r\n"), "501");
  EXPECT_EQ(first("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400");
  EXPECT_EQ(first(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "400");
}

TEST(HttpText, HoldsItsLimits) {
  Limits limits;
  limits.body_bytes = 100;
  limits.header_bytes = 1024;
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(first(head + "Content-Length: 101\r\n\r\n", limits), "413");
  EXPECT_EQ(first(head + "Content-Length: 99999999999999999999\r\n\r\n", limits), "400");
  EXPECT_EQ(first(head + "Transfer-Encoding: chunked\r\n\r\n60\r\n" + std::string(96, 'x') + "\r\n6\r\n", limits),
            "413");
  EXPECT_EQ(first(head + "A: " + std::string(2000, 'x'), limits), "431");
  EXPECT_EQ(first("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n"), "414");
  // A chunk whose size never ends, and a trailer that does not.
  EXPECT_EQ(first(head + "Transfer-Encoding: chunked\r\n\r\n1;a=" + std::string(40'000, 'x'), limits), "431");
  EXPECT_EQ(first(head + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(40'000, 'x'), limits), "431");
}

TEST(HttpText, WritesAResponseInOnePiece) {
  Response response{200, "application/json", "{}", {{"ETag", "\"a\""}}, {}, {}};
  EXPECT_EQ(bytes_of(response, {}),
            "HTTP/1.1 200 OK\r\nServer: alliance\r\nContent-Type: application/json\r\nETag: \"a\"\r\nContent-Length: "
            "2\r\n\r\n{}");
  EXPECT_TRUE(bytes_of(response, {11, true, true}).ends_with("Content-Length: 2\r\n\r\n"));  // it answers a HEAD
  EXPECT_NE(bytes_of(response, {11, false, false}).find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(bytes_of(response, {10, true, false}).starts_with("HTTP/1.0 200 OK\r\n"));
  EXPECT_NE(bytes_of(response, {10, true, false}).find("Connection: keep-alive\r\n"), std::string::npos);
  EXPECT_EQ(alliance::sidecar::http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_NE(bytes_of(response, {11, true, false, "now"}).find("\r\nDate: now\r\n"), std::string::npos);
  response.status = 304;
  EXPECT_EQ(bytes_of(response, {}).find("Content-Length"), std::string::npos);
  EXPECT_TRUE(bytes_of(response, {}).ends_with("\r\n\r\n"));
}

}  // namespace
