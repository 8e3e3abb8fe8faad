// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>

#include "messaging/address.h"
#include "messaging/channel.h"
#include "messaging/io_thread.h"
#include "messaging/message.h"

namespace alliance::messaging {
namespace {

using Tcp = asio::ip::tcp;
using Endpoint = asio::generic::stream_protocol::endpoint;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

// One connection, from the first attempt to its end. Lives on the io thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(asio::io_context& context, Address address, Hello hello, const Patience& patience,
          std::optional<Papers> papers, Answering answering, Link::Events events)
      : address_(std::move(address)),
        papers_(std::move(papers)),
        answering_(std::move(answering)),
        hello_(std::move(hello)),
        patience_(patience),
        events_(std::move(events)),
        socket_(context),
        resolver_(context),
        deadline_(context) {}

  void start() { asio::co_spawn(socket_.get_executor(), run(), asio::detached); }

  void send(Bytes frame) {
    if (channel_) channel_->send(std::move(frame));
  }

  void close() {
    events_ = {};
    over(Failure{ALLIANCE_E_CANCELLED, "the link was closed", {}});
  }

 private:
  asio::awaitable<void> run() {
    const auto self = shared_from_this();
    if (auto ok = co_await connect(); !ok) {
      over(std::move(ok).error());
      co_return;
    }
    std::optional<TlsSession> tls;
    if (papers_) {
      auto session = papers_->session(socket_.native_handle(), address_.host);
      if (!session) {
        over(std::move(session).error());
        co_return;
      }
      tls.emplace(std::move(*session));
    }
    channel_ = std::make_shared<Channel>(Wire(std::move(socket_), std::move(tls)), patience_);
    if (auto ok = co_await channel_->handshake(patience_.connect); !ok) {
      over(std::move(ok).error());
      co_return;
    }
    if (over_) co_return;
    channel_->start();
    channel_->send(framed(Message(hello_)));
    bool greeted = false;
    for (;;) {
      auto messages = co_await channel_->receive(greeted ? std::nullopt : std::optional(patience_.connect));
      if (!messages) {
        over(std::move(messages).error());
        co_return;
      }
      for (const auto& message : *messages) {
        if (auto ok = take(message, greeted); !ok) {
          over(std::move(ok).error());
          co_return;
        }
      }
    }
  }

