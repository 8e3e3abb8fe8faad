// SPDX-License-Identifier: Apache-2.0
// What needs no host: shapes, languages, rates, the kept reports, tokens, settings.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>

#include "loopback.h"
#include "sidecar/contract.h"
#include "sidecar/feed.h"
#include "sidecar/languages.h"
#include "sidecar/metrics.h"
#include "sidecar/rates.h"
#include "sidecar/tokens.h"

using namespace alliance::sidecar;

namespace {

constexpr const char* token_names_are_not_tokens = "token-token-token-token-token";

std::string first_fault(const std::string& schema, const std::string& value) {
  const auto root = boost::json::parse(schema);
  const Shapes shapes(root);
  const auto faults = shapes.check(root, boost::json::parse(value));
  return faults.empty() ? "" : faults.front().at + " " + faults.front().detail;
}

}  // namespace

TEST(Shapes, NameThePlaceOfEachFault) {
  const std::string schema = R"({"type":"object","required":["a"],"additionalProperties":false,"properties":{
    "a":{"type":"array","minItems":1,"maxItems":2,"items":{"$ref":"#/properties/b"}},
    "b":{"type":"integer","minimum":0,"maximum":3},"c":{"type":"string","minLength":2,"maxLength":3},
    "d":{"type":"string","enum":["x","y"]},"e/f":{"anyOf":[{"type":"string"},{"type":"boolean"}]}}})";
  EXPECT_EQ(first_fault(schema, R"({"a":[1,2.0],"c":"äöü","d":"y","e/f":true})"), "");
  EXPECT_EQ(first_fault(schema, R"([])"), "/ must be of type object");
  EXPECT_EQ(first_fault(schema, R"({})"), "/a is missing");
  EXPECT_EQ(first_fault(schema, R"({"a":[]})"), "/a needs at least 1 entries");
  EXPECT_EQ(first_fault(schema, R"({"a":[1,2,3]})"), "/a may have 2 entries at most");
  EXPECT_EQ(first_fault(schema, R"({"a":[1,4]})"), "/a/1 may be 3 at most");
  EXPECT_EQ(first_fault(schema, R"({"a":[1.5]})"), "/a/0 must be of type integer");
  EXPECT_EQ(first_fault(schema, R"({"a":[1],"c":"x"})"), "/c needs at least 2 characters");
  EXPECT_EQ(first_fault(schema, R"({"a":[1],"c":"four"})"), "/c may have 3 characters at most");
  EXPECT_EQ(first_fault(schema, R"({"a":[1],"d":"z"})"), "/d must be one of: x, y");
  EXPECT_EQ(first_fault(schema, R"({"a":[1],"e/f":1})"), "/e~1f has none of the shapes that are possible here");
  EXPECT_EQ(first_fault(schema, R"({"a":[1],"g":1})"), "/g is not known here");
  std::string name = "x";
  for (int i = 0; i < 60; ++i) name += "\xC3\xA4";  // byte 100 is the second of a character
  EXPECT_EQ(first_fault(schema, R"({"a":[1],")" + name + R"(":1})"), "/" + name.substr(0, 99) + " is not known here");
}

TEST(Shapes, RefuseASchemaThatSaysMoreThanTheyCheck) {
  const auto root = boost::json::parse(R"({"type":"object","properties":{"a":{"type":"string","pattern":"x"}}})");
  const Shapes shapes(root);
  const auto fine = shapes.understood(root);
  ASSERT_FALSE(fine);
  EXPECT_EQ(fine.error().message, "the keyword pattern is not read here");
}

TEST(Languages, TheTagThenAFormOfItThenItsLanguageThenTheFirst) {
  const std::vector<std::string> there = {"en", "de-AT", "zh-Hans"};
  EXPECT_EQ(best_language("ZH-hans,en", there), "zh-Hans");
  EXPECT_EQ(best_language("de", there), "de-AT");
  EXPECT_EQ(best_language("en-GB", there), "en");
  EXPECT_EQ(best_language("fr, zh", there), "zh-Hans");
  EXPECT_EQ(best_language("fr", there), "en");
  EXPECT_EQ(best_language("fr", {}), "");
}

TEST(Rates, LetABurstThroughAndThenSoManyASecondAndForgetWhoCameLongAgo) {
  Rates rates(2, 3);
  std::int64_t now = 1'000'000'000;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rates.take("a", now), 0);
  EXPECT_EQ(rates.take("a", now), 1);
  EXPECT_EQ(rates.take("b", now), 0) << "others have their own";
  now += 500'000;
  EXPECT_EQ(rates.take("a", now), 0);
  EXPECT_EQ(rates.take("a", now), 1);
  for (int i = 0; i < 50'000; ++i) rates.take("x" + std::to_string(i), now += 10'000);
  EXPECT_EQ(rates.take("a", now), 0);
  Rates none(0, 1);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(none.take("a", now), 0);
}

