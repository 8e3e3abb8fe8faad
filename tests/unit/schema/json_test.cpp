// SPDX-License-Identifier: Apache-2.0
#include "schema/json.h"

#include <alliance_schema/event_generated.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

using alliance::schema::bytes_to_json;
using alliance::schema::json_to_bytes;
using alliance::schema::verify;

const char* const answers = R"({"id":"e1","case":"c1","time":1772000000000000,"body_type":"AnswersGiven",)"
                            R"("body":{"instrument":"phq-9","rater":"client","session":3,)"
                            R"("answers":[{"item":"1","value":2.5,"state":"answered"},)"
                            R"({"item":"2","value":0,"state":"skipped"}],"begun":0,"finished":0}})";

std::string refusal(std::string_view table, std::string_view json) {
  const auto result = json_to_bytes(table, json);
  return result ? "taken" : result.error().message;
}

TEST(SchemaJson, ComesBackAsItWent) {
  const auto bytes = json_to_bytes("Event", answers);
  ASSERT_TRUE(bytes) << bytes.error().message;
  ASSERT_TRUE(verify("Event", *bytes));
  const auto json = bytes_to_json("Event", *bytes);
  ASSERT_TRUE(json);
  EXPECT_EQ(*json, answers);
}

TEST(SchemaJson, TakesMembersInAnyOrder) {
  const auto bytes = json_to_bytes(
      "Event", R"({"body":{"session":2,"minutes":31},"time":5,"body_type":"SessionHeld","id":"x","case":"c"})");
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto* event = alliance::fb::GetEvent(bytes->data());
  EXPECT_EQ(event->body_as_SessionHeld()->session(), 2);
  EXPECT_EQ(event->body_as_SessionHeld()->minutes(), 31);
}

TEST(SchemaJson, TakesTheMarkThatEditorsOnWindowsBeginAFileWith) {
  EXPECT_EQ(refusal("Event", "\xEF\xBB\xBF" + std::string(answers)), "taken");
  EXPECT_EQ(refusal("Event", "\xEF\xBB\xBF{").find("Event, line 1, column"), 0u);
}

TEST(SchemaJson, NamesLineColumnAndField) {
  EXPECT_EQ(refusal("Event", "{\n \"id\": \"x\",\n \"tme\": 4}").substr(0, 46),
            "Event, line 3, column 9: tme unknown field: Ev");
  EXPECT_EQ(refusal("Event", "{\"id\":\"x\",\n\"body_type\":\"SessionHeld\",\"body\":{\"session\":70000}}"),
            "Event, line 2, column 45: body.session is outside the range of the field");
  EXPECT_EQ(refusal("EventBatch", R"({"events":[{"id":"a","body_type":"SessionHeld","body":{}},{"id":7}]})"),
            "EventBatch, line 1, column 65: events[1].id expected text");
}

