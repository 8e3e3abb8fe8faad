// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "csv_table.h"
#include "due_read.h"
#include "export_iapt.h"
#include "fhir_files.h"
#include "iapt_codes.h"
#include "schema/json.h"
#include "score_columns.h"
#include "written.h"

namespace alliance::tools::iapt {
namespace {

using Row = std::map<std::string, std::string>;  // by field

// Where the patient's id stands in every file, although the data set has it in another table: by it the record system
// finds whose row this is.
constexpr const char* patient_field = "LocalPatientId";

std::string date_of(std::int64_t shown) { return due::day_of(shown); }
std::string time_of(std::int64_t shown) { return due::text_of(shown).substr(11) + ":00"; }
std::string whole(double minutes) { return written::number(static_cast<std::int64_t>(std::llround(minutes))); }

class Writer {
 public:
  Writer(const fb::RecordCodesT& codes, const Ids& ids, bool accept_unverified,
         const std::function<std::int64_t(std::int64_t)>& local)
      : codes_(codes), ids_(ids), accept_(accept_unverified), local_(local) {
    for (const auto& table : codes.tables) {
      auto& file = made_.files[table->id + ".csv"];
      file.text = patient_field;
      for (const auto& field : table->fields) file.text += "," + field;
      file.text += "\r\n";
    }
  }

  void add(const fb::ExtractCaseT& one, std::int64_t from, std::int64_t until) {
    const auto found = ids_.find(one.id);
    static const Person nobody;
    const Person& person = found == ids_.end() ? nobody : found->second;
    for (const auto& contact : one.contacts) add_contact(one, person, *contact);
    if (one.online_minutes > 0) {
      const Row row = {{"ServiceRequestId", person.referral},
                       {"StartDateIntEnabledTherLog", date_of(local_(from))},
                       {"EndDateIntEnabledTherLog", date_of(local_(until - 1))},
                       {"IntEnabledTherProg", one.programme},
                       {"DurationIntEnabledTher", whole(one.online_minutes)},
                       {"CarePersLocalId", person.practitioner}};
      write("IDS205InternetTherLog", "case " + one.id, person, row, {"ServiceRequestId"});
    }
    for (const auto& score : one.scores) add_score(one, person, *score);
  }

  Tables take() { return std::move(made_); }

 private:
  void add_contact(const fb::ExtractCaseT& one, const Person& person, const fb::ExtractContactT& contact) {
    const Contact known = contact_of(person, contact.session);
    const std::string place = "case " + one.id + ", session " + std::to_string(contact.session);
    const std::string state = fb::EnumNameSessionState(contact.state);
    const bool held = contact.state == fb::SessionState::held;
    const Row row = {{"CareContactId", known.contact},
                     {"ServiceRequestId", person.referral},
                     {"CareContDate", date_of(local_(contact.starts))},
                     {"CareContTime", time_of(local_(contact.starts))},
                     {"AttendOrDNACode", code_of("AttendOrDNACode", state)},
                     {"ClinContDurOfCareCont", held ? whole(contact.minutes) : ""},
                     {"ConsMechanism", code_of("ConsMechanism", fb::EnumNameMode(contact.mode))},
                     {"IntEnabledTherProg", one.programme}};
    if (!write("IDS201CareContact", place, person, row, {"ServiceRequestId", "CareContactId"}) || !held) return;
    const Row activity = {{"CareActId", known.activity},
                          {"CareContactId", known.contact},
                          {"CarePersLocalId", person.practitioner},
                          {"ClinContactDurOfCareAct", whole(contact.minutes)}};
    write("IDS202CareActivity", place, person, activity, {"CareContactId", "CareActId"});
  }

  // With the activity of its session where it has one, else with the referral.
  void add_score(const fb::ExtractCaseT& one, const Person& person, const fb::ExtractScoreT& score) {
    const fb::CodedScaleT* coded = nullptr;
    for (const auto& scale : codes_.scales) {
      if (scale->instrument == score.instrument && scale->scale == score.scale && usable(scale->provenance)) {
        coded = scale.get();
      }
    }
    if (coded == nullptr) return;
    const std::string place = "case " + one.id + ", " + score.instrument + " of " + date_of(local_(score.time));
    if (!(score.value >= coded->least && score.value <= coded->most)) {
      refuse(place, written::number(score.value) + " is not from " + written::number(coded->least) + " to " +
                        written::number(coded->most));
      return;
    }
    const Contact known = contact_of(person, score.session);
    const bool of_activity = score.session != 0 && !known.activity.empty() &&
                             std::any_of(one.contacts.begin(), one.contacts.end(), [&](const auto& contact) {
                               return contact->session == score.session && contact->state == fb::SessionState::held;
                             });
    const Row row = {{"CareActId", known.activity},
                     {"ServiceRequestId", person.referral},
                     {"CodedAssToolType", coded->code},
                     {"PersScore", written::number(score.value)},
                     {"AssToolCompDate", date_of(local_(score.time))},
                     {"AssToolCompTime", time_of(local_(score.time))}};
    if (of_activity) {
      write("IDS607CodedScoreAssessmentAct", place, person, row, {"CareActId"});
    } else {
      write("IDS606CodedScoreAssessmentRefer", place, person, row, {"ServiceRequestId"});
    }
  }

  static Contact contact_of(const Person& person, std::uint16_t session) {
    const auto found = person.contacts.find(session);
    return found == person.contacts.end() ? Contact{} : found->second;
  }

  bool usable(const std::unique_ptr<fb::ProvenanceT>& from) const {
    return from && from->certainty != fb::Certainty::unset &&
           (accept_ || from->accepted || from->certainty != fb::Certainty::unverified);
  }
  std::string code_of(const std::string& field, const std::string& word) const {
    for (const auto& one : codes_.words) {
      if (one->field == field && one->word == word && usable(one->provenance)) return one->code;
    }
    return {};
  }

