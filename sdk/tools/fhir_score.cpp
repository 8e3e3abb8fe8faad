// SPDX-License-Identifier: Apache-2.0
#include "fhir_score.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "commands.h"
#include "fhir/observation.h"
#include "fhir/values.h"
#include "fhir_files.h"
#include "host_call.h"

namespace alliance::tools {
namespace {

int complain(int exit, const std::string& sentence) {
  std::fprintf(stderr, "alliance score: %s\n", sentence.c_str());
  return exit;
}

// One version of the instrument.
struct Key {
  fb::InstrumentT definition;
  alliance_measure_ref measure = ALLIANCE_MEASURE_REF_INIT;
  fhir::Form form;
  std::unique_ptr<fhir::ObservationWriter> writer;
};

class Work {
 public:
  Work(const FhirScoring& chosen, alliance_host* host) : chosen_(chosen), host_(host) {}

  // `version` empty: the newest.
  Result<Key*> key(const std::string& version) {
    auto found = keys_.find(version);
    if (found != keys_.end()) return &found->second;
    auto measure = score::find_measure(host_, chosen_.instrument, version);
    if (!measure) return tl::unexpected(measure.error());
    Key made;
    made.definition = std::move(measure->definition);
    made.measure = measure->ref;
    auto form = fhir::form_of(made.definition, chosen_.link_ids);
    if (!form) return tl::unexpected(form.error());
    made.form = std::move(*form);
    made.writer = std::make_unique<fhir::ObservationWriter>(made.definition, chosen_.missing);
    return &keys_.emplace(version, std::move(made)).first->second;
  }

  void resource(const fhir::Json& resource, const fhir::Place& place) {
    if (stopped_) return;
    const auto type = fhir::text_of(resource, "resourceType").value_or("");
    if (type == "Observation") {
      const auto newest = key("");
      if (!newest) return;
      for (auto& stated : fhir::stated_in(resource, (*newest)->definition)) stated_.push_back(std::move(stated));
    } else if (type == "QuestionnaireResponse") {
      ++responses_;
      response(resource, place);
    }
  }

  void leave_out(const fhir::Place& place, const std::string& sentence) {
    ++responses_;
    refuse(fhir_files::where(place) + sentence);
  }

  int end() {
    if (stopped_) return complain(exit_failed, stopped_->message);
    if (responses_ == 0) return complain(exit_bad_input, input() + ": there is no QuestionnaireResponse in it");
    compare();
    if (chosen_.bundle) {
      text_ = R"({"resourceType":"Bundle","type":"collection")" + (text_.empty() ? "" : ",\"entry\":[" + text_ + "]") +
              "}\n";
    }
    flush();
    if (write_failed_ || std::fflush(stdout) != 0) {
      return complain(exit_failed, std::string("standard output cannot be written: ") + std::strerror(errno));
    }
    if (safety_ > 0) {
      complain(0, input() + ": " + std::to_string(safety_) + (safety_ == 1 ? " response has" : " responses have") +
                      " a safety item that is raised or not answered: look at the safety part of their extension " +
                      std::string(fhir::score_extension));
    }
    if (left_out_ == 0) return exit_done;
    if (unknown_links_) {
      complain(0, "where a form has linkIds of its own, --columns A,B,... names them in the order of the items");
    }
    return complain(exit_bad_input, input() + ": " + std::to_string(left_out_) + " of " + std::to_string(responses_) +
                                        " responses were left out");
  }

 private:
  struct Given {  // what was scored, for stated scores elsewhere in the input
    std::string where;
    std::vector<Score> scores;
  };

  std::string input() const { return fhir_files::name_of(chosen_.input); }

  void refuse(const std::string& sentence) {
    ++left_out_;
    complain(0, input() + ": " + sentence + "; the response is left out");
  }

  // The version that the response names as its questionnaire; empty where it names none of ours.
  Result<std::string> version_of(std::string_view form) const {
    if (!form.starts_with(fhir::instrument_urn)) return std::string();
    const auto name = form.substr(fhir::instrument_urn.size());
    const auto bar = name.find('|');
    if (name.substr(0, bar) != chosen_.instrument) {
      return fail(ALLIANCE_E_BAD_INPUT, "it answers " + fhir::named(form) + " and not " + chosen_.instrument +
                                            ": score it with its own instrument");
    }
    return bar == std::string_view::npos ? std::string() : std::string(name.substr(bar + 1));
  }

  // A form of the sender's own: whether it is this instrument, nobody here can know. Said once for each.
  void other_form(std::string_view form, const fhir::Place& place) {
    if (form.empty() || form.starts_with(fhir::instrument_urn) || forms_.contains(form)) return;
    forms_.emplace(form);
    complain(0, input() + ": " + fhir_files::where(place) + "warning: it answers the form " + fhir::named(form) +
                    ", of which " + chosen_.instrument + " knows nothing: its linkIds and codes alone were looked at");
  }

