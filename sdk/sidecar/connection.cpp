// SPDX-License-Identifier: Apache-2.0
// A request that is quick is read, answered and sent without a stop in between: requests that took turns would all be
// late, each waiting for a part of every other one.
#include "connection.h"

#include <boost/asio/post.hpp>
#include <limits>

namespace alliance::sidecar {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::size_t small_body = std::size_t{64} << 10;  // what is larger keeps nobody else waiting
constexpr int stream_buffer = 64 << 10;                    // of the kernel's, for a stream that nobody reads
constexpr int parting_seconds = 2;
constexpr auto never = std::numeric_limits<std::int64_t>::max();

}  // namespace

Connection::Connection(std::shared_ptr<Floor> floor, std::unique_ptr<Line> line)
    : floor_(std::move(floor)), line_(std::move(line)), incoming_(floor_->limits()) {
  boost::system::error_code bad;
  address_ = line_->socket().remote_endpoint(bad).address().to_string();
  floor_->open.insert(this);
  ++floor_->sidecar.metrics().connections;
}

Connection::~Connection() {
  floor_->open.erase(this);
  --floor_->sidecar.metrics().connections;
  if (subscription_) --floor_->sidecar.metrics().streams;
  floor_->end_if_empty();
}

void Connection::begin() {
  within(floor_->limits().request_seconds);
  line_->begin([self = shared_from_this()](boost::system::error_code bad) {
    if (!bad) self->next(true);
  });
}

void Connection::tick() {
  if (floor_->ticks < deadline_) return;
  if (doing_ == Doing::reading) ++floor_->sidecar.metrics().turned_away;
  if (doing_ == Doing::streaming) return let_go(true);
  close();
}

void Connection::wind_down() {
  if (doing_ == Doing::resting || (doing_ == Doing::streaming && !busy_)) close();
  last_ = true;
}

// ---- Requests ------------------------------------------------------------------------------------------------------

void Connection::next(bool first) {
  incoming_.begin();
  if (!incoming_.empty()) {  // it came with the one before; others are asking, too
    doing_ = Doing::reading;
    within(floor_->limits().request_seconds);
    return asio::post(floor_->io, [self = shared_from_this()] { self->take(); });
  }
  if (floor_->stopping) return close();
  doing_ = Doing::resting;
  // A new connection has to say something soon, an old one may rest.
  within(first ? floor_->limits().request_seconds : floor_->limits().idle_seconds);
  read_more();
}

void Connection::read_more() {
  line_->read(incoming_.room(), [self = shared_from_this()](boost::system::error_code bad, std::size_t count) {
    if (bad) return self->close();
    self->incoming_.came(count);
    if (self->doing_ == Doing::resting) {
      self->doing_ = Doing::reading;
      self->within(self->floor_->limits().request_seconds);
    }
    self->take();
  });
}

void Connection::take() {
  for (;;) {
    switch (incoming_.step()) {
      case Incoming::Step::more:
        return read_more();
      case Incoming::Step::head:
        if (!admitted()) return;
        break;
      case Incoming::Step::whole:
        return work();
      case Incoming::Step::fault:  // it is said why, and the line is closed
        head_only_ = incoming_.request().method == "HEAD";
        return end(incoming_.refusal());
    }
  }
}

// False: what is to come of it is begun.
bool Connection::admitted() {
  Request& request = incoming_.request();
  request.from = address_;
  head_only_ = request.method == "HEAD";
  auto& sidecar = floor_->sidecar;
  if (!incoming_.has_body()) return true;
  if (!sidecar.wants_body(request)) {
    end(sidecar.answer(request));
    return false;
  }
  if (!incoming_.waits() || !incoming_.empty()) return true;
  return line_->write(go_on, [self = shared_from_this()](boost::system::error_code bad) {
    if (!bad) self->take();
  });
}

void Connection::end(Response response) {
  last_ = true;
  answer(std::move(response));
}