  asio::awaitable<Result<void>> connect() {
    deadline_.expires_after(patience_.connect);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (error || self->connected_) return;
      self->over({ALLIANCE_E_TIMEOUT, "no connection in time", {}});
    });
    auto endpoints = co_await find();
    if (over_) co_return fail(ALLIANCE_E_TIMEOUT, "no connection in time");
    if (!endpoints) co_return tl::unexpected(std::move(endpoints).error());
    const auto [error, endpoint] = co_await asio::async_connect(socket_, *endpoints, quiet);
    connected_ = true;
    deadline_.cancel();
    if (over_) co_return fail(ALLIANCE_E_TIMEOUT, "no connection in time");
    if (error) co_return tl::unexpected(socket_failure(error));
    co_return Result<void>();
  }

  asio::awaitable<Result<std::vector<Endpoint>>> find() {
    std::vector<Endpoint> endpoints;
    if (!address_.path.empty()) {
      endpoints.emplace_back(asio::local::stream_protocol::endpoint(address_.path));
      co_return endpoints;
    }
    std::vector<Tcp::endpoint> found;
    boost::system::error_code not_a_number;
    if (const auto ip = asio::ip::make_address(address_.host, not_a_number); !not_a_number) {
      found.emplace_back(ip, address_.port);
    } else {
      const auto [error, named] = co_await resolver_.async_resolve(address_.host, std::to_string(address_.port), quiet);
      if (error) co_return fail(ALLIANCE_E_IO, "the host is not known: " + error.message());
      for (const auto& one : named) found.push_back(one.endpoint());
    }
    if (!address_.insecure && !address_.tls) {
      std::erase_if(found, [](const Tcp::endpoint& one) { return !one.address().is_loopback(); });
      if (found.empty()) {
        co_return fail(
            ALLIANCE_E_DENIED,
            "the address is outside this machine and the link is not encrypted: write tls:// and give both sides "
            "certificates, or add ?insecure to the address to accept that");
      }
    }
    endpoints.assign(found.begin(), found.end());
    co_return endpoints;
  }

  Result<void> take(std::span<const std::uint8_t> bytes, bool& greeted) {
    auto message = read_message(bytes);
    if (!message) return tl::unexpected(std::move(message).error());
    if (const auto* refuse = std::get_if<Refuse>(&*message)) {
      if (refuse->position > 0 && greeted && events_.refused) {
        events_.refused({refuse->position, refuse->report, {refuse->status, refuse->sentence, {}}});
      }
      return fail(ALLIANCE_E_DENIED, "the receiver refused: " + refuse->sentence);
    }
    if (const auto* welcome = std::get_if<Welcome>(&*message); welcome && !greeted) {
      if (welcome->protocol != protocol) {
        return fail(ALLIANCE_E_VERSION, "the receiver speaks protocol " + std::to_string(welcome->protocol) +
                                            " and this sender " + std::to_string(protocol));
      }
      greeted = true;
      if (events_.opened) events_.opened();
      return {};
    }
    if (const auto* acknowledge = std::get_if<Acknowledge>(&*message); acknowledge && greeted) {
      if (events_.acknowledged) events_.acknowledged(acknowledge->position);
      return {};
    }
    if (const auto* ask = std::get_if<Ask>(&*message); ask && greeted) {
      hear(*ask);
      return {};
    }
    return fail(ALLIANCE_E_BAD_INPUT, "the receiver said something out of turn");
  }

  void hear(const Ask& ask) {
    if (!answering_)
      return channel_->send(framed(Message(Reply{ask.number, ALLIANCE_E_UNSUPPORTED, "nobody answers"})));
    answering_(ask, [weak = weak_from_this(), threads = std::weak_ptr(IoThread::shared())](const Reply& reply) {
      const auto io = threads.lock();
      if (!io) return;
      asio::post(io->context(), [weak, frame = framed(Message(reply))]() mutable {
        if (const auto self = weak.lock()) self->send(std::move(frame));
      });
    });
  }

  void over(Failure failure) {
    if (std::exchange(over_, true)) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
    resolver_.cancel();
    deadline_.cancel();
    if (channel_) channel_->close();
    if (events_.failed) events_.failed(std::move(failure));
  }

  Address address_;
  std::optional<Papers> papers_;
  Answering answering_;
  Hello hello_;
  Patience patience_;
  Link::Events events_;
  Wire::Socket socket_;
  Tcp::resolver resolver_;
  asio::steady_timer deadline_;
  std::shared_ptr<Channel> channel_;
  bool connected_ = false, over_ = false;
};

class SocketLink final : public Link {
 public:
  SocketLink(Address address, Hello hello, const Patience& patience, std::optional<Papers> papers, Answering answering)
      : address_(std::move(address)),
        hello_(std::move(hello)),
        patience_(patience),
        papers_(std::move(papers)),
        answering_(std::move(answering)),
        io_(IoThread::shared()) {}
  ~SocketLink() override { close(); }

  bool may_block() const override { return false; }

  Result<void> open(Events events) override {
    close();
    session_ =
        std::make_shared<Session>(io_->context(), address_, hello_, patience_, papers_, answering_, std::move(events));
    io_->run([this] { session_->start(); });
    return {};
  }

  Result<void> send(const Chunk& chunk) override {
    if (!session_) return fail(ALLIANCE_E_STATE, "the link is not open");
    io_->run([&] { session_->send(framed(chunk)); });
    return {};
  }

  void close() override {
    if (!session_) return;
    io_->run([session = std::exchange(session_, nullptr)] { session->close(); });
  }

 private:
  Address address_;
  Hello hello_;
  Patience patience_;
  std::optional<Papers> papers_;
  Answering answering_;
  std::shared_ptr<IoThread> io_;
  std::shared_ptr<Session> session_;
};

}  // namespace

Result<std::unique_ptr<Link>> socket_link(const std::string& address, const std::string& tenant, Lane lane,
                                          const Patience& patience, const TlsFiles& tls, Answering answering) {
  auto parsed = read_address(address);
  if (!parsed) return tl::unexpected(std::move(parsed).error());
  if (parsed->path.empty() && parsed->port == 0)
    return fail(ALLIANCE_E_INVALID, address + " has port 0: name the port that the receiver printed");
  Hello hello{protocol, tenant, lane, written(*parsed)};
  std::optional<Papers> papers;
  if (parsed->tls) {
    auto read = Papers::read(tls, Papers::Side::sender);
    if (!read) return tl::unexpected(std::move(read).error());
    papers = std::move(*read);
  }
  return std::make_unique<SocketLink>(std::move(*parsed), std::move(hello), patience, std::move(papers),
                                      std::move(answering));
}

}  // namespace alliance::messaging
