// SPDX-License-Identifier: Apache-2.0
// The same question gets the same bytes, and nothing grows.
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

#include "check/form.h"
#include "check/tests.h"

namespace alliance::check {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool own_memory = false;  // a sanitizer's memory tells nothing about the plugin's
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool own_memory = false;
#else
constexpr bool own_memory = true;
#endif
#else
constexpr bool own_memory = true;
#endif

bool alike(const Answer& left, const Answer& right) {
  return left.status == right.status && left.bytes == right.bytes &&
         std::string_view(left.error.message) == right.error.message;
}

void mix(std::uint64_t& hash, const void* from, std::size_t size) {  // FNV-1a
  for (const auto* at = static_cast<const unsigned char*>(from); size > 0; --size, ++at) {
    hash = (hash ^ *at) * UINT64_C(1099511628211);
  }
}

// Everything that the plugin says to the samples and to a hundred sheets, as one number.
Result<std::uint64_t> everything(const Subject& subject) {
  auto session = Session::open(subject);
  if (!session) return tl::unexpected(session.error());
  static thread_local std::uint64_t hash;
  hash = UINT64_C(14695981039346656037);
  for_each_question(**session, false, [](Session& s, const Instance& instance, const Question& question) {
    const Answer answer = ask(s, instance, question, sample(s, question));
    mix(hash, &answer.status, sizeof answer.status);
    mix(hash, answer.bytes.data(), answer.bytes.size());
    mix(hash, answer.error.message, std::strlen(answer.error.message));
    return passed();
  });
  for_each_form(**session, [](Session&, const Instance&, const Form& form) {
    auto dice = dice_of_one_kind();
    const Scored got = form.batch(form.random(dice, 100));
    mix(hash, got.values.data(), got.values.size() * sizeof(double));
    mix(hash, got.states.data(), got.states.size());
    mix(hash, got.bands.data(), got.bands.size() * sizeof(std::int32_t));
    return passed();
  });
  return hash;
}

// The same in a process of its own that `change` made another place of. 0 where it did not come back.
template <class Change>
std::uint64_t elsewhere(const Subject& subject, const Change& change) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    change();
    const auto hash = everything(subject);
    const std::uint64_t value = hash ? *hash : 0;
    const bool told = write(ends[1], &value, sizeof value) == sizeof value;
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  std::uint64_t value = 0;
  const bool read_it = child > 0 && read(ends[0], &value, sizeof value) == sizeof value;
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return read_it ? value : 0;
}

std::size_t open_handles() {
  std::size_t count = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at("/proc/self/fd", ignored), end; at != end; at.increment(ignored)) ++count;
  return count;
}

std::size_t heap() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

// Bytes per round. What is less is the unrest of the heap: no instance is so small.
constexpr std::size_t least_leak = 64;

void use_everything(Session& session) {
  for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    ask(s, instance, question, sample(s, question));
    return passed();
  });
}

// By how much it grows per round of `use` at the least: 0 where any part of the way sees no growth. What a cache takes,
// and the heap's own unrest, come and go.
template <class Use, class Measure>
std::size_t growth(int rounds, const Use& use, const Measure& measure) {
  constexpr int parts = 5;
  std::size_t least = SIZE_MAX, before = 0;
  for (int part = 0; part <= parts; ++part) {
    for (int round = 0; round < rounds; ++round) use();
    const std::size_t now = measure();
    if (part > 0) least = std::min(least, now > before ? now - before : 0);
    before = now;
  }
  return least / static_cast<std::size_t>(rounds);
}

// As many rounds as fit into the time: an instrument is asked in microseconds, a policy in milliseconds.
template <class Use>
int rounds_in(std::chrono::milliseconds time, int most, const Use& use) {
  const auto began = std::chrono::steady_clock::now();
  use();
  const auto once = std::max<std::int64_t>(
      1, std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began).count());
  return static_cast<int>(std::clamp<std::int64_t>(time.count() * 1000 / once, 20, most));
}

}  // namespace

Outcome same_across_calls(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    const Answer first = ask(s, instance, question, sample(s, question));
    for (int round = 0; round < 5; ++round) {
      if (!alike(first, ask(s, instance, question, sample(s, question))))
        return failed("the same bytes get another answer");
    }
    return passed();
  });
}

Outcome same_across_instances(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    const Answer first = ask(s, instance, question, sample(s, question));
    for (const Offered& what : s.offered(question.kind)) {
      const auto fresh = Instance::make(s, what);
      if (!fresh) continue;
      const auto again = Instance::make(s, what);
      if (!again) return failed("a second instance of '" + what.id + "' is not made");
      if (!alike(ask(s, *fresh, question, sample(s, question)), ask(s, *again, question, sample(s, question)))) {
        return failed("two instances of '" + what.id + "' answer the same bytes otherwise");
      }
    }
    static_cast<void>(first);
    return passed();
  });
}

Outcome same_after_others(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    if (*question.input == '\0') return skipped("");
    const Answer before = ask(s, instance, question, sample(s, question));
    for (const std::string_view other : {std::string_view("not at all"), std::string_view("")}) {
      ask(s, instance, question, bytes_of(other));
    }
    ask(s, instance, question, ByteView(sample(s, question)).first(sample(s, question).size() / 2));
    return alike(before, ask(s, instance, question, sample(s, question)))
               ? passed()
               : failed("after bytes that it refused, the same bytes get another answer");
  });
}

