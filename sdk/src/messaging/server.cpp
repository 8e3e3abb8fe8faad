// SPDX-License-Identifier: Apache-2.0
#include "messaging/server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <future>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "messaging/address.h"
#include "messaging/channel.h"
#include "messaging/receiver.h"

namespace alliance::messaging {
namespace {

using Tcp = asio::ip::tcp;
using Unix = asio::local::stream_protocol;
using Stream = asio::generic::stream_protocol;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_answers = 4096;  // queued for one connection that reads none of them

std::string name(const Stream::endpoint& endpoint) {
  const auto family = endpoint.protocol().family();
  if (family != AF_INET && family != AF_INET6) return "a process of this machine";
  Tcp::endpoint tcp;
  tcp.resize(endpoint.size());
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  const auto ip = tcp.address().to_string();
  return (tcp.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(tcp.port());
}

// The file of a socket outlives a receiver that was killed. What nobody listens on is taken away; anything
// else is left alone.
Result<void> make_room(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) {
    return fail(ALLIANCE_E_INVALID, path + " is there already and is no socket: name another path");
  }
  asio::io_context context;
  Unix::socket probe(context);
  boost::system::error_code error;
  probe.connect(Unix::endpoint(path), error);
  if (!error) return fail(ALLIANCE_E_STATE, "somebody listens on " + path + " already: end that one first");
  if (error != asio::error::connection_refused) {
    return fail(ALLIANCE_E_IO, path + " cannot be looked at: " + error.message());
  }
  ::unlink(path.c_str());
  return {};
}

class SocketServer final : public Server {
 public:
  SocketServer(Handlers handlers, const Options& options) : handlers_(std::move(handlers)), options_(options) {}
  ~SocketServer() override {
    if (!own_path_.empty()) ::unlink(own_path_.c_str());
  }

  Result<void> bind(const Address& address) {
    if (!address.tls && !options_.tenants.empty()) {
      return fail(ALLIANCE_E_INVALID, "tenants are tied to the names of certificates, and only tls:// has those");
    }
    if (address.tls) {
      auto read = Papers::read(options_.tls, Papers::Side::receiver);
      if (!read) return tl::unexpected(std::move(read).error());
      papers_ = std::move(*read);
    }
    return address.path.empty() ? bind_tcp(address) : bind_unix(address.path);
  }

  std::string address() const override { return address_; }

  Result<void> run() override {
    asio::co_spawn(context_, accept(), asio::detached);
    context_.run();
    return result_;
  }

  void stop() override {
    asio::post(context_, [this] { end({}); });
  }

  Result<Bytes> ask(const std::string& tenant, Ask ask, std::chrono::milliseconds within) override {
    if (context_.get_executor().running_in_this_thread()) {
      return fail(ALLIANCE_E_STATE, "the thread that runs the receiver cannot wait for itself: ask from another");
    }
    const auto question = std::make_shared<Question>();
    auto answer = question->answer.get_future();
    asio::post(context_,
               [this, tenant, ask = std::move(ask), question]() mutable { put(tenant, std::move(ask), question); });
    if (answer.wait_for(within) == std::future_status::ready) return answer.get();
    asio::post(context_, [this, question] { questions_.erase(question->number); });
    return fail(ALLIANCE_E_TIMEOUT, "the platform did not answer in time");
  }

 private:
  struct Question {
    std::uint64_t number = 0;
    const Channel* of = nullptr;
    std::promise<Result<Bytes>> answer;
  };

  void put(const std::string& tenant, Ask ask, const std::shared_ptr<Question>& question) {
    std::shared_ptr<Channel> channel;
    for (const auto& [weak, hello] : greeted_) {
      const auto one = weak.lock();
      if (!one || one->closed() || hello.tenant != tenant) continue;
      if (!channel || hello.lane == Lane::normal) channel = one;
    }
    if (!channel) {
      question->answer.set_value(fail(ALLIANCE_E_STATE, "the tenant's platform is not connected now"));
      return;
    }
    question->number = ask.number = ++asked_;
    question->of = channel.get();
    questions_.emplace(ask.number, question);
    channel->send(framed(Message(std::move(ask))));
  }

  // An answer of another connection, or to what nobody waits for any more, is nothing.
  void answered(const Channel& channel, Reply reply) {
    const auto found = questions_.find(reply.number);
    if (found == questions_.end() || found->second->of != &channel) return;
    auto& answer = found->second->answer;
    if (reply.status == ALLIANCE_OK) {
      answer.set_value(std::move(reply.payload));
    } else {
      answer.set_value(fail(reply.status, reply.sentence.empty() ? "the platform gave no reason" : reply.sentence));
    }
    questions_.erase(found);
  }

