// SPDX-License-Identifier: Apache-2.0
// F1: the same report in FlatBuffers, protobuf and JSON. Every format's memory is used again.
#include <boost/json.hpp>

#include "content.h"
#include "pairs.h"
#include "report.pb.h"
#include "schema/json.h"

namespace {

using bench::Content;

void encode(const Content& from, bench::Report& report) {
  report.Clear();
  bench::Scored& scored = *report.mutable_scored();
  scored.set_instrument(from.instrument);
  scored.set_version(from.version);
  scored.set_rater(1);
  scored.set_target(1);
  scored.set_session(from.session);
  scored.set_event(from.event);
  for (const auto& scale : from.scales) {
    bench::Score& score = *scored.add_scores();
    score.set_scale(scale.scale);
    score.add_roles(scale.role);
    score.set_value(scale.value);
    score.set_state(1);
    score.set_answered(scale.answered);
    score.set_items(scale.items);
  }
}

// Something of every field, so that none is left unread.
struct Sum {
  double value = 0;
  std::uint64_t number = 0;
  void text(std::string_view text) { number += text.size() + static_cast<unsigned char>(text.back()); }
  bool operator==(const Sum&) const = default;
};

Sum sum_of(const bench::fb::Scored& scored) {
  Sum sum;
  sum.text(scored.instrument()->string_view());
  sum.text(scored.version()->string_view());
  sum.text(scored.event()->string_view());
  sum.number += static_cast<unsigned>(scored.rater()) + static_cast<unsigned>(scored.target()) + scored.session();
  for (const auto* score : *scored.scores()) {
    sum.text(score->scale()->string_view());
    for (const auto* role : *score->roles()) sum.text(role->string_view());
    sum.value += *score->value();
    sum.number += static_cast<unsigned>(score->state()) + score->answered() + score->items();
  }
  return sum;
}

Sum sum_of(const bench::Scored& scored) {
  Sum sum;
  sum.text(scored.instrument());
  sum.text(scored.version());
  sum.text(scored.event());
  sum.number += scored.rater() + scored.target() + scored.session();
  for (const auto& score : scored.scores()) {
    sum.text(score.scale());
    for (const auto& role : score.roles()) sum.text(role);
    sum.value += score.value();
    sum.number += score.state() + score.answered() + score.items();
  }
  return sum;
}

Sum sum_of(const boost::json::object& scored) {
  Sum sum;
  const auto text = [&](const boost::json::value& value) { sum.text(value.get_string()); };
  text(scored.at("instrument"));
  text(scored.at("version"));
  text(scored.at("event"));
  sum.number += (scored.at("rater").get_string() == "client" ? 1u : 0u) +
                (scored.at("target").get_string() == "practitioner" ? 1u : 0u) +
                scored.at("session").to_number<std::uint64_t>();
  for (const auto& one : scored.at("scores").get_array()) {
    const auto& score = one.get_object();
    text(score.at("scale"));
    for (const auto& role : score.at("roles").get_array()) text(role);
    sum.value += score.at("value").to_number<double>();
    sum.number += (score.at("state").get_string() == "scored" ? 1u : 0u) +
                  score.at("answered").to_number<std::uint64_t>() + score.at("items").to_number<std::uint64_t>();
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Asked asked(argc, argv);
  const Content content;
  flatbuffers::FlatBufferBuilder builder(1024);
  bench::Report message;
  std::string text;
  bench::compare(
      "F1 encode", asked.how,
      [&](std::uint64_t times) {
        while (times-- > 0) {
          builder.Clear();
          bench::encode(content, builder);
          bench::keep(*builder.GetBufferPointer());
        }
      },
      [&](std::uint64_t times) {
        while (times-- > 0) {
          encode(content, message);
          text.clear();
          message.AppendToString(&text);
          bench::keep(text[0]);
        }
      });

  const auto bytes = bench::report(content);
  const auto json = alliance::schema::bytes_to_json("Report", bytes);
  bench::need(json.has_value(), "the report as JSON");
  bench::Report parsed;
  std::vector<unsigned char> memory(64 * 1024);
  boost::json::parser parser;
  const auto by_flatbuffers = [&] {
    flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 32, 256);
    if (!verifier.VerifyBuffer<bench::fb::Report>(bench::fb::ReportIdentifier())) std::abort();
    return sum_of(*bench::fb::GetReport(bytes.data())->body_as_Scored());
  };
  const auto by_protobuf = [&] {
    if (!parsed.ParseFromString(text)) std::abort();
    return sum_of(parsed.scored());
  };
  const auto by_json = [&] {
    boost::json::static_resource resource(memory.data(), memory.size());
    parser.reset(&resource);
    parser.write(*json);
    const boost::json::value value = parser.release();
    return sum_of(value.get_object().at("body").get_object());
  };
  const Sum all = by_flatbuffers();
  bench::need(all == by_protobuf(), "protobuf holds the same");
  bench::need(all == by_json(), "JSON holds the same");
  const auto often = [](const auto& work) {
    return [&work](std::uint64_t times) {
      while (times-- > 0) {
        auto sum = work();
        bench::keep(sum);
      }
    };
  };
  bench::compare("F1 read protobuf", asked.how, often(by_flatbuffers), often(by_protobuf));
  bench::compare("F1 read json", asked.how, often(by_flatbuffers), often(by_json));
  return 0;
}
