// SPDX-License-Identifier: Apache-2.0
// Text to resources: one resource, a Bundle, or one resource a line (NDJSON).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/result.h"
#include "fhir/json.h"

namespace alliance::fhir {

inline constexpr std::size_t most_bytes = 64u << 20;  // of one JSON text: a resource, a Bundle, a line
inline constexpr std::size_t most_depth = 100;        // arrays and objects within one another

// Where a resource stands in what was read.
struct Place {
  std::uint64_t number = 1;  // among the resources, from 1
  std::uint64_t line = 0;    // of NDJSON, from 1; 0 elsewhere
  std::string path;          // "Bundle.entry[2].resource", or the resource's own type
  std::string full_url;      // of the entry of a Bundle
};

// One parser, used again for text after text. A parsed value holds until the next text is read.
class Reader {
 public:
  Reader();
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // One JSON text. What is no JSON, too long or too deep is ALLIANCE_E_BAD_INPUT with line and column.
  Result<const Json*> parse(std::string_view text);

  struct To {
    std::function<void(const Json& resource, const Place&)> take;
    // What cannot be read: a line of NDJSON, or an entry without a resource.
    std::function<void(const Place&, const std::string& sentence)> refuse;
  };
  // Every resource of `text`, in order. An error where the text as a whole cannot be read.
  Result<void> read(std::string_view text, const To& to);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace alliance::fhir
