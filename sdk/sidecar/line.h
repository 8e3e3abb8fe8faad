// SPDX-License-Identifier: Apache-2.0
// Bytes from and to one other side, plain or under TLS. All on the thread of the sockets.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <span>

namespace alliance::sidecar {

class Line {
 public:
  using Done = std::function<void(boost::system::error_code bad)>;
  using Came = std::function<void(boost::system::error_code bad, std::size_t bytes)>;

  // Without papers it is plain.
  static std::unique_ptr<Line> over(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* papers);
  virtual ~Line() = default;

  virtual void begin(Done done) = 0;  // what comes before bytes
  virtual void read(std::span<char> to, Came came) = 0;
  // True: all of it is on its way, and `done` will not be called. Else it is, later; the bytes must stay.
  virtual bool write(std::string_view bytes, Done done) = 0;
  virtual boost::asio::ip::tcp::socket& socket() = 0;
};

}  // namespace alliance::sidecar