  void response(const fhir::Json& resource, const fhir::Place& place) {
    const auto form = fhir::text_of(resource, "questionnaire").value_or("");
    const auto version = version_of(form);
    if (!version) return refuse(fhir_files::where(place) + version.error().message);
    const auto found = key(*version);
    if (!found) return refuse(fhir_files::where(place) + found.error().message);
    const Key& with = **found;
    const auto checked = fhir::check(resource, with.form, place.path);
    if (!checked.valid()) {
      bool first = true;
      for (const auto& finding : checked.findings) {
        if (finding.severity != fhir::Severity::error) continue;
        const std::string sentence = fhir_files::sentence(place, finding);
        unknown_links_ = unknown_links_ || std::string_view(finding.rule) == "unknown-link-id";
        first ? refuse(sentence) : void(complain(0, input() + ": " + sentence));
        first = false;
      }
      return;
    }
    other_form(form, place);
    const std::string reference = fhir::reference_to(resource, place);
    if (!reference.empty() && given_.contains(reference)) {
      return refuse(fhir_files::where(place) + "another response in the input has the same id: give each its own");
    }
    const auto scores = scored(with, checked, place);
    if (!scores) return;
    const auto done = with.writer->write(resource, place, checked, *scores,
                                         {[&](std::string_view id, std::string_view json) { put(id, json); }});
    if (!done) return refuse(fhir_files::where(place) + done.error().message);
    for (const std::string& scale : fhir::stated_otherwise(with.definition, checked, *scores)) {
      differs(fhir_files::where(place), scale);
    }
    if (asks_for_a_person(with, checked)) ++safety_;
    if (!reference.empty()) given_.emplace(reference, Given{fhir_files::where(place), *scores});
  }

  std::optional<std::vector<Score>> scored(const Key& with, const fhir::Checked& checked, const fhir::Place& place) {
    const std::size_t scales = static_cast<std::size_t>(with.measure.scales);
    std::vector<double> values(scales);
    std::vector<std::uint8_t> states(scales);
    std::vector<std::uint32_t> answered(scales);
    std::vector<std::int32_t> bands(scales, ALLIANCE_NO_BAND);
    const alliance_sheets sheet{sizeof sheet, 0, 1, with.measure.items, checked.values.data(), checked.states.data()};
    const alliance_scores out{sizeof out, 0, 1, scales, values.data(), states.data(), answered.data(), bands.data()};
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = with.measure.table->score(with.measure.measure, &sheet, &chosen_.missing, &out, &error);
    if (status != ALLIANCE_OK) {
      const std::string said = sentence(error, status);
      if (status == ALLIANCE_E_BAD_INPUT) {
        refuse(fhir_files::where(place) + said);
      } else {
        stopped_ = Failure{status, said, {}};  // it cannot score at all
      }
      return std::nullopt;
    }
    std::vector<Score> scores;
    for (std::size_t at = 0; at < scales; ++at) scores.push_back({values[at], states[at], answered[at], bands[at]});
    return scores;
  }

  static bool asks_for_a_person(const Key& with, const fhir::Checked& checked) {
    for (std::size_t at = 0; at < with.definition.items.size(); ++at) {
      const auto& rule = with.definition.items[at]->safety;
      if (rule && fhir::safety_of(*rule, checked.states[at], checked.values[at]) != fhir::Safety::clear) return true;
    }
    return false;
  }

  void put(std::string_view id, std::string_view json) {
    if (chosen_.bundle) {
      if (!text_.empty()) text_ += ',';
      text_ += "{\"fullUrl\":\"urn:uuid:";
      text_ += id;
      text_ += "\",\"resource\":";
      text_ += json;
      text_ += '}';
      return;
    }
    text_ += json;
    text_ += '\n';
    if (text_.size() > (1u << 16)) flush();
  }
  void flush() {
    if (std::fwrite(text_.data(), 1, text_.size(), stdout) != text_.size()) write_failed_ = true;
    text_.clear();
  }

  void differs(const std::string& where, const std::string& scale) {
    complain(0, input() + ": " + where + "warning: another score is stated for scale " + scale +
                    " than its items give; the score of its items is written");
  }

  // Scores that Observations in the input state.
  void compare() {
    const auto newest = key("");
    if (!newest) return;
    for (const auto& stated : stated_) {
      for (const std::string& reference : stated.derived_from) {
        const auto found = given_.find(reference);
        if (found == given_.end() || stated.scale >= found->second.scores.size()) continue;
        const Score& score = found->second.scores[stated.scale];
        const bool has = score.state == ALLIANCE_SCORED || score.state == ALLIANCE_PRORATED;
        if (!has || score.value != stated.value) {
          differs(found->second.where, (*newest)->definition.scales[stated.scale]->id);
        }
      }
    }
  }

  const FhirScoring& chosen_;
  alliance_host* host_;
  std::map<std::string, Key> keys_;
  std::map<std::string, Given> given_;        // by reference
  std::set<std::string, std::less<>> forms_;  // of which was said that they are not known
  std::vector<fhir::StatedScore> stated_;
  std::optional<Failure> stopped_;
  std::string text_;
  std::size_t responses_ = 0, left_out_ = 0, safety_ = 0;
  bool write_failed_ = false, unknown_links_ = false;
};

}  // namespace

int run_fhir_score(const FhirScoring& chosen) {
  const auto host = score::open(chosen.place);
  if (!host) return complain(exit_for(host.error().status), host.error().message);
  Work work(chosen, host->get());
  if (const auto key = work.key(""); !key) {
    const auto status = key.error().status;
    return complain(status == ALLIANCE_E_INVALID ? exit_usage : exit_for(status), key.error().message);
  }
  const auto text = fhir_files::text_of(chosen.input);
  if (!text) return complain(exit_bad_input, text.error().message);
  fhir::Reader reader;
  const auto read = reader.read(
      *text, {[&](const fhir::Json& resource, const fhir::Place& place) { work.resource(resource, place); },
              [&](const fhir::Place& place, const std::string& sentence) { work.leave_out(place, sentence); }});
  if (!read) return complain(exit_bad_input, fhir_files::name_of(chosen.input) + ": " + read.error().message);
  return work.end();
}

}  // namespace alliance::tools
