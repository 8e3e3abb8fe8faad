// SPDX-License-Identifier: Apache-2.0
#include "schedule_preview.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <tuple>

#include "due_read.h"
#include "review_escape.h"
#include "written.h"

namespace alliance::tools::schedule {
namespace {

constexpr std::int64_t a_day = INT64_C(86'400'000'000);

std::string letter_of(std::size_t i) {
  std::string letter(1, static_cast<char>('a' + i % 26));
  return i < 26 ? letter : letter + std::to_string(i / 26);
}

bool unforeseen(fb::Anchor anchor) {
  return anchor == fb::Anchor::rupture || anchor == fb::Anchor::help_asked || anchor == fb::Anchor::review;
}

std::string cell_text(const Calendar& calendar, int of_day) {
  const auto has = [&](const std::vector<int>& days) {
    return std::find(days.begin(), days.end(), of_day) != days.end();
  };
  std::string text = has(session_days(calendar.imagined)) ? "S" : "";
  if (has(module_days(calendar.imagined))) text += "M";
  std::string letters;
  for (const Mark& mark : calendar.marks) {
    if (mark.day == of_day) letters += mark.letter;
  }
  if (!text.empty() && !letters.empty()) text += ":";
  return text + letters;
}

std::string preview_date_of(const Calendar& calendar, int of_day) {
  return due::day_of(calendar.imagined.start + of_day * a_day);
}

}  // namespace

std::vector<int> session_days(const Imagined& imagined) {
  std::vector<int> days;
  for (int i = 0; i < imagined.sessions; ++i) days.push_back(1 + i * imagined.session_every_days);
  return days;
}

std::vector<int> module_days(const Imagined& imagined) {
  std::vector<int> days;
  if (imagined.delivery != "blended") return days;
  for (int i = 0; i < imagined.modules; ++i)
    days.push_back(1 + i * imagined.session_every_days + imagined.session_every_days / 2);
  return days;
}

Calendar calendar(const fb::ScheduleT& schedule, const fb::DueListT& list, const Imagined& imagined) {
  Calendar made;
  made.imagined = imagined;
  std::map<std::string, std::size_t> place;
  bool unverified = false;
  for (const auto& rule : schedule.rules) {
    Rule one;
    one.letter = letter_of(made.rules.size());
    one.id = rule->id;
    one.who = rule->pair ? "client and practitioner" : fb::EnumNameRater(rule->rater);
    if (rule->target != fb::Target::none) one.who += std::string(" about ") + fb::EnumNameTarget(rule->target);
    one.what = rule->role;
    place[rule->id] = made.rules.size();
    made.rules.push_back(std::move(one));
    if (unforeseen(rule->anchor)) {
      made.notes.push_back(rule->id + " hangs on " + fb::EnumNameAnchor(rule->anchor) +
                           ", which no calendar foresees.");
    }
    if (const auto& from = rule->provenance) {
      unverified = unverified || from->certainty == fb::Certainty::unverified ||
                   from->note.find("unverified") != std::string::npos;
    }
  }
  int cancelled = 0, later = 0;
  for (const auto& record : list.occasions) {
    const fb::OccasionT& occasion = *record->occasion;
    if (occasion.state == fb::OccasionState::cancelled) {
      ++cancelled;
      continue;
    }
    const auto found = place.find(occasion.rule);
    if (found == place.end()) continue;
    Rule& rule = made.rules[found->second];
    ++rule.times;
    const std::int64_t midnight = imagined.start - imagined.start % a_day;
    const int of_day = static_cast<int>((occasion.due - midnight) / a_day);
    if (occasion.due < midnight || of_day >= imagined.weeks * 7) {
      ++later;
      continue;
    }
    made.marks.push_back({of_day, rule.letter});
  }
  std::sort(made.marks.begin(), made.marks.end(),
            [](const Mark& a, const Mark& b) { return std::tie(a.day, a.letter) < std::tie(b.day, b.letter); });
  const auto same = [](const Mark& a, const Mark& b) { return a.day == b.day && a.letter == b.letter; };
  made.marks.erase(std::unique(made.marks.begin(), made.marks.end(), same), made.marks.end());
  if (later > 0) made.notes.push_back(std::to_string(later) + " more fall outside these weeks.");
  if (cancelled > 0) made.notes.push_back(std::to_string(cancelled) + " give way to others or to the burden limit.");
  if (unverified) made.notes.emplace_back("Some of its numbers are unverified: see the provenance of its rules.");
  for (const auto& role : list.missing_roles) made.notes.push_back("No loaded instrument plays " + role + ".");
  return made;
}

std::string as_text(const fb::ScheduleT& schedule, const Calendar& calendar) {
  constexpr std::array<const char*, 7> names = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  std::string out = review::terminal_text(schedule.id + (schedule.title.empty() ? "" : ": " + schedule.title)) + "\n\n";
  const int days = calendar.imagined.weeks * 7;
  std::array<std::size_t, 7> widths{};
  for (int i = 0; i < days; ++i) {
    auto& width = widths[static_cast<std::size_t>(i % 7)];
    width = std::max({width, cell_text(calendar, i).size(), std::size_t{3}});
  }
  const auto padded = [](const std::string& text, std::size_t width) {
    return text + std::string(width - text.size() + 2, ' ');
  };
  out += "week  from        ";
  for (std::size_t i = 0; i < 7; ++i) out += padded(names[i], widths[i]);
  out.erase(out.find_last_not_of(' ') + 1);
  out += "\n";
  for (int week = 0; week < calendar.imagined.weeks; ++week) {
    std::array<char, 8> number{};
    std::snprintf(number.data(), number.size(), "%4d  ", (week + 1) % 1000);
    out += number.data() + preview_date_of(calendar, week * 7) + "  ";
    for (int i = 0; i < 7; ++i) {
      const std::string text = cell_text(calendar, week * 7 + i);
      out += padded(text.empty() ? "." : text, widths[static_cast<std::size_t>(i)]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
  out += "\nS a session, M a module completed, as imagined: " + std::to_string(calendar.imagined.sessions) +
         " sessions, one each " + std::to_string(calendar.imagined.session_every_days) + " days.\n\n";
  for (const Rule& rule : calendar.rules) {
    out += review::terminal_text(rule.letter + "  " + rule.id + ": " + rule.what + ", " + rule.who) + ", " +
           std::to_string(rule.times) + (rule.times == 1 ? " time\n" : " times\n");
  }
  if (!calendar.notes.empty()) out += "\n";
  for (const std::string& note : calendar.notes) out += review::terminal_text(note) + "\n";
  return out;
}

std::string as_json(const fb::ScheduleT& schedule, const Calendar& calendar) {
  const auto text = written::json_string;
  const auto dates = [&](const std::vector<int>& days) {
    std::vector<std::string> all;
    for (const int of_day : days) all.push_back(preview_date_of(calendar, of_day));
    return written::json_list(all);
  };
  std::string out = R"({"schedule":)" + text(schedule.id) + R"(,"title":)" + text(schedule.title) + R"(,"weeks":)" +
                    std::to_string(calendar.imagined.weeks) + R"(,"sessions":)" +
                    dates(session_days(calendar.imagined)) + R"(,"modules":)" + dates(module_days(calendar.imagined)) +
                    R"(,"rules":[)";
  for (const Rule& rule : calendar.rules) {
    std::vector<int> days;
    for (const Mark& mark : calendar.marks) {
      if (mark.letter == rule.letter) days.push_back(mark.day);
    }
    out += (&rule == calendar.rules.data() ? "" : ",");
    out += R"({"id":)" + text(rule.id) + R"(,"role":)" + text(rule.what) + R"(,"who":)" + text(rule.who) +
           R"(,"times":)" + std::to_string(rule.times) + R"(,"days":)" + dates(days) + "}";
  }
  return out + R"(],"notes":)" + written::json_list(calendar.notes) + "}\n";
}

std::string as_svg(const fb::ScheduleT& schedule, const Calendar& calendar) {
  constexpr int left = 110, top = 70, width = 92, height = 34;
  constexpr std::array<const char*, 7> names = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const int weeks = calendar.imagined.weeks;
  const int lines = static_cast<int>(calendar.rules.size() + calendar.notes.size());
  const int bottom = top + weeks * height + 40;
  const auto text = [](int x, int y, const std::string& what, const char* style) {
    return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" " + style + ">" +
           review::html_text(what) + "</text>\n";
  };
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(left + 7 * width + 20) +
                    "\" height=\"" + std::to_string(bottom + lines * 20 + 20) +
                    "\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<title>" +
                    review::html_text("Calendar of the schedule " + schedule.id) + "</title>\n" +
                    "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  out += text(10, 26, schedule.title.empty() ? schedule.id : schedule.title, "font-size=\"17\" fill=\"#1a1a1a\"");
  for (int i = 0; i < 7; ++i)
    out += text(left + i * width + 6, top - 10, names[static_cast<std::size_t>(i)], "fill=\"#444444\"");
  for (int week = 0; week < weeks; ++week) {
    const int y = top + week * height;
    out += text(10, y + 22, std::to_string(week + 1) + "  " + preview_date_of(calendar, week * 7), "fill=\"#444444\"");
    for (int i = 0; i < 7; ++i) {
      const std::string cell = cell_text(calendar, week * 7 + i);
      const bool session = !cell.empty() && cell.front() == 'S';
      out += "<rect x=\"" + std::to_string(left + i * width) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
             std::to_string(width - 4) + "\" height=\"" + std::to_string(height - 4) + "\" fill=\"" +
             (cell.empty() ? "#f4f4f4"
              : session    ? "#dbe8f7"
                           : "#e9f3e3") +
             "\" stroke=\"#c8c8c8\"/>\n";
      if (!cell.empty()) out += text(left + i * width + 6, y + 20, cell, "fill=\"#1a1a1a\"");
    }
  }
  int y = bottom - 14;
  out += text(10, y, "S a session, M a module completed, as imagined.", "fill=\"#444444\"");
  for (const Rule& rule : calendar.rules) {
    out += text(10, y += 20, rule.letter + "  " + rule.id + ": " + rule.what + ", " + rule.who, "fill=\"#1a1a1a\"");
  }
  for (const std::string& note : calendar.notes) out += text(10, y += 20, note, "fill=\"#7a4b00\"");
  return out + "</svg>\n";
}

}  // namespace alliance::tools::schedule
