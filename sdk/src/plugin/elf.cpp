// SPDX-License-Identifier: Apache-2.0
#include "plugin/elf.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace alliance::plugin {
namespace {

// Every read is held against the end of the file: offsets in it are a stranger's.
class Image {
 public:
  explicit Image(std::string bytes) : bytes_(std::move(bytes)) {}

  template <class T>
  std::optional<T> get(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
    T value{};
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::string text(std::uint64_t offset, std::uint64_t most) const {
    if (offset >= bytes_.size()) return "";
    const std::string_view all = std::string_view(bytes_).substr(offset, most);
    return std::string(all.substr(0, all.find('\0')));
  }

 private:
  std::string bytes_;
};

struct Section {
  ElfW(Shdr) itself{}, strings {};
};

std::optional<Section> section(const Image& image, const ElfW(Ehdr) & header, unsigned type) {
  for (unsigned at = 0; at < header.e_shnum; ++at) {
    const auto found = image.get<ElfW(Shdr)>(header.e_shoff + std::uint64_t{at} * sizeof(ElfW(Shdr)));
    if (!found || found->sh_type != type) continue;
    const auto strings = image.get<ElfW(Shdr)>(header.e_shoff + std::uint64_t{found->sh_link} * sizeof(ElfW(Shdr)));
    if (strings) return Section{*found, *strings};
  }
  return std::nullopt;
}

constexpr std::uint64_t most_name = 4096, most_entries = 1u << 20;

void read_symbols(const Image& image, const Section& table, Elf& to) {
  const std::uint64_t count = std::min<std::uint64_t>(table.itself.sh_size / sizeof(ElfW(Sym)), most_entries);
  for (std::uint64_t at = 1; at < count; ++at) {
    const auto symbol = image.get<ElfW(Sym)>(table.itself.sh_offset + at * sizeof(ElfW(Sym)));
    if (!symbol) return;
    const unsigned bind = symbol->st_info >> 4;  // alike in both classes
    if (symbol->st_shndx == SHN_UNDEF || bind == STB_LOCAL) continue;
    const std::string name = image.text(table.strings.sh_offset + symbol->st_name, most_name);
    to.exported.push_back(name);
    if (bind == STB_GNU_UNIQUE) to.unique.push_back(name);
  }
  std::sort(to.exported.begin(), to.exported.end());
  std::sort(to.unique.begin(), to.unique.end());
}

void read_dynamic(const Image& image, const Section& table, Elf& to) {
  const std::uint64_t count = std::min<std::uint64_t>(table.itself.sh_size / sizeof(ElfW(Dyn)), most_entries);
  for (std::uint64_t at = 0; at < count; ++at) {
    const auto entry = image.get<ElfW(Dyn)>(table.itself.sh_offset + at * sizeof(ElfW(Dyn)));
    if (!entry || entry->d_tag == DT_NULL) return;
    const auto text = [&] { return image.text(table.strings.sh_offset + entry->d_un.d_val, most_name); };
    if (entry->d_tag == DT_NEEDED) to.needed.push_back(text());
    if (entry->d_tag == DT_RPATH || entry->d_tag == DT_RUNPATH) to.run_path = text();
    if (entry->d_tag == DT_TEXTREL) to.text_relocations = true;
    if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) to.text_relocations = true;
  }
}

}  // namespace

Result<Elf> read_elf(const File& file) {
  auto bytes = read_all(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const Image image(std::move(*bytes));
  const auto header = image.get<ElfW(Ehdr)>(0);
  if (!header) return fail(ALLIANCE_E_BAD_INPUT, "it is cut short: copy or build it again");
  Elf to;
  to.executable_stack = true;  // what holds where nothing is said
  for (unsigned at = 0; at < header->e_phnum; ++at) {
    const auto part = image.get<ElfW(Phdr)>(header->e_phoff + std::uint64_t{at} * sizeof(ElfW(Phdr)));
    if (part && part->p_type == PT_GNU_STACK) to.executable_stack = (part->p_flags & PF_X) != 0;
  }
  const auto symbols = section(image, *header, SHT_DYNSYM);
  const auto dynamic = section(image, *header, SHT_DYNAMIC);
  if (!symbols || !dynamic) {
    return fail(ALLIANCE_E_BAD_INPUT, "its section headers were stripped: what it exports cannot be told");
  }
  read_symbols(image, *symbols, to);
  read_dynamic(image, *dynamic, to);
  return to;
}

}  // namespace alliance::plugin
