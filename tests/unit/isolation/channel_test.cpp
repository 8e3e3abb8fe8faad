// SPDX-License-Identifier: Apache-2.0
// What a host and a runner speak over: frames in whatever pieces they come, and memory that both see.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "plugin/area.h"
#include "plugin/sheet_places.h"
#include "plugin/wire.h"

namespace alliance::test {
namespace {

using plugin::Area;
using plugin::Descriptor;
using plugin::wire::Inlet;
using plugin::wire::Op;
using plugin::wire::Writer;
using std::chrono::milliseconds;

struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    near = Descriptor(ends[0]), far = Descriptor(ends[1]);
  }
  void send(Op op, const Writer& body, int descriptor = -1) {
    const auto sent = plugin::wire::send(near.get(), op, body, plugin::wire::no_deadline, descriptor);
    EXPECT_TRUE(sent);
  }
  Descriptor near, far;
};

plugin::wire::Deadline in(milliseconds patience) { return std::chrono::steady_clock::now() + patience; }

TEST(Inlet, GivesFramesThatCameTogetherOneByOne) {
  Pair pair;
  for (std::uint64_t at = 0; at < 60; ++at) {
    Writer body;
    pair.send(Op::log, body.number(at).text(std::string(at, 'x')));
  }
  Inlet inlet(pair.far.get());
  bool together = false;
  for (std::uint64_t at = 0; at < 60; ++at) {
    auto frame = inlet.receive(plugin::wire::no_deadline);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->body.number(), at);
    EXPECT_EQ(frame->body.text(), std::string(at, 'x'));
    together = together || inlet.holds_frame();
  }
  EXPECT_TRUE(together);
  EXPECT_FALSE(inlet.holds_frame());
}

TEST(Inlet, TakesAFrameByteByByteAndAnotherBehindIt) {
  Pair pair;
  const std::string large(200'000, 'y');
  std::thread sender([&] {
    const std::uint8_t slow[] = {8, 0, 0, 0, 192, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0};
    for (const auto& byte : slow) EXPECT_EQ(write(pair.near.get(), &byte, 1), 1);
    Writer body;
    pair.send(Op::reply, body.text(large));
  });
  Inlet inlet(pair.far.get());
  auto first = inlet.receive(in(std::chrono::minutes(1)));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->op, Op::answer);
  EXPECT_EQ(first->body.number(), 5u);
  auto second = inlet.receive(in(std::chrono::minutes(1)));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->body.text(), large);
  sender.join();
}

TEST(Inlet, WaitsNoLongerThanItIsToldWhetherNothingComesOrHalfAFrame) {
  for (const std::size_t bytes : {0, 3, 12}) {
    Pair pair;
    Inlet inlet(pair.far.get());
    const std::uint8_t part[12] = {200};
    EXPECT_EQ(write(pair.near.get(), part, bytes), static_cast<ssize_t>(bytes));
    for (int round = 0; round < 2; ++round) {
      const auto begin = std::chrono::steady_clock::now();
      const auto frame = inlet.receive(begin + milliseconds(20));
      ASSERT_FALSE(frame);
      EXPECT_EQ(frame.error().status, ALLIANCE_E_TIMEOUT);
      EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(20));
      if (bytes == 12) break;  // the heading is gone: such a line is at its end
    }
  }
}

TEST(Inlet, SaysThatTheOtherSideIsGoneAndRefusesMoreThanWasAgreed) {
  Pair pair;
  Writer body;
  pair.send(Op::reply, body.text(std::string(100, 'z')));
  Inlet inlet(pair.far.get());
  const auto much = inlet.receive(plugin::wire::no_deadline, 50);
  ASSERT_FALSE(much);
  EXPECT_EQ(much.error().status, ALLIANCE_E_LIMIT);
  pair.near = Descriptor();
  Inlet again(pair.far.get());
  for (int round = 0; round < 2; ++round) {
    const auto gone = again.receive(in(std::chrono::minutes(1)));
    if (gone) continue;  // what was left of the frame may pass for one
    EXPECT_EQ(gone.error().status, ALLIANCE_E_IO);
  }
}

