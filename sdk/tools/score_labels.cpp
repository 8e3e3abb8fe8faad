// SPDX-License-Identifier: Apache-2.0
#include "score_labels.h"

#include <filesystem>

#include "csv_input.h"
#include "score_columns.h"

namespace alliance::tools::score {
namespace {

Result<void> labels_add(Labels& labels, std::string_view label, std::string_view value, const std::string& place,
                        std::int32_t status) {
  const auto number = csv::number_of(value);
  if (trimmed(label).empty() || !number) {
    return fail(status, place + ": a label and its number are needed, such as Agree=4");
  }
  if (!labels.emplace(trimmed(label), *number).second) {
    return fail(status, place + ": the label " + shown(label) + " is explained twice");
  }
  return {};
}

Result<Labels> from_list(const std::string& list) {
  std::string fault;
  const auto parts = csv::split(list, ',', fault);
  if (!fault.empty()) return fail(ALLIANCE_E_INVALID, "--labels: " + fault);
  Labels labels;
  for (const auto& part : parts) {
    const auto equals = part.rfind('=');  // a label may hold one itself
    const std::string_view text = part;
    if (equals == std::string::npos) {
      return fail(ALLIANCE_E_INVALID, "--labels: " + shown(part) + " has no number: write " + shown(part) + "=1");
    }
    if (auto done = labels_add(labels, text.substr(0, equals), text.substr(equals + 1), "--labels", ALLIANCE_E_INVALID);
        !done) {
      return tl::unexpected(done.error());
    }
  }
  return labels;
}

Result<Labels> from_file(const std::string& path) {
  csv::Input input(path);
  Labels labels;
  Result<void> done;
  std::size_t records = 0;
  csv::Reader reader(',', [&](const csv::Record& record) {
    if (record.blank()) return true;
    const std::string place = path + ", line " + std::to_string(record.line());
    if (!record.fault().empty() || record.size() != 2) {
      done = fail(ALLIANCE_E_BAD_INPUT, place + ": each line is a label and its number, such as Agree,4");
    } else if (++records > 1 || trimmed(record.cell(0)) != "label") {
      done = labels_add(labels, record.cell(0), record.cell(1), place, ALLIANCE_E_BAD_INPUT);
    }
    return done.has_value();
  });
  bool more = true;
  for (std::string_view block = input.next(); more && !block.empty(); block = input.next()) more = reader.feed(block);
  if (more) reader.finish();
  if (!input.problem().empty()) return fail(ALLIANCE_E_BAD_INPUT, path + " cannot be read: " + input.problem());
  if (!done) return tl::unexpected(done.error());
  if (labels.empty()) return fail(ALLIANCE_E_BAD_INPUT, path + " holds no label");
  return labels;
}

}  // namespace

Result<Labels> read_labels(const std::string& list_or_file) {
  std::error_code bad;
  if (std::filesystem::is_regular_file(list_or_file, bad)) return from_file(list_or_file);
  if (list_or_file.find('=') == std::string::npos) {
    return fail(ALLIANCE_E_BAD_INPUT, "--labels: there is no file " + shown(list_or_file) +
                                          "; name one, or write the labels as Disagree=1,Agree=2");
  }
  return from_list(list_or_file);
}

Cells::Cells(const fb::InstrumentT& definition, Labels labels) : labels_(std::move(labels)) {
  bool coded = false;
  for (const auto& item : definition.items) {
    auto& codes = codes_.emplace_back();
    for (const auto& response : definition.responses) {
      if (response->id != item->response) continue;
      for (const auto& option : response->options) {
        if (!option->code.empty() && option->value) codes.emplace(option->code, *option->value);
      }
    }
    coded = coded || !codes.empty();
  }
  if (!labels_.empty() && coded) {
    expected_ = "it is no label, number or code of an option";
  } else if (!labels_.empty()) {
    expected_ = "it is no label and no number";
  } else if (coded) {
    expected_ = "it is no number and no code of an option";
  }
}

std::optional<double> Cells::value(std::size_t item, std::string_view cell) const {
  if (!labels_.empty()) {
    if (const auto found = labels_.find(cell); found != labels_.end()) return found->second;
  }
  if (const auto number = csv::number_of(cell)) return number;
  const auto found = codes_[item].find(cell);
  if (found == codes_[item].end()) return std::nullopt;
  return found->second;
}

}  // namespace alliance::tools::score
