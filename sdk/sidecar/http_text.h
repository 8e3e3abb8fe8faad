// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 as text, without a socket: the bytes of a connection to one request after another, a response to its bytes.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <span>

#include "settings.h"

namespace alliance::sidecar {

class Incoming {
 public:
  explicit Incoming(const Limits& limits);
  ~Incoming();

  // From here on the next request; what came after the last one is kept.
  void begin();
  bool empty() const;  // nothing of it is here

  // Where what comes next is to be put, and how much came.
  std::span<char> room();
  void came(std::size_t bytes);

  enum class Step : std::uint8_t {
    more,   // bytes are needed
    head,   // the head is here, said once
    whole,  // all of it is here
    fault,  // it is no request that can be answered in order
  };
  Step step();

  // From the head on. What stands in a trailer is not read: nothing may come into force after it was looked at.
  Request& request();
  bool has_body() const;
  bool waits() const;  // Expect: 100-continue
  bool keeps_alive() const;
  unsigned version() const;  // 11: HTTP/1.1
  // After a fault: what to say.
  Response refusal() const;

 private:
  struct Parser;
  Step fault(int status, std::string why);
  Step read_head();

  const Limits& limits_;
  std::unique_ptr<Parser> parser_;
  std::vector<char> bytes_;
  std::size_t from_ = 0, until_ = 0;  // of bytes_: what is not read yet
  Request request_;
  int status_ = 400;
  std::string why_;
};

inline constexpr const char* go_on = "HTTP/1.1 100 Continue\r\n\r\n";

struct Framing {
  unsigned version = 11;
  bool keep_alive = true;
  bool head_only = false;      // it answers a HEAD
  std::string_view date = {};  // as http_date() writes it; empty: it is not said
};
std::string http_date(std::time_t at);  // "Sun, 06 Nov 1994 08:49:37 GMT"
// A response whose body goes on as a stream ends with its head.
std::string bytes_of(const Response& response, const Framing& framing);

}  // namespace alliance::sidecar
