// SPDX-License-Identifier: Apache-2.0
// together MANIFEST VERSION MANIFEST VERSION: both plugins live in one host, which has a Boost of its own, and are
// asked by turns from several threads. Each answers with the Boost that it was built with, and its tasks have run.
#include <alliance/host.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Asked {
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
  double version = 0;
};

void must(std::int32_t status, const alliance_error& error) {
  if (status == ALLIANCE_OK) return;
  std::printf("%s: %s\n", alliance_status_text(status), error.message);
  std::exit(1);
}

bool right(const Asked& asked, double tasks) {
  double values[2] = {};
  std::uint8_t states[2] = {};
  const alliance_sheets sheet = {sizeof sheet, 0, 1, 1, &tasks, nullptr};
  const alliance_scores out = {sizeof out, 0, 1, 2, values, states, nullptr, nullptr};
  return asked.ref.table->score(asked.ref.measure, &sheet, nullptr, &out, nullptr) == ALLIANCE_OK &&
         values[0] == asked.version && values[1] == tasks;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 || std::string(argv[2]) == argv[4]) {
    std::printf("two plugins of two different versions are needed\n");
    return 2;
  }
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = nullptr;
  must(alliance_host_create(&options, &host, &error), error);
  std::vector<Asked> both(2);
  for (int at = 0; at < 2; ++at) {
    must(alliance_host_load_plugin(host, argv[1 + 2 * at], &error), error);
    const std::string instrument = std::string("boost-") + argv[2 + 2 * at];
    must(alliance_host_find_measure(host, instrument.c_str(), nullptr, &both[at].ref, &error), error);
    both[at].version = std::atof(argv[2 + 2 * at]);
  }
  std::atomic<int> good = 0, wrong = 0;
  std::vector<std::thread> threads;
  for (int first = 0; first < 4; ++first) {
    threads.emplace_back([&, first] {
      for (int round = 0; round < 100; ++round)
        ++(right(both[(first + round) % 2], first * 100 + round) ? good : wrong);
    });
  }
  for (auto& thread : threads) thread.join();
  alliance_host_close(host);
  std::printf("Boost %s and %s in one host: %d right, %d wrong\n", argv[2], argv[4], good.load(), wrong.load());
  return wrong == 0 && good == 400 ? 0 : 1;
}
