// SPDX-License-Identifier: Apache-2.0
#include "runner.h"

#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "calls.h"
#include "plugin/file.h"
#include "plugin/negotiate.h"
#include "plugin/sandbox.h"
#include "services.h"
#include "ways.h"

namespace alliance::runner {
namespace {

using plugin::wire::Op;
using plugin::wire::Reader;
using plugin::wire::Writer;

constexpr int host_socket = 3;

struct Order : Wanted {
  std::string config;
  std::uint64_t services = 0;
  plugin::Bounds bounds;
};

Result<Order> read_order(Reader& from) {
  Order made;
  if (from.number() != plugin::wire::version) {
    return fail(ALLIANCE_E_VERSION, "the runner and the host are of different versions: install both from one build");
  }
  made.library = from.text();
  made.hash = from.text();
  made.folder = from.text();
  made.config = from.text();
  made.size = from.number();
  made.device = from.number();
  made.inode = from.number();
  made.services = from.number();
  made.bounds.memory_mib = from.number();
  made.bounds.network = from.number() != 0;
  for (auto* list : {&made.kinds, &made.bounds.read, &made.bounds.write}) {
    for (std::uint64_t left = from.number(); left > 0 && from.good(); --left) list->push_back(from.text());
  }
  made.bounds.read.push_back(made.folder);
  if (!from.good()) return fail(ALLIANCE_E_INTERNAL, "the host's first word cannot be read");
  return made;
}

class Runner {
 public:
  // From the host's first word to a plugin that can be called. `held` says what holds this process back.
  Result<void> start(const Program& program, Reader& from, std::string& held) {
    auto order = read_order(from);
    if (!order) return tl::unexpected(order.error());
    auto& readable = order->bounds.read;
    readable.insert(readable.end(), program.readable.begin(), program.readable.end());
    auto holding = plugin::hold_back(order->bounds);
    if (!holding) return tl::unexpected(holding.error());
    held = *holding;
    const auto make_services = [order = *order](int socket) {
      return std::make_unique<Services>(socket, order.folder, order.config, order.services);
    };
    services_ = make_services(host_socket);
    services_->begin();  // what a library does when it is loaded may log
    auto entry = program.load(*order);
    if (!entry) return tl::unexpected(entry.error());
    entry_ = *entry;
    if (auto good = plugin::check_entry(entry_); !good) return good;
    if (auto good = plugin::initialise(*entry_, *services_->table()); !good) return good;
    if (auto good = plugin::take_factories(*entry_, order->kinds, tables_); !good) {
      entry_->deinit();
      return good;
    }
    calls_ = std::make_unique<Calls>(tables_, *services_->table());
    ways_ = std::make_unique<Ways>(tables_.transport, [make_services] { return make_services(-1); });
    return {};
  }

  Result<void> reply(const Writer& body) {
    if (services_) return services_->reply(body);
    return plugin::wire::send(host_socket, Op::reply, body, plugin::wire::no_deadline);
  }

  int serve() {
    for (;;) {
      auto frame = services_->receive();
      if (!frame) return 0;  // the host is gone
      services_->begin();
      Writer answer;
      if (frame->op == Op::end) {
        entry_->deinit();
        static_cast<void>(reply(answer));
        return 0;
      }
      if (frame->op == Op::attach) {
        if (frame->descriptor.get() < 0 || tables_.transport.size == 0) return 2;
        ways_->serve(frame->descriptor.release());
        if (!reply(answer)) return 0;
        continue;
      }
      if (frame->op == Op::share) {
        calls_->share(std::move(frame->descriptor), frame->body.number(), answer);
        if (!reply(answer)) return 0;
        continue;
      }
      if (!calls_->answer(frame->op, frame->body, answer)) return 2;
      if (auto sent = reply(answer); !sent) return sent.error().status == ALLIANCE_E_LIMIT ? 3 : 0;
    }
  }

 private:
  std::unique_ptr<Services> services_;
  const alliance_plugin_entry* entry_ = nullptr;
  plugin::Tables tables_;
  std::unique_ptr<Calls> calls_;
  std::unique_ptr<Ways> ways_;
};

}  // namespace

int run(int parent, const Program& program) {
  struct stat status{};
  if (fstat(host_socket, &status) != 0 || !S_ISSOCK(status.st_mode)) {
    std::fputs("alliance-plugin-runner: a host starts this program; name it in plugin_runner of its configuration\n",
               stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return 0;  // it died before that
  umask(S_IRWXG | S_IRWXO);
  // Batches come one after another: what one took the next will need, and the system clears what it gives out.
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
  static Runner runner;  // never destroyed: the plugin's code may still stand on a thread
  // Nothing follows the host's first word before it has its answer.
  auto first = plugin::wire::Inlet(host_socket).receive(plugin::wire::no_deadline);
  if (!first || first->op != Op::start) return 2;
  std::string held;
  const auto started = runner.start(program, first->body, held);
  Writer body;
  body.number(static_cast<std::uint64_t>(std::int64_t{started ? ALLIANCE_OK : started.error().status}));
  body.text(started ? "" : started.error().message).text(started ? "" : started.error().detail).text(held);
  if (auto sent = runner.reply(body); !sent || !started) _exit(1);
  _exit(runner.serve());  // no destructor and no exit handler of a stranger's: what was to be ended is ended
}

}  // namespace alliance::runner
