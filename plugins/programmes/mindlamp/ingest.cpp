// SPDX-License-Identifier: Apache-2.0
#include "ingest.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <boost/json.hpp>
#include <set>

#include "../../shared/batch.h"
#include "../../shared/derived_id.h"
#include "../../shared/json_field.h"
#include "../../shared/records.h"
#include "survey.h"

namespace alliance::mindlamp {
namespace {

namespace json = boost::json;

constexpr double most_minutes = 24 * 60;

struct Refused {
  std::string why;
};

// JSON in a string, as its queue sends it: once, or twice where a client wrapped the message again.
void unwrap(json::value& record, std::string& token) {
  for (int i = 0; i < 3; ++i) {
    const json::value* inner = shared::find_field(record, "data");
    if (inner == nullptr || !inner->is_string()) return;
    if (token.empty()) token = shared::text_at(record, "token");
    json::value read;
    if (std::string why = shared::parse({inner->get_string().data(), inner->get_string().size()}, read); !why.empty()) {
      throw Refused{"the message's data: " + why};
    }
    record = std::move(read);
  }
}

// "activity.ID.participant.ID"
std::string of_token(const std::string& token) {
  static constexpr std::string_view key = ".participant.";
  const std::size_t at = token.rfind(key);
  return at == std::string::npos ? "" : token.substr(at + key.size());
}

// What surrounds the server's answer says whose it is, for the answer itself does not.
std::string of_head(const shared::Record& record) {
  if (record.head.empty()) return {};
  json::value around;
  const std::string closed = std::string(record.head) + "[]}";
  return shared::parse(closed, around).empty() ? shared::text_at(around, "participant_id") : "";
}

std::int64_t time_of(const json::value& event) {
  const json::value* found = shared::find_field(event, "timestamp");
  const auto text = shared::word_of(found);
  double milliseconds = 0;
  if (found != nullptr && found->is_double()) {
    milliseconds = found->get_double();
  } else if (text && text->size() < 16 && text->find_first_not_of("0123456789") == std::string::npos &&
             !text->empty()) {
    milliseconds = std::stod(*text);
  }
  if (!(milliseconds >= 1e11 && milliseconds < 4.1e12)) {  // seconds would be below
    throw Refused{"the event's timestamp is not in milliseconds since 1970"};
  }
  return static_cast<std::int64_t>(milliseconds) * 1000;
}

class Reading {
 public:
  Reading(const fb::SurveysT& surveys, const Activities& activities, const std::string& case_field)
      : surveys_(surveys), activities_(activities), case_field_(case_field) {}

  void record(const shared::Record& record) {
    json::value event;
    if (std::string why = shared::parse(record.text, event); !why.empty()) return batch_.no(record.line, why);
    try {
      std::string token;
      unwrap(event, token);
      if (!event.is_object()) throw Refused{"the record is not a JSON object"};
      take(record, event, token);
    } catch (const Refused& refused) {
      batch_.no(record.line, refused.why);
    }
  }
  fb::EventBatchT finish() { return batch_.finish(); }

 private:
  std::string participant(const shared::Record& record, const json::value& event, const std::string& token) const {
    std::string whose = shared::text_at(event, case_field_.empty() ? std::string_view("participant_id") : case_field_);
    if (case_field_.empty() && whose.empty()) whose = of_token(token);
    if (case_field_.empty() && whose.empty()) whose = of_head(record);
    if (shared::is_case(whose)) return whose;
    throw Refused{
        "the event does not say whose it is: put {\"participant_id\": \"...\", \"data\": ...} around the server's "
        "answer"};
  }