TEST(Feed, GoesOnWhereAStreamWasAndSaysWhenSomethingIsGone) {
  Feed feed(4);
  const auto put = [&](const std::string& id) { feed.put({0, id, "c", "scored", "normal", 1, "{}"}); };
  for (const char* id : {"1", "2", "3"}) put(id);
  auto piece = feed.after(1, 10);
  ASSERT_EQ(piece.reports.size(), 2u);
  EXPECT_EQ(piece.reports[0].id, "2");
  EXPECT_EQ(piece.at, 3u);
  EXPECT_FALSE(piece.missed);
  EXPECT_TRUE(feed.after(3, 10).reports.empty());
  for (const char* id : {"4", "5", "6"}) put(id);
  piece = feed.after(1, 2);
  EXPECT_TRUE(piece.missed);
  ASSERT_EQ(piece.reports.size(), 2u);
  EXPECT_EQ(piece.reports[0].id, "3");
  EXPECT_FALSE(feed.after(2, 2).missed);
  EXPECT_EQ(feed.number_of(feed.name_of(4)), 4u);
  EXPECT_EQ(feed.number_of(Feed(4).name_of(4)), std::nullopt) << "of another process";
  EXPECT_EQ(feed.number_of(feed.name_of(7)), std::nullopt) << "that did not come yet";
  EXPECT_EQ(feed.number_of("nonsense"), std::nullopt);
}

TEST(Feed, IsBoundInBytesToo) {
  Feed feed(1000, 4096);
  for (int i = 0; i < 100; ++i) feed.put({0, std::to_string(i), "c", "scored", "normal", 1, std::string(500, 'x')});
  const auto piece = feed.after(0, 1000);
  EXPECT_TRUE(piece.missed);
  EXPECT_LT(piece.reports.size(), 9u);
  EXPECT_EQ(piece.at, 100u);
}

TEST(Tokens, OfTheSettingsAreFoundByTheirHashAndIssuedOnesEnd) {
  const Tokens tokens({{"backend", "north", 4, "", sha256_of("secret-secret-secret-secret")}});
  EXPECT_FALSE(tokens.find("Bearer secret", 0));
  EXPECT_FALSE(tokens.find("Basic secret-secret-secret-secret", 0));
  const auto backend = tokens.find("bearer secret-secret-secret-secret", 0);
  ASSERT_TRUE(backend);
  EXPECT_EQ(backend->token, "backend");

  const std::string issued = tokens.issue(*backend, 1, "anna", 1000);
  const auto anna = tokens.find("Bearer " + issued, 999);
  ASSERT_TRUE(anna);
  EXPECT_EQ(anna->tenant, "north");
  EXPECT_EQ(anna->role, 1);
  EXPECT_EQ(anna->id, "anna");
  EXPECT_TRUE(anna->issued);
  EXPECT_FALSE(tokens.find("Bearer " + issued, 1000)) << "its time is over";
  for (std::size_t i = 0; i < issued.size(); i += 7) {
    std::string changed = issued;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.find("Bearer " + changed, 1)) << i;
  }
  EXPECT_FALSE(Tokens({}).find("Bearer " + issued, 1)) << "of another process";
}

