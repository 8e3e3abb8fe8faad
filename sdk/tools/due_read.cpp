// SPDX-License-Identifier: Apache-2.0
#include "due_read.h"

#include <alliance/host.hpp>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "schema/json.h"

namespace alliance::tools::due {
namespace {

constexpr std::int64_t second = 1'000'000;

template <class Table>
Result<typename Table::NativeTableType> read(const char* table, const std::string& json) {
  const auto bytes = schema::json_to_bytes(table, json);
  if (!bytes) return tl::unexpected(bytes.error());
  typename Table::NativeTableType out;
  flatbuffers::GetRoot<Table>(bytes->data())->UnPackTo(&out);
  return out;
}

std::string practitioner_of(const Host& host, const std::string& case_id) {
  const auto cases = read<fb::CaseList>("CaseList", host.cases({ALLIANCE_ROLE_SERVICE, "operator"}));
  if (!cases) return {};
  for (const auto& one : cases->cases) {
    if (one->id == case_id) return one->practitioner;
  }
  return {};
}

}  // namespace

Result<Answer> ask(const Request& request) {
  try {
    Host host(HostOptions{request.tenant, request.store, request.config, ALLIANCE_LOG_ERROR});
    const LoadedFolder loaded = host.load_folder(request.plugins);
    if (loaded.loaded == 0) {
      return fail(ALLIANCE_E_NOT_FOUND, "no plugin could be loaded from " + request.plugins +
                                            (loaded.first_refusal ? ": " + loaded.first_refusal->message() : ""));
    }
    host.run();
    Viewer viewer{request.role, request.viewer};
    if (viewer.role == 0) viewer = {ALLIANCE_ROLE_PRACTITIONER, practitioner_of(host, request.case_id)};
    Answer answer;
    answer.json = host.due(request.case_id, request.at, viewer);
    auto list = read<fb::DueList>("DueList", answer.json);
    if (!list) return tl::unexpected(list.error());
    answer.list = std::move(*list);
    return answer;
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

std::optional<std::int64_t> instant_of(const std::string& text) {
  int year = 0, used = 0;
  unsigned month = 0, of_month = 0, hour = 0, minute = 0, seconds = 0;
  if (text.size() < 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &of_month, &used) != 3 ||
      used != 10) {
    return std::nullopt;
  }
  std::string rest = text.substr(10);
  if (!rest.empty() && rest.back() == 'Z') rest.pop_back();
  if (!rest.empty()) {
    const bool to_the_minute = std::sscanf(rest.c_str(), "T%2u:%2u%n", &hour, &minute, &used) == 2;
    if (!to_the_minute) return std::nullopt;
    const auto read = static_cast<std::size_t>(used);
    if (read != rest.size() && (std::sscanf(rest.c_str() + read, ":%2u%n", &seconds, &used) != 1 ||
                                read + static_cast<std::size_t>(used) != rest.size())) {
      return std::nullopt;
    }
  }
  const std::chrono::year_month_day day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(of_month)};
  if (!day.ok() || year < 1970 || year > 2099 || hour > 23 || minute > 59 || seconds > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + seconds) * second;
}

std::string text_of(std::int64_t instant) {
  const std::int64_t minutes = instant / (60 * second);
  std::array<char, 8> clock{};
  std::snprintf(clock.data(), clock.size(), " %02u:%02u", static_cast<unsigned>(minutes / 60 % 24) % 24u,
                static_cast<unsigned>(minutes % 60) % 60u);
  return day_of(instant) + clock.data();
}

std::string day_of(std::int64_t instant) {
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(instant / (86'400 * second)))};
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()) % 10'000,
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

std::string stage_of(const fb::OccasionRecordT& record) {
  const fb::OccasionT& occasion = *record.occasion;
  if (occasion.state == fb::OccasionState::due || occasion.state == fb::OccasionState::overdue) {
    if (record.shown != 0) return "shown";
    return record.sent != 0 ? "sent" : "due";
  }
  return fb::EnumNameOccasionState(occasion.state);
}

std::string plugins_beside() {
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) return {};
  const auto folder = self.parent_path().parent_path() / "lib" / "alliance" / "plugins";
  return std::filesystem::is_directory(folder, problem) ? folder.string() : std::string{};
}

}  // namespace alliance::tools::due
