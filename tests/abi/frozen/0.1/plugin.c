/* SPDX-License-Identifier: Apache-2.0
 * A plugin as authors have it, SOURCE, whose tables lie behind fences: a host that reads past the size that a table
 * declares does not survive it. */
#define alliance_plugin_entry_v1 entry_of_the_source
#include SOURCE
#undef alliance_plugin_entry_v1

#include "fence.h"

static const void* fenced_factory(const char* id) {
  const void* table = entry_of_the_source()->get_factory(id);
  return table == NULL ? NULL : fenced("a factory of the plugin", table, *(const uint32_t*)table);
}

ALLIANCE_EXPORT const alliance_plugin_entry* alliance_plugin_entry_v1(void) {
  static alliance_plugin_entry* entry;
  if (entry == NULL) {
    entry = fenced("the plugin's entry", entry_of_the_source(), sizeof *entry);
    entry->get_factory = fenced_factory;
  }
  return entry;
}
