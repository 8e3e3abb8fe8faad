// SPDX-License-Identifier: Apache-2.0
// A plugin that runs in a process of its own, whoever asks, behind an entry as a library would have it: init() starts
// the process and deinit() ends it, so that the same tests ask it.
#pragma once

#include <alliance/plugin.h>

#include <string>

namespace alliance::check {

// One per process. Where the plugin's process crashes or does not answer, this one ends too: the test's own words.
const alliance_plugin_entry* entry_apart(const std::string& manifest);

}  // namespace alliance::check
