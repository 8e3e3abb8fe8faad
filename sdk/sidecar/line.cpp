// SPDX-License-Identifier: Apache-2.0
#include "line.h"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace alliance::sidecar {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class PlainLine final : public Line {
 public:
  explicit PlainLine(tcp::socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
  }
  void begin(Done done) override { done({}); }
  void read(std::span<char> to, Came came) override {
    socket_.async_read_some(asio::buffer(to.data(), to.size()), std::move(came));
  }
  // Mostly there is room for an answer: then it is gone before another request is looked at.
  bool write(std::string_view bytes, Done done) override {
    boost::system::error_code bad;
    const std::size_t gone = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), bad);
    if (!bad && gone == bytes.size()) return true;
    asio::async_write(socket_, asio::buffer(bytes.data() + gone, bytes.size() - gone),
                      [done = std::move(done)](boost::system::error_code ended, std::size_t) { done(ended); });
    return false;
  }
  tcp::socket& socket() override { return socket_; }

 private:
  tcp::socket socket_;
};

class SecureLine final : public Line {
 public:
  SecureLine(tcp::socket socket, asio::ssl::context& papers) : stream_(std::move(socket), papers) {}
  void begin(Done done) override { stream_.async_handshake(asio::ssl::stream_base::server, std::move(done)); }
  void read(std::span<char> to, Came came) override {
    stream_.async_read_some(asio::buffer(to.data(), to.size()), std::move(came));
  }
  bool write(std::string_view bytes, Done done) override {
    asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                      [done = std::move(done)](boost::system::error_code ended, std::size_t) { done(ended); });
    return false;
  }
  tcp::socket& socket() override { return stream_.next_layer(); }

 private:
  asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Line> Line::over(tcp::socket socket, asio::ssl::context* papers) {
  if (papers == nullptr) return std::make_unique<PlainLine>(std::move(socket));
  return std::make_unique<SecureLine>(std::move(socket), *papers);
}

}  // namespace alliance::sidecar
