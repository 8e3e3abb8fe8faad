// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alliance::sidecar {

// Of what there is, what fits the wishes best ("zh-Hans,en"): the tag itself, then one that begins with it, then any of
// its language, wish by wish; else the first that there is; empty where there is none.
std::string best_language(std::string_view wishes, const std::vector<std::string>& there);

}  // namespace alliance::sidecar
