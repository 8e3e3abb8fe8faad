// SPDX-License-Identifier: Apache-2.0
#include "messaging/io_thread.h"

#include <csignal>
#include <mutex>

namespace alliance::messaging {

std::shared_ptr<IoThread> IoThread::shared() {
  static std::mutex mutex;
  static std::weak_ptr<IoThread> current;
  const std::lock_guard lock(mutex);
  auto thread = current.lock();
  if (!thread) current = thread = std::make_shared<IoThread>();
  return thread;
}

IoThread::IoThread()
    : thread_([this] {
        // Signals are the embedding program's, for its own threads.
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        context_.run();
      }) {}

IoThread::~IoThread() {
  keep_.reset();
  context_.stop();
  thread_.join();
}

}  // namespace alliance::messaging
