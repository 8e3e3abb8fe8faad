// SPDX-License-Identifier: Apache-2.0
#include "chain.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "schema/json.h"

namespace chain {
namespace {

template <class Table>
typename Table::NativeTableType table(const char* name, const std::string& json) {
  typename Table::NativeTableType out;
  const auto bytes = alliance::schema::json_to_bytes(name, json);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().message);
  if (bytes) flatbuffers::GetRoot<Table>(bytes->data())->UnPackTo(&out);
  return out;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string date(std::int64_t instant) {
  using namespace std::chrono;
  const year_month_day on{floor<days>(sys_time<microseconds>{microseconds{instant}})};
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(on.year()), static_cast<unsigned>(on.month()),
                static_cast<unsigned>(on.day()));
  return text;
}

std::int64_t instant(double at) { return monday + static_cast<std::int64_t>(at * static_cast<double>(day)); }

}  // namespace

Chain::Chain(const std::string& config) {
  std::string name = (std::filesystem::temp_directory_path() / "alliance-factors-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
  alliance::HostOptions options;
  options.tenant = "clinic";
  options.store_path = folder_ + "/host.db";
  options.config = config.empty() ? R"({"safety":{"contact":"duty-desk"},"zone":"Etc/UTC"})" : config;
  options.log = [](std::int32_t, const std::string&) {};
  options.now = [this] { return now_; };
  host_ = std::make_unique<alliance::Host>(options);
  for (const char* plugin : {"rules", "stepped-review", "session-schedule", "instruments", "xapi"}) {
    host_->load_plugin(std::string(ALLIANCE_PLUGIN_DIR) + "/" + plugin + ".alliance.json");
  }
  alliance_error error = ALLIANCE_ERROR_INIT;
  EXPECT_EQ(alliance_host_receive(host_->raw(), "people", ALLIANCE_JSON, &Chain::take, this, &error), ALLIANCE_OK)
      << error.message;
  host_->run();
}

Chain::~Chain() {
  host_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::int32_t Chain::take(void* self, const alliance_report* report, alliance_error*) noexcept {
  auto& chain = *static_cast<Chain*>(self);
  const std::lock_guard lock(chain.mutex_);
  chain.arrived_.push_back({report->kind, std::string(reinterpret_cast<const char*>(report->body),
                                                      static_cast<std::size_t>(report->length))});
  return ALLIANCE_OK;
}

std::string Chain::record(double at, const std::string& type, const std::string& body, bool own,
                          const std::string& of) {
  now_ = std::max(now_, instant(at));
  const std::string id = "e" + std::to_string(++events_);
  host_->record(R"({"id":")" + id + (own ? R"(","practitioner":"p1")" : R"(","case":"c1")") + R"(,"time":)" +
                std::to_string(instant(at)) + (of.empty() ? "" : R"(,"proposal":")" + of + "\"") + R"(,"body_type":")" +
                type + R"(","body":)" + body + "}");
  return id;
}

void Chain::happens(double at, const std::string& type, const std::string& body, bool own) {
  record(at, type, body, own, {});
  told_.events += "- " + date(instant(at)) + " `" + type + "` `" + body + "`\n";
}

void Chain::opened(double at) {
  record(at, "CaseOpened",
         R"({"service":"north","practitioner":"p1","delivery":"blended","zone":"Etc/UTC","weeks":10,)"
         R"("planned_sessions":6,"planned_modules":5,"programme":"xapi"})",
         false, {});
  record(at, "ConsentGiven", R"({"scope":"all"})", false, {});
}

void Chain::passes(double to) {
  for (; now_ + day <= instant(to);) {
    now_ += day;
    host_->advance(now_);
  }
  now_ = instant(to);
  host_->advance(now_);
}

fb::ReviewT Chain::review(bool own, std::int32_t role, const std::string& viewer) {
  return table<fb::Review>("Review", own ? host_->review(ALLIANCE_SCOPE_PRACTITIONER, "p1", {role, viewer})
                                         : host_->review(ALLIANCE_SCOPE_CASE, "c1", {role, viewer}));
}

