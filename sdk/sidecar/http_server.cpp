// SPDX-License-Identifier: Apache-2.0
// One thread for all sockets, a few for what may block: no thread per connection. A connection costs its buffers.
#include "http_server.h"

#include <netinet/tcp.h>
#include <sys/resource.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <set>
#include <sstream>

namespace alliance::sidecar {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;

constexpr auto heartbeat = std::chrono::seconds(15);
constexpr std::size_t most_targets = 8192;
constexpr std::size_t small_body = std::size_t{64} << 10;  // what is larger keeps nobody else waiting
constexpr int stream_buffer = 64 << 10;                    // of the kernel's, for a stream that nobody reads

class Open {  // a connection, as the server sees it
 public:
  virtual ~Open() = default;
  virtual void news() = 0;       // for streams: there may be something to send
  virtual void beat() = 0;       // for streams: say that the line is up
  virtual void wind_down() = 0;  // end when nothing is under way
};

struct Shared {
  Sidecar& sidecar;
  Log log;
  asio::io_context io{1};
  asio::thread_pool workers;
  std::set<Open*> open;  // on the thread of the sockets alone
  bool stopping = false;
  asio::executor_work_guard<asio::io_context::executor_type> keep{io.get_executor()};

  Shared(Sidecar& its, Log to) : sidecar(its), log(std::move(to)), workers(its.settings().limits.workers) {}
  const Limits& limits() const { return sidecar.settings().limits; }
  void end_if_empty() {
    if (stopping && open.empty()) keep.reset();
  }
};

Request request_of(const http::request<http::string_body>& from, std::string address) {
  Request out{std::string(from.method_string()), std::string(from.target()), {}, from.body(), std::move(address)};
  for (const auto& field : from) {
    std::string name(field.name_string());
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    auto& value = out.headers[name];
    value += (value.empty() ? "" : ", ") + std::string(field.value());
  }
  return out;
}

template <class Stream>
class Connection final : public Open, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... More>
  Connection(std::shared_ptr<Shared> shared, tcp::socket socket, More&... more)
      : shared_(std::move(shared)), stream_(std::move(socket), more...) {
    boost::system::error_code bad;
    address_ = lowest().socket().remote_endpoint(bad).address().to_string();
    shared_->open.insert(this);
    ++shared_->sidecar.metrics().connections;
  }
  ~Connection() override {
    shared_->open.erase(this);
    --shared_->sidecar.metrics().connections;
    if (subscription_) --shared_->sidecar.metrics().streams;
    shared_->end_if_empty();
  }

