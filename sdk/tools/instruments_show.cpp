// SPDX-License-Identifier: Apache-2.0
#include "instruments_show.h"

#include <charconv>
#include <memory>

namespace alliance::tools::definition {
namespace {

using Provenance = std::unique_ptr<fb::ProvenanceT>;

bool unsure(const Provenance& provenance) { return provenance && provenance->certainty == fb::Certainty::unverified; }

std::string number(const flatbuffers::Optional<double>& value) {
  if (!value) return "?";
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, *value).ptr);
}

const char* sign(fb::Comparator comparator) {
  switch (comparator) {
    case fb::Comparator::at_least:
      return ">= ";
    case fb::Comparator::more_than:
      return "> ";
    case fb::Comparator::at_most:
      return "<= ";
    case fb::Comparator::less_than:
      return "< ";
    case fb::Comparator::unset:
      break;
  }
  return "";
}

// Gathers lines, each as deep as its subject.
class Page {
 public:
  void line(int depth, const std::string& text) {
    text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n";
  }
  // "verified: camcops, phq9.cpp"
  void source(int depth, const Provenance& provenance) {
    if (!provenance) return;
    std::string words = fb::EnumNameCertainty(provenance->certainty);
    if (unsure(provenance)) words += provenance->accepted ? ", turned on in the settings" : ", off";
    line(depth, words + ": " + provenance->source);
    if (!provenance->note.empty()) line(depth, "note: " + provenance->note);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void show_change(Page& page, const char* name, const fb::ReliableChangeT& change) {
  page.line(2, std::string(name) + (change.id.empty() ? "" : " " + change.id) + ": " + sign(change.comparator) +
                   number(change.value) + (change.population.empty() ? "" : ", " + change.population));
  page.source(3, change.provenance);
}

void show_scale(Page& page, const fb::ScaleT& scale) {
  page.line(1, "scale " + scale.id + ": " + joined(scale.roles, "no role"));
  page.line(2, std::string(fb::EnumNameMethod(scale.method)) + " of " + joined(scale.items, "") +
                   (scale.reversed.empty() ? "" : "; reversed " + joined(scale.reversed, "")));
  if (!scale.formula.empty()) page.line(2, scale.formula);
  page.line(2, number(scale.min) + " to " + number(scale.max) + ", " +
                   (scale.direction == fb::Direction::higher_is_better ? "higher is better" : "lower is better"));
  for (const auto& out : scale.without) {
    page.line(2, "without item " + out->item + ": " + number(out->min) + " to " + number(out->max));
    page.source(3, out->provenance);
  }
  std::vector<std::string> bands;
  for (const auto& band : scale.bands) bands.push_back(band->id + " " + number(band->from) + "-" + number(band->to));
  if (!bands.empty()) {
    page.line(2, "bands: " + joined(bands, ""));
    page.source(3, scale.bands_provenance);
  }
  for (const auto& cutoff : scale.cutoffs) {
    page.line(2, "cut-off " + cutoff->id + ": " + sign(cutoff->comparator) + number(cutoff->value));
    page.source(3, cutoff->provenance);
  }
  if (scale.reliable_change) show_change(page, "reliable change", *scale.reliable_change);
  for (const auto& other : scale.other_reliable_changes) show_change(page, "another reliable change", *other);
  for (const auto& code : scale.codes) page.line(2, "code: " + code->system + " " + code->code);
}

void show_missing(Page& page, const char* name, const fb::MissingT& missing) {
  std::string words = std::string(name) + ": " + fb::EnumNameMissingRule(missing.rule);
  if (missing.most > 0) words += ", at most " + std::to_string(missing.most);
  page.line(1, words + (missing.id.empty() ? "" : " (" + missing.id + ")"));
  page.source(2, missing.provenance);
}

void show_item(Page& page, const fb::ItemT& item) {
  std::string words = "item " + item.id + ": " + item.response + (item.optional ? ", optional" : "");
  for (const auto& code : item.codes) words += ", " + code->system + " " + code->code;
  page.line(1, words);
  if (!item.safety) return;
  page.line(
      2, std::string("safety: raises a flag when ") + sign(item.safety->comparator) + number(item.safety->threshold));
  page.source(3, item.safety->provenance);
}

void show_response(Page& page, const fb::ResponseT& response) {
  std::vector<std::string> options;
  for (const auto& option : response.options) {
    options.push_back(number(option->value) + (option->code.empty() ? "" : " (" + option->code + ")"));
  }
  page.line(1, "response " + response.id + ": " +
                   (options.empty() ? number(response.min) + " to " + number(response.max) + ", " +
                                          std::to_string(response.decimals) + " decimals"
                                    : joined(options, "")));
}

}  // namespace

std::string joined(const std::vector<std::string>& parts, const char* none) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all.empty() ? none : all;
}