  void left(const Channel& channel) {
    std::erase_if(greeted_, [](const auto& one) { return one.first.expired(); });
    std::erase_if(questions_, [&](auto& one) {
      if (one.second->of != &channel) return false;
      one.second->answer.set_value(fail(ALLIANCE_E_IO, "the platform hung up before it answered"));
      return true;
    });
  }

  Result<void> bind_tcp(const Address& address) {
    boost::system::error_code error;
    auto ip = asio::ip::make_address(address.host, error);
    if (error && address.host == "localhost") {
      ip = asio::ip::address_v4::loopback();
      error.clear();
    }
    if (error) {
      return fail(ALLIANCE_E_INVALID, address.host + " is no IP address of this machine: write 127.0.0.1, or [::1]");
    }
    if (!ip.is_loopback() && !address.tls && !options_.insecure_bind) {
      return fail(ALLIANCE_E_DENIED,
                  address.host +
                      " can be reached from outside this machine and the link is not encrypted: listen on tls:// with "
                      "a certificate, or accept that with --insecure-bind");
    }
    const Stream::endpoint endpoint(Tcp::endpoint(ip, address.port));
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ALLIANCE_E_IO, "cannot listen on " + name(endpoint) + ": " + error.message());
    address_ = (address.tls ? "tls://" : "tcp://") + name(acceptor_.local_endpoint());
    return {};
  }

