// SPDX-License-Identifier: Apache-2.0
// An instrument that scores by way of Boost: which Boost it was built with, and how many tasks that one's Asio has run.
// Its contexts, services and thread-local stacks have another layout in each version.
#include <alliance/plugin.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <boost/version.hpp>
#include <chrono>

namespace {

const std::string id = "boost-" + std::to_string(BOOST_VERSION);

std::string definition_of_it() {
  return R"({"id": ")" + id + R"(", "version": "1.0.0", "title": "Tasks", "perspective": "client",
    "responses": [{"id": "tasks", "min": 0, "max": 1000}],
    "items": [{"id": "tasks", "response": "tasks"}],
    "scales": [{"id": "version", "method": "sum", "items": ["tasks"], "min": 0, "max": 1000000},
               {"id": "run", "method": "sum", "items": ["tasks"], "min": 0, "max": 1000}],
    "licence": {"holder": "the authors of this test", "terms": "Apache-2.0"},
    "keys_provenance": {"certainty": "own", "source": "made for this test"}, "not_validated": true,
    "vectors": [{"answers": [3], "expected": [{"scale": "run", "value": 3}]}]})";
}

class Counter final : public alliance::Measure {
 public:
  explicit Counter(const alliance::Services& services) : bytes_(services.encode("Instrument", definition_of_it())) {}
  alliance::Bytes definition() const override { return bytes_; }
  std::size_t items() const override { return 1; }
  std::size_t scales() const override { return 2; }

  void score(const alliance::Sheet& sheet, const alliance_missing*, std::span<alliance::Score> out) const override {
    if (!sheet.answered(0)) return;
    boost::asio::io_context context(1);
    int run = 0;
    boost::asio::steady_timer timer(context, std::chrono::microseconds(50));
    timer.async_wait([&](const boost::system::error_code& error) {
      if (error) throw alliance::Error(ALLIANCE_E_INTERNAL, "the timer failed: " + error.message());
      for (int at = 0; at < static_cast<int>(sheet.value(0)); ++at) boost::asio::post(context, [&run] { ++run; });
    });
    context.run();
    out[0] = {BOOST_VERSION, ALLIANCE_SCORED, 1, ALLIANCE_NO_BAND};
    out[1] = {static_cast<double>(run), ALLIANCE_SCORED, 1, ALLIANCE_NO_BAND};
  }

 private:
  alliance::Bytes bytes_;
};

void offer(alliance::Plugin& plugin) { plugin.add<Counter>({id, "1.0.0", "Tasks"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);
