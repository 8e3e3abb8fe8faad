// SPDX-License-Identifier: Apache-2.0
// What the SDK, its plugins and its pages say in English, in other languages: data, one sentence beside the other. A
// sentence may have places, "{}", for what differs; in another order they are "{0}", "{1}". What is not in the data
// stays English, and whoever shows it can tell.
#pragma once

#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace alliance::sidecar {

// One language. A value, and cheap to look at: it holds no English.
class Words {
 public:
  Words() = default;  // English: every sentence as it stands
  explicit Words(std::string language) : language_(std::move(language)) {}

  // Of a sentence, or of one with places, which are filled.
  std::string operator()(std::string_view english) const;
  std::string operator()(std::string_view english, const std::vector<std::string>& places) const;
  // Of a sentence that came from somewhere, its places filled already. Empty: it is not known.
  std::string said(std::string_view sentence) const;

  bool english() const { return language_ == "en"; }
  const std::string& language() const { return language_; }

  Result<void> add(std::string_view english, std::string_view words, bool recognised);

 private:
  struct Pattern {
    std::vector<std::string> pieces;  // between the places
    std::string words;
  };
  std::string said(std::string_view sentence, int depth) const;

  std::string language_ = "en";
  std::map<std::string, std::string, std::less<>> exact_;
  std::vector<Pattern> patterns_;  // those with most letters first: the narrower one is the better one
};

class AllWords {
 public:
  AllWords() { all_.emplace("en", Words()); }
  // JSON: {"words": [{"en": "Caseload", "zh-Hans": "..."}], "sentences": [...]}. Words are looked up whole; sentences
  // are recognised besides when they come with their places filled. What was said first stands.
  Result<void> add(std::string_view text);
  Result<void> add_file(const std::string& file);
  // Every words.json in the folders of a folder, as plugins bring them. Sentences about those that cannot be read.
  std::vector<std::string> add_folders(const std::string& folder);

  std::vector<std::string> languages() const;          // "en" first
  const Words& best(std::string_view wishes) const;    // "zh-CN,zh;q=0.9,en": as browsers say it
  const Words& in(const std::string& language) const;  // English where there is no such

 private:
  Result<void> add_list(const boost::json::array& list, const std::string& place, bool sentences);
  std::map<std::string, Words, std::less<>> all_;
};

}  // namespace alliance::sidecar
