// SPDX-License-Identifier: Apache-2.0
// A store with a few cases, recorded through host.h, and what the command made of it.
#pragma once

#include <algorithm>
#include <alliance/host.hpp>
#include <map>

#include "command.h"
#include "csv_reader.h"

namespace export_test {

inline constexpr std::int64_t second = 1'000'000, start = 1'772'000'000 * second, day = 86'400 * second;

using Row = std::map<std::string, std::string>;

inline std::vector<Row> table(const std::string& text) {
  std::vector<std::string> names;
  std::vector<Row> rows;
  alliance::tools::csv::Reader reader(',', [&](const alliance::tools::csv::Record& record) {
    EXPECT_EQ(record.fault(), "");
    if (!names.empty()) {
      EXPECT_EQ(record.size(), names.size());
    }
    Row row;
    for (std::size_t i = 0; i < record.size(); ++i) {
      if (names.size() <= i && rows.empty()) {
        names.emplace_back(record.cell(i));
      } else {
        row[names.at(i)] = record.cell(i);
      }
    }
    if (!row.empty()) rows.push_back(row);
    return true;
  });
  reader.feed(text);
  reader.finish();
  return rows;
}

class Recorded : public command_test::Command {
 protected:
  std::string store() const { return path("host.db"); }

  void open() {
    host_.emplace(alliance::HostOptions{.tenant = "trial",
                                        .store_path = store(),
                                        .config = R"({"safety":{"contact":"duty-desk"}})",
                                        .log = [](std::int32_t, const std::string&) {},
                                        .now = [] { return start; }});
    host_->load_folder(plugins());
    host_->run();
  }
  void close() { host_.reset(); }
  alliance::Host& host() { return *host_; }

  // "" when it was taken, else the sentence.
  std::string record(const std::string& case_id, const std::string& type, const std::string& body,
                     std::int64_t time = 0) {
    ++events_;
    const std::string event = R"({"id":"e)" + std::to_string(events_) + R"(","case":")" + case_id + R"(","time":)" +
                              std::to_string(start + (time == 0 ? events_ * second : time)) + R"(,"body_type":")" +
                              type + R"(","body":)" + body + "}";
    try {
      last = host().record(event);
      return "";
    } catch (const alliance::Error& refused) {
      return refused.what();
    }
  }
  void opened(const std::string& case_id, const std::string& arm, const std::string& scope, bool observed = false) {
    ASSERT_EQ(record(case_id, "CaseOpened", R"({"service":"s","practitioner":"p1","delivery":"blended"})"), "");
    ASSERT_EQ(record(case_id, "Allocated",
                     R"({"arm":")" + arm + R"(","site":"north","protocol_version":"1.0","observe_only":)" +
                         (observed ? "true" : "false") + "}"),
              "");
    if (scope.empty()) return;
    ASSERT_EQ(record(case_id, "ConsentGiven", R"({"scope":")" + scope + R"("})"), "");
  }
  static std::string sheet(const std::string& instrument, const std::vector<int>& values,
                           const std::string& more = "") {
    std::string answers;
    for (std::size_t i = 0; i < values.size(); ++i) {
      answers += (i == 0 ? "" : ",") + (R"({"item":")" + std::to_string(i + 1)) + R"(","value":)" +
                 std::to_string(values[i]) + "}";
    }
    return R"({"instrument":")" + instrument + R"(",)" + more + R"("answers":[)" + answers + "]}";
  }

  command_test::Said exported(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> call = {"export",  "study", "--store",       store(),     "--tenant", "trial",   "--out",
                                     path(out), "--key", path("the.key"), "--plugins", plugins(),  "--study", "TRIAL1"};
    call.insert(call.end(), more.begin(), more.end());
    return run(call);
  }
  // GAD-7 under another version, with the first band up to 5.
  void define(const std::string& version) {
    const std::string folder = plugins() + "/instruments/";
    std::ifstream in(folder + "gad-7.json");
    std::stringstream all;
    all << in.rdbuf();
    std::string mine = all.str();
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"1.0.0\"", "\"" + version + "\""},
                                   {"\"to\": 4}", "\"to\": 5}"},
                                   {"\"from\": 5", "\"from\": 6"}}) {
      ASSERT_NE(mine.find(from), std::string::npos) << from;
      mine.replace(mine.find(from), from.size(), to);
    }
    std::ofstream(folder + "gad-7-" + version + ".json") << mine;
  }
  std::string text(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }

  alliance::Recorded last;

 private:
  std::optional<alliance::Host> host_;
  std::int64_t events_ = 0;
};

}  // namespace export_test