  void begin() {
    if constexpr (std::is_same_v<Stream, Secure>) {
      lowest().expires_after(std::chrono::seconds(shared_->limits().request_seconds));
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](boost::system::error_code bad) {
                                if (!bad) self->read(true);
                              });
    } else {
      read(true);
    }
  }

  void news() override {
    if (!subscription_) return;
    if (busy_) {
      asked_again_ = true;
    } else {
      ask();
    }
  }
  void beat() override {
    if (subscription_ && !busy_) send_piece(":\n\n");
  }
  void wind_down() override {
    if (idle_ || (subscription_ && !busy_)) close();
    last_ = true;
  }

 private:
  Plain& lowest() { return beast::get_lowest_layer(stream_); }

  // ---- Requests ----------------------------------------------------------------------------------------------------

  void read(bool first) {
    parser_.emplace();
    parser_->body_limit(shared_->limits().body_bytes);
    parser_->header_limit(static_cast<std::uint32_t>(shared_->limits().header_bytes));
    idle_ = true;
    // A new connection has to say something soon, an old one may rest.
    const int patience = first ? shared_->limits().request_seconds : shared_->limits().idle_seconds;
    lowest().expires_after(std::chrono::seconds(patience));
    if (buffer_.size() > 0) return read_header();
    auto self = this->shared_from_this();
    stream_.async_read_some(buffer_.prepare(4096), [self](boost::system::error_code bad, std::size_t count) {
      if (bad) return;
      self->buffer_.commit(count);
      self->read_header();
    });
  }

  void read_header() {
    idle_ = false;
    lowest().expires_after(std::chrono::seconds(shared_->limits().request_seconds));
    auto self = this->shared_from_this();
    http::async_read_header(stream_, buffer_, *parser_, [self](boost::system::error_code bad, std::size_t) {
      if (bad) return self->refuse(bad);
      const auto& head = self->parser_->get();
      if (head.target().size() > most_targets) return self->end(problem(400, "the address is too long"));
      const bool body = self->parser_->chunked() || self->parser_->content_length().value_or(0) > 0;
      if (body) {
        const auto request = request_of(head, self->address_);
        auto& sidecar = self->shared_->sidecar;
        if (!sidecar.wants_body(request)) return self->end(sidecar.answer(request));
      }
      if (beast::iequals(head[http::field::expect], "100-continue")) return self->go_on();
      self->read_body();
    });
  }

  void go_on() {
    continue_ = {http::status::continue_, parser_->get().version()};
    auto self = this->shared_from_this();
    http::async_write(stream_, continue_, [self](boost::system::error_code bad, std::size_t) {
      if (!bad) self->read_body();
    });
  }

  void read_body() {
    auto self = this->shared_from_this();
    http::async_read(stream_, buffer_, *parser_, [self](boost::system::error_code bad, std::size_t) {
      if (bad) return self->refuse(bad);
      self->work();
    });
  }

  // What came is no request that can be answered in order; it is said why, where that helps, and the line is closed.
  void refuse(boost::system::error_code bad) {
    const auto& limits = shared_->limits();
    if (bad == http::error::body_limit) {
      return end(problem(413, "the body may have " + std::to_string(limits.body_bytes) + " bytes at most"));
    }
    if (bad == http::error::header_limit) {
      return end(problem(431, "the headers may have " + std::to_string(limits.header_bytes) + " bytes at most"));
    }
    if (bad == beast::error::timeout) {
      ++shared_->sidecar.metrics().turned_away;
      return;  // the socket is closed already
    }
    if (bad == http::error::end_of_stream || bad == http::error::partial_message ||
        bad.category() != http::make_error_code(http::error::bad_method).category()) {
      return close();
    }
    end(problem(400, "this is no HTTP/1.1 request"));
  }

  void end(Response response) {
    last_ = true;
    write(std::move(response));
  }

  void work() {
    auto message = parser_->release();
    last_ = !message.keep_alive() || shared_->stopping;
    version_ = message.version();
    auto request = request_of(message, address_);
    auto& sidecar = shared_->sidecar;
    if (request.body.size() <= small_body && sidecar.quick(request)) return write(sidecar.answer(request));
    auto& metrics = sidecar.metrics();
    if (metrics.waiting >= shared_->limits().waiting) {
      ++metrics.turned_away;
      return write(later(503, "too many requests are waiting", 1));
    }
    ++metrics.waiting;
    lowest().expires_never();  // the sidecar's own work is not the other side's to hurry
    // The connection goes with the answer: it ends on the thread of the sockets and on no other.
    asio::post(shared_->workers, [self = this->shared_from_this(), request = std::move(request)]() mutable {
      auto& io = self->shared_->io;
      auto response = std::make_shared<Response>(self->shared_->sidecar.answer(request));
      asio::post(io, [self = std::move(self), response] {
        --self->shared_->sidecar.metrics().waiting;
        self->write(std::move(*response));
      });
    });
  }

  void write(Response response) {
    message_ = {};
    message_.result(static_cast<unsigned>(response.status));
    message_.version(version_);
    message_.set(http::field::server, "alliance");
    if (!response.type.empty()) message_.set(http::field::content_type, response.type);
    for (const auto& [name, value] : response.headers) message_.insert(name, value);
    if (shared_->stopping) last_ = true;
    auto self = this->shared_from_this();
    lowest().expires_after(std::chrono::seconds(shared_->limits().request_seconds));
    if (response.stream) return begin_stream(std::move(response));
    message_.body() = std::move(response.body);
    message_.keep_alive(!last_);
    if (response.status != 304 && response.status != 204) message_.prepare_payload();
    http::async_write(stream_, message_, [self](boost::system::error_code bad, std::size_t) {
      if (bad) return;
      if (self->last_) return self->part();
      self->read(false);
    });
  }

  // The other side may still be sending what was refused: closed at once, it would lose the answer.
  void part() {
    boost::system::error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    lowest().expires_after(std::chrono::seconds(2));
    watch();
  }

  void close() {
    boost::system::error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
    lowest().close();
  }

  // ---- Streams -----------------------------------------------------------------------------------------------------

  void begin_stream(Response response) {
    if (shared_->stopping) return close();
    subscription_ = std::move(response.stream);
    ++shared_->sidecar.metrics().streams;
    message_.keep_alive(false);
    boost::system::error_code ignored;
    lowest().socket().set_option(asio::socket_base::send_buffer_size(stream_buffer), ignored);
    std::ostringstream head;
    head << message_.base();
    lowest().expires_never();
    watch();
    send_piece(head.str() + "retry: 3000\n\n");
  }

  // The kernel finds whom it no longer hears from, we find who takes nothing: either may be first, and it is counted
  // once.
  void let_go(boost::system::error_code bad) {
    if (subscription_ && !dropped_ && (bad == beast::error::timeout || bad == asio::error::timed_out)) {
      dropped_ = true;
      ++shared_->sidecar.metrics().dropped_streams;
    }
    close();
  }

  // Nothing more is expected; that the other side has gone is seen by reading.
  void watch() {
    auto self = this->shared_from_this();
    stream_.async_read_some(asio::buffer(nothing_), [self](boost::system::error_code bad, std::size_t) {
      if (bad) return self->let_go(bad);
      self->watch();
    });
  }

  void ask() {
    busy_ = true;
    asked_again_ = false;
    asio::post(shared_->workers, [self = this->shared_from_this()]() mutable {
      auto& io = self->shared_->io;
      auto text = std::make_shared<std::string>(self->shared_->sidecar.next(*self->subscription_));
      asio::post(io, [self = std::move(self), text] {
        self->busy_ = false;
        if (self->shared_->stopping) return self->close();
        if (!text->empty()) return self->send_piece(std::move(*text));
        if (self->asked_again_) self->ask();
      });
    });
  }

  void send_piece(std::string text) {
    busy_ = true;
    piece_ = std::move(text);
    write_piece();
  }

  // Whoever has not taken a piece in time is let go: the socket closes, and the page comes back with its last id.
  void write_piece() {
    lowest().expires_after(std::chrono::seconds(shared_->limits().request_seconds));
    auto self = this->shared_from_this();
    asio::async_write(stream_, asio::buffer(piece_), [self](boost::system::error_code bad, std::size_t) {
      self->busy_ = false;
      if (bad) return self->let_go(bad);
      self->piece_ = {};
      if (self->shared_->stopping) return self->close();
      self->ask();
    });
  }

  std::shared_ptr<Shared> shared_;
  Stream stream_;
  std::string address_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> message_;
  http::response<http::empty_body> continue_;
  unsigned version_ = 11;
  bool idle_ = false, last_ = false;
  std::shared_ptr<Subscription> subscription_;
  std::string piece_;
  std::array<char, 512> nothing_{};
  bool busy_ = false, asked_again_ = false, dropped_ = false;
};

