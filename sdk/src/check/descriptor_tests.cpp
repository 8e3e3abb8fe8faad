// SPDX-License-Identifier: Apache-2.0
// What factories say that they make, and making it.
#include <set>

#include "check/memory.h"
#include "check/question.h"
#include "check/tests.h"
#include "common/text.h"

namespace alliance::check {
namespace {

bool good_id(std::string_view id) {
  if (id.empty() || id.size() > 64) return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool good_text(const char* text) {
  if (text == nullptr || *text == '\0') return false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = glue::character(rest);
    if (length == 0 || static_cast<unsigned char>(rest.front()) < 0x20) return false;
    rest.remove_prefix(length);
  }
  return true;
}

// Every descriptor of every kind, as the plugin fills it.
template <class Look>
Outcome each_descriptor(Session& session, const Look& look) {
  bool any = false;
  for (const Making& making : makings()) {
    if (!session.has(making.kind)) continue;
    at(std::string(making.kind) + ".count()");
    const std::uint64_t count = making.count(session.tables());
    if (count > 4096) return failed(std::string(making.kind) + ".count() says " + std::to_string(count));
    for (std::uint64_t index = 0; index < count; ++index) {
      any = true;
      const Outcome outcome = look(making, index);
      if (outcome.verdict == Verdict::passed) continue;
      return {outcome.verdict, std::string(making.kind) + " " + std::to_string(index) + ": " + outcome.text};
    }
  }
  return any ? passed() : skipped("the plugin offers nothing today");
}

std::int32_t describe(Session& session, const Making& making, std::uint64_t index, alliance_descriptor& what) {
  at(std::string(making.kind) + ".describe()");
  return making.describe(session.tables(), index, &what, nullptr);
}

// The kinds that are created, each with something that it offers.
template <class Look>
Outcome each_making(Session& session, const Look& look) {
  bool any = false;
  for (const Making& making : makings()) {
    if (making.create == nullptr || !session.has(making.kind)) continue;
    any = true;
    const Outcome outcome = look(making);
    if (outcome.verdict == Verdict::passed) continue;
    return {outcome.verdict, std::string(making.kind) + ": " + outcome.text};
  }
  return any ? passed() : skipped("the plugin makes nothing that is created");
}

}  // namespace

Outcome descriptors_filled(Session& session) {
  return each_descriptor(session, [&](const Making& making, std::uint64_t index) {
    alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
    if (describe(session, making, index, what) != ALLIANCE_OK)
      return failed("describe() fails for an index below count()");
    if (!good_text(what.id)) return failed("its id is empty or no text");
    if (!good_text(what.version)) return failed("its version is empty or no text");
    return good_text(what.title) ? passed() : failed("its title is empty or no text");
  });
}

Outcome descriptors_ids(Session& session) {
  return each_descriptor(session, [&](const Making& making, std::uint64_t index) {
    alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
    if (describe(session, making, index, what) != ALLIANCE_OK || what.id == nullptr)
      return skipped("it is not described");
    return good_id(what.id) ? passed() : failed("its id is '" + std::string(front_of(what.id, 80)) + "'");
  });
}

Outcome descriptors_distinct(Session& session) {
  std::set<std::string> seen;
  return each_descriptor(session, [&](const Making& making, std::uint64_t index) {
    alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
    if (describe(session, making, index, what) != ALLIANCE_OK || what.id == nullptr || what.version == nullptr) {
      return skipped("it is not described");
    }
    const std::string name = std::string(what.id) + " " + what.version;
    return seen.insert(std::string(making.kind) + " " + name).second ? passed() : failed(name + " is offered twice");
  });
}

Outcome descriptors_steady(Session& session) {
  return each_descriptor(session, [&](const Making& making, std::uint64_t index) {
    alliance_descriptor first = ALLIANCE_DESCRIPTOR_INIT, second = ALLIANCE_DESCRIPTOR_INIT;
    if (describe(session, making, index, first) != ALLIANCE_OK || first.id == nullptr)
      return skipped("it is not described");
    const std::string before = first.id;
    if (describe(session, making, index, second) != ALLIANCE_OK || second.id == nullptr) {
      return failed("it is described once and not again");
    }
    return before == second.id && before == first.id ? passed() : failed("it was " + before + " and is now another");
  });
}

Outcome descriptors_beyond_the_end(Session& session) {
  for (const Making& making : makings()) {
    if (!session.has(making.kind)) continue;
    const std::uint64_t count = making.count(session.tables());
    for (const std::uint64_t index : {count, count + 1, UINT64_MAX}) {
      alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
      if (describe(session, making, index, what) == ALLIANCE_OK) {
        return failed(std::string(making.kind) + ".describe() succeeds for index " + std::to_string(index) + " of " +
                      std::to_string(count));
      }
      if (what.id != nullptr || what.version != nullptr || what.title != nullptr) {
        return failed(std::string(making.kind) + ".describe() fails and writes all the same");
      }
    }
  }
  return passed();
}

Outcome descriptors_older_struct(Session& session) {
  return each_descriptor(session, [&](const Making& making, std::uint64_t index) {
    // A host whose struct ends behind the id: what lies behind is a guard page.
    constexpr std::uint32_t shorter = offsetof(alliance_descriptor, version);
    const Guarded memory(shorter);
    auto* what = memory.as<alliance_descriptor>();
    what->size = shorter;
    at(std::string(making.kind) + ".describe() into a struct that ends before its version");
    making.describe(session.tables(), index, what, nullptr);
    return memory.front_is_whole() ? passed() : failed("it writes in front of the struct");
  });
}

Outcome create_each(Session& session) {
  bool any = false;
  for (const Offered& what : session.offered()) {
    any = true;
    if (const auto made = Instance::make(session, what); !made) {
      return failed(what.kind + " '" + what.id + "' " + what.version + ": " + made.error().message);
    }
  }
  return any ? passed() : skipped("the plugin offers nothing that is created");
}

Outcome create_unknown(Session& session) {
  return each_making(session, [&](const Making& making) {
    for (const char* id : {"no-such-thing-here", "", "../../etc/passwd", "UPPER CASE"}) {
      void* made = &session;
      at(std::string("create() of '") + id + "'");
      const auto status = making.create(session.tables(), session.host().services(), id, nullptr, &made, nullptr);
      if (status == ALLIANCE_OK) return failed("create() makes '" + std::string(id) + "', which it does not offer");
      if (made != &session) return failed("create() fails and writes to its output all the same");
    }
    return passed();
  });
}

Outcome create_null_arguments(Session& session) {
  return each_making(session, [&](const Making& making) {
    void* made = nullptr;
    at("create() without an id");
    if (making.create(session.tables(), session.host().services(), nullptr, nullptr, &made, nullptr) == ALLIANCE_OK) {
      return failed("create() succeeds without an id");
    }
    const auto offered = session.offered(making.kind);
    if (offered.empty()) return passed();
    at("create() without a place for the instance");
    const auto status =
        making.create(session.tables(), session.host().services(), offered[0].id.c_str(), nullptr, nullptr, nullptr);
    return status == ALLIANCE_OK ? failed("create() succeeds without a place for the instance") : passed();
  });
}

Outcome create_versions(Session& session) {
  const auto instruments = session.offered("measure");
  if (instruments.empty()) return skipped("the plugin has no instrument");
  const Making& making = *find_making("measure");
  for (const Offered& what : instruments) {
    void* made = nullptr;
    at("measure.create('" + what.id + "', NULL)");
    if (making.create(session.tables(), session.host().services(), what.id.c_str(), nullptr, &made, nullptr) !=
        ALLIANCE_OK) {
      return failed("'" + what.id + "' is not made without a version, which means the newest");
    }
    making.destroy(session.tables(), made);
    made = nullptr;
    at("measure.create('" + what.id + "', a version that there is not)");
    if (making.create(session.tables(), session.host().services(), what.id.c_str(), "999.999.999", &made, nullptr) ==
        ALLIANCE_OK) {
      return failed("'" + what.id + "' is made of version 999.999.999, which it does not offer");
    }
  }
  return passed();
}

Outcome instances_independent(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& first, const Question& question) {
    const Answer before = ask(s, first, question, sample(s, question));
    for (const Offered& what : s.offered(question.kind)) {
      const auto second = Instance::make(s, what);  // made, used and destroyed while the first lives
      if (second) ask(s, *second, question, sample(s, question));
    }
    const Answer after = ask(s, first, question, sample(s, question));
    const bool same = before.status == after.status && before.bytes == after.bytes;
    return same ? passed() : failed("another instance's life and end change its answer");
  });
}

}  // namespace alliance::check
