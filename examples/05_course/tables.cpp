// SPDX-License-Identifier: Apache-2.0
#include "tables.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

namespace course {
namespace {

namespace json = boost::json;
using Rows = std::vector<std::vector<std::string>>;

void print(const Rows& rows, std::ostream& out) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    out << " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << ' ' << row[i];
      if (i + 1 < row.size()) out << std::string(widths[i] - row[i].size() + 1, ' ');
    }
    out << "\n";
  }
}

// Fields that hold their default are absent from the JSON.
std::string text(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string{};
}

double real(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value && value->is_number() ? value->to_number<double>() : 0;
}

const json::array& list(const json::object& object, const char* name) {
  static const json::array none;
  const auto* value = object.if_contains(name);
  return value && value->is_array() ? value->as_array() : none;
}

const json::object& part(const json::object& object, const char* name) {
  static const json::object none;
  const auto* value = object.if_contains(name);
  return value && value->is_object() ? value->as_object() : none;
}

std::string number(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.4g", value);
  return out;
}

// First and last score of the client on whatever plays a role: never an instrument's id.
std::string first_to_last(const json::object& course, const std::string& role) {
  std::string first, last;
  for (const auto& sheet : list(course, "sheets")) {
    if (text(sheet.as_object(), "rater") != "client" || text(sheet.as_object(), "target") == "programme") continue;
    for (const auto& score : list(sheet.as_object(), "scores")) {
      const auto& roles = list(score.as_object(), "roles");
      const auto* value = score.as_object().if_contains("value");
      if (std::find(roles.begin(), roles.end(), json::value(role)) == roles.end() || value == nullptr) continue;
      last = number(value->to_number<double>());
      if (first.empty()) first = last;
    }
  }
  return first.empty() ? "-" : first + " to " + last;
}

std::string counted(const json::array& records, const char* inner, const char* field) {
  std::map<std::string, int> counts;
  for (const auto& record : records) {
    const auto& one = inner ? part(record.as_object(), inner) : record.as_object();
    const auto word = text(one, field);
    ++counts[word.empty() || word == "unset" ? "open" : word];
  }
  std::string out;
  for (const auto& [word, count] : counts) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + word;
  return out.empty() ? "-" : out;
}

std::vector<std::string> client_row(const json::object& summary, const json::object& review) {
  const auto& course = part(review, "course");
  std::vector<std::string> row = {text(summary, "id"), text(summary, "practitioner")};
  const auto* observed = summary.if_contains("observe_only");
  if (observed && observed->is_bool() && observed->as_bool()) {
    row.push_back("observed only");
    return row;
  }
  if (real(course, "consent_withdrawn") > 0) {
    row.push_back("consent withdrawn");
    return row;
  }
  std::size_t held = 0;
  for (const auto& session : list(course, "sessions")) held += text(session.as_object(), "state") == "held";
  const auto& account = part(course, "account");
  row.insert(row.end(),
             {text(summary, "delivery"), std::to_string(held) + "/" + number(real(course, "planned_sessions")),
              first_to_last(course, "alliance.pulse"), first_to_last(course, "alliance.total"),
              first_to_last(course, "symptom.depression"),
              number(real(account, "used")) + "/" + number(real(account, "planned")),
              counted(list(course, "signals"), "signal", "kind"),
              counted(list(course, "proposals"), nullptr, "decision"), std::to_string(list(course, "flags").size())});
  return row;
}

void print_factors(const json::object& review, std::ostream& out) {
  Rows rows;
  for (const auto& entry : list(review, "factors")) {
    const auto& row = entry.as_object();
    std::string indicators;
    for (const auto& one : list(row, "indicators")) {
      const auto& indicator = one.as_object();
      const auto* value = indicator.if_contains("value");
      const auto* suppressed = indicator.if_contains("suppressed");
      if (!indicators.empty()) indicators += "; ";
      indicators += text(indicator, "title") + ": ";
      if (suppressed && suppressed->is_bool() && suppressed->as_bool()) {
        indicators += "suppressed";
      } else {
        indicators += value ? number(value->to_number<double>()) + " " + text(indicator, "unit") : "-";
      }
    }
    auto code = text(row, "factor").substr(0, 2);
    std::transform(code.begin(), code.end(), code.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    rows.push_back({code, indicators});
  }
  print(rows, out);
}

}  // namespace

std::string date_of(std::int64_t instant) { return time_of(instant).substr(0, 10); }

std::string time_of(std::int64_t instant) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds{instant}};
  const year_month_day day{floor<days>(time)};
  const hh_mm_ss clock{time - floor<days>(time)};
  char out[48];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u %02d:%02d UTC", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return out;
}

std::int64_t begin_of_day(const std::string& date) {
  using namespace std::chrono;
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(date.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return 0;
  const year_month_day named{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  const std::int64_t begins = named.ok() ? microseconds(sys_days(named).time_since_epoch()).count() : 0;
  return date_of(begins) == date ? begins : 0;
}

void print_clients(Platform& platform, std::ostream& out) {
  Rows rows = {{"client", "pract.", "delivery", "sessions", "pulse", "alliance", "depression", "minutes", "signals",
                "proposals", "safety"}};
  for (const auto& entry : platform.cases(ALLIANCE_ROLE_SERVICE, "platform")) {
    const auto& one = entry.as_object();
    json::object review;
    try {
      review =
          platform.review(ALLIANCE_SCOPE_CASE, text(one, "id"), ALLIANCE_ROLE_PRACTITIONER, text(one, "practitioner"));
    } catch (const Failed&) {
      // An observed case is shown to nobody; its row says so.
    }
    rows.push_back(client_row(one, review));
  }
  out << "\nClients (the client's own answers, first to last; minutes used of those planned)\n";
  print(rows, out);
}

void print_services(Platform& platform, std::ostream& out) {
  std::vector<std::string> services;
  for (const auto& entry : platform.cases(ALLIANCE_ROLE_SERVICE, "platform")) {
    const auto id = text(entry.as_object(), "service");
    if (std::find(services.begin(), services.end(), id) == services.end()) services.push_back(id);
  }
  std::sort(services.begin(), services.end());
  for (const auto& id : services) {
    out << "\nService " << id << "\n";
    print_factors(platform.review(ALLIANCE_SCOPE_SERVICE, id, ALLIANCE_ROLE_SERVICE, id), out);
  }
  out << "\nThe indicators are ours, inspired by Doukani et al. 2022, and not validated.\n"
         "A signal is a reason to ask the client, never a verdict and never a rating of a practitioner.\n";
}

}  // namespace course
