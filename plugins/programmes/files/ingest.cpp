// SPDX-License-Identifier: Apache-2.0
#include "ingest.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <set>
#include <unordered_map>

#include "../../shared/batch.h"
#include "../../shared/json_field.h"
#include "../../shared/records.h"
#include "../../shared/tables.h"
#include "csv.h"
#include "events.h"

namespace alliance::files {
namespace {

using Columns = std::map<std::string, std::size_t, std::less<>>;

// Every field that the mapping names.
std::set<std::string> named(const fb::FileMappingT& mapping, const std::string& case_field) {
  std::set<std::string> names(mapping.key.begin(), mapping.key.end());
  const auto times = [&](const auto& all) {
    for (const auto& from : all) names.insert(from->field);
  };
  times(mapping.time);
  for (const auto& rule : mapping.rules) {
    names.insert(rule->practitioner.empty() ? case_field : rule->practitioner);
    names.insert(rule->key.begin(), rule->key.end());
    times(rule->time);
    for (const auto& one : rule->when) names.insert(one->field);
    for (const auto& one : rule->answers) names.insert(one->field);
    for (const auto& one : rule->values) {
      if (!one->field.empty()) names.insert(one->field);
    }
  }
  return names;
}

Columns columns(const fb::FileMappingT& mapping, const std::string& case_field, const CsvRow& header) {
  if (!header.fault.empty()) throw Error(ALLIANCE_E_BAD_INPUT, "the line of column names: " + header.fault);
  Columns made;
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    if (!made.emplace(header.cells[i], i).second && !header.cells[i].empty()) {
      throw Error(ALLIANCE_E_BAD_INPUT,
                  "two columns have one name: the " + std::to_string(i + 1) + ". column repeats it");
    }
  }
  std::string lacking;
  for (const std::string& name : named(mapping, case_field)) {
    if (!made.contains(name)) lacking += (lacking.empty() ? "" : ", ") + name;
  }
  if (!lacking.empty()) {
    throw Error(ALLIANCE_E_BAD_INPUT, "the file lacks columns that the mapping names: " + lacking +
                                          "; are its delimiter and its export's form as the mapping has them?");
  }
  return made;
}

class Reading {
 public:
  Reading(const Encode& encode, const fb::FileMappingT& mapping, const std::string& case_field)
      : encode_(encode), mapping_(mapping), case_field_(case_field) {}

  void row(std::uint32_t line, const Row& row) {
    bool used = false;
    for (const auto& rule : mapping_.rules) {
      const Outcome outcome = event_of(mapping_, *rule, case_field_, row);
      used |= !std::holds_alternative<NotSo>(outcome);
      if (const auto* cannot = std::get_if<Cannot>(&outcome)) batch_.no(line, cannot->why);
      if (const auto* made = std::get_if<Made>(&outcome)) event(line, *made);
    }
    if (!used) ++unused_;
  }
  shared::Batch& batch() { return batch_; }
  std::size_t unused() const { return unused_; }

 private:
  struct Seen {
    std::uint32_t line;
    std::size_t hash;
  };
  // A key that is too short would lose records in silence.
  void event(std::uint32_t line, const Made& made) {
    const std::size_t hash = std::hash<std::string>()(made.json);
    const auto [seen, first] = seen_.emplace(made.id, Seen{line, hash});
    if (!first) {
      if (seen->second.hash != hash) {
        batch_.no(line, "its key is that of line " + std::to_string(seen->second.line) +
                            ", and it says something else: name more fields in the mapping's key");
      }
      return;
    }
    try {
      const auto bytes = encode_("Event", made.json);
      auto event = std::make_unique<fb::EventT>();
      shared::Verified<fb::Event>(bytes.data(), bytes.size(), fb::EventIdentifier(), "event")->UnPackTo(event.get());
      batch_.add(line, std::move(event));
    } catch (const Error& error) {
      if (error.status() == ALLIANCE_E_LIMIT) throw;
      batch_.no(line, std::string("the schema says of its event: ") + error.message());
    }
  }

  const Encode& encode_;
  const fb::FileMappingT& mapping_;
  const std::string& case_field_;
  shared::Batch batch_;
  std::unordered_map<std::string, Seen> seen_;
  std::size_t unused_ = 0;
};

void csv(Reading& reading, const fb::FileMappingT& mapping, const std::string& case_field, std::string_view payload) {
  const auto rows = csv_rows(payload, mapping.delimiter.empty() ? ',' : mapping.delimiter.front());
  if (rows.empty()) throw Error(ALLIANCE_E_BAD_INPUT, "the file is empty: it needs a line of column names");
  const Columns of = columns(mapping, case_field, rows.front());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!rows[i].fault.empty()) {
      reading.batch().no(rows[i].line, rows[i].fault);
    } else if (rows[i].cells.size() != rows.front().cells.size()) {
      reading.batch().no(rows[i].line, "the row has " + std::to_string(rows[i].cells.size()) + " cells, the header " +
                                           std::to_string(rows.front().cells.size()));
    } else {
      reading.row(rows[i].line, Row(of, rows[i].cells));
    }
  }
}

void records(Reading& reading, std::string_view payload) {
  for (const shared::Record& record : shared::records(payload, "")) {
    boost::json::value value;
    std::string why = shared::parse(record.text, value);
    if (why.empty() && !value.is_object()) why = "the record is not a JSON object";
    if (why.empty()) {
      reading.row(record.line, Row(value));
    } else {
      reading.batch().no(record.line, std::move(why));
    }
  }
}

}  // namespace

fb::EventBatchT ingest(const Encode& encode, const fb::FileMappingT& mapping, const std::string& case_field,
                       std::string_view payload) {
  shared::check_size(payload);
  const std::string& whose = case_field.empty() ? mapping.case_field : case_field;
  Reading reading(encode, mapping, whose);
  if (mapping.format == fb::FileFormat::csv) {
    csv(reading, mapping, whose, payload);
  } else {
    records(reading, payload);
  }
  if (reading.unused() > 0) {
    reading.batch().no(0, "records that fit no rule of the mapping: " + std::to_string(reading.unused()));
  }
  return reading.batch().finish();
}

}  // namespace alliance::files