  Result<void> bind_unix(const std::string& path) {
    if (auto ok = make_room(path); !ok) return ok;
    boost::system::error_code error;
    const Unix::endpoint endpoint(path);
    acceptor_.open(endpoint.protocol(), error);
    // Before it is bound: the file never has more rights than these, whatever the umask.
    if (!error && ::fchmod(acceptor_.native_handle(), 0600) != 0) error.assign(errno, boost::system::system_category());
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) {
      own_path_ = path;
      if (::chmod(path.c_str(), 0600) != 0) error.assign(errno, boost::system::system_category());
    }
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ALLIANCE_E_IO, "cannot listen on " + path + ": " + error.message());
    address_ = "unix://" + path;
    return {};
  }

  asio::awaitable<void> accept() {
    while (acceptor_.is_open()) {
      Stream::socket socket(context_);
      Stream::endpoint peer;
      const auto [error] = co_await acceptor_.async_accept(socket, peer, quiet);
      if (!acceptor_.is_open()) co_return;
      if (error) {  // mostly: no descriptors left; connections that end give some back
        fault("cannot take a connection: " + error.message());
        retry_.expires_after(std::chrono::milliseconds(200));
        co_await retry_.async_wait(quiet);
        continue;
      }
      std::erase_if(channels_, [](const auto& one) { return one.expired(); });
      if (channels_.size() >= options_.connections) {
        fault(name(peer) + ": refused, " + std::to_string(options_.connections) + " connections are open already");
        continue;
      }
      std::optional<TlsSession> tls;
      if (papers_) {
        auto session = papers_->session(socket.native_handle(), {});
        if (!session) {
          fault(name(peer) + ": refused, " + session.error().message);
          continue;
        }
        tls.emplace(std::move(*session));
      }
      auto channel = std::make_shared<Channel>(Wire(std::move(socket), std::move(tls)), options_.patience);
      channels_.push_back(channel);
      asio::co_spawn(context_, serve(std::move(channel), name(peer)), asio::detached);
    }
  }

  // One conversation, counted for as long as it lasts.
  class Serving {
   public:
    explicit Serving(SocketServer& server) : server_(server) { ++server_.serving_; }
    ~Serving() {
      if (--server_.serving_ == 0 && server_.ended_) server_.linger_.cancel();
    }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

   private:
    SocketServer& server_;
  };

  asio::awaitable<void> serve(std::shared_ptr<Channel> channel, std::string peer) {
    co_await converse(channel, std::move(peer));
    left(*channel);
  }

  asio::awaitable<void> converse(std::shared_ptr<Channel> channel, std::string peer) {
    const Serving counted(*this);
    const auto met = co_await channel->handshake(options_.patience.connect);
    if (ended_) co_return;
    if (!met) {
      fault(peer + ": refused, " + met.error().message);
      co_await channel->drain(std::chrono::seconds(1));  // so that the alert arrives
      co_return;
    }
    channel->start();
    Conversation conversation;
    for (;;) {
      auto messages =
          co_await channel->receive(conversation.greeted() ? std::nullopt : std::optional(options_.patience.connect));
      if (ended_) co_return;
      std::optional<Refuse> refuse;
      if (messages) {
        refuse = take(channel, conversation, *messages, peer);
      } else if (messages.error().status == ALLIANCE_E_IO) {
        note(peer + ": " + messages.error().message);
        co_return;
      } else {
        refuse = Refuse{messages.error().message, 0, {}, 0};
      }
      if (ended_) co_return;
      if (refuse) {
        fault(peer + ": refused, " + (refuse->report.empty() ? "" : "report " + refuse->report + ": ") +
              refuse->sentence);
        channel->send(framed(Message(*refuse)));
        channel->finish();
        co_await channel->drain(std::chrono::seconds(1));
        co_return;
      }
    }
  }

  // All that came together is kept together, and acknowledged by one number.
  std::optional<Refuse> take(const std::shared_ptr<Channel>& speaking, Conversation& conversation,
                             Channel::Messages messages, const std::string& peer) {
    Channel& channel = *speaking;
    std::vector<Chunk> chunks;
    std::optional<Refuse> refuse;
    for (const auto& bytes : messages) {
      auto step = read_message(bytes).and_then([&](Message message) { return conversation.take(std::move(message)); });
      if (!step) {
        refuse = Refuse{step.error().message, 0, {}, 0};
        break;  // what came whole before it is kept all the same
      }
      if (step->greet && !may_speak(channel, conversation.hello())) {
        return Refuse{"this certificate may not speak for that tenant", 0, {}, 0};
      }
      if (step->greet) {
        greeted_.emplace_back(speaking, conversation.hello());
        channel.allow_batches();
        channel.send(framed(Message(Welcome{})));
        note(peer + ": connected, " + (conversation.hello().lane == Lane::safety ? "safety" : "normal") + " lane");
      }
      if (step->reply) answered(channel, std::move(*step->reply));
      if (step->chunk) chunks.push_back(std::move(*step->chunk));
    }
    if (chunks.empty()) return refuse;
    const auto settled = handlers_.settle(conversation.hello(), chunks);
    if (!settled) {
      end(tl::unexpected(settled.error()));
      return Refuse{settled.error().message, 0, {}, 0};
    }
    if (channel.queued() > most_answers) return Refuse{"the sender reads no acknowledgements", 0, {}, 0};
    if (settled->position > 0) channel.send(framed(Message(Acknowledge{settled->position})));
    if (const auto& no = settled->refused) return Refuse{no->why.message, no->position, no->report, no->why.status};
    return refuse;
  }

  bool may_speak(const Channel& channel, const Hello& hello) const {
    if (options_.tenants.empty()) return true;
    const auto names = channel.peer_names();
    const auto [first, last] = options_.tenants.equal_range(hello.tenant);
    return std::any_of(
        first, last, [&](const auto& one) { return std::find(names.begin(), names.end(), one.second) != names.end(); });
  }

  void end(Result<void> result) {
    if (std::exchange(ended_, true)) return;
    result_ = std::move(result);
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
    const auto each = [this](void (Channel::*what)()) {
      for (const auto& one : channels_) {
        if (const auto channel = one.lock()) (channel.get()->*what)();
      }
    };
    if (!result_ || serving_ == 0) return each(&Channel::close);
    each(&Channel::finish);  // acknowledgements that are on their way still leave
    linger_.expires_after(std::chrono::seconds(1));
    linger_.async_wait([each](boost::system::error_code error) {
      if (!error) each(&Channel::close);
    });
  }

  void note(const std::string& line) const {
    if (handlers_.note) handlers_.note(line);
  }
  void fault(const std::string& line) const {
    if (handlers_.fault) handlers_.fault(line);
  }

  asio::io_context context_{1};
  Handlers handlers_;
  Options options_;
  std::optional<Papers> papers_;
  asio::basic_socket_acceptor<Stream> acceptor_{context_};
  asio::steady_timer retry_{context_}, linger_{context_};
  std::vector<std::weak_ptr<Channel>> channels_;
  std::vector<std::pair<std::weak_ptr<Channel>, Hello>> greeted_;
  std::map<std::uint64_t, std::shared_ptr<Question>> questions_;
  std::uint64_t asked_ = 0;
  std::string address_, own_path_;
  Result<void> result_;
  std::size_t serving_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, Handlers handlers, const Options& options) {
  const auto parsed = read_address(address);
  if (!parsed) return tl::unexpected(parsed.error());
  auto server = std::make_unique<SocketServer>(std::move(handlers), options);
  if (auto ok = server->bind(*parsed); !ok) return tl::unexpected(std::move(ok).error());
  return server;
}

}  // namespace alliance::messaging
