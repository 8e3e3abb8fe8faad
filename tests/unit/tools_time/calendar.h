// SPDX-License-Identifier: Apache-2.0
// A calendar's file, and the command that takes it in.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "recorded.h"

namespace calendar_test {

// Lines end as they do in such a file. The body begins on line 4.
inline std::string calendar(const std::string& body) {
  std::string out;
  for (const char c : "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + body + "END:VCALENDAR\n") {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}
// What follows UID and DTSTAMP begins on its fourth line.
inline std::string appointment(const std::string& uid, const std::string& more) {
  return "BEGIN:VEVENT\nUID:" + uid + "\nDTSTAMP:20260110T080000Z\nCLASS:PRIVATE\n" + more + "END:VEVENT\n";
}
inline std::string later(std::string text) {
  const std::string from = "20260110T080000Z", to = "20260111T080000Z";
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class Calendar : public export_test::Recorded {
 protected:
  // On 20 February 2026.
  command_test::Said import(const std::string& text, std::vector<std::string> more = {}) {
    std::vector<std::string> call = {"import", "calendar", file("in.ics", text), "--now", "2026-02-20"};
    call.insert(call.end(), more.begin(), more.end());
    return run(call);
  }
  command_test::Said recorded(const std::string& text, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--record", "--store", store(), "--tenant", "trial", "--config",
                             file("config.json", R"({"safety":{"contact":"duty-desk"}})"), "--plugins", with_schedule(),
                             "--practitioner", "p1"});
    return import(text, more);
  }
  // The course of a case as its practitioner sees it, in JSON.
  std::string course(const std::string& case_id) {
    open();
    const std::string made = host().review(ALLIANCE_SCOPE_CASE, case_id, {ALLIANCE_ROLE_PRACTITIONER, "p1"});
    close();
    return made;
  }
  // Minutes used in a case, as its account has them.
  double used(const std::string& case_id) {
    const std::string text = course(case_id), word = R"("account":{)";
    const auto account = text.find(word);
    if (account == std::string::npos) return -1;
    // The sum stands behind the kinds of work.
    const auto list_end = text.find(']', account);
    const auto place = text.find(R"("used":)", list_end == std::string::npos ? account : list_end);
    const auto next = text.find('}', list_end == std::string::npos ? account : list_end);
    return place == std::string::npos || place > next ? 0 : std::atof(text.c_str() + place + 7);
  }
  // Beside the instruments the timing policy, which keeps the account.
  std::string with_schedule() {
    namespace fs = std::filesystem;
    const fs::path from = ALLIANCE_PLUGIN_DIR, to = plugins();
    if (fs::exists(to / "session-schedule")) return to.string();
    for (const auto* name : {"session-schedule.alliance.json", "liballiance_session-schedule.so"}) {
      fs::copy_file(from / name, to / name);
    }
    fs::copy(from / "session-schedule", to / "session-schedule", fs::copy_options::recursive);
    return to.string();
  }
};

}  // namespace calendar_test
