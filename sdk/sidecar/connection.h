// SPDX-License-Identifier: Apache-2.0
// One other side: its requests in order, and the stream that the last of them may have asked for.
#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <set>

#include "http_text.h"
#include "line.h"
#include "sidecar.h"

namespace alliance::sidecar {

class Connection;

// What all connections share. One thread for all sockets, a few for what may block: no thread per connection.
struct Floor {
  Floor(Sidecar& its, Log to) : sidecar(its), log(std::move(to)), workers(its.settings().limits.workers) {}
  const Limits& limits() const { return sidecar.settings().limits; }
  void end_if_empty() {
    if (stopping && open.empty()) at_end();
  }

  static constexpr int ticks_a_second = 2;

  Sidecar& sidecar;
  Log log;
  boost::asio::io_context io{1};
  boost::asio::thread_pool workers;
  // On the thread of the sockets alone.
  std::set<Connection*> open;
  std::int64_t ticks = 0;  // a clock that costs nothing: patience needs no better one
  std::string date;        // of the last tick, for answers
  bool stopping = false;
  std::function<void()> at_end;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Floor> floor, std::unique_ptr<Line> line);
  ~Connection();

  void begin();
  void news();       // for streams: there may be something to send
  void beat();       // for streams: say that the line is up
  void tick();       // it may have been waited for long enough
  void wind_down();  // end when nothing is under way

 private:
  enum class Doing : std::uint8_t { beginning, resting, reading, working, answering, parting, streaming };
  using Then = void (Connection::*)();

  void within(int seconds) { deadline_ = floor_->ticks + std::int64_t{seconds} * Floor::ticks_a_second + 1; }
  void next(bool first);
  void read_more();
  void take();
  bool admitted();
  void end(Response response);
  void work();
  void answer(Response response);
  void answered();
  void send(std::string bytes, Then then);
  void part();
  void close();
  void begin_stream(Response response);
  void watch();
  void let_go(bool in_vain);
  void ask();
  void send_piece(std::string text);
  void piece_sent();

  std::shared_ptr<Floor> floor_;
  std::unique_ptr<Line> line_;
  std::string address_;
  Incoming incoming_;
  std::string out_;  // what is being sent
  std::array<char, 512> nothing_{};
  std::shared_ptr<Subscription> subscription_;
  std::int64_t deadline_ = 0;
  Doing doing_ = Doing::beginning;
  bool last_ = false, head_only_ = false;
  bool busy_ = false, asked_again_ = false, dropped_ = false;  // of a stream
};

}  // namespace alliance::sidecar
