// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alliance::instruments {

using Names = std::set<std::string>;

// Gathers sentences. A file with thousands of faults needs no thousand lines to be mended.
class Faults {
 public:
  void add(const std::string& field, const std::string& sentence) {
    if (found_.size() < most) found_.push_back(field + ": " + sentence);
  }
  bool none() const { return found_.empty(); }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  static constexpr std::size_t most = 20;
  std::vector<std::string> found_;
};

inline std::string at(const std::string& list, std::size_t index) { return list + "[" + std::to_string(index) + "]"; }
inline std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

// True when `id` is new to `seen`; else, or when it is no good name, a fault.
bool fresh(Faults& faults, const std::string& field, const std::string& id, Names& seen);
bool has_number(const flatbuffers::Optional<double>& value);
void check_provenance(Faults& faults, const std::string& field, const fb::ProvenanceT* provenance,
                      const std::string& what);
void check_comparator(Faults& faults, const std::string& field, fb::Comparator comparator);
// `field` is that of the list.
void check_codes(Faults& faults, const std::string& field, const std::vector<std::unique_ptr<fb::CodeT>>& codes);

}  // namespace alliance::instruments
