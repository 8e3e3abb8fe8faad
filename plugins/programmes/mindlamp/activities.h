// SPDX-License-Identifier: Apache-2.0
// What the server answers when it is asked for a study's activities, as a catalogue. Of the surveys' wordings hashes
// alone are kept. Pure.
#pragma once

#include <alliance_schema/programme_generated.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::mindlamp {

// SHA-256 in lower-case hexadecimal, of the text without the blanks around it.
std::string sha256(std::string_view text);

struct Activities {
  fb::ProgrammeT programme;
  std::map<std::string, std::vector<std::string>> items;  // of each survey, in order: the hashes of its wordings
};

// Throws alliance::Error (ALLIANCE_E_BAD_INPUT) that names `file` and the activity.
Activities activities(const std::string& file, std::string_view json);

}  // namespace alliance::mindlamp
