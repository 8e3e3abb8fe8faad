// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alliance/plugin.h>

const alliance_plugin_entry* first_plugin() noexcept;
const alliance_plugin_entry* second_plugin() noexcept;
const alliance_plugin_entry* empty_plugin() noexcept;
const alliance_plugin_entry* wrong_id_plugin() noexcept;
const alliance_plugin_entry* empty_kind_plugin() noexcept;