std::vector<std::string> marks(const fb::InstrumentT& instrument) {
  std::vector<std::string> found;
  if (unsure(instrument.keys_provenance)) {
    found.emplace_back(instrument.keys_provenance->accepted ? "key unverified and in use" : "key unverified");
  }
  bool off = false, on = false;
  const auto look = [&](const Provenance& provenance) {
    if (unsure(provenance)) (provenance->accepted ? on : off) = true;
  };
  for (const auto& scale : instrument.scales) {
    if (!scale->bands.empty()) look(scale->bands_provenance);
    if (scale->reliable_change) look(scale->reliable_change->provenance);
    for (const auto& cutoff : scale->cutoffs) look(cutoff->provenance);
  }
  if (instrument.missing) look(instrument.missing->provenance);
  if (off) found.emplace_back("thresholds unverified");
  if (on) found.emplace_back("unverified numbers in use");
  if (instrument.not_validated) found.emplace_back("not validated");
  return found;
}

// Texts that may not ship come from whoever holds the licence.
std::string texts(const fb::InstrumentT& instrument) {
  return joined(instrument.languages, instrument.licence->text_may_ship ? "absent" : "absent (licensee's)");
}

std::string shown(const fb::InstrumentT& instrument) {
  Page page;
  page.line(0, instrument.id + " " + instrument.version + ": " + instrument.title);
  if (!instrument.denied.empty()) page.line(1, instrument.denied);
  page.line(1, "marks: " + joined(marks(instrument), "none"));
  if (!instrument.other_versions.empty()) page.line(1, "other versions: " + joined(instrument.other_versions, ""));
  page.line(1, std::string("answered by the ") + fb::EnumNameRater(instrument.perspective) + ", about " +
                   (instrument.target == fb::Target::none ? "no alliance" : fb::EnumNameTarget(instrument.target)) +
                   (instrument.recall.empty() ? "" : ", over: " + instrument.recall));
  page.line(1, "texts: " + texts(instrument));
  page.line(1, "licence: " + instrument.licence->holder + ": " + instrument.licence->terms);
  page.source(2, instrument.licence->provenance);
  if (!instrument.citation.empty()) page.line(1, "citation: " + instrument.citation);
  page.line(1, "key");
  page.source(2, instrument.keys_provenance);
  for (const auto& code : instrument.codes) page.line(1, "code: " + code->system + " " + code->code);
  for (const auto& response : instrument.responses) show_response(page, *response);
  for (const auto& item : instrument.items) show_item(page, *item);
  for (const auto& scale : instrument.scales) show_scale(page, *scale);
  if (instrument.missing) show_missing(page, "missing answers", *instrument.missing);
  for (const auto& other : instrument.other_missing) show_missing(page, "another rule for missing answers", *other);
  for (const std::string& other : instrument.yields_to) page.line(1, "yields to: " + other);
  for (const auto& vector : instrument.vectors) page.line(1, "test vector: " + vector->source);
  page.line(1, "hash: " + instrument.hash);
  return page.take();
}

}  // namespace alliance::tools::definition
