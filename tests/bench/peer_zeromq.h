// SPDX-License-Identifier: Apache-2.0
// ZeroMQ over TCP: PUSH and PULL, a message a frame; REQ and REP.
#pragma once

#include <zmq.h>

#include <atomic>
#include <thread>

#include "content.h"
#include "pairs.h"

namespace bench {

class ZeroMqPair {
 public:
  ZeroMqPair(int near, int far, const Bytes& frame) : frame_(frame), context_(zmq_ctx_new()) {
    near_ = zmq_socket(context_, near);
    far_ = zmq_socket(context_, far);
    char address[64];
    std::size_t size = sizeof address;
    need(zmq_bind(far_, "tcp://127.0.0.1:*") == 0, "a ZeroMQ socket");
    zmq_getsockopt(far_, ZMQ_LAST_ENDPOINT, address, &size);
    need(zmq_connect(near_, address) == 0, "a ZeroMQ connection");
  }
  ~ZeroMqPair() {
    zmq_close(near_);
    if (far_ != nullptr) zmq_close(far_);
    zmq_ctx_term(context_);
  }
  ZeroMqPair(const ZeroMqPair&) = delete;
  ZeroMqPair& operator=(const ZeroMqPair&) = delete;

 protected:
  const Bytes frame_;
  void* context_;
  void *near_, *far_;
};

class ZeroMqStream : public ZeroMqPair {
 public:
  explicit ZeroMqStream(const Bytes& frame) : ZeroMqPair(ZMQ_PUSH, ZMQ_PULL, frame) {}
  void operator()(std::uint64_t writes) {
    const std::uint64_t frames = writes * 64;
    std::thread taking([&] {
      zmq_msg_t message;
      zmq_msg_init(&message);
      for (std::uint64_t i = 0; i < frames; ++i) zmq_msg_recv(&message, far_, 0);
      zmq_msg_close(&message);
    });
    for (std::uint64_t i = 0; i < frames; ++i) zmq_send(near_, frame_.data(), frame_.size(), 0);
    taking.join();
  }
};

class ZeroMqPingPong : public ZeroMqPair {
 public:
  explicit ZeroMqPingPong(const Bytes& frame) : ZeroMqPair(ZMQ_REQ, ZMQ_REP, frame) {
    thread_ = std::thread([this] {
      zmq_msg_t message;
      zmq_msg_init(&message);
      while (zmq_msg_recv(&message, far_, 0) > 1) zmq_send(far_, frame_.data(), frame_.size(), 0);
      zmq_send(far_, "", 0, 0);
      zmq_msg_close(&message);
    });
  }
  ~ZeroMqPingPong() {
    zmq_send(near_, "", 0, 0);
    thread_.join();
  }
  void operator()(std::uint64_t times) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (times-- > 0) {
      zmq_send(near_, frame_.data(), frame_.size(), 0);
      zmq_msg_recv(&message, near_, 0);
    }
    zmq_msg_close(&message);
  }

 private:
  std::thread thread_;
};

}  // namespace bench
