// SPDX-License-Identifier: Apache-2.0
#include "host/study.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "host/access.h"

namespace alliance::host {
namespace {

constexpr std::size_t shortest_key = 16;
constexpr std::uint32_t widest_shift = 366;
constexpr std::int64_t day_of_microseconds = 86'400'000'000;

// HMAC-SHA256 (RFC 2104) over the parts with a NUL between them: no two lists of parts give the same text.
std::array<std::uint8_t, 32> keyed(const StudyTerms& terms, std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) (text += part) += '\0';
  std::array<std::uint8_t, 32> out{};
  unsigned length = 0;
  HMAC(EVP_sha256(), terms.key.data(), static_cast<int>(terms.key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &length);
  return out;
}

}  // namespace

Result<void> check(const StudyTerms& terms) {
  if (terms.key.size() < shortest_key) {
    return fail(ALLIANCE_E_INVALID, "study: the key has " + std::to_string(terms.key.size()) +
                                        " bytes: ids under fewer than 16 can be found out by trying");
  }
  if (terms.shift_days > widest_shift) return fail(ALLIANCE_E_INVALID, "study: dates are shifted by 366 days at most");
  return {};
}

StudyCase::StudyCase(const StudyTerms& terms, std::string id) : terms_(terms), id_(std::move(id)) {
  case_.id = pseudonym("case", id_);
  if (terms.shift_days == 0) return;
  std::uint64_t number = 0;
  const auto bytes = keyed(terms, {"shift", terms.tenant, id_});
  for (std::size_t i = 0; i < 8; ++i) number = (number << 8) | bytes[i];
  const std::int64_t days = static_cast<std::int64_t>(number % (2 * std::uint64_t{terms.shift_days} + 1));
  shift_ = (days - terms.shift_days) * day_of_microseconds;
}

std::string StudyCase::pseudonym(const std::string& kind, const std::string& id) const {
  static constexpr char hex[] = "0123456789abcdef";
  const auto bytes = keyed(terms_, {kind, terms_.tenant, id});
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) text += {hex[bytes[i] >> 4], hex[bytes[i] & 15]};
  return text;
}

// By time, not by arrival; of two at one instant the withdrawal holds.
void StudyCase::consent(const std::string& scope, bool given, std::int64_t time) {
  auto& now = consents_[scope];
  if (time < now.time || (time == now.time && given)) return;
  now = {time, given};
}

void StudyCase::event(const fb::EventT& event) {
  if (const auto* opened = event.body.AsCaseOpened()) {
    case_.opened = moved(event.time);
    case_.delivery = opened->delivery;
    practice_ = opened->practice;
  } else if (event.body.AsCaseClosed() != nullptr) {
    case_.closed = moved(event.time);
  } else if (const auto* allocated = event.body.AsAllocated()) {
    if (event.time < allocated_) return;
    allocated_ = event.time;
    case_.arm = allocated->arm;
    case_.site = allocated->site;
    case_.protocol_version = allocated->protocol_version;
    case_.observe_only = allocated->observe_only;
  } else if (const auto* given = event.body.AsConsentGiven()) {
    consent(given->scope, true, event.time);
  } else if (const auto* withdrawn = event.body.AsConsentWithdrawn()) {
    consent(withdrawn->scope, false, event.time);
  } else if (const auto* back = event.body.AsEventTakenBack()) {
    taken_back_.insert(back->event);
  } else if (const auto* answers = event.body.AsAnswersGiven()) {
    auto sheet = std::make_unique<fb::StudySheetT>();
    sheet->sheet = pseudonym("sheet", id_ + '/' + event.id);
    sheet->time = moved(event.time);
    sheet->given = std::make_unique<fb::AnswersGivenT>(*answers);
    sheet->given->begun = moved(answers->begun);
    sheet->given->finished = moved(answers->finished);
    sheets_[event.id] = case_.sheets.size();
    case_.sheets.push_back(std::move(sheet));
  }
}

void StudyCase::report(const fb::ReportT& report) {
  const auto* scored = report.body.AsScored();
  if (scored == nullptr) return;
  const auto found = sheets_.find(scored->event);
  if (found == sheets_.end()) return;
  auto& sheet = *case_.sheets[found->second];
  sheet.scored = std::make_unique<fb::ScoredT>(*scored);
  sheet.scored->event = sheet.sheet;
  sheet.scored->answers.clear();  // they are in `given`
}