TEST(Settings, AreReadAndEachFaultNamesItsPlace) {
  alliance::test::TemporaryFolder folder("settings");
  const std::string file = folder / "token";
  std::ofstream(file) << token_names_are_not_tokens;
  const auto with = [&](const std::string& more, const std::string& tokens) {
    return R"({"tenants":[{"tenant":"north","store":"/tmp/north.db","host":{"zone":"Europe/London"}}],"tokens":[)" +
           tokens + "]" + more + "}";
  };
  const auto said = [&](const std::string& text) {
    const auto read = read_settings(text);
    return read ? std::string() : read.error().message;
  };
  const std::string good = R"({"name":"b","tenant":"north","role":"service","sha256":")" + std::string(64, 'a') + "\"}";
  const auto read = read_settings(with(R"(,"listen":"[::1]:8440","limits":{"workers":2})", good));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->address, "::1");
  EXPECT_EQ(read->port, 8440);
  EXPECT_EQ(read->limits.workers, 2u);
  EXPECT_EQ(read->limits.body_bytes, 1u << 20);
  EXPECT_EQ(read->tenants[0].host, R"({"zone":"Europe/London"})");

  EXPECT_EQ(read->log.level, ALLIANCE_LOG_INFO);
  EXPECT_FALSE(read->log.json);
  const auto told = read_settings(with(R"(,"log":{"level":"warning","form":"json"})", good));
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->log.level, ALLIANCE_LOG_WARNING);
  EXPECT_TRUE(told->log.json);

  const std::string study =
      R"({"tenants":[{"tenant":"n","store":"n.db","study":{"key_file":"k","shift_days":367}}],"tokens":[)" + good +
      "]}";
  EXPECT_EQ(said(study), "the settings: /tenants/0/study/shift_days may be 366 at most");  // as alliance/host.h has it
  EXPECT_EQ(said("{"), "the settings: / is no JSON: incomplete JSON at line 1, column 2");
  EXPECT_EQ(said("{\n  \"tenants\": [\"\xC3\xA4\",]\n}"),
            "the settings: / is no JSON: syntax error at line 2, column 19");
  EXPECT_EQ(said("{}x"), "the settings: / is no JSON: extra data at line 1, column 3");
  EXPECT_EQ(said("{}"), "the settings: /tenants is missing");
  EXPECT_EQ(said(with(R"(,"lisen":"x")", good)), "the settings: /lisen is not known here");
  EXPECT_EQ(said(with(R"(,"listen":"localhost")", good)),
            "the settings: /listen must be IP:PORT, for example 127.0.0.1:8440 or [::1]:8440");
  EXPECT_EQ(said(with(R"(,"listen":"0.0.0.0:8440")", good)),
            "the settings: /listen is beyond this machine, where nothing would be encrypted: give tls, or say "
            "behind_proxy where a proxy ends it");
  EXPECT_EQ(said(with(R"(,"listen":"0.0.0.0:8440","behind_proxy":true)", good)), "");
  EXPECT_EQ(said(with(R"(,"demonstration_time":1774458000000000)", good)), "");
  EXPECT_EQ(said(with(R"(,"listen":"0.0.0.0:8440","behind_proxy":true,"demonstration_time":1774458000000000)", good)),
            "the settings: /demonstration_time is for this machine alone: nobody's care goes by another clock");
  EXPECT_EQ(said(with("", R"({"name":"b","tenant":"east","role":"service","sha256":")" + std::string(64, 'a') + "\"}")),
            "the settings: /tokens: b is for a tenant that /tenants does not name");
  EXPECT_EQ(said(with("", R"({"name":"b","tenant":"north","role":"nurse","env":"X"})")),
            "the settings: /tokens/0/role must be one of: client, practitioner, supervisor, service, researcher");
  EXPECT_EQ(said(with("", good + "," + good)), "the settings: /tokens: b is the same token as another one");
  EXPECT_EQ(said(with("", R"({"name":"b","tenant":"north","role":"service"})")),
            "the settings: /tokens/0 needs one of sha256, file and env; alliance serve --new-token makes a token");

  const std::string in_file = R"({"name":"b","tenant":"north","role":"service","file":")" + file + "\"}";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_NE(said(with("", in_file)).find("can be read by others than its owner"), std::string::npos);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  const auto from_file = read_settings(with("", in_file));
  ASSERT_TRUE(from_file) << from_file.error().message;
  EXPECT_EQ(from_file->tokens[0].sha256, sha256_of(token_names_are_not_tokens));
  EXPECT_EQ(from_file->tokens[0].name, "b");
}

TEST(Metrics, AreCumulativeHistogramsAndCountsByClass) {
  Metrics metrics;
  metrics.answered("score", 200, 0.002);
  metrics.answered("score", 400, 0.2);
  const auto text = metrics.text();
  for (const char* line : {"alliance_requests_total{operation=\"score\",status=\"2xx\"} 1\n",
                           "alliance_requests_total{operation=\"score\",status=\"4xx\"} 1\n",
                           "alliance_request_seconds_bucket{operation=\"score\",le=\"0.001\"} 0\n",
                           "alliance_request_seconds_bucket{operation=\"score\",le=\"0.0025\"} 1\n",
                           "alliance_request_seconds_bucket{operation=\"score\",le=\"+Inf\"} 2\n",
                           "alliance_request_seconds_count{operation=\"score\"} 2\n", "alliance_connections 0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  }
}

TEST(Metrics, TellOnceWhatAnOperatorShouldKnow) {
  Metrics metrics;
  EXPECT_EQ(metrics.noteworthy(), "");
  metrics.refused += 3;
  ++metrics.faults;
  EXPECT_EQ(metrics.noteworthy(),
            "since the last such line: 3 requests without a good token, 1 requests that met a fault of the sidecar");
  EXPECT_EQ(metrics.noteworthy(), "");
  ++metrics.refused;
  EXPECT_EQ(metrics.noteworthy(), "since the last such line: 1 requests without a good token");
}
