// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <memory>
#include <thread>

namespace alliance::messaging {

// One thread for the sockets of all socket links and what turns them. It ends with the last of them.
class IoThread {
 public:
  static std::shared_ptr<IoThread> shared();
  IoThread();
  ~IoThread();
  boost::asio::io_context& context() { return context_; }

  // Runs `work` there and waits until it is done; on that thread itself, at once.
  template <class Work>
  void run(Work work) {
    if (context_.get_executor().running_in_this_thread()) return work();
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace alliance::messaging
