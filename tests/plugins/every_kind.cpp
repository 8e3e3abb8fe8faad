// SPDX-License-Identifier: Apache-2.0
// One of every kind, made to be asked for failures: what a test puts into a payload is what is thrown.
#include <alliance/plugin.hpp>

#include <stdexcept>

namespace {

struct NoException {};

// "throw ..." fails in that way; all else is given back.
alliance::Bytes echo(alliance::ByteView bytes) {
  const std::string text(alliance::text_of(bytes));
  if (text == "throw error") throw alliance::Error(ALLIANCE_E_DENIED, "refused on purpose", "what a person wrote", 42);
  if (text == "throw long") throw alliance::Error(ALLIANCE_E_DENIED, "x" + std::string(400, '\xC3') + "\n", "");
  if (text == "throw cut") {
    std::string umlauts;
    for (int i = 0; i < 200; ++i) umlauts += "\xC3\xA4";
    throw alliance::Error(ALLIANCE_E_DENIED, umlauts, "x" + umlauts);
  }
  if (text == "throw ok") throw alliance::Error(ALLIANCE_OK, "a failure that says it is none");
  if (text == "throw exception") throw std::runtime_error("what a person wrote");
  if (text == "throw memory") throw std::bad_alloc();
  if (text == "throw other") throw NoException{};
  return alliance::bytes_of(text);
}

std::string text(alliance::ByteView bytes) { return std::string(alliance::text_of(bytes)); }

class Timing final : public alliance::TimingPolicy {
 public:
  explicit Timing(int salt) : salt_(salt) {}
  alliance::Bytes plan(alliance::ByteView bytes, alliance_instant now) override {
    return alliance::bytes_of(text(echo(bytes)) + "@" + std::to_string(now) + "/" + std::to_string(salt_));
  }

 private:
  int salt_;
};

class Tailoring final : public alliance::TailoringPolicy {
 public:
  explicit Tailoring(const alliance::Services& services) : services_(services) {}
  alliance::Bytes propose(alliance::ByteView bytes, alliance::ByteView programme, alliance_instant) override {
    const std::string order = text(bytes);
    if (order == "log") services_.log(ALLIANCE_LOG_WARNING, "asked for proposals");
    if (order == "clock") return alliance::bytes_of(std::to_string(services_.now()));
    if (order == "config") return alliance::bytes_of(services_.config());
    if (order == "folder") return alliance::bytes_of(services_.folder());
    if (order == "control") return alliance::bytes_of(std::string(services_.on_control() ? "yes" : "no"));
    if (order == "put") services_.put("key", 7, programme);
    if (order == "get") {
      const auto kept = services_.get("key");
      return kept ? alliance::bytes_of(std::to_string(kept->version) + ":" + text(kept->bytes))
                  : alliance::bytes_of(std::string("none"));
    }
    if (order == "encode") return services_.encode("HostConfig", text(programme));
    if (order == "decode") return alliance::bytes_of(services_.decode("HostConfig", programme));
    if (order == "report") services_.report(programme);
    return alliance::bytes_of(text(programme));
  }

 private:
  alliance::Services services_;
};

class Programme final : public alliance::ProgrammeAdapter {
 public:
  alliance::Bytes catalogue() const override { return alliance::bytes_of(std::string("catalogue")); }
  alliance::Bytes ingest(alliance::ByteView payload) override { return echo(payload); }
};

class Wire final : public alliance::Transport {
 public:
  Wire(const alliance::Services&, const std::string& endpoint, alliance::TransportEvents events) : events_(events) {
    if (endpoint == "nowhere") throw std::runtime_error("nowhere cannot be reached");
  }
  ~Wire() override { events_.failed(ALLIANCE_E_STATE, "closing"); }
  void send(std::uint64_t position, alliance::ByteView batch) override {
    if (position == 13) return events_.refused(position, "r-1", ALLIANCE_E_BAD_INPUT, "unlucky");
    events_.under_way();
    if (!echo(batch).empty()) events_.acknowledged(position);
  }

 private:
  alliance::TransportEvents events_;
};

// As many scales as its version says; an answer of 9 is none of the options, 13 a fault.
class Wide final : public alliance::Measure {
 public:
  Wide(std::string name, std::size_t scales) : name_(std::move(name)), scales_(scales) {}
  alliance::Bytes definition() const override { return alliance::bytes_of(name_); }
  std::size_t items() const override { return 2; }
  std::size_t scales() const override { return scales_; }
  void score(const alliance::Sheet& sheet, const alliance_missing*, std::span<alliance::Score> out) const override {
    for (std::size_t scale = 0; scale < out.size(); ++scale) {
      out[scale] = {sheet.value(0) + static_cast<double>(scale), ALLIANCE_SCORED, 2, 0};
    }
    if (sheet.value(1) == 9) throw alliance::Error(ALLIANCE_E_BAD_INPUT, "item-2: 9 is no option", "9");
    if (sheet.value(1) == 13) throw std::runtime_error("unlucky");
  }

 private:
  std::string name_;
  std::size_t scales_;
};

void offer(alliance::Plugin& plugin) {
  if (plugin.services().config().find("refuse") != std::string::npos) {
    throw alliance::Error(ALLIANCE_E_DENIED, "the settings say no", "", 5);
  }
  if (plugin.services().config().find("twice") != std::string::npos)
    plugin.add<Timing>({"steady", "1.0.0", "Again"}, 1);
  plugin.add<Wide>({"wide", "1.9.0", "One scale"}, std::string("1.9.0"), std::size_t{1});
  plugin.add<Wide>({"wide", "1.10.0", "Twenty scales"}, std::string("1.10.0"), std::size_t{20});
  plugin.add<Wide>({"wide", "1.2.0", "Two scales"}, std::string("1.2.0"), std::size_t{2});
  plugin.add<Timing>({"steady", "1.0.0", "Steady"}, 3);
  plugin.add<Tailoring>({"servant", "1.0.0", "Does as it is told"});
  plugin.add<Programme>({"mirror", "1.0.0", "Mirror"});
  plugin.add<Wire>({"wire", "1.0.0", "Wire"});
}

}  // namespace

ALLIANCE_PLUGIN(offer);