class Server final : public HttpServer {
 public:
  Server(Sidecar& sidecar, Log log)
      : shared_(std::make_shared<Shared>(sidecar, std::move(log))),
        acceptor_(shared_->io),
        beat_(shared_->io),
        rest_(shared_->io) {}

  Result<void> open() {
    const auto& settings = shared_->sidecar.settings();
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
    auto& io = shared_->io;
    shared_->sidecar.engine().on_news([shared = shared_, pending = std::make_shared<std::atomic<bool>>(false)] {
      if (pending->exchange(true)) return;  // one waking is enough for many reports
      asio::post(shared->io, [shared, pending] {
        *pending = false;
        for (Open* one : shared->open) one->news();
      });
    });
    accept();
    beat();
    io.run();
    shared_->workers.join();
    shared_->sidecar.engine().on_news({});
    tell();
    return {};
  }

  void stop() override {
    asio::post(shared_->io, [this] {
      if (shared_->stopping) return;
      shared_->stopping = true;
      shared_->log(ALLIANCE_LOG_INFO, "stopping: nobody new is served, and what was begun is answered");
      shared_->sidecar.stop();
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      beat_.cancel();
      rest_.cancel();
      const auto all = std::vector<Open*>(shared_->open.begin(), shared_->open.end());
      for (Open* one : all) one->wind_down();
      shared_->end_if_empty();
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
      if (shared_->open.size() >= shared_->limits().connections) {
        ++shared_->sidecar.metrics().turned_away;
      } else {
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        // Whose machine or network is gone acknowledges nothing and says nothing: the kernel closes it.
        const auto patience = static_cast<unsigned>(shared_->limits().request_seconds) * 1000;
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
        if (papers_) {
          std::make_shared<Connection<Secure>>(shared_, std::move(socket), *papers_)->begin();
        } else {
          std::make_shared<Connection<Plain>>(shared_, std::move(socket))->begin();
        }
      }
      accept();
    });
  }

  void tell() {
    if (const std::string line = shared_->sidecar.metrics().noteworthy(); !line.empty()) {
      shared_->log(ALLIANCE_LOG_WARNING, line);
    }
  }

  void beat() {
    beat_.expires_after(heartbeat);
    beat_.async_wait([this](boost::system::error_code ended) {
      if (ended) return;
      for (Open* one : shared_->open) one->beat();
      tell();
      beat();
    });
  }

  std::shared_ptr<Shared> shared_;
  tcp::acceptor acceptor_;
  asio::steady_timer beat_, rest_;
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
