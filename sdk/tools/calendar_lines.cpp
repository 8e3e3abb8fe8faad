// SPDX-License-Identifier: Apache-2.0
#include "calendar_lines.h"

#include <algorithm>
#include <array>

namespace alliance::tools::calendar {
namespace {

constexpr std::size_t largest_file = 64u << 20;
constexpr std::size_t longest_line = 64u << 10;
constexpr std::size_t most_events = 100'000;
constexpr std::size_t most_zones = 512;
constexpr std::size_t deepest = 8;

// Of an appointment nothing else is read.
constexpr std::array event_names = {"UID",      "DTSTART", "DTEND",         "DURATION",      "RRULE",
                                    "RDATE",    "EXDATE",  "EXRULE",        "RECURRENCE-ID", "STATUS",
                                    "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "TRANSP",        "CATEGORIES"};
constexpr std::array zone_names = {"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"};
constexpr std::array repeatable = {"EXDATE", "RDATE", "CATEGORIES"};

template <class Names>
bool among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

tl::unexpected<Failure> at(std::uint64_t number, const std::string& what) {
  return fail(ALLIANCE_E_BAD_INPUT, "line " + std::to_string(number) + ": " + what);
}

char capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Where the value begins: after the first colon that stands in no quotes. npos: there is none.
std::size_t colon(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == ':' && !quoted) return i;
  }
  return std::string_view::npos;
}

class Reader {
 public:
  Result<Lines> read(std::string_view file) {
    if (file.size() > largest_file)
      return fail(ALLIANCE_E_BAD_INPUT, "it is larger than 64 MiB: export a shorter time");
    if (file.starts_with("\xEF\xBB\xBF")) file.remove_prefix(3);
    while (!file.empty()) {
      const auto end = file.find('\n');
      std::string_view raw = file.substr(0, end);
      file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
      if (raw.ends_with('\r')) raw.remove_suffix(1);
      ++number_;
      if (!raw.empty() && (raw.front() == ' ' || raw.front() == '\t')) {
        if (!open_) return at(number_, "it continues a line, and there is none before it");
        line_.text.append(raw.substr(1));
        if (line_.text.size() > longest_line) return at(line_.number, "it is longer than 64 KiB");
        continue;
      }
      if (auto done = finish(); !done) return tl::unexpected(done.error());
      if (raw.empty()) continue;
      if (raw.size() > longest_line) return at(number_, "it is longer than 64 KiB");
      line_ = {number_, {}, std::string(raw)};
      open_ = true;
    }
    if (auto done = finish(); !done) return tl::unexpected(done.error());
    if (number_ == 0 || !begun_) return fail(ALLIANCE_E_BAD_INPUT, "it holds no calendar: BEGIN:VCALENDAR is missing");
    if (!stack_.empty()) {
      return at(stack_.back().number, "what begins here is not ended: the file is cut short");
    }
    return std::move(lines_);
  }

 private:
  struct Open {
    std::string name;
    std::uint64_t number;
    bool kept;
  };

  Result<void> finish() {
    if (!open_) return {};
    open_ = false;
    const auto where = colon(line_.text);
    const auto name_end = std::min(line_.text.find(';'), where);
    std::string& name = line_.name;
    name = line_.text.substr(0, std::min(name_end, line_.text.size()));
    std::transform(name.begin(), name.end(), name.begin(), capital);
    const bool sound = std::all_of(name.begin(), name.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; });
    if (where == std::string::npos || name.empty() || !sound) {
      return at(line_.number, "it is no line of a calendar: NAME:VALUE is expected. Is this an iCalendar file (.ics)?");
    }
    if (name == "BEGIN") return begin();
    if (name == "END") return end();
    if (stack_.empty()) return at(line_.number, "it stands outside of BEGIN:VCALENDAR and END:VCALENDAR");
    return keep();
  }

  std::string word() const {
    std::string out(line_.value());
    while (out.ends_with(' ')) out.pop_back();
    std::transform(out.begin(), out.end(), out.begin(), capital);
    return out;
  }

