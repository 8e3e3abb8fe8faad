// SPDX-License-Identifier: Apache-2.0
#include "http_server.h"

#include <netinet/tcp.h>
#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "connection.h"

namespace alliance::sidecar {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr auto tick_of_time = std::chrono::milliseconds(1000 / Floor::ticks_a_second);
constexpr int heartbeat = 15 * Floor::ticks_a_second;

class Server final : public HttpServer {
 public:
  Server(Sidecar& sidecar, Log log)
      : floor_(std::make_shared<Floor>(sidecar, std::move(log))),
        acceptor_(floor_->io),
        ticker_(floor_->io),
        rest_(floor_->io) {
    floor_->at_end = [this] { ticker_.cancel(); };  // nothing is left to do then
  }

  Result<void> open() {
    const auto& settings = floor_->sidecar.settings();
    if (!settings.certificate.empty()) {
      if (auto fine = read_papers(settings); !fine) return fine;
    }
    boost::system::error_code bad;
    const tcp::endpoint where(asio::ip::make_address(settings.address), settings.port);
    acceptor_.open(where.protocol(), bad);
    if (!bad) acceptor_.set_option(asio::socket_base::reuse_address(true), bad);
    if (!bad) acceptor_.bind(where, bad);
    if (!bad) acceptor_.listen(1024, bad);
    if (bad)
      return fail(ALLIANCE_E_IO,
                  "cannot listen on " + settings.address + ":" + std::to_string(settings.port) + ": " + bad.message());
    const std::string host = where.address().is_v6() ? "[" + settings.address + "]" : settings.address;
    url_ = (papers_ ? "https://" : "http://") + host + ":" + std::to_string(acceptor_.local_endpoint().port());
    return {};
  }

  std::string url() const override { return url_; }

  Result<void> run() override {
    raise_files();
    floor_->sidecar.engine().on_news([floor = floor_, pending = std::make_shared<std::atomic<bool>>(false)] {
      if (pending->exchange(true)) return;  // one waking is enough for many reports
      // Not held by what lies in its own queue: nobody comes for that once the sockets' thread has ended.
      asio::post(floor->io, [there = std::weak_ptr(floor), pending] {
        *pending = false;
        const auto here = there.lock();
        if (!here) return;
        for (Connection* one : here->open) one->news();
      });
    });
    accept();
    tick();
    floor_->io.run();
    floor_->workers.join();
    floor_->sidecar.engine().on_news({});
    tell();
    return {};
  }

  void stop() override {
    asio::post(floor_->io, [this] {
      if (floor_->stopping) return;
      floor_->stopping = true;
      floor_->log(ALLIANCE_LOG_INFO, "stopping: nobody new is served, and what was begun is answered");
      floor_->sidecar.stop();
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      rest_.cancel();
      for (Connection* one : floor_->open) one->wind_down();
      floor_->end_if_empty();
    });
  }

 private:
  Result<void> read_papers(const Settings& settings) {
    papers_.emplace(asio::ssl::context::tls_server);
    papers_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_tlsv1_2);
    boost::system::error_code bad;
    papers_->use_certificate_chain_file(settings.certificate, bad);
    if (bad)
      return fail(ALLIANCE_E_INVALID,
                  "TLS: the certificate " + settings.certificate + " cannot be used: " + bad.message());
    papers_->use_private_key_file(settings.private_key, asio::ssl::context::pem, bad);
    if (bad)
      return fail(ALLIANCE_E_INVALID,
                  "TLS: the private key " + settings.private_key + " cannot be used, or is not the certificate's");
    return {};
  }

  // Each connection is a descriptor.
  static void raise_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
      files.rlim_cur = files.rlim_max;
      ::setrlimit(RLIMIT_NOFILE, &files);
    }
  }

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code bad, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (bad) {  // no descriptors left, most likely: others will leave
        rest_.expires_after(std::chrono::milliseconds(100));
        rest_.async_wait([this](boost::system::error_code ended) {
          if (!ended) accept();
        });
        return;
      }
      if (floor_->open.size() >= floor_->limits().connections) {
        ++floor_->sidecar.metrics().turned_away;
      } else {
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        // Whose machine or network is gone acknowledges nothing and says nothing: the kernel closes it.
        const auto patience = static_cast<unsigned>(floor_->limits().request_seconds) * 1000;
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
        auto line = Line::over(std::move(socket), papers_ ? &*papers_ : nullptr);
        std::make_shared<Connection>(floor_, std::move(line))->begin();
      }
      accept();
    });
  }

  void tell() {
    if (const std::string line = floor_->sidecar.metrics().noteworthy(); !line.empty()) {
      floor_->log(ALLIANCE_LOG_WARNING, line);
    }
  }

  // One timer for all, and none per request. While it stops, too: nobody may keep it from ending.
  void tick() {
    floor_->date = http_date(std::time(nullptr));
    ticker_.expires_after(tick_of_time);
    ticker_.async_wait([this](boost::system::error_code ended) {
      if (ended || (floor_->stopping && floor_->open.empty())) return;
      ++floor_->ticks;
      for (Connection* one : floor_->open) one->tick();
      if (floor_->ticks % heartbeat == 0) {
        for (Connection* one : floor_->open) one->beat();
        tell();
      }
      tick();
    });
  }

  std::shared_ptr<Floor> floor_;
  tcp::acceptor acceptor_;
  asio::steady_timer ticker_, rest_;
  std::optional<asio::ssl::context> papers_;
  std::string url_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(Sidecar& sidecar, Log log) {
  auto made = std::make_unique<Server>(sidecar, std::move(log));
  if (auto fine = made->open(); !fine) return tl::unexpected(fine.error());
  return made;
}

}  // namespace alliance::sidecar