bool StudyCase::add_to(fb::StudyExtractT& extract, const std::function<bool(const fb::StudySheetT&)>& confidential) {
  if (practice_) return false;
  const auto withdrawn = [](const auto& one) { return !one.second.given; };
  if (std::any_of(consents_.begin(), consents_.end(), withdrawn)) {
    ++extract.withdrawn;
    return false;
  }
  if (terms_.consent.empty() ? consents_.empty() : !consents_.contains(terms_.consent)) {
    ++extract.no_consent;
    return false;
  }
  for (const std::string& event : taken_back_) {
    if (const auto found = sheets_.find(event); found != sheets_.end()) case_.sheets[found->second].reset();
  }
  std::erase(case_.sheets, nullptr);
  const auto gone = std::erase_if(case_.sheets, [&](const auto& sheet) { return confidential(*sheet); });
  extract.confidence_sheets += static_cast<std::uint32_t>(gone);
  std::stable_sort(case_.sheets.begin(), case_.sheets.end(),
                   [](const auto& a, const auto& b) { return a->time < b->time; });
  extract.cases.push_back(std::make_unique<fb::StudyCaseT>(std::move(case_)));
  return true;
}

const std::string& version_of(const fb::StudySheetT& sheet) {
  return sheet.scored ? sheet.scored->version : sheet.given->version;
}

// A sheet is made anew from what may stay, so that a field that is added to it is left out.
void blind(fb::StudyExtractT& extract) {
  extract.blinded = true;
  for (auto& one : extract.cases) {
    one->arm.clear();
    one->observe_only = false;
    one->delivery = fb::Delivery::unset;
    for (auto& sheet : one->sheets) {
      auto kept = std::make_unique<fb::StudySheetT>();
      kept->sheet = sheet->sheet;
      kept->time = sheet->time;
      kept->given = std::make_unique<fb::AnswersGivenT>();
      kept->given->instrument = sheet->given->instrument;
      kept->given->version = sheet->given->version;
      kept->given->rater = sheet->given->rater;
      kept->given->session = sheet->given->session;
      sheet = std::move(kept);
    }
  }
}

void StudyCounts::add(const fb::StudyCaseT& one, const std::vector<std::unique_ptr<fb::OccasionRecordT>>& occasions) {
  Arm& arm = arms_[one.arm];
  ++arm.cases;
  arm.open += one.closed == 0;
  arm.observe_only = arm.observe_only || one.observe_only;
  ++protocols_[one.protocol_version];
  ++sites_[one.site];
  ++cases_;
  sheets_ += static_cast<std::uint32_t>(one.sheets.size());
  for (const auto& record : occasions) {
    const fb::OccasionT& asked = *record->occasion;
    if (asked.instrument.empty() || about_confidence(asked.role)) continue;
    const auto key = std::tuple{asked.role, asked.rater, asked.target, asked.instrument};
    switch (asked.state) {
      case fb::OccasionState::answered:
        ++measures_[key].answered;
        break;
      case fb::OccasionState::expired:
        ++measures_[key].missed;
        break;
      case fb::OccasionState::due:
      case fb::OccasionState::overdue:
        ++measures_[key].open;
        break;
      case fb::OccasionState::unset:
      case fb::OccasionState::planned:
      case fb::OccasionState::cancelled:
        break;
    }
  }
}

void StudyCounts::put(fb::StudyOverviewT& overview) const {
  overview.cases = cases_;
  overview.sheets = sheets_;
  for (const auto& [name, arm] : arms_) {
    auto one = std::make_unique<fb::StudyArmT>();
    one->arm = name;
    one->cases = arm.cases;
    one->open = arm.open;
    one->observe_only = arm.observe_only;
    overview.arms.push_back(std::move(one));
  }
  const auto counts = [](const auto& from, auto& to) {
    for (const auto& [name, cases] : from) {
      auto one = std::make_unique<fb::StudyCountT>();
      one->name = name;
      one->cases = cases;
      to.push_back(std::move(one));
    }
  };
  counts(protocols_, overview.protocols);
  counts(sites_, overview.sites);
  for (const auto& [key, measure] : measures_) {
    auto one = std::make_unique<fb::StudyMeasureT>();
    std::tie(one->role, one->rater, one->target, one->instrument) = key;
    one->asked = measure.answered + measure.missed + measure.open;
    one->answered = measure.answered;
    one->missed = measure.missed;
    one->open = measure.open;
    overview.measures.push_back(std::move(one));
  }
}

}  // namespace alliance::host
