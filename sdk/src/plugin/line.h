// SPDX-License-Identifier: Apache-2.0
// The host's end of a socket to a runner: a call and its reply, what the plugin asks meanwhile, and what it says
// unasked. One caller at a time.
#pragma once

#include <alliance/plugin.h>

#include <chrono>
#include <functional>

#include "plugin/file.h"
#include "plugin/wire.h"

namespace alliance::plugin {

class Line {
 public:
  // Hears what is said unasked; false: that was none of its words.
  using Ear = std::function<bool(wire::Op said, wire::Reader& what)>;
  Line(Descriptor socket, const alliance_services& services, Ear ear = {});
  ~Line() { hang_up(); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // Any failure is the end of the line. ALLIANCE_E_TIMEOUT, ALLIANCE_E_IO: gone, ALLIANCE_E_LIMIT: it sent what it may
  // not.
  Result<wire::Reader> call(wire::Op op, const wire::Writer& body, std::chrono::milliseconds patience,
                            int descriptor = -1);
  Result<void> hear_one(std::chrono::milliseconds patience);  // what was said between calls
  bool holds_word() const { return inlet_.holds_frame(); }    // it has come, and poll() does not tell of it
  void hang_up();                                             // whoever waits on it wakes up
  int socket() const { return socket_.get(); }

 private:
  Result<wire::Reader> answer(std::chrono::milliseconds patience);
  Result<void> serve(wire::Frame& frame, wire::Deadline deadline);

  const Descriptor socket_;
  wire::Inlet inlet_;
  const alliance_services& services_;
  const Ear ear_;
};

}  // namespace alliance::plugin
