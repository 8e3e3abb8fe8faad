// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "languages.h"

namespace alliance::sidecar {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t most_places = 9;
constexpr int most_nested = 4;  // a sentence in the place of a sentence
constexpr std::uintmax_t most_of_words = 4 << 20;

// Cuts at "{}" and "{0}": the pieces between, and the number of the place that stands behind each.
struct Cut {
  std::vector<std::string> pieces = {""};
  std::vector<std::size_t> places;
};

Cut cut(std::string_view text) {
  Cut out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool plain = text.substr(i, 2) == "{}";
    const bool numbered =
        i + 2 < text.size() && text[i] == '{' && text[i + 1] >= '0' && text[i + 1] <= '9' && text[i + 2] == '}';
    if (!plain && !numbered) {
      out.pieces.back() += text[i];
      continue;
    }
    out.places.push_back(plain ? out.places.size() : static_cast<std::size_t>(text[i + 1] - '0'));
    out.pieces.emplace_back();
    i += plain ? 1 : 2;
  }
  return out;
}

std::string filled(std::string_view text, const std::vector<std::string>& places) {
  const Cut parts = cut(text);
  std::string out = parts.pieces.front();
  for (std::size_t i = 0; i < parts.places.size(); ++i) {
    if (parts.places[i] < places.size()) out += places[parts.places[i]];
    out += parts.pieces[i + 1];
  }
  return out;
}

std::size_t letters(const std::vector<std::string>& pieces) {
  std::size_t sum = 0;
  for (const auto& one : pieces) sum += one.size();
  return sum;
}

// What stands in the places; nothing where the sentence is another one.
bool taken_apart(std::string_view sentence, const std::vector<std::string>& pieces,
                 std::vector<std::string_view>& out) {
  out.clear();
  if (!sentence.starts_with(pieces.front())) return false;
  sentence.remove_prefix(pieces.front().size());
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const bool last = i + 1 == pieces.size();
    if (last && (sentence.size() < pieces[i].size() || !sentence.ends_with(pieces[i]))) return false;
    const auto at = last ? sentence.size() - pieces[i].size() : sentence.find(pieces[i]);
    if (at == std::string_view::npos || at == 0) return false;
    out.push_back(sentence.substr(0, at));
    sentence.remove_prefix(at + pieces[i].size());
  }
  return true;
}

}  // namespace

std::string Words::operator()(std::string_view english) const {
  const auto found = exact_.find(english);
  return found == exact_.end() ? std::string(english) : found->second;
}

std::string Words::operator()(std::string_view english, const std::vector<std::string>& places) const {
  const auto found = exact_.find(english);
  return filled(found == exact_.end() ? english : std::string_view(found->second), places);
}

std::string Words::said(std::string_view sentence) const { return said(sentence, 0); }

std::string Words::said(std::string_view sentence, int depth) const {
  if (const auto found = exact_.find(sentence); found != exact_.end()) return found->second;
  std::vector<std::string_view> places;
  for (const Pattern& one : patterns_) {
    if (!taken_apart(sentence, one.pieces, places)) continue;
    std::vector<std::string> words;
    for (const auto place : places) {
      const std::string known = depth < most_nested ? said(place, depth + 1) : std::string();
      words.push_back(known.empty() ? std::string(place) : known);
    }
    return filled(one.words, words);
  }
  return {};
}

Result<void> Words::add(std::string_view english, std::string_view words, bool recognised) {
  Cut from = cut(english);
  const Cut to = cut(words);
  auto used = to.places;
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  // A sentence that is recognised needs letters of its own: else it would be any sentence.
  const bool plain = recognised && !from.places.empty() && letters(from.pieces) < 2;
  const bool all = used.size() == from.places.size() && (used.empty() || used.back() + 1 == used.size());
  if (english.empty() || words.empty() || !all || plain || from.places.size() > most_places) {
    return fail(ALLIANCE_E_BAD_INPUT, "\"" + std::string(english.substr(0, 80)) + "\" in " + language_ +
                                          ": give words, with each place {} of the English ones");
  }
  if (!exact_.emplace(english, words).second || from.places.empty() || !recognised) return {};
  const auto at = std::find_if(patterns_.begin(), patterns_.end(),
                               [&](const Pattern& other) { return letters(other.pieces) < letters(from.pieces); });
  patterns_.insert(at, {std::move(from.pieces), std::string(words)});
  return {};
}

Result<void> AllWords::add(std::string_view text) {
  json::error_code bad;
  const auto read = json::parse(text, bad);
  if (bad || !read.is_object()) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "is no JSON of words: {\"sentences\": [{\"en\": \"...\", \"zh-Hans\": \"...\"}]}");
  }
  for (const auto& [name, list] : read.get_object()) {
    const bool sentences = name == "sentences";
    if (name == "note") continue;
    if ((!sentences && name != "words") || !list.is_array()) {
      return fail(ALLIANCE_E_BAD_INPUT, "/" + std::string(name) + ": there is note, words and sentences");
    }
    if (auto fine = add_list(list.get_array(), "/" + std::string(name), sentences); !fine) return fine;
  }
  return {};
}

Result<void> AllWords::add_list(const json::array& list, const std::string& place, bool sentences) {
  std::size_t number = 0;
  for (const auto& one : list) {
    const std::string at = place + "/" + std::to_string(number++);
    const auto* english = one.is_object() ? one.get_object().if_contains("en") : nullptr;
    if (english == nullptr || !english->is_string())
      return fail(ALLIANCE_E_BAD_INPUT, at + ": en, the English words, is missing");
    for (const auto& [language, words] : one.get_object()) {
      if (language == "en") continue;
      if (!words.is_string()) return fail(ALLIANCE_E_BAD_INPUT, at + "/" + std::string(language) + ": is no text");
      auto& of = all_.try_emplace(std::string(language), Words(std::string(language))).first->second;
      if (auto fine = of.add(english->get_string(), words.get_string(), sentences); !fine) {
        return fail(ALLIANCE_E_BAD_INPUT, at + ": " + fine.error().message);
      }
    }
  }
  return {};
}

Result<void> AllWords::add_file(const std::string& file) {
  std::error_code bad;
  const auto size = fs::file_size(file, bad);
  std::ifstream in(file, std::ios::binary);
  if (bad || !in.is_open()) return fail(ALLIANCE_E_NOT_FOUND, "cannot be read");
  if (size > most_of_words) return fail(ALLIANCE_E_BAD_INPUT, "is too large for words");
  return add(std::string{std::istreambuf_iterator<char>(in), {}});
}

std::vector<std::string> AllWords::add_folders(const std::string& folder) {
  std::vector<std::string> faults;
  std::vector<fs::path> files;
  std::error_code bad;
  for (fs::directory_iterator at(folder, bad), end; !bad && at != end; at.increment(bad)) {
    const auto file = at->path() / "words.json";
    if (at->is_directory(bad) && fs::is_regular_file(file, bad)) files.push_back(file);
    bad.clear();
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    if (auto fine = add_file(file.string()); !fine) faults.push_back(file.string() + " " + fine.error().message);
  }
  return faults;
}

std::vector<std::string> AllWords::languages() const {
  std::vector<std::string> out = {"en"};
  for (const auto& [language, words] : all_) {
    if (language != "en") out.push_back(language);
  }
  return out;
}

const Words& AllWords::best(std::string_view wishes) const { return in(best_language(wishes, languages())); }

const Words& AllWords::in(const std::string& language) const {
  const auto found = all_.find(language);
  return found == all_.end() ? all_.find("en")->second : found->second;
}

}  // namespace alliance::sidecar
