// SPDX-License-Identifier: Apache-2.0
// What holds for every instrument that ships, whatever its numbers.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <random>

#include "instrument.h"
#include "schema/json.h"

namespace fb = alliance::fb;
using instruments_test::Folder;
using instruments_test::Plugin;

namespace {

namespace fs = std::filesystem;
const fs::path home = fs::path(ALLIANCE_SOURCE_DIR) / "plugins" / "instruments";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> ids_of(Plugin& plugin) {
  std::vector<std::string> ids;
  for (const auto& name : plugin.offered()) ids.push_back(name.substr(0, name.find(' ')));
  return ids;
}

// Every shipped key scores, for the sake of the arithmetic.
std::string all_accepted() {
  Plugin plugin;
  std::string list;
  for (const auto& id : ids_of(plugin)) list += (list.empty() ? "\"" : ", \"") + id + "\"";
  return R"({"accept_unverified": [)" + list + "]}";
}

// An allowed answer to each item, drawn at random.
std::vector<double> drawn(const fb::InstrumentT& definition, std::mt19937& random) {
  std::vector<double> sheet;
  for (const auto& item : definition.items) {
    for (const auto& response : definition.responses) {
      if (response->id != item->response) continue;
      if (!response->options.empty()) {
        sheet.push_back(*response->options[random() % response->options.size()]->value);
      } else {
        const double power = std::pow(10.0, response->decimals);
        const auto units = static_cast<unsigned>((*response->max - *response->min) * power) + 1;
        sheet.push_back((*response->min * power + static_cast<double>(random() % units)) / power);
      }
    }
  }
  return sheet;
}

// Scales rewritten as JSON by reversing lists between brackets would be fragile: the definition itself is turned.
template <class Change>
std::string changed(const fb::InstrumentT& from, Change&& change) {
  fb::InstrumentT made(from);
  change(made);
  made.hash.clear();
  made.denied.clear();
  made.languages.clear();
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Instrument::Pack(builder, &made), fb::InstrumentIdentifier());
  const auto json = alliance::schema::bytes_to_json("Instrument", {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) throw std::runtime_error(json.error().message);
  return *json;
}

TEST(Properties, EveryScoreLiesWithinItsScale) {
  Plugin plugin(all_accepted());
  std::mt19937 random(11);
  for (const auto& id : ids_of(plugin)) {
    auto* measure = plugin.create(id);
    const auto definition = plugin.definition(measure);
    for (int round = 0; round < 50; ++round) {
      const auto scored = plugin.score(measure, drawn(definition, random));
      ASSERT_EQ(scored.status, ALLIANCE_OK) << id << ": " << scored.message;
      for (std::size_t scale = 0; scale < definition.scales.size(); ++scale) {
        EXPECT_EQ(scored.states[scale], ALLIANCE_SCORED) << id;
        EXPECT_GE(scored.values[scale], *definition.scales[scale]->min) << id;
        EXPECT_LE(scored.values[scale], *definition.scales[scale]->max) << id;
      }
    }
  }
}

TEST(Properties, ProratingAFullSheetChangesNothing) {
  Plugin plugin(all_accepted());
  std::mt19937 random(12);
  const auto prorate = instruments_test::prorate(100);
  const alliance_missing centre{sizeof centre, ALLIANCE_MISSING_CENTRE, 100, 0};
  for (const auto& id : ids_of(plugin)) {
    auto* measure = plugin.create(id);
    const auto sheet = drawn(plugin.definition(measure), random);
    const auto plain = plugin.score(measure, sheet);
    for (const auto* rule : {&prorate, &centre}) {
      const auto filled = plugin.score(measure, sheet, {}, rule);
      EXPECT_EQ(plain.values, filled.values) << id;
      EXPECT_EQ(plain.states, filled.states) << id;
      EXPECT_EQ(plain.bands, filled.bands) << id;
    }
  }
}

// What an instrument gave for some sheets. One instance of the plugin lives at a time.
struct Given {
  fb::InstrumentT definition;
  std::vector<std::vector<double>> sheets, values;
};

std::vector<Given> given(unsigned seed) {
  Plugin plugin(all_accepted());
  std::mt19937 random(seed);
  std::vector<Given> all;
  for (const auto& id : ids_of(plugin)) {
    auto* measure = plugin.create(id);
    Given one{plugin.definition(measure), {}, {}};
    for (int round = 0; round < 20; ++round) {
      one.sheets.push_back(drawn(one.definition, random));
      one.values.push_back(plugin.score(measure, one.sheets.back()).values);
    }
    all.push_back(std::move(one));
  }
  return all;
}

// Changed definitions must load, and give for sheets turned likewise what the others gave.
template <class Change, class Turn>
void expect_the_same(const std::vector<Given>& all, Change&& change, Turn&& turn) {
  const std::string accepted = all_accepted();
  Folder folder;
  for (const Given& one : all) folder.write(one.definition.id + ".json", changed(one.definition, change));
  Plugin turned(folder.settings(accepted.substr(1, accepted.size() - 2)));
  EXPECT_TRUE(turned.warnings("").empty()) << turned.warnings("").front();
  ASSERT_EQ(turned.offered().size(), all.size());
  for (const Given& one : all) {
    auto* measure = turned.create(one.definition.id);
    for (std::size_t round = 0; round < one.sheets.size(); ++round) {
      const auto scored = turned.score(measure, turn(one.definition, one.sheets[round]));
      ASSERT_EQ(scored.status, ALLIANCE_OK) << one.definition.id << ": " << scored.message;
      EXPECT_EQ(scored.values, one.values[round]) << one.definition.id;
    }
  }
}

// The same answers under items, options and scale members in another order: answers belong to ids and values, and not
// to places, so that showing a list upside down or from right to left changes nothing.
TEST(Properties, TheOrderOfItemsAndOptionsDoesNotMatter) {
  const auto reversed = [](const fb::InstrumentT&, std::vector<double> sheet) {
    std::reverse(sheet.begin(), sheet.end());
    return sheet;
  };
  expect_the_same(
      given(13),
      [&](fb::InstrumentT& made) {
        std::reverse(made.items.begin(), made.items.end());
        for (auto& response : made.responses) std::reverse(response->options.begin(), response->options.end());
        for (auto& scale : made.scales) std::reverse(scale->items.begin(), scale->items.end());
        for (auto& vector : made.vectors) vector->answers = reversed(made, vector->answers);
      },
      reversed);
}

// Every answer turned to the other end of its range.
std::vector<double> turned_over(const fb::InstrumentT& definition, std::vector<double> sheet) {
  for (std::size_t i = 0; i < sheet.size(); ++i) {
    for (const auto& response : definition.responses) {
      if (response->id != definition.items[i]->response) continue;
      double low = response->min ? *response->min : *response->options[0]->value;
      double high = response->max ? *response->max : low;
      for (const auto& option : response->options) low = std::min(low, *option->value);
      for (const auto& option : response->options) high = std::max(high, *option->value);
      sheet[i] = std::round((low + high - sheet[i]) * 1e6) / 1e6;
    }
  }
  return sheet;
}

// Every item reversed besides, and every answer turned over: the score is the first one again.
TEST(Properties, ReversingTwiceIsTheIdentity) {
  auto all = given(14);
  std::erase_if(all, [](const Given& one) {  // in a formula, reverse() is part of it
    return std::any_of(one.definition.scales.begin(), one.definition.scales.end(),
                       [](const auto& scale) { return scale->method == fb::Method::formula; });
  });
  ASSERT_GT(all.size(), 15u);
  expect_the_same(
      all,
      [](fb::InstrumentT& made) {
        for (auto& scale : made.scales) {
          std::vector<std::string> rest;
          for (const auto& item : scale->items) {
            if (std::find(scale->reversed.begin(), scale->reversed.end(), item) == scale->reversed.end()) {
              rest.push_back(item);
            }
          }
          scale->reversed = rest;
        }
        for (auto& vector : made.vectors) vector->answers = turned_over(made, vector->answers);
      },
      turned_over);
}

TEST(Texts, WhatMayNotShipDoesNotShip) {
  Plugin plugin;
  int restricted = 0, packs = 0;
  for (const auto& id : ids_of(plugin)) {
    const auto definition = plugin.definition(plugin.create(id));
    for (const auto& entry : fs::directory_iterator(home / "content")) {
      const std::string name = entry.path().filename().string();
      if (name.rfind(id + ".", 0) != 0) continue;
      EXPECT_TRUE(definition.licence->text_may_ship) << name;
      ++packs;
    }
    restricted += !definition.licence->text_may_ship;
  }
  EXPECT_EQ(restricted, 14);
  EXPECT_EQ(packs, 15);
}

TEST(Texts, EveryPackThatShipsSaysThatItMayAndWhereItsWordsComeFrom) {
  for (const auto& entry : fs::directory_iterator(home / "content")) {
    if (entry.path().extension() != ".json") continue;
    const auto bytes = alliance::schema::json_to_bytes("ContentPack", text_of(entry.path()));
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    const auto* pack = flatbuffers::GetRoot<fb::ContentPack>(bytes->data());
    EXPECT_TRUE(pack->licence()->text_may_ship()) << entry.path();
    EXPECT_FALSE(pack->source()->str().empty()) << entry.path();
    const bool own = pack->instrument()->str().rfind("alliance-", 0) == 0 ||
                     pack->instrument()->str().rfind("practitioner-", 0) == 0;
    EXPECT_EQ(pack->not_validated(), own) << entry.path();
    // Of other people's instruments: a published text, word for word; never a translation of our own.
    EXPECT_TRUE(own || pack->language()->str() == "en") << entry.path();
    EXPECT_TRUE(own || pack->source()->str().rfind("word for word from ", 0) == 0) << entry.path();
  }
}

TEST(Texts, OfTheCore10StandUnderTheirOwnLicenceUnchanged) {
  const auto licence = text_of(home / "content" / "LICENCE-core-10.txt");
  EXPECT_NE(licence.find("Attribution-NoDerivatives 4.0"), std::string::npos);
  EXPECT_NE(licence.find("https://www.coresystemtrust.org.uk/copyright.pdf"), std::string::npos);
  const auto pack = text_of(home / "content" / "core-10.en.json");
  EXPECT_NE(pack.find("CORE System Trust: https://www.coresystemtrust.org.uk/copyright.pdf"), std::string::npos);
}

// Published examples and public implementations that are wrong: ours differ from them.
TEST(Traps, WhatOthersGotWrongIsRightHere) {
  Plugin plugin;
  // An HL7 example of the PHQ-9 states 13 for answers that sum to 10.
  EXPECT_EQ(plugin.score(plugin.create("phq-9"), {0, 0, 0, 1, 2, 1, 3, 2, 1}).values[0], 10);
  const auto gad = plugin.definition(plugin.create("gad-7"));
  std::string code;
  for (const auto& response : gad.responses) {
    if (response->id == gad.items[1]->response) code = response->options[2]->code;
  }
  EXPECT_EQ(code, "LA18938-3");
  // A line of 0 to 10 four times: 36 or less is a reason to talk.
  const auto srs = plugin.definition(plugin.create("srs-v3"));
  EXPECT_EQ(srs.scales[0]->cutoffs[0]->comparator, fb::Comparator::at_most);
  EXPECT_EQ(*srs.scales[0]->cutoffs[0]->value, 36);
  EXPECT_EQ(srs.scales[0]->direction, fb::Direction::higher_is_better);
  // No vendor's bands of the WAI; nothing answered is not scorable.
  for (const auto* id : {"wai-sr-c", "wai-s", "wai-36"}) {
    for (const auto& scale : plugin.definition(plugin.create(id)).scales) {
      EXPECT_TRUE(scale->bands.empty() && scale->cutoffs.empty()) << id;
    }
  }
  auto* core = plugin.create("core-10");
  EXPECT_EQ(
      plugin.score(core, std::vector<double>(10, 0), std::vector<std::uint8_t>(10, instruments_test::S)).states[0],
      ALLIANCE_NOT_SCORABLE);
  // Eight of ten answered, sum 17 after reversing: prorated when asked, 21.25.
  const auto rule = instruments_test::prorate(9);
  using instruments_test::A;
  using instruments_test::S;
  EXPECT_EQ(plugin.score(core, {4, 1, 2, 4, 4, 0, 0, 0, 0, 0}, {A, A, A, A, A, A, A, A, S, S}, &rule).values[0], 21.25);
}

TEST(Safety, ItemsOfThePhq9TheCore10AndTheQidsRaiseAFlag) {
  Plugin plugin;
  std::vector<std::string> found;
  for (const auto& id : ids_of(plugin)) {
    for (const auto& item : plugin.definition(plugin.create(id)).items) {
      if (!item->safety) continue;
      found.push_back(id + "/" + item->id);
      EXPECT_EQ(item->safety->comparator, fb::Comparator::at_least) << id;
      EXPECT_EQ(item->safety->threshold, 1) << id;
    }
  }
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::string>{"core-10/6", "phq-9/9", "qids-sr16/12"}));
}

}  // namespace