std::string Chain::indicator(fb::Factor factor, const std::string& id, double value, bool own) {
  const auto page = review(own, ALLIANCE_ROLE_PRACTITIONER, "p1");
  for (const auto& row : page.factors) {
    if (row->factor != factor) continue;
    for (const auto& one : row->indicators) {
      if (one->id != id) continue;
      EXPECT_TRUE(one->value) << id << ": " << one->text;
      EXPECT_NEAR(one->value.value_or(-1), value, 1e-3) << id << ": " << one->text;
      std::string said = one->title + ": " + number(one->value.value_or(-1));
      if (!one->unit.empty()) said += " " + one->unit;
      if (!one->text.empty()) said += " (" + one->text + ")";
      return said;
    }
  }
  ADD_FAILURE() << "no indicator " << id;
  return {};
}

void Chain::says_before(fb::Factor factor, const std::string& id, double value, bool own) {
  told_.before = "`" + id + "`, " + indicator(factor, id, value, own);
}
void Chain::says_after(fb::Factor factor, const std::string& id, double value, bool own) {
  told_.after = "`" + id + "`, " + indicator(factor, id, value, own);
}

std::size_t Chain::reports(const std::string& kind, const std::string& holding) {
  EXPECT_TRUE(host_->drain(std::chrono::seconds(30)));
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& one : arrived_) count += one.kind == kind && one.json.find(holding) != std::string::npos ? 1 : 0;
  return count;
}

void Chain::proposed(const std::string& rule, fb::Audience audience, fb::ActionKind kind) {
  ASSERT_TRUE(host_->drain(std::chrono::seconds(30)));
  const std::lock_guard lock(mutex_);
  for (const auto& one : arrived_) {
    if (one.kind != "proposal") continue;
    const auto report = table<fb::Report>("Report", one.json);
    const fb::ProposalT& proposal = *report.body.AsProposed()->proposal;
    if (proposal.rule != rule) continue;
    EXPECT_EQ(proposal.audience, audience);
    EXPECT_EQ(proposal.action->kind, kind);
    EXPECT_TRUE(proposal.not_validated);
    ASSERT_FALSE(proposal.evidence.empty());
    const fb::EvidenceT& evidence = *proposal.evidence[0];
    proposal_ = proposal.id;
    std::string words = "rule `" + rule + "` proposes `" + fb::EnumNameActionKind(kind) + "`";
    if (!proposal.action->option.empty()) words += " (" + proposal.action->option + ")";
    words += ", " + number(proposal.action->minutes) + " minutes, for the " + fb::EnumNameAudience(audience) + ": \"" +
             proposal.action->text + "\" Because: " + evidence.what;
    if (evidence.value) words += ", " + number(*evidence.value);
    if (evidence.threshold) words += " (threshold " + number(*evidence.threshold) + ")";
    words += "; " + evidence.provenance->note + ".";
    for (const auto& other : proposal.considered) {
      words += std::string(" Not `") + fb::EnumNameActionKind(other->action->kind) + "`: " + other->why_not + ".";
    }
    told_.proposed = words;
    return;
  }
  FAIL() << "nothing was proposed by " << rule;
}

void Chain::accepted(double at, bool own, const std::string& edited) {
  record(at, "ProposalShown", R"({"proposal":")" + proposal_ + R"(","by":"p1"})", own, {});
  record(at, "ProposalDecided",
         R"({"proposal":")" + proposal_ + R"(","decision":"accepted","by":"p1")" +
             (edited.empty() ? "" : R"(,"action":)" + edited) + "}",
         own, {});
  EXPECT_EQ(reports("adaptation", R"("proposal":")" + proposal_ + "\""), 1u);
  told_.decided = date(instant(at)) + " `ProposalShown`, `ProposalDecided` by p1";
  if (!edited.empty()) told_.decided += ", edited to `" + edited + "`";
}

void Chain::effect(double at, const std::string& type, const std::string& body, bool own) {
  std::string said = body;
  if (const auto place = said.find("PROPOSAL"); place != std::string::npos) said.replace(place, 8, proposal_);
  const std::string id = record(at, type, said, own, type == "AdaptationApplied" ? "" : proposal_);
  const std::string holding = type == "AdaptationApplied" ? R"("state":"applied")" : R"("effect":")" + id + "\"";
  EXPECT_EQ(reports("adaptation", holding), 1u);
  told_.effect = date(instant(at)) + " `" + type + "` `" + body + "`";
}

}  // namespace chain
