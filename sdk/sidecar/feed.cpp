// SPDX-License-Identifier: Apache-2.0
#include "feed.h"

#include <charconv>

#include "settings.h"

namespace alliance::sidecar {
namespace {
std::size_t size_of(const Kept& report) { return sizeof report + report.body.size() + report.id.size(); }
}  // namespace

std::string Feed::made_up() { return random_token().substr(0, 12); }

void Feed::put(Kept report) {
  std::function<void()> news;
  {
    const std::lock_guard lock(mutex_);
    report.number = ++last_;
    bytes_ += size_of(report);
    kept_.push_back(std::move(report));
    while (kept_.size() > most_ || (bytes_ > most_bytes_ && kept_.size() > 1)) {
      bytes_ -= size_of(kept_.front());
      kept_.pop_front();
    }
    news = news_;
  }
  if (news) news();
}

void Feed::on_news(std::function<void()> news) {
  const std::lock_guard lock(mutex_);
  news_ = std::move(news);
}

Feed::Piece Feed::after(std::uint64_t number, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  Piece piece;
  piece.at = number;
  const std::uint64_t first = kept_.empty() ? last_ + 1 : kept_.front().number;
  piece.missed = number + 1 < first;
  for (std::size_t i = piece.missed ? 0 : static_cast<std::size_t>(number + 1 - first);
       i < kept_.size() && piece.reports.size() < most; ++i) {
    piece.reports.push_back(kept_[i]);
    piece.at = kept_[i].number;
  }
  return piece;
}

std::uint64_t Feed::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::string Feed::name_of(std::uint64_t number) const { return process_ + "." + std::to_string(number); }

std::optional<std::uint64_t> Feed::number_of(const std::string& name) const {
  const auto dot = name.find('.');
  if (dot == std::string::npos || name.substr(0, dot) != process_) return std::nullopt;
  std::uint64_t number = 0;
  const auto read = std::from_chars(name.data() + dot + 1, name.data() + name.size(), number);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size() || number > last()) return std::nullopt;
  return number;
}

}  // namespace alliance::sidecar