TEST(SchemaJson, RefusesWhatTheSchemaDoesNotKnow) {
  EXPECT_NE(refusal("Event", "{\"id\":\"x\"}").find("body missing"), std::string::npos);
  EXPECT_NE(refusal("Event", R"({"id":"x","body":{}})").find("needs body_type"), std::string::npos);
  EXPECT_NE(refusal("Event", R"({"id":"x","body_type":"SessionHeld"})").find("kind of a value that is missing"),
            std::string::npos);
  EXPECT_NE(refusal("Event", R"({"id":"x","body_type":"Nonsense","body":{}})").find("none of CaseOpened"),
            std::string::npos);
  EXPECT_NE(refusal("Event", R"({"id":"x","time":1.5,"body_type":"SessionHeld","body":{}})").find("whole number"),
            std::string::npos);
  EXPECT_NE(refusal("Event", R"({"id":"x","body_type":"SessionHeld","body":{"session":-1}})").find("outside"),
            std::string::npos);
  EXPECT_NE(refusal("Event", "{\"id\":\"a\\u0000b\",\"body_type\":\"SessionHeld\",\"body\":{}}").find("NUL"),
            std::string::npos);
  EXPECT_NE(refusal("Event", "{\"id\": ").find("line 1, column 8: not JSON"), std::string::npos);
  EXPECT_NE(refusal("Event", "{} {}").find("not JSON"), std::string::npos);
  EXPECT_NE(refusal("Event", "[]").find("expected an object"), std::string::npos);
  EXPECT_NE(refusal("Event", std::string(100'000, '[')).find("not JSON"), std::string::npos);
  EXPECT_NE(refusal("Nothing", "{}").find("no table"), std::string::npos);
}

TEST(SchemaJson, AnAnswerWithoutAValueIsNotTakenForNought) {
  const auto sheet = [](const std::string& answer) {
    return refusal("AnswersGiven", R"({"instrument":"i","answers":[{"item":"1","value":0},)" + answer + "]}");
  };
  for (const char* said : {R"({"item":"9"})", R"({"item":"9","value":null})", R"({"item":"9","state":"answered"})",
                           R"({"item":"9","code":"","state":null})"}) {
    EXPECT_EQ(sheet(said),
              "AnswersGiven, line 1, column 53: answers[1] has neither value nor code: give one, or say why there is "
              "none, as in \"state\":\"skipped\"")
        << said;
  }
  for (const char* said : {R"({"item":"9","value":0})", R"({"item":"9","code":"A"})",
                           R"({"item":"9","state":"skipped"})", R"({"item":"9","value":null,"state":"refused"})"}) {
    EXPECT_EQ(sheet(said), "taken") << said;
  }
}

TEST(SchemaJson, TakesWholeNumbersWrittenWithAFraction) {
  const auto bytes =
      json_to_bytes("Event", R"({"id":"x","time":1.772e15,"body_type":"SessionHeld","body":{"session":3.0}})");
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(alliance::fb::GetEvent(bytes->data())->time(), 1'772'000'000'000'000);
}

TEST(SchemaJson, ReadsEveryDoubleExactly) {
  for (const char* number : {"1.0000001266598701", "1.7976931348623155e+308", "8.395238095238095", "14.625",
                             "2.2250738585072014e-308", "0.1", "9007199254740993.5"}) {
    const std::string json =
        std::string(R"({"id":"x","time":0,"body_type":"SessionHeld","body":{"session":0,"minutes":)") + number +
        R"(,"mode":"unset"}})";
    const auto bytes = json_to_bytes("Event", json);
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_EQ(alliance::fb::GetEvent(bytes->data())->body_as_SessionHeld()->minutes(), std::strtod(number, nullptr))
        << number;
  }
}

TEST(SchemaJson, RefusesBytesThatAreNoTable) {
  auto bytes = *json_to_bytes("Event", answers);
  EXPECT_FALSE(verify("Report", bytes));
  EXPECT_FALSE(verify("Event", std::span(bytes).first(bytes.size() / 2)));
  EXPECT_FALSE(verify("Event", {}));
  for (std::size_t i = 0; i < bytes.size(); ++i) {  // whatever one byte becomes: refused, or readable
    auto changed = bytes;
    changed[i] ^= 0xFF;
    if (verify("Event", changed)) {
      EXPECT_TRUE(bytes_to_json("Event", changed));
    }
  }
}

TEST(SchemaJson, RefusesTextThatIsNotUtf8AndNumbersThatAreNotFinite) {
  auto bytes = *json_to_bytes("Event", R"({"id":"abcd","body_type":"SessionHeld","body":{"minutes":2.5}})");
  auto changed = bytes;
  const std::string_view id = "abcd";
  const auto at = std::search(changed.begin(), changed.end(), id.begin(), id.end());
  ASSERT_NE(at, changed.end());
  *at = 0xC0;
  EXPECT_NE(verify("Event", changed).error().message.find("UTF-8"), std::string::npos);
  changed = bytes;
  const double number = 2.5, endless = 1.0 / 0.0;
  std::uint8_t pattern[8];
  std::memcpy(pattern, &number, 8);
  const auto place = std::search(changed.begin(), changed.end(), pattern, pattern + 8);
  ASSERT_NE(place, changed.end());
  std::memcpy(&*place, &endless, 8);
  EXPECT_NE(verify("Event", changed).error().message.find("finite"), std::string::npos);
}

}  // namespace
