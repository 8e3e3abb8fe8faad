// SPDX-License-Identifier: Apache-2.0
#include "statement.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <stdexcept>

#include "../../shared/iso8601.h"
#include "../../shared/json_field.h"
#include "ingest.h"
#include "validate.h"
#include "words.h"

namespace alliance::xapi {
namespace {

namespace json = boost::json;
using Object = json::object;

// Why a statement is no event. Thrown within this file only.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string_view view(const json::string& from) { return {from.data(), from.size()}; }

// ---- Parts of a statement --------------------------------------------------------------------------

const json::value* find(const Object& in, std::string_view key) { return in.if_contains({key.data(), key.size()}); }

const Object* object(const Object& in, std::string_view key) {
  const json::value* found = find(in, key);
  return found ? found->if_object() : nullptr;
}

std::optional<std::string_view> text(const Object& in, std::string_view key) {
  const json::value* found = find(in, key);
  if (!found || !found->is_string()) return std::nullopt;
  return view(found->get_string());
}

std::string uuid(std::string_view given, const char* what) {
  static constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  std::string made(given);
  bool good = made.size() == shape.size();
  for (std::size_t i = 0; good && i < shape.size(); ++i) {
    char& c = made[i];
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    good = shape[i] == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
  if (!good) throw Refused(std::string(what) + " is not a UUID");
  return made;
}

std::string case_of(const json::value& value, const std::string& field) {
  if (field != case_field_unless_said) {
    const auto given = shared::word_of(shared::find_field(value, field));
    if (!given) throw Refused("the statement has no text where its case is looked for");
    if (!shared::is_case(*given)) throw Refused("what stands where its case is looked for is no case id");
    return *given;
  }
  const Object& statement = value.get_object();
  const Object* actor = object(statement, "actor");
  if (!actor) throw Refused("the statement has no actor");
  for (const char* personal : {"mbox", "mbox_sha1sum", "openid"}) {
    if (find(*actor, personal)) {
      throw Refused(std::string("the actor is given by ") + personal +
                    ", which is personal data; have the programme send an account with the case's id");
    }
  }
  const auto kind = text(*actor, "objectType");
  if (kind && *kind != "Agent") throw Refused("the actor is not one agent");
  const Object* account = object(*actor, "account");
  const auto name = account ? text(*account, "name") : std::nullopt;
  if (!name || name->empty()) throw Refused("the actor has no account with a name");
  if (const auto home = text(*account, "homePage"); !home || home->empty()) {
    throw Refused("the actor's account has no homePage");
  }
  if (!shared::is_case(*name)) throw Refused("the name of the actor's account is no case id");
  return std::string(*name);
}

std::int64_t time_of(const Object& statement) {
  auto given = text(statement, "timestamp");
  if (!given) given = text(statement, "stored");  // which an LRS puts in its place
  if (!given) throw Refused("the statement has no timestamp");
  const auto read = shared::instant(*given);
  if (!read) throw Refused("the timestamp is no ISO 8601 time with an offset or Z, or lies before 1970 or after 2199");
  return *read;
}

// The last segment of the activity's path.
std::string component_of(const Object& statement) {
  const Object* about = object(statement, "object");
  if (!about) throw Refused("the statement has no object");
  const auto kind = text(*about, "objectType");
  if (kind && *kind != "Activity") throw Refused("the object is not an activity");
  const auto id = text(*about, "id");
  if (!id) throw Refused("the object has no id");
  std::string_view path = id->substr(0, id->find_first_of("?#"));
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  const std::size_t cut = path.find_last_of("/:");
  const std::string_view segment = cut == std::string_view::npos ? std::string_view() : path.substr(cut + 1);
  const bool good =
      !segment.empty() && segment.size() <= 100 && std::all_of(segment.begin(), segment.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == '~';
      });
  if (!good) throw Refused("the path of the object's IRI does not end in a component's id");
  return std::string(segment);
}

struct Result {
  std::optional<double> fraction;
  double minutes = 0;
  const Object* extensions = nullptr;
};

Result result_of(const Object& statement) {
  Result made;
  const Object* result = object(statement, "result");
  if (!result) return made;
  made.extensions = object(*result, "extensions");
  if (find(*result, "duration")) {
    const auto given = text(*result, "duration");
    const auto read = given ? shared::minutes(*given) : std::nullopt;
    if (!read) throw Refused("result.duration is no ISO 8601 duration of at most a year, without years and months");
    made.minutes = *read;
  }
  if (const json::value* given = made.extensions ? find(*made.extensions, progress) : nullptr) {
    if (!given->is_number()) throw Refused("the progress extension is no number");
    const double percent = given->to_number<double>();
    if (!(percent >= 0 && percent <= 100)) throw Refused("the progress extension is not between 0 and 100");
    made.fraction = percent / 100;
  }
  return made;
}

// ---- Verbs -----------------------------------------------------------------------------------------

void progressed(const Object& statement, fb::EventT& event, fb::Progress how) {
  const Result result = result_of(statement);
  fb::ComponentProgressT made;
  made.component = component_of(statement);
  made.progress = how;
  if (result.fraction) made.fraction = *result.fraction;
  made.minutes = result.minutes;
  event.body.Set(std::move(made));
}

std::optional<std::string_view> extension(const Object& statement, const char* key) {
  for (const char* part : {"result", "context"}) {
    const Object* in = object(statement, part);
    const Object* extensions = in ? object(*in, "extensions") : nullptr;
    if (const auto found = extensions ? text(*extensions, key) : std::nullopt) return found;
  }
  return std::nullopt;
}

void message(const Object& statement, fb::EventT& event, fb::Progress) {
  fb::MessageExchangedT made;
  made.sender = fb::Rater::client;
  if (const auto who = extension(statement, sender)) {
    if (*who == "practitioner") {
      made.sender = fb::Rater::practitioner;
    } else if (*who != "client") {
      throw Refused("the sender extension is neither client nor practitioner");
    }
  }
  event.body.Set(std::move(made));
}

void difficulty(const Object& statement, fb::EventT& event, fb::Progress) {
  fb::DifficultyMetT made;
  const auto kind = extension(statement, difficulty_kind);
  made.kind = !kind                  ? fb::DifficultyKind::unset
              : *kind == "usability" ? fb::DifficultyKind::usability
              : *kind == "technical" ? fb::DifficultyKind::technical
              : *kind == "login"     ? fb::DifficultyKind::login
                                     : fb::DifficultyKind::unset;
  if (made.kind == fb::DifficultyKind::unset) {
    throw Refused("a difficulty needs the extension difficulty-kind: usability, technical or login");
  }
  if (const auto given = extension(statement, difficulty_code); given && shared::is_code(*given)) {
    made.code = std::string(*given);
  }
  if (made.kind != fb::DifficultyKind::login) made.component = component_of(statement);
  event.body.Set(std::move(made));
}

void irrelevant(const Object& statement, fb::EventT& event, fb::Progress) {
  fb::ComponentIrrelevantT made;
  made.component = component_of(statement);
  event.body.Set(std::move(made));
}

struct Verb {
  std::string_view iri;
  void (*map)(const Object&, fb::EventT&, fb::Progress);
  fb::Progress how = fb::Progress::unset;
};

#define ALLIANCE_ADL "http://adlnet.gov/expapi/verbs/"
#define ALLIANCE_W3ID "https://w3id.org/xapi/adl/verbs/"
#define ALLIANCE_STREAMS "http://activitystrea.ms/schema/1.0/"
constexpr Verb verbs[] = {
    {ALLIANCE_ADL "launched", progressed, fb::Progress::launched},
    {ALLIANCE_ADL "initialized", progressed, fb::Progress::launched},
    {ALLIANCE_ADL "attempted", progressed, fb::Progress::launched},
    {ALLIANCE_ADL "progressed", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "experienced", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "answered", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "failed", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "suspended", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "resumed", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "terminated", progressed, fb::Progress::progressed},
    {ALLIANCE_ADL "completed", progressed, fb::Progress::completed},
    {ALLIANCE_ADL "passed", progressed, fb::Progress::completed},
    {ALLIANCE_ADL "abandoned", progressed, fb::Progress::abandoned},
    {ALLIANCE_W3ID "abandoned", progressed, fb::Progress::abandoned},
    {ALLIANCE_STREAMS "submit", progressed, fb::Progress::submitted},
    {ALLIANCE_STREAMS "send", message},
    {met_difficulty, difficulty},
    {found_irrelevant, irrelevant},
};

// A verb's IRI may be shown where it can be nothing else.
std::string shown(std::string_view iri) {
  const bool plain = (iri.substr(0, 7) == "http://" || iri.substr(0, 8) == "https://") && iri.size() <= 120 &&
                     std::all_of(iri.begin(), iri.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
                              c == '/' || c == '.' || c == '-' || c == '_' || c == '#';
                     });
  return plain ? " (" + std::string(iri) + ")" : "";
}

std::string_view verb_of(const Object& statement) {
  const Object* verb = object(statement, "verb");
  const auto id = verb ? text(*verb, "id") : std::nullopt;
  if (!id || id->empty()) throw Refused("the statement has no verb");
  return *id;
}

std::string voided_by(const Object& statement) {
  const Object* about = object(statement, "object");
  const auto kind = about ? text(*about, "objectType") : std::nullopt;
  const auto id = about ? text(*about, "id") : std::nullopt;
  if (!kind || *kind != "StatementRef" || !id) throw Refused("a voiding statement refers to no statement");
  return uuid(*id, "the id of the statement to void");
}

}  // namespace

