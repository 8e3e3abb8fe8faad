// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli; RFC 3720, appendix B.4), eight bytes at a time.
#pragma once

#include <cstdint>
#include <span>

namespace alliance::messaging {

// `before`: the checksum of what went before, to go on from there.
std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t before = 0);
// The same where the processor has no instruction for it.
std::uint32_t crc32c_by_tables(std::span<const std::uint8_t> bytes, std::uint32_t before = 0);

}  // namespace alliance::messaging