  void refuse(const std::string& place, const std::string& why) { made_.refused.push_back(place + ": " + why); }

  // False: the row was refused, and it is said by name why.
  bool write(const std::string& table, const std::string& place, const Person& person, const Row& row,
             std::initializer_list<const char*> needed) {
    const auto found =
        std::find_if(codes_.tables.begin(), codes_.tables.end(), [&](const auto& one) { return one->id == table; });
    if (found == codes_.tables.end()) return true;  // whoever edited the codes does not want it
    const auto lacks = [&](const char* id) {
      refuse(place, std::string(id) + " is missing: " + table + " gets no row; add it to the file of --ids");
      return false;
    };
    if (person.patient.empty()) return lacks(patient_field);
    for (const char* id : needed) {
      if (row.at(id).empty()) return lacks(id);
    }
    for (const auto& range : codes_.ranges) {
      const auto cell = row.find(range->field);
      if (cell == row.end() || cell->second.empty()) continue;
      const auto value = csv::number_of(cell->second);
      if (!value || *value < range->least || *value > range->most) {
        refuse(place, range->field + " " + cell->second + " is not from " + written::number(range->least) + " to " +
                          written::number(range->most) + ": " + table + " gets no row");
        return false;
      }
    }
    auto& file = made_.files[table + ".csv"];
    file.text += written::csv_cell(person.patient);
    for (const auto& field : (*found)->fields) {
      const auto cell = row.find(field);
      file.text += "," + (cell == row.end() ? std::string() : written::csv_cell(cell->second));
    }
    file.text += "\r\n";
    ++file.rows;
    return true;
  }

  const fb::RecordCodesT& codes_;
  const Ids& ids_;
  bool accept_;
  const std::function<std::int64_t(std::int64_t)>& local_;
  Tables made_;
};

// One id may not be two things.
std::string differs(std::string& known, const std::string& said, const char* field) {
  if (said.empty() || said == known) return {};
  if (!known.empty()) return std::string(field) + " is another than on a line before";
  known = said;
  return {};
}

}  // namespace

Result<Ids> ids_in(const std::string& path) {
  const std::vector<std::string> names = {"case",          "session",   "LocalPatientId", "ServiceRequestId",
                                          "CareContactId", "CareActId", "CarePersLocalId"};
  Ids made;
  std::vector<std::size_t> places;
  std::size_t columns = 0;
  std::string fault;
  std::map<std::string, std::string> contacts;  // whose
  csv::Take take;
  take.header = [&](const std::vector<std::string>& header) -> Result<void> {
    auto found = csv::places_of(header, names);
    if (!found) return fail(ALLIANCE_E_BAD_INPUT, found.error().message);
    places = std::move(*found);
    columns = header.size();
    return {};
  };
  take.row = [&](std::uint64_t, const csv::Record& record) {
    if (!fault.empty()) return;
    const auto say = [&](const std::string& why) {
      if (!why.empty() && fault.empty()) fault = path + ": line " + std::to_string(record.line()) + ": " + why;
    };
    if (const auto why = csv::unreadable(record, columns)) return say(*why);
    const auto cell = [&](std::size_t i) { return std::string(score::trimmed(record.cell(places[i]))); };
    if (cell(0).empty()) return say("column case is empty");
    Person& person = made[cell(0)];
    say(differs(person.patient, cell(2), "LocalPatientId"));
    say(differs(person.referral, cell(3), "ServiceRequestId"));
    say(differs(person.practitioner, cell(6), "CarePersLocalId"));
    const std::string session = cell(1);
    if (session.empty()) {
      if (!cell(4).empty() || !cell(5).empty()) say("a contact's id needs the session that it is of");
      return;
    }
    std::uint16_t number = 0;
    const auto read = std::from_chars(session.data(), session.data() + session.size(), number);
    if (read.ec != std::errc() || read.ptr != session.data() + session.size() || number == 0) {
      return say("column session is no session's number");
    }
    Contact& contact = person.contacts[number];
    say(differs(contact.contact, cell(4), "CareContactId"));
    say(differs(contact.activity, cell(5), "CareActId"));
    const std::string whose = cell(0) + "/" + session;
    if (!cell(4).empty() && contacts.emplace(cell(4), whose).first->second != whose) {
      say("its CareContactId belongs to another contact on a line before");
    }
  };
  if (auto done = csv::read_table(path, ',', take); !done) return tl::unexpected(done.error());
  if (!fault.empty()) return fail(ALLIANCE_E_BAD_INPUT, fault);
  return made;
}

Result<fb::RecordCodesT> codes_in(const std::string& path) {
  std::string text(reinterpret_cast<const char*>(iapt_codes), sizeof iapt_codes);
  if (!path.empty()) {
    auto read = fhir_files::text_of(path);
    if (!read) return tl::unexpected(read.error());
    text = std::move(*read);
  }
  const auto bytes = schema::json_to_bytes("RecordCodes", text);
  if (!bytes) return fail(ALLIANCE_E_BAD_INPUT, (path.empty() ? "" : path + ": ") + bytes.error().message);
  fb::RecordCodesT made;
  flatbuffers::GetRoot<fb::RecordCodes>(bytes->data())->UnPackTo(&made);
  return made;
}

Tables tables(const fb::RecordExtractT& extract, const fb::RecordCodesT& codes, const Ids& ids, bool accept_unverified,
              const std::function<std::int64_t(std::int64_t)>& local) {
  Writer writer(codes, ids, accept_unverified, local);
  for (const auto& one : extract.cases) writer.add(*one, extract.from, extract.until);
  return writer.take();
}

}  // namespace alliance::tools::iapt
