// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "settings.h"

namespace alliance::sidecar {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_of_pages = 8 << 20;  // of all pages together: they are kept in memory

constexpr std::pair<std::string_view, const char*> page_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".woff2", "font/woff2"},
};

// Nothing leaves a page but for this sidecar, and no script runs but its files.
constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const char* type_of_page(std::string_view name) {
  for (const auto& [ending, type] : page_types) {
    if (name.size() > ending.size() && name.ends_with(ending) && name.front() != '.') return type;
  }
  return nullptr;
}

}  // namespace

Result<Pages> Pages::read(const std::vector<std::string>& folders) {
  Pages out;
  std::uintmax_t sum = 0;
  for (const auto& folder : folders) {
    std::error_code bad;
    for (fs::directory_iterator at(folder, bad), end; !bad && at != end; at.increment(bad)) {
      const std::string name = at->path().filename().string();
      const char* type = type_of_page(name);
      if (type == nullptr || out.pages_.contains(name) || !at->is_regular_file(bad)) continue;
      sum += at->file_size(bad);
      if (sum > most_of_pages) return fail(ALLIANCE_E_BAD_INPUT, "/pages: the files of " + folder + " are too large");
      std::ifstream in(at->path(), std::ios::binary);
      std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (in.bad() || !in.is_open()) return fail(ALLIANCE_E_IO, "/pages: " + at->path().string() + " cannot be read");
      std::string tag = "\"" + hex_of(sha256_of(bytes).substr(0, 12)) + "\"";
      out.pages_[name] = {type, std::move(bytes), std::move(tag)};
    }
    if (bad) return fail(ALLIANCE_E_NOT_FOUND, "/pages: " + folder + " cannot be read: " + bad.message());
  }
  return out;
}

std::optional<Response> Pages::answer(const Request& request, const std::string& name) const {
  const auto found = pages_.find(name);
  if (found == pages_.end()) return std::nullopt;
  const Page& page = found->second;
  Response out{200, page.type, page.bytes, {}, {}, {}};
  const auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && known->second.find(page.tag) != std::string::npos) {
    out.status = 304;
    out.body.clear();
  }
  out.headers = {{"ETag", page.tag},
                 {"Cache-Control", "no-cache"},
                 {"Content-Security-Policy", page_policy},
                 {"Referrer-Policy", "no-referrer"},
                 {"Cross-Origin-Opener-Policy", "same-origin"}};
  return out;
}

}  // namespace alliance::sidecar