Outcome same_across_threads(Session& session) {
  const Outcome asked =
      for_each_question(session, true, [](Session& s, const Instance& instance, const Question& question) {
        const Answer alone = ask(s, instance, question, sample(s, question));
        std::array<bool, 4> same{};
        std::vector<std::thread> threads;
        for (bool& mine : same) {
          threads.emplace_back([&] {
            mine = true;
            for (int round = 0; round < 200; ++round) {
              mine = mine && alike(alone, ask(s, instance, question, sample(s, question)));
            }
          });
        }
        for (auto& thread : threads) thread.join();
        return std::find(same.begin(), same.end(), false) == same.end() ? passed()
                                                                        : failed("threads get other answers");
      });
  if (asked.verdict == Verdict::failed) return asked;
  const Outcome scored = for_each_form(session, [](Session&, const Instance&, const Form& form) {
    auto dice = dice_of_one_kind();
    std::array<Sheets, 4> sheets;
    std::array<Scored, 4> alone;
    for (std::size_t mine = 0; mine < sheets.size(); ++mine) {
      sheets[mine] = form.random(dice, 20);
      alone[mine] = form.batch(sheets[mine]);
    }
    std::array<bool, 4> same{};
    std::vector<std::thread> threads;
    for (std::size_t mine = 0; mine < sheets.size(); ++mine) {
      threads.emplace_back([&, mine] {
        same[mine] = true;
        for (int round = 0; round < 200; ++round)
          same[mine] = same[mine] && same_bytes(alone[mine], form.batch(sheets[mine]));
      });
    }
    for (auto& thread : threads) thread.join();
    return std::find(same.begin(), same.end(), false) == same.end()
               ? passed()
               : failed("one instance that four threads ask at once scores otherwise than alone");
  });
  return scored.verdict == Verdict::skipped ? asked : scored;
}

Outcome same_across_processes(const Subject& subject) {
  const std::uint64_t here = elsewhere(subject, [] {});
  if (here == 0) return skipped("the plugin does not get so far");
  // Elsewhere memory lies at other addresses and is not empty when it is handed out.
  const std::uint64_t there = elsewhere(subject, [] {
    mmap(nullptr, 1'234 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mallopt(M_PERTURB, 0xA5);
  });
  return here == there ? passed() : failed("another process, whose memory was used before, gets other bytes");
}

Outcome same_in_other_places(const Subject& subject) {
  const std::uint64_t here = elsewhere(subject, [] {});
  if (here == 0) return skipped("the plugin does not get so far");
  const std::uint64_t there = elsewhere(subject, [] {
    setenv("TZ", "Pacific/Kiritimati", 1);
    setenv("LANG", "tr_TR.UTF-8", 1);
    setenv("HOME", "/nonexistent", 1);
    setenv("USER", "somebody", 1);
    tzset();
    if (chdir("/") != 0) _exit(1);
  });
  return here == there ? passed() : failed("with another time zone, language, user and folder, it gives other bytes");
}

Outcome same_a_second_later(Session& session) {
  use_everything(session);
  struct Kept {
    std::vector<Answer> answers;
    std::size_t next = 0;
  };
  static Kept kept;
  for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    kept.answers.push_back(ask(s, instance, question, sample(s, question)));
    return passed();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    return alike(kept.answers[kept.next++], ask(s, instance, question, sample(s, question)))
               ? passed()
               : failed("a second later, with the host's clock where it was, it gives other bytes");
  });
}

Outcome serial_on_another_thread(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    const Answer here = ask(s, instance, question, sample(s, question));
    Answer there;
    std::thread([&] { there = ask(s, instance, question, sample(s, question)); }).join();
    return alike(here, there) ? passed() : failed("another thread gets another answer");
  });
}

Outcome memory_steady(Session& session) {
  if (!own_memory) return skipped("this build counts memory in another way");
  const auto use = [&] { use_everything(session); };
  const int rounds = rounds_in(std::chrono::milliseconds(120), 400, use);
  const std::size_t grown = growth(rounds, use, heap);
  return grown < least_leak
             ? passed()
             : failed("each round of create, ask and destroy leaves " + std::to_string(grown) + " bytes behind");
}

Outcome handles_steady(Session& session) {
  const std::size_t grown = growth(10, [&] { use_everything(session); }, open_handles);
  return grown == 0
             ? passed()
             : failed("each round of create, ask and destroy leaves " + std::to_string(grown) + " open files behind");
}

Outcome rounds_steady(const Subject& subject) {
  bool in_process = true;
  if (const auto session = Session::open(subject); !session) {
    return skipped("the plugin does not get so far: " + session.error().message);
  } else {
    in_process = !(*session)->manifest().python;
  }
  const auto use = [&] { Session::open(subject); };
  if (const std::size_t grown = growth(6, use, open_handles); grown > 0) {
    return failed("each round of init() and deinit() leaves " + std::to_string(grown) + " open files behind");
  }
  if (!own_memory || !in_process) return passed();  // its memory goes with its process
  const std::size_t grown = growth(rounds_in(std::chrono::milliseconds(120), 50, use), use, heap);
  return grown < least_leak
             ? passed()
             : failed("each round of init() and deinit() leaves " + std::to_string(grown) + " bytes behind");
}

}  // namespace alliance::check
