// SPDX-License-Identifier: Apache-2.0
#include "contacts_read.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "calendar_zones.h"
#include "csv_table.h"
#include "score_columns.h"

namespace alliance::tools::contacts {
namespace {

using appointments::Appointment;
using appointments::Labels;

constexpr std::pair<const char*, std::string Labels::*> label_columns[] = {
    {"kind", &Labels::kind},           {"case", &Labels::case_id}, {"practitioner", &Labels::practitioner},
    {"session", &Labels::session},     {"mode", &Labels::mode},    {"outcome", &Labels::outcome},
    {"component", &Labels::component}, {"review", &Labels::review}};

// The cells of one row by the names of their columns.
class Sheet {
 public:
  // Refuses a column that nobody knows: a misspelt one would be left out in silence.
  Result<void> header(std::vector<std::string> names, std::initializer_list<const char*> needed,
                      const std::set<std::string>& known) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!known.contains(names[i])) {
        std::string all;
        for (const auto& one : known) all += (all.empty() ? "" : ", ") + one;
        const bool alone = names.size() == 1;  // spreadsheets write what stands between columns where they are set up
        return fail(ALLIANCE_E_BAD_INPUT,
                    "column " + std::to_string(i + 1) + " is none of " + all +
                        (alone ? "; where it is no comma that separates columns, name what does by "
                                 "--delimiter"
                               : ""));
      }
      if (!places_.emplace(names[i], i).second)
        return fail(ALLIANCE_E_BAD_INPUT, "column " + names[i] + " stands twice");
    }
    for (const char* one : needed) {
      if (!places_.contains(one)) return fail(ALLIANCE_E_BAD_INPUT, std::string("column ") + one + " is missing");
    }
    columns_ = names.size();
    return {};
  }
  std::size_t columns() const { return columns_; }
  std::string cell(const csv::Record& record, const char* name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? std::string() : std::string(score::trimmed(record.cell(found->second)));
  }
  Labels labels(const csv::Record& record) const {
    Labels made;
    for (const auto& [name, label] : label_columns) made.*label = cell(record, name);
    return made;
  }

 private:
  std::map<std::string, std::size_t> places_;
  std::size_t columns_ = 0;
};

std::set<std::string> with_labels(std::set<std::string> names) {
  for (const auto& [name, label] : label_columns) names.insert(name);
  return names;
}

// Nothing, or why the row is no appointment.
std::string fill(Appointment& made, const Sheet& sheet, const csv::Record& record, const Reading& how,
                 const calendar::Zone* zone) {
  const auto instant = [&](const char* name, std::int64_t& out) -> std::string {
    const std::string text = sheet.cell(record, name);
    if (text.empty()) return {};
    const auto when = calendar::when_of(text, zone);
    if (when.needs_zone) {
      return std::string("column ") + name +
             " has no zone: say whose clock it is by --zone, for example --zone "
             "Europe/London, or write 2026-03-02T10:00Z";
    }
    if (!when.instant) return std::string("column ") + name + " is no time such as 2026-03-02T10:00";
    out = *when.instant;
    return {};
  };
  made.line = record.line();
  made.uid = sheet.cell(record, "id");
  made.labels = sheet.labels(record);
  if (made.uid.empty()) return "column id is empty: without it nobody could tell the row again";
  if (made.labels.kind.empty()) return "column kind is empty";
  for (const auto& [name, place] : {std::pair{"start", &made.from}, {"end", &made.until}, {"changed", &made.told}}) {
    if (auto why = instant(name, *place); !why.empty()) return why;
  }
  if (made.from == 0) return "column start is empty";
  const std::string minutes = sheet.cell(record, "minutes");
  if (!minutes.empty() && made.until != 0) return "columns end and minutes both say how long it took: leave one empty";
  if (!minutes.empty()) {
    const auto value = csv::number_of(minutes);
    if (!value || *value < 0 || *value > 1'000'000) return "column minutes is no number of minutes";
    made.until = made.from + static_cast<std::int64_t>(*value * 60) * calendar::second;
  }
  if (made.until == 0) return "columns end and minutes are both empty: how long it took is missing";
  made.told_is_stable = made.told != 0;
  if (made.told == 0) made.told = how.changed;
  const std::string revision = sheet.cell(record, "revision");
  const auto read = std::from_chars(revision.data(), revision.data() + revision.size(), made.sequence);
  if (!revision.empty() && (read.ec != std::errc() || read.ptr != revision.data() + revision.size())) {
    return "column revision is no number";
  }
  made.revised = made.sequence > 0;
  const std::string status = sheet.cell(record, "status");
  if (!status.empty() && status != "cancelled" && status != "confirmed") {
    return "column status is neither cancelled nor confirmed";
  }
  made.cancelled = status == "cancelled";
  return {};
}

}  // namespace

Result<Read> read(const std::string& path, const Reading& how) {
  std::shared_ptr<const calendar::Zone> zone;
  if (!how.zone.empty()) {
    zone = calendar::iana_zone(how.zone);
    if (!zone) {
      return fail(ALLIANCE_E_BAD_INPUT, "--zone is not in the IANA time zone database; give one such as Europe/London");
    }
  }
  Read out;
  Sheet sheet;
  std::map<std::string, std::uint64_t> seen;
  csv::Take take;
  take.header = [&](std::vector<std::string> names) {
    return sheet.header(std::move(names), {"id", "kind", "start"},
                        with_labels({"id", "start", "end", "minutes", "changed", "revision", "status"}));
  };
  take.row = [&](std::uint64_t, const csv::Record& record) {
    if (const auto why = csv::unreadable(record, sheet.columns())) {
      out.faults.push_back({record.line(), *why});
      return;
    }
    Appointment made;
    if (const std::string why = fill(made, sheet, record, how, zone.get()); !why.empty()) {
      out.faults.push_back({record.line(), why});
      return;
    }
    const auto [first, fresh] = seen.emplace(made.uid, made.line);
    if (!fresh) {
      out.faults.push_back({made.line, "its id stands on line " + std::to_string(first->second) + " already"});
      return;
    }
    out.found.push_back(std::move(made));
  };
  if (auto done = csv::read_table(path, how.delimiter, take); !done) return tl::unexpected(done.error());
  return out;
}

Result<std::map<std::string, Labels>> labels(const std::string& path) {
  std::map<std::string, Labels> out;
  Sheet sheet;
  std::string fault;
  csv::Take take;
  take.header = [&](std::vector<std::string> names) {
    return sheet.header(std::move(names), {"uid"}, with_labels({"uid"}));
  };
  take.row = [&](std::uint64_t, const csv::Record& record) {
    if (!fault.empty()) return;
    const std::string line = ": line " + std::to_string(record.line()) + ": ";
    if (const auto why = csv::unreadable(record, sheet.columns())) {
      fault = path + ": " + *why;
    } else if (const std::string uid = sheet.cell(record, "uid"); uid.empty()) {
      fault = path + line + "column uid is empty";
    } else if (!out.emplace(uid, sheet.labels(record)).second) {
      fault = path + line + "its uid stands there already";
    }
  };
  if (auto done = csv::read_table(path, ',', take); !done) return tl::unexpected(done.error());
  if (!fault.empty()) return fail(ALLIANCE_E_BAD_INPUT, fault);
  return out;
}

}  // namespace alliance::tools::contacts