TEST(Inlet, TakesADescriptorOnlyWhereItIsToldTo) {
  for (const auto how : {Inlet::Descriptors::taken, Inlet::Descriptors::refused}) {
    Pair pair;
    Inlet inlet(pair.far.get(), how);
    for (const bool goes : {false, true, false}) {
      pair.send(Op::share, Writer(), goes ? pair.near.get() : -1);
      const auto frame = inlet.receive(plugin::wire::no_deadline);
      const bool comes = goes && how == Inlet::Descriptors::taken;
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->descriptor.get() >= 0, comes);
    }
  }
}

TEST(SharedMemory, CanBeMadeNeitherSmallerNorLargerByAnybody) {
  const auto area = Area::make(1 << 16);
  ASSERT_TRUE(area) << area.error().message;
  EXPECT_EQ(area->bytes().size(), std::size_t{1} << 16);
  for (const off_t size : {0, 1 << 12, 1 << 17}) EXPECT_NE(ftruncate(area->descriptor(), size), 0);
  EXPECT_NE(fcntl(area->descriptor(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  auto other = Area::of(Descriptor(dup(area->descriptor())), 1 << 16);
  ASSERT_TRUE(other) << other.error().message;
  other->bytes()[77] = 5;
  EXPECT_EQ(area->bytes()[77], 5);
}

TEST(SharedMemory, IsRefusedUnsealedOrInAnotherSize) {
  EXPECT_FALSE(Area::of(Descriptor(), 4096));
  Descriptor open(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(ftruncate(open.get(), 4096), 0);
  EXPECT_FALSE(Area::of(Descriptor(dup(open.get())), 4096));
  ASSERT_EQ(fcntl(open.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
  EXPECT_FALSE(Area::of(Descriptor(dup(open.get())), 8192));
  EXPECT_TRUE(Area::of(Descriptor(dup(open.get())), 4096));
}

TEST(SheetPlaces, HoldEachArrayByItselfWhicheverThereAre) {
  for (std::uint64_t flags = 0; flags < 128; ++flags) {
    const plugin::SheetPlaces places(flags, {3, 5, 3, 2});
    const std::uint64_t all = places.read() + places.written();
    std::vector<double> memory(all / 8 + 1);
    auto* base = reinterpret_cast<std::uint8_t*>(memory.data());
    const auto sheets = places.sheets(base);
    const auto scores = places.scores(base + places.read());
    std::vector<std::uint8_t> taken(all);
    const auto take = [&](const auto* array, std::size_t count) {
      if (array == nullptr) return;
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array) % sizeof *array, 0u);
      const auto at = static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(array) - base);
      ASSERT_LE(at + count * sizeof *array, all);
      for (std::size_t byte = at; byte < at + count * sizeof *array; ++byte) EXPECT_EQ(taken[byte]++, 0);
    };
    EXPECT_EQ(sheets.values != nullptr, (flags & plugin::carries_values) != 0);
    EXPECT_EQ(sheets.states != nullptr, (flags & plugin::carries_states) != 0);
    EXPECT_EQ(scores.values != nullptr, (flags & plugin::wants_values) != 0);
    EXPECT_EQ(scores.states != nullptr, (flags & plugin::wants_states) != 0);
    EXPECT_EQ(scores.answered != nullptr, (flags & plugin::wants_answered) != 0);
    EXPECT_EQ(scores.bands != nullptr, (flags & plugin::wants_bands) != 0);
    take(sheets.values, 15), take(sheets.states, 15);
    take(scores.values, 6), take(scores.states, 6), take(scores.answered, 6), take(scores.bands, 6);
  }
}

}  // namespace
}  // namespace alliance::test