  void take(const shared::Record& record, const json::value& event, const std::string& token) {
    const std::string whose = participant(record, event, token);
    const std::string activity = shared::text_at(event, "activity");
    if (activity.empty() || activity.size() > 128) throw Refused{"the event has no activity"};
    const std::int64_t time = time_of(event);
    const std::string id = "mindlamp:" + shared::derived_id({whose, activity, std::to_string(time)});
    if (shared::text_at(event, "action") == "delete") {
      batch_.take_back(record.line, id, id + ":deleted", time);
      batch_.take_back(record.line, id + ":answers", id + ":answers:deleted", time);
      return;
    }
    if (!shared::text_at(event, "subject_id").empty()) {  // too large for its queue: it sends the place instead
      fb::TraceT none;
      batch_.need(record.line,
                  "participant/" + whose + "/activity_event?origin=" + activity +
                      "&from=" + std::to_string(time / 1000) + "&to=" + std::to_string(time / 1000 + 1),
                  "the event was too large for the queue", none);
      return;
    }
    if (!activities_.items.empty() && !activities_.items.contains(activity)) {
      throw Refused{"the event's activity is none of the catalogue's: fetch the study's activities again"};
    }
    answered(record.line, event, whose, activity, time, id);
    auto made = std::make_unique<fb::EventT>();
    fb::ComponentProgressT progress;
    progress.component = activity;
    progress.progress = fb::Progress::completed;
    if (const json::value* took = shared::find_field(event, "duration"); took != nullptr && took->is_number()) {
      const double minutes = took->to_number<double>() / 60'000;
      if (minutes >= 0 && minutes <= most_minutes) progress.minutes = minutes;  // longer: it was left open
    }
    made->body.Set(std::move(progress));
    add(record.line, std::move(made), whose, time, id);
  }

  void answered(std::uint32_t line, const json::value& event, const std::string& whose, const std::string& activity,
                std::int64_t time, const std::string& id) {
    const auto survey = std::find_if(surveys_.surveys.begin(), surveys_.surveys.end(),
                                     [&](const auto& one) { return one->activity == activity; });
    const json::value* slices = shared::find_field(event, "temporal_slices");
    if (survey == surveys_.surveys.end() || slices == nullptr || !slices->is_array()) return;
    if (slices->get_array().empty()) return;
    fb::AnswersGivenT given;
    given.instrument = (*survey)->instrument;
    given.version = (*survey)->version;
    given.rater = fb::Rater::client;
    const auto wordings = activities_.items.find(activity);
    static const std::vector<std::string> none;
    std::string why =
        answers(**survey, wordings == activities_.items.end() ? none : wordings->second, slices->get_array(), given);
    if (!why.empty()) {
      if (!batch_.has(id)) batch_.no(line, "survey " + activity + ": " + why);  // the same event comes on four subjects
      return;
    }
    auto made = std::make_unique<fb::EventT>();
    made->body.Set(std::move(given));
    add(line, std::move(made), whose, time, id + ":answers");
  }

  void add(std::uint32_t line, std::unique_ptr<fb::EventT> event, const std::string& whose, std::int64_t time,
           const std::string& id) {
    event->id = id;
    event->case_ = whose;
    event->time = time;
    event->source = "mindlamp";
    batch_.add(line, std::move(event));
  }

  const fb::SurveysT& surveys_;
  const Activities& activities_;
  const std::string& case_field_;
  shared::Batch batch_;
};

}  // namespace

void check(const std::string& file, const fb::SurveysT& surveys, const Activities& activities) {
  std::set<std::string> seen;
  for (const auto& survey : surveys.surveys) {
    const auto refuse = [&](const std::string& why) {
      throw Error(ALLIANCE_E_BAD_INPUT, file + ": survey " + survey->activity + ": " + why);
    };
    if (!seen.insert(survey->activity).second) refuse("it is mapped twice");
    const auto known = activities.items.find(survey->activity);
    if (!activities.items.empty() && known == activities.items.end()) refuse("it is no activity of the catalogue");
    std::set<std::string> items, places;
    for (const auto& item : survey->items) {
      if (!items.insert(item->item).second) refuse("item " + item->item + " stands there twice");
      const bool hash = !item->sha256.empty();
      if (hash == item->index.has_value()) refuse("item " + item->item + " needs either an index or a sha256");
      const std::string place = hash ? item->sha256 : std::to_string(*item->index);
      if (!places.insert(place).second) refuse("item " + item->item + " is in the place of another");
      if (hash &&
          (item->sha256.size() != 64 || item->sha256.find_first_not_of("0123456789abcdef") != std::string::npos)) {
        refuse("item " + item->item + ": sha256 has 64 of 0-9 and a-f");
      }
      if (!hash && known != activities.items.end() && *item->index >= known->second.size()) {
        refuse("item " + item->item + ": the survey has no index " + std::to_string(*item->index));
      }
    }
  }
}

fb::EventBatchT ingest(const fb::SurveysT& surveys, const Activities& activities, const std::string& case_field,
                       std::string_view payload) {
  shared::check_size(payload);
  Reading reading(surveys, activities, case_field);
  for (const shared::Record& record : shared::records(payload, "data")) reading.record(record);
  return reading.finish();
}

}  // namespace alliance::mindlamp
