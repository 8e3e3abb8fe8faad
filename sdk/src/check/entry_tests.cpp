// SPDX-License-Identifier: Apache-2.0
// Loading, the entry table, init() and the tables of the factories.
#include "check/tests.h"

namespace alliance::check {
namespace {

// Looks at the entry table as it is, however wrong.
template <class Look>
Outcome with_entry(const Subject& subject, const Look& look) {
  const auto loaded = load(subject);
  if (!loaded) return skipped("it does not load: " + loaded.error().message);
  if (loaded->entry == nullptr) return skipped("its entry function returns no table");
  return look(loaded->entry);
}

template <class Test>
Outcome with_init(const Subject& subject, const Test& test) {
  const auto loaded = load(subject);
  if (!loaded) return skipped("it does not load: " + loaded.error().message);
  if (const auto good = check_entry(loaded->entry); !good) return skipped(good.error().message);
  return test(*loaded);
}

std::string status_text(std::int32_t status) { return "status " + std::to_string(status); }

void end(const alliance_plugin_entry& entry) {
  at("deinit()");
  entry.deinit();
}

// Walks the kinds of the manifest after an init() that must succeed.
template <class Look>
Outcome each_factory(const Subject& subject, const Look& look) {
  return with_init(subject, [&](const Loaded& loaded) {
    HostSide host(loaded.manifest.folder, subject.settings);
    at("init()");
    if (loaded.entry->init(host.services(), nullptr) != ALLIANCE_OK) return skipped("its init() fails");
    Outcome outcome;
    for (const auto& name : loaded.manifest.kinds) {
      const plugin::Kind* kind = plugin::find_kind(name);
      at("get_factory()");
      outcome = look(*kind, loaded.entry->get_factory(kind->factory));
      if (outcome.verdict != Verdict::passed) break;
    }
    end(*loaded.entry);
    return outcome;
  });
}

}  // namespace

Outcome library_loads(const Subject& subject) {
  plugin::Manifest seen;
  if (const auto manifest = plugin::read_manifest(subject.manifest, seen); !manifest) {
    return skipped("the manifest is refused: " + manifest.error().message);
  }
  const auto loaded = load(subject);
  return loaded ? passed() : failed(loaded.error().message);
}

Outcome entry_found(const Subject& subject) {
  const auto loaded = load(subject);
  if (!loaded) return skipped("it does not load: " + loaded.error().message);
  return loaded->entry == nullptr ? failed("the function returns NULL") : passed();
}

Outcome entry_size(const Subject& subject) {
  return with_entry(subject, [](const alliance_plugin_entry* entry) {
    const bool whole = ALLIANCE_HAS(alliance_plugin_entry, entry, get_factory);
    if (whole && entry->size <= 4096) return passed();
    return failed("its size says " + std::to_string(entry->size) + ", and the table has " +
                  std::to_string(sizeof *entry) + " bytes");
  });
}

Outcome entry_abi(const Subject& subject) {
  return with_entry(subject, [](const alliance_plugin_entry* entry) {
    if (!ALLIANCE_HAS(alliance_plugin_entry, entry, abi_minor)) return skipped("the table ends before it");
    if (entry->abi_major == ALLIANCE_ABI_MAJOR && entry->abi_minor <= ALLIANCE_ABI_MINOR) return passed();
    return failed("it says " + std::to_string(entry->abi_major) + "." + std::to_string(entry->abi_minor) +
                  ", and this host speaks " + std::to_string(ALLIANCE_ABI_MAJOR) + "." +
                  std::to_string(ALLIANCE_ABI_MINOR));
  });
}

Outcome entry_layout(const Subject& subject) {
  return with_entry(subject, [](const alliance_plugin_entry* entry) {
    if (!ALLIANCE_HAS(alliance_plugin_entry, entry, layout_check)) return skipped("the table ends before it");
    return entry->layout_check == ALLIANCE_LAYOUT_CHECK ? passed() : failed("layout_check differs from this host's");
  });
}

Outcome entry_functions(const Subject& subject) {
  return with_entry(subject, [](const alliance_plugin_entry* entry) {
    if (!ALLIANCE_HAS(alliance_plugin_entry, entry, get_factory)) return skipped("the table ends before them");
    if (entry->init == nullptr) return failed("init is NULL");
    if (entry->deinit == nullptr) return failed("deinit is NULL");
    return entry->get_factory == nullptr ? failed("get_factory is NULL") : passed();
  });
}

Outcome entry_steady(const Subject& subject) {
  const auto first = load(subject);
  if (!first) return skipped("it does not load: " + first.error().message);
  const auto second = load(subject);
  if (!second) return failed("it loads once and not again: " + second.error().message);
  return first->entry == second->entry ? passed() : failed("two calls return two tables");
}

Outcome entry_reserved(const Subject& subject) {
  return with_entry(subject, [](const alliance_plugin_entry* entry) {
    if (!ALLIANCE_HAS(alliance_plugin_entry, entry, reserved)) return skipped("the table ends before it");
    return entry->reserved == 0 ? passed() : failed("reserved is " + std::to_string(entry->reserved));
  });
}

Outcome init_succeeds(const Subject& subject) {
  return with_init(subject, [&](const Loaded& loaded) {
    HostSide host(loaded.manifest.folder, subject.settings);
    alliance_error error = ALLIANCE_ERROR_INIT;
    at("init()");
    const auto status = loaded.entry->init(host.services(), &error);
    if (status != ALLIANCE_OK) return failed(status_text(status) + ": " + text_of(error));
    end(*loaded.entry);
    return passed();
  });
}

Outcome init_without_services(const Subject& subject) {
  return with_init(subject, [&](const Loaded& loaded) {
    HostSide host(loaded.manifest.folder, subject.settings);
    host.offer_nothing();
    alliance_error error = ALLIANCE_ERROR_INIT;
    at("init() with a host that offers no service");
    const auto status = loaded.entry->init(host.services(), &error);
    if (status == ALLIANCE_OK) end(*loaded.entry);
    return status == ALLIANCE_OK || !text_of(error).empty() ? passed() : failed("it fails and gives no reason");
  });
}

Outcome init_null_services(const Subject& subject) {
  return with_init(subject, [](const Loaded& loaded) {
    alliance_error error = ALLIANCE_ERROR_INIT;
    at("init(NULL)");
    return loaded.entry->init(nullptr, &error) == ALLIANCE_OK ? failed("init(NULL) succeeds") : passed();
  });
}

Outcome init_null_error(const Subject& subject) {
  return with_init(subject, [](const Loaded& loaded) {
    at("init(NULL, NULL)");
    loaded.entry->init(nullptr, nullptr);
    return passed();  // that it comes back is all
  });
}

Outcome init_odd_settings(const Subject& subject) {
  return with_init(subject, [](const Loaded& loaded) {
    const std::string odd[] = {"",         "{",
                               "[1,2,3]",  "{\"unknown-to-anybody\": {\"deep\": [[[[1]]]]}}",
                               "\xFF\xFE", "{\"long\": \"" + std::string(100'000, 'x') + "\"}"};
    for (const auto& settings : odd) {
      HostSide host(loaded.manifest.folder, settings);
      alliance_error error = ALLIANCE_ERROR_INIT;
      at("init() with settings " + settings.substr(0, 24));
      const auto status = loaded.entry->init(host.services(), &error);
      if (status == ALLIANCE_OK) end(*loaded.entry);
      if (status != ALLIANCE_OK && text_of(error).empty()) {
        return failed("it refuses " + settings.substr(0, 24) + " and gives no reason");
      }
    }
    return passed();
  });
}

Outcome init_again(const Subject& subject) {
  for (int round = 0; round < 3; ++round) {
    const auto session = Session::open(subject);
    if (session) continue;
    if (round == 0) return skipped("the plugin does not get so far: " + session.error().message);
    return failed("after deinit(), it does not begin again: " + session.error().message);
  }
  return passed();
}

Outcome factories_of_manifest(const Subject& subject) {
  return each_factory(subject, [](const plugin::Kind& kind, const void* factory) {
    return factory != nullptr ? passed() : failed(std::string("get_factory() has no ") + kind.factory);
  });
}

Outcome factories_whole(const Subject& subject) {
  return each_factory(subject, [](const plugin::Kind& kind, const void* factory) {
    if (factory == nullptr) return skipped("there is none");
    plugin::Tables tables;
    const auto filled = kind.fill(factory, tables);
    return filled ? passed() : failed(filled.error().message);
  });
}

Outcome factories_size(const Subject& subject) {
  return each_factory(subject, [](const plugin::Kind& kind, const void* factory) {
    if (factory == nullptr) return skipped("there is none");
    const std::uint32_t size = *static_cast<const std::uint32_t*>(factory);
    if (size % 4 == 0 && size <= 4096) return passed();
    return failed(std::string(kind.name) + " table: its size says " + std::to_string(size));
  });
}

Outcome factories_unknown(Session& session) {
  for (const char* id : {"com.example.nothing/9", "", "alliance.measure-factory/2", "alliance.measure-factory"}) {
    at("get_factory() of an id that nobody has");
    if (session.entry().get_factory(id) != nullptr) return failed("it has a table for '" + std::string(id) + "'");
  }
  at("get_factory(NULL)");
  return session.entry().get_factory(nullptr) == nullptr ? passed() : failed("it has a table for NULL");
}

Outcome factories_steady(Session& session) {
  for (const auto& name : session.manifest().kinds) {
    const char* id = plugin::find_kind(name)->factory;
    at("get_factory()");
    if (session.entry().get_factory(id) != session.entry().get_factory(id)) {
      return failed("two calls for " + std::string(id) + " give two tables");
    }
  }
  return passed();
}

}  // namespace alliance::check