void Connection::work() {
  last_ = !incoming_.keeps_alive() || floor_->stopping;
  Request& request = incoming_.request();
  auto& sidecar = floor_->sidecar;
  if (request.body.size() <= small_body && sidecar.quick(request)) return answer(sidecar.answer(request));
  auto& metrics = sidecar.metrics();
  if (metrics.waiting >= floor_->limits().waiting) {
    ++metrics.turned_away;
    return answer(later(503, "too many requests are waiting", 1));
  }
  ++metrics.waiting;
  doing_ = Doing::working;
  deadline_ = never;  // the sidecar's own work is not the other side's to hurry
  // The connection goes with the answer: it ends on the thread of the sockets and on no other.
  asio::post(floor_->workers, [self = shared_from_this(), request = std::move(request)]() mutable {
    auto& io = self->floor_->io;
    auto response = std::make_shared<Response>(self->floor_->sidecar.answer(request));
    asio::post(io, [self = std::move(self), response] {
      --self->floor_->sidecar.metrics().waiting;
      self->answer(std::move(*response));
    });
  });
}

void Connection::answer(Response response) {
  if (floor_->stopping) last_ = true;
  if (response.stream && !head_only_) return begin_stream(std::move(response));
  doing_ = Doing::answering;
  send(bytes_of(response, {incoming_.version(), !last_, head_only_, floor_->date}), &Connection::answered);
}

void Connection::answered() {
  out_ = {};
  if (last_) return part();
  next(false);
}

void Connection::send(std::string bytes, Then then) {
  out_ = std::move(bytes);
  within(floor_->limits().request_seconds);
  const bool sent = line_->write(out_, [self = shared_from_this(), then](boost::system::error_code bad) {
    if (bad) return self->let_go(bad == asio::error::timed_out);
    (self.get()->*then)();
  });
  if (sent) (this->*then)();
}

// The other side may still be sending what was refused: closed at once, it would lose the answer.
void Connection::part() {
  doing_ = Doing::parting;
  boost::system::error_code ignored;
  line_->socket().shutdown(tcp::socket::shutdown_send, ignored);
  within(parting_seconds);
  watch();
}

void Connection::close() {
  boost::system::error_code ignored;
  deadline_ = never;
  line_->socket().shutdown(tcp::socket::shutdown_both, ignored);
  line_->socket().close(ignored);
}

// ---- Streams -------------------------------------------------------------------------------------------------------

void Connection::begin_stream(Response response) {
  if (floor_->stopping) return close();
  subscription_ = std::move(response.stream);
  ++floor_->sidecar.metrics().streams;
  doing_ = Doing::streaming;
  boost::system::error_code ignored;
  line_->socket().set_option(asio::socket_base::send_buffer_size(stream_buffer), ignored);
  response.stream = subscription_;
  std::string head = bytes_of(response, {incoming_.version(), false, false, floor_->date});
  watch();
  send_piece(std::move(head) + "retry: 3000\n\n");
}

// Nothing more is expected; that the other side has gone is seen by reading.
void Connection::watch() {
  line_->read(nothing_, [self = shared_from_this()](boost::system::error_code bad, std::size_t) {
    if (bad) return self->let_go(bad == asio::error::timed_out);
    self->watch();
  });
}

// The kernel finds whom it no longer hears from, we find who takes nothing: either may be first, and it is counted
// once.
void Connection::let_go(bool in_vain) {
  if (subscription_ && !dropped_ && in_vain) {
    dropped_ = true;
    ++floor_->sidecar.metrics().dropped_streams;
  }
  close();
}

void Connection::news() {
  if (!subscription_) return;
  if (busy_) {
    asked_again_ = true;
  } else {
    ask();
  }
}

void Connection::beat() {
  if (subscription_ && !busy_) send_piece(":\n\n");
}

void Connection::ask() {
  busy_ = true;
  asked_again_ = false;
  deadline_ = never;
  asio::post(floor_->workers, [self = shared_from_this()]() mutable {
    auto& io = self->floor_->io;
    auto text = std::make_shared<std::string>(self->floor_->sidecar.next(*self->subscription_));
    asio::post(io, [self = std::move(self), text] {
      self->busy_ = false;
      if (self->floor_->stopping) return self->close();
      if (!text->empty()) return self->send_piece(std::move(*text));
      if (self->asked_again_) self->ask();
    });
  });
}

// Whoever has not taken a piece in time is let go: the socket closes, and the page comes back with its last id.
void Connection::send_piece(std::string text) {
  busy_ = true;
  send(std::move(text), &Connection::piece_sent);
}

void Connection::piece_sent() {
  busy_ = false;
  out_ = {};
  deadline_ = never;
  if (floor_->stopping) return close();
  ask();
}

}  // namespace alliance::sidecar