  Result<void> begin() {
    const std::string what = word();
    if (stack_.empty() && what != "VCALENDAR") return at(line_.number, "BEGIN:VCALENDAR is expected");
    if (stack_.size() == deepest) return at(line_.number, "parts lie in parts more than eight deep");
    begun_ = true;
    const bool in_calendar = stack_.size() == 1;
    const bool in_zone = stack_.size() == 2 && stack_.back().name == "VTIMEZONE";
    const bool kept = stack_.empty() || (in_calendar && (what == "VEVENT" || what == "VTIMEZONE")) ||
                      (in_zone && (what == "STANDARD" || what == "DAYLIGHT"));
    if (in_calendar && what == "VEVENT") {
      if (lines_.events.size() == most_events) return at(line_.number, "there are more than 100000 appointments");
      lines_.events.push_back({line_.number, {}});
    } else if (in_calendar && what == "VTIMEZONE") {
      if (lines_.zones.size() == most_zones) return at(line_.number, "there are more than 512 zones");
      lines_.zones.emplace_back("BEGIN:VTIMEZONE\r\n");
    } else if (in_zone && kept) {
      lines_.zones.back() += "BEGIN:" + what + "\r\n";
    } else if (in_calendar) {
      ++lines_.other;
    }
    stack_.push_back({what, line_.number, kept && (stack_.empty() || stack_.back().kept)});
    return {};
  }

  Result<void> end() {
    const std::string what = word();
    if (stack_.empty() || stack_.back().name != what) {
      return at(line_.number, stack_.empty()
                                  ? "it ends what was not begun"
                                  : "it does not end what line " + std::to_string(stack_.back().number) + " begins");
    }
    const bool zone = stack_.back().kept && (what == "VTIMEZONE" || what == "STANDARD" || what == "DAYLIGHT");
    if (zone) lines_.zones.back() += "END:" + what + "\r\n";
    stack_.pop_back();
    return {};
  }

  Result<void> keep() {
    const Open& in = stack_.back();
    if (!in.kept || in.name == "VCALENDAR") return {};
    const bool wanted = in.name == "VEVENT" ? among(event_names, line_.name) || line_.name.starts_with("X-ALLIANCE-")
                                            : among(zone_names, line_.name);
    if (!wanted) return {};
    for (const unsigned char c : line_.text) {
      if ((c < 0x20 && c != '\t') || c == 0x7F) return at(line_.number, line_.name + " holds a control character");
    }
    if (in.name != "VEVENT") {
      lines_.zones.back() += line_.text + "\r\n";
      return {};
    }
    auto& kept = lines_.events.back().lines;
    if (!among(repeatable, line_.name)) {
      const auto* other = lines_.events.back().find(line_.name);
      if (other != nullptr) {
        return at(line_.number,
                  line_.name + " stands a second time; the first is line " + std::to_string(other->number));
      }
    }
    kept.push_back(std::move(line_));
    return {};
  }

  Lines lines_;
  Line line_;
  std::vector<Open> stack_;
  std::uint64_t number_ = 0;
  bool open_ = false, begun_ = false;
};

}  // namespace

std::string_view Line::value() const {
  const auto where = colon(text);
  return where == std::string_view::npos ? std::string_view() : std::string_view(text).substr(where + 1);
}

std::string Line::parameter(std::string_view wanted) const {
  std::string_view rest = std::string_view(text).substr(0, std::min(colon(text), text.size()));
  bool quoted = false;
  for (std::size_t from = rest.size(), i = 0; i <= rest.size(); ++i) {
    if (i < rest.size() && rest[i] == '"') quoted = !quoted;
    if (i < rest.size() && (rest[i] != ';' || quoted)) continue;
    if (from < i) {
      const std::string_view one = rest.substr(from, i - from);
      const auto equals = one.find('=');
      const bool same = equals == wanted.size() && std::equal(wanted.begin(), wanted.end(), one.begin(),
                                                              [](char a, char b) { return a == capital(b); });
      if (same) {
        std::string_view value = one.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return std::string(value);
      }
    }
    from = i + 1;
  }
  return {};
}

const Line* Component::find(std::string_view name) const {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.name == name; });
  return found == lines.end() ? nullptr : &*found;
}

Result<Lines> lines_of(std::string_view file) { return Reader().read(file); }

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 'n' || c == 'N' ? ' ' : c;
  }
  return out;
}

std::vector<std::string> texts_of(std::string_view value) {
  std::vector<std::string> out;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    if (i + 1 < value.size() && value[i] == '\\') {
      ++i;
      continue;
    }
    if (i < value.size() && value[i] != ',') continue;
    out.push_back(unescaped(value.substr(from, std::min(i, value.size()) - from)));
    from = i + 1;
  }
  return out;
}

}  // namespace alliance::tools::calendar
