// SPDX-License-Identifier: Apache-2.0
// What plugin.hpp and host.hpp share: an exception on the C++ side, a status and an alliance_error on the
// C side, and bytes between them. Depends on the C headers and the standard library alone.
#pragma once

#include <alliance/base.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alliance {

using Bytes = std::vector<std::uint8_t>;  // its memory is aligned as the schema's tables need it
using ByteView = std::span<const std::uint8_t>;

// Bytes of anything that has data() and size(): a FlatBufferBuilder's buffer, a string.
template <class Buffer>
Bytes bytes_of(const Buffer& buffer) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(buffer.data());
  return Bytes(first, first + buffer.size());
}

inline std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// `message` names the place and the mend and is logged. What a person wrote or answered goes to `detail`.
class Error : public std::exception {
 public:
  Error(std::int32_t status, std::string message, std::string detail = {}, std::int32_t vendor_code = 0)
      : status_(status), vendor_code_(vendor_code), message_(std::move(message)), detail_(std::move(detail)) {}

  std::int32_t status() const noexcept { return status_; }
  std::int32_t vendor_code() const noexcept { return vendor_code_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& detail() const noexcept { return detail_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::int32_t status_, vendor_code_;
  std::string message_, detail_;
};

namespace glue {

// Length of the well-formed UTF-8 character at the front, 0 when there is none.
inline std::size_t character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

// Cuts at a character, ends in NUL. What is no UTF-8 becomes '?', a control character a blank: the text
// goes into logs.
inline void copy_text(char (&to)[ALLIANCE_TEXT_CAPACITY], std::string_view from) noexcept {
  std::size_t used = 0;
  while (!from.empty()) {
    const std::size_t length = character(from);
    const std::size_t step = length == 0 ? 1 : length;
    if (used + step >= ALLIANCE_TEXT_CAPACITY) break;
    if (length == 0) {
      to[used] = '?';
    } else if (const auto lead = static_cast<unsigned char>(from[0]); lead < 0x20 || lead == 0x7F) {
      to[used] = ' ';
    } else {
      for (std::size_t at = 0; at < length; ++at) to[used + at] = from[at];
    }
    used += step;
    from.remove_prefix(step);
  }
  while (used < ALLIANCE_TEXT_CAPACITY) to[used++] = '\0';
}

// An error struct of a size that nobody knows is left alone.
inline std::int32_t tell(alliance_error* error, std::int32_t status, std::string_view message,
                         std::string_view detail = {}, std::int32_t vendor_code = 0) noexcept {
  if (status == ALLIANCE_OK) status = ALLIANCE_E_INTERNAL;
  if (ALLIANCE_HAS(alliance_error, error, detail)) {
    error->code = status;
    error->vendor_code = vendor_code;
    error->reserved = 0;
    copy_text(error->message, message);
    copy_text(error->detail, detail);
  }
  return status;
}

// Where the text of an exception that is no Error goes: one thrown while a person's data were at hand may
// quote them.
enum class Text { to_message, to_detail };

template <class Work>
std::int32_t guarded(alliance_error* error, Text text, Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
    return ALLIANCE_OK;
  } catch (const Error& e) {
    return tell(error, e.status(), e.message(), e.detail(), e.vendor_code());
  } catch (const std::bad_alloc&) {
    return tell(error, ALLIANCE_E_LIMIT, "there was not enough memory for this call");
  } catch (const std::exception& e) {
    if (text == Text::to_message) return tell(error, ALLIANCE_E_INTERNAL, e.what());
    return tell(error, ALLIANCE_E_INTERNAL, "an exception that was not expected; its text stands in the detail",
                e.what());
  } catch (...) {
    return tell(error, ALLIANCE_E_INTERNAL, "something was thrown that is no std::exception");
  }
}

inline void throw_if(std::int32_t status, const alliance_error& error, const char* what) {
  if (status == ALLIANCE_OK) return;
  throw Error(status, error.message[0] != '\0' ? std::string(error.message) : std::string(what) + " failed",
              error.detail, error.vendor_code);
}

// A sink that gathers. It is not moved: the C struct points into it.
class Collector {
 public:
  Collector() noexcept : sink_{sizeof(alliance_sink), 0, this, &Collector::write} {}
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  const alliance_sink* sink() const noexcept { return &sink_; }
  ByteView view() const noexcept { return bytes_; }
  Bytes take() noexcept { return std::move(bytes_); }
  std::string text() const { return std::string(text_of(bytes_)); }

 private:
  static std::int32_t write(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
    return guarded(nullptr, Text::to_detail, [&] {
      if (length == 0) return;
      auto& to = static_cast<Collector*>(context)->bytes_;
      to.insert(to.end(), bytes, bytes + length);
    });
  }

  alliance_sink sink_;
  Bytes bytes_;
};

}  // namespace glue
}  // namespace alliance
