// SPDX-License-Identifier: Apache-2.0
// docs/instruments.md says what the definitions say.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "instrument.h"

namespace fb = alliance::fb;
using instruments_test::Plugin;

namespace {

std::string cell(const std::string& text) {
  std::string made;
  for (const char c : text) made += c == '|' ? std::string("\\|") : std::string(1, c);
  return made;
}

std::string joined_with(const std::vector<std::string>& parts, const char* none) {
  std::string all;
  for (const auto& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all.empty() ? none : all;
}

bool unverified(const std::unique_ptr<fb::ProvenanceT>& provenance) {
  return provenance && provenance->certainty == fb::Certainty::unverified;
}

std::string thresholds(const fb::InstrumentT& definition) {
  std::vector<std::string> found;
  const auto add = [&](const std::string& what, const std::unique_ptr<fb::ProvenanceT>& provenance) {
    found.push_back(what + (unverified(provenance) ? " (unverified)" : ""));
  };
  for (const auto& scale : definition.scales) {
    const std::string of = definition.scales.size() == 1 ? "" : scale->id + ": ";
    if (!scale->bands.empty()) add(of + "bands", scale->bands_provenance);
    for (const auto& cutoff : scale->cutoffs) add(of + cutoff->id, cutoff->provenance);
    if (scale->reliable_change) add(of + "reliable change", scale->reliable_change->provenance);
    for (const auto& other : scale->other_reliable_changes) add(of + "reliable change " + other->id, other->provenance);
  }
  for (const auto& other : definition.other_missing) add("missing rule " + other->id, other->provenance);
  return joined_with(found, "none");
}

std::map<std::string, fb::InstrumentT> definitions() {
  Plugin plugin;
  std::map<std::string, fb::InstrumentT> found;
  for (const auto& name : plugin.offered()) {
    const std::string id = name.substr(0, name.find(' '));
    found.emplace(id, plugin.definition(plugin.create(id)));
  }
  return found;
}

std::string table() {
  std::string text = "| id | instrument | items | answered by, about | roles | texts | key | thresholds and rules |\n";
  text += "|---|---|---|---|---|---|---|---|\n";
  for (const auto& [id, definition] : definitions()) {
    std::vector<std::string> roles;
    for (const auto& scale : definition.scales) roles.insert(roles.end(), scale->roles.begin(), scale->roles.end());
    const std::string about =
        definition.target == fb::Target::none ? "" : std::string(", ") + fb::EnumNameTarget(definition.target);
    text += "| `" + id + "` | " + cell(definition.title) + (definition.not_validated ? "; not validated" : "") + " | " +
            std::to_string(definition.items.size()) + " | " + fb::EnumNameRater(definition.perspective) + about +
            " | " + joined_with(roles, "none") + " | " +
            joined_with(definition.languages, definition.licence->text_may_ship ? "none yet" : "the licensee's") +
            " | " + fb::EnumNameCertainty(definition.keys_provenance->certainty) + " | " +
            cell(thresholds(definition)) + " |\n";
  }
  return text;
}

std::string licences() {
  std::string text = "| id | holder | terms |\n|---|---|---|\n";
  for (const auto& [id, definition] : definitions()) {
    text += "| `" + id + "` | " + cell(definition.licence->holder) + " | " + cell(definition.licence->terms) + " |\n";
  }
  return text;
}

TEST(Documented, TheTablesAreThoseOfTheDefinitions) {
  std::ifstream in(ALLIANCE_SOURCE_DIR "/docs/instruments.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const std::string& wanted : {table(), licences()}) {
    EXPECT_NE(page.find(wanted), std::string::npos) << "docs/instruments.md should show this table:\n" << wanted;
  }
}

// The walk-through's definition is a file of the page's own words: it must load and score as the page says.
TEST(Documented, TheWalkThroughWorks) {
  std::ifstream in(ALLIANCE_SOURCE_DIR "/docs/instruments.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const auto block = [&](const std::string& name) {
    const std::size_t begin = page.find("`" + name + "`:\n\n```json\n");
    if (begin == std::string::npos) return std::string();
    const std::size_t from = page.find("```json\n", begin) + 8;
    return page.substr(from, page.find("```", from) - from);
  };
  instruments_test::Folder folder;
  for (const std::string name :
       {"ward-climate.json", "content/ward-climate.en.json", "content/ward-climate.key.json"}) {
    ASSERT_FALSE(block(name).empty()) << "docs/instruments.md has no block " << name;
    folder.write(name, block(name));
    Plugin plugin(folder.settings());
    EXPECT_TRUE(plugin.warnings("").empty()) << plugin.warnings("").front();
  }
  Plugin plugin(folder.settings());
  auto* measure = plugin.create("ward-climate");
  EXPECT_EQ(plugin.score(measure, {4, 1, 3}).values[0], 10);
  EXPECT_EQ(plugin.definition(measure).languages, std::vector<std::string>{"en"});
}

}  // namespace