Statement read(std::string_view text_of_statement, const std::string& case_field) {
  json::value value;
  if (std::string why = shared::parse(text_of_statement, value); !why.empty()) return Unusable{std::move(why)};
  const Object* statement = value.if_object();
  if (!statement) return Unusable{"the record is not a JSON object"};

  std::string id;
  try {
    const auto given = text(*statement, "id");
    if (!given) return Unusable{"the statement has no id"};
    id = uuid(*given, "the statement's id");
    if (const std::string why = fault_of(*statement); !why.empty()) throw Refused(why);
    if (const std::string why = cmi5_fault_of(*statement); !why.empty()) throw Refused(why);
    const std::string_view verb = verb_of(*statement);
    if (verb == voided) return Voiding{id, voided_by(*statement), time_of(*statement)};
    auto event = std::make_unique<fb::EventT>();
    event->id = event_id(id);
    event->case_ = case_of(value, case_field);
    event->time = time_of(*statement);
    event->source = "xapi";
    if (!find(*statement, "object")) throw Refused("the statement has no object");
    const auto known =
        std::find_if(std::begin(verbs), std::end(verbs), [&](const Verb& one) { return one.iri == verb; });
    if (known == std::end(verbs)) throw Refused("the verb is not one that the adapter maps" + shown(verb));
    known->map(*statement, *event, known->how);
    return Usable{id, std::move(event)};
  } catch (const Refused& refused) {
    if (id.empty()) return Unusable{refused.what()};
    return Unmappable{id, refused.what()};
  }
}

}  // namespace alliance::xapi
