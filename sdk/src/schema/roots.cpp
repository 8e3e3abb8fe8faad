// SPDX-License-Identifier: Apache-2.0
#include "schema/roots.h"

#include <alliance_schema/config_generated.h>
#include <alliance_schema/custody_generated.h>
#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/extract_generated.h>
#include <alliance_schema/mapping_generated.h>
#include <alliance_schema/outbox_generated.h>
#include <alliance_schema/policy_generated.h>
#include <alliance_schema/programme_generated.h>
#include <alliance_schema/review_generated.h>
#include <alliance_schema/study_generated.h>
#include <alliance_schema/time_generated.h>

namespace alliance::schema {
namespace {

template <class Table>
bool verify(flatbuffers::Verifier& verifier, const char* identifier) {
  return verifier.VerifyBuffer<Table>(identifier);
}

constexpr Root roots[] = {
    {"Event", "ALEV", verify<fb::Event>},
    {"EventBatch", "ALEB", verify<fb::EventBatch>},
    {"Report", "ALRP", verify<fb::Report>},
    {"ReportList", "ALRL", verify<fb::ReportList>},
    {"Envelope", "ALEN", verify<fb::Envelope>},
    {"Batch", "ALBT", verify<fb::Batch>},
    {"OutboxStatus", "ALOS", verify<fb::OutboxStatus>},
    {"DeadLetterList", "ALDD", verify<fb::DeadLetterList>},
    {"Case", "ALCS", verify<fb::Case>},
    {"CaseList", "ALCL", verify<fb::CaseList>},
    {"DueList", "ALDL", verify<fb::DueList>},
    {"InForce", "ALIF", verify<fb::InForce>},
    {"Simulation", "ALSM", verify<fb::Simulation>},
    {"Plan", "ALPL", verify<fb::Plan>},
    {"Proposals", "ALPP", verify<fb::Proposals>},
    {"Programme", "ALPG", verify<fb::Programme>},
    {"Instrument", "ALIN", verify<fb::Instrument>},
    {"AnswersGiven", "ALAG", verify<fb::AnswersGiven>},
    {"ScoredAnswers", "ALSA", verify<fb::ScoredAnswers>},
    {"ContentPack", "ALCP", verify<fb::ContentPack>},
    {"InstrumentList", "ALIL", verify<fb::InstrumentList>},
    {"PluginList", "ALPI", verify<fb::PluginList>},
    {"QuarantineList", "ALQL", verify<fb::QuarantineList>},
    {"Review", "ALRV", verify<fb::Review>},
    {"StudyExtract", "ALSX", verify<fb::StudyExtract>},
    {"AccessLog", "ALAX", verify<fb::AccessLog>},
    {"StoreReport", "ALSR", verify<fb::StoreReport>},
    {"RecordExtract", "ALRX", verify<fb::RecordExtract>},
    {"RecordCodes", "ALRC", verify<fb::RecordCodes>},
    {"TimeView", "ALTV", verify<fb::TimeView>},
    {"FactorsOverTime", "ALFT", verify<fb::FactorsOverTime>},
    {"StudyOverview", "ALSO", verify<fb::StudyOverview>},
    {"HostConfig", "ALHC", verify<fb::HostConfig>},
    {"Manifest", "ALMF", verify<fb::Manifest>},
    {"Trust", "ALTR", verify<fb::Trust>},
    {"Schedule", "ALSC", verify<fb::Schedule>},
    {"TrialCalendar", "ALTC", verify<fb::TrialCalendar>},
    {"WorkingHours", "ALWH", verify<fb::WorkingHours>},
    {"Rules", "ALPO", verify<fb::Rules>},
    {"SteppedReview", "ALSW", verify<fb::SteppedReview>},
    {"FileMapping", "ALFM", verify<fb::FileMapping>},
    {"Surveys", "ALSV", verify<fb::Surveys>},
};

}  // namespace

const Root* find_root(std::string_view table) {
  for (const Root& root : roots) {
    if (root.table == table) return &root;
  }
  return nullptr;
}

}  // namespace alliance::schema
