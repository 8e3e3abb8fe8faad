// SPDX-License-Identifier: Apache-2.0
#include "appointment.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "due_read.h"
#include "export_write.h"
#include "written.h"

namespace alliance::tools::appointments {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr double longest_minutes = 24 * 60;

// Stamps go to the second. Of what was said in the same second the higher revision holds, and of one revision that it
// was missed outweighs that it was booked, and that it was cancelled both.
enum class Rank { booked = 0, missed = 1, cancelled = 2 };
std::int64_t told_at(const Appointment& one, Rank rank) {
  constexpr std::uint32_t most = 99'999;
  return one.told + static_cast<std::int64_t>(std::min(one.sequence, most)) * 10 + static_cast<std::int64_t>(rank);
}

std::string key_of(const Appointment& one) {
  std::string text = one.uid;
  text += '\0';
  text += std::to_string(one.occurrence);
  return text;
}

// `facts`: what makes it another statement about the same appointment; without them there is one and only one.
std::string id_of(const Appointment& one, const char* what, const std::string& facts) {
  std::string text = key_of(one);
  for (const std::string& part : {std::string(what), facts}) {
    text += '\0';
    text += part;
  }
  return "cal:" + study::sha256(text).substr(0, 32);
}
std::string revision_of(const Appointment& one, std::initializer_list<std::string> facts) {
  std::string text = std::to_string(one.sequence) + "/" + (one.told_is_stable ? std::to_string(one.told) : "");
  for (const auto& fact : facts) text += "/" + fact;
  return text;
}

struct WorkWord {
  const char* word;
  fb::Work work;
};
constexpr WorkWord works[] = {{"online_review", fb::Work::online_review},
                              {"messaging", fb::Work::messaging},
                              {"preparation", fb::Work::preparation},
                              {"admin", fb::Work::admin},
                              {"technical_support", fb::Work::technical_support},
                              {"supervision", fb::Work::supervision},
                              {"training", fb::Work::training}};

std::optional<fb::Mode> mode_of(const std::string& word) {
  if (word.empty()) return fb::Mode::unset;
  for (const auto mode : {fb::Mode::in_person, fb::Mode::video, fb::Mode::phone, fb::Mode::text}) {
    if (word == fb::EnumNameMode(mode)) return mode;
  }
  return std::nullopt;
}

// Labels are the file's own text: no sentence repeats them.
class Maker {
 public:
  Maker(const Appointment& one, const Terms& terms, Made& made) : one_(one), terms_(terms), made_(made) {}

  void make() {
    const auto before = made_.statements.size();
    if (const auto why = say()) {
      made_.statements.resize(before);
      made_.faults.push_back({one_.line, *why});
    }
  }

 private:
  using Why = std::optional<std::string>;

  Why say() {
    const std::string& kind = one_.labels.kind;
    minutes_ = static_cast<double>(one_.until - one_.from) / static_cast<double>(minute);
    if (one_.until < one_.from) return "it ends before it begins";
    if (kind == "leave") return leave();
    if (minutes_ > longest_minutes) return "it takes longer than a day";
    if (kind == "session") return session();
    if (kind == "review") return review();
    if (kind == "slot") return std::nullopt;  // what is done in it is logged where it is done
    for (const auto& one : works) {
      if (kind == one.word) return work(one.work);
    }
    return "its kind is none of session, review, leave, slot, online_review, messaging, preparation, admin, "
           "technical_support, supervision and training";
  }

  template <class Body>
  void add(const std::string& id, std::int64_t time, Body body) {
    auto event = std::make_unique<fb::EventT>();
    event->id = id;
    event->case_ = one_.labels.case_id;
    if (event->case_.empty()) event->practitioner = practitioner();
    event->time = time;
    event->source = "calendar";
    event->body.Set(std::move(body));
    made_.statements.push_back({one_.line, one_.from, std::move(event)});
  }
  const std::string& practitioner() const {
    return one_.labels.practitioner.empty() ? terms_.practitioner : one_.labels.practitioner;
  }

  Why needs_case() const {
    if (!one_.labels.case_id.empty()) return std::nullopt;
    return "no case: say it by X-ALLIANCE-CASE, by the category alliance.case=ID, or in the file of --map; in a list, "
           "by the column case";
  }
  Why needs_somebody() const {
    if (!one_.labels.case_id.empty() || !practitioner().empty()) return std::nullopt;
    return "neither a case nor a practitioner: say --practitioner ID for what belongs to no case";
  }
  Why needs_told() const {
    if (one_.told > 0) return std::nullopt;
    return "it does not say when it was last changed (LAST-MODIFIED or DTSTAMP; in a list `changed`, or --changed): "
           "nobody could tell which of two statements is the later";
  }

  std::optional<std::uint16_t> number() const {
    const std::string& text = one_.labels.session;
    std::uint32_t first = 0;
    if (text.empty() && one_.counted) {
      first = 1;
    } else {
      const auto read = std::from_chars(text.data(), text.data() + text.size(), first);
      if (read.ec != std::errc() || read.ptr != text.data() + text.size() || first == 0) return std::nullopt;
    }
    const std::uint64_t number = std::uint64_t{first} + one_.index;
    return number > 9'999 ? std::nullopt : std::optional(static_cast<std::uint16_t>(number));
  }

  Why session() {
    if (auto why = needs_case()) return why;
    const auto session = number();
    if (!session) {
      return "no session's number from 1 to 9999: say which one it is by X-ALLIANCE-SESSION, by the category "
             "alliance.session=N, or in the file of --map; in a list, by the column session; a series counts on from "
             "it";
    }
    const auto mode = mode_of(one_.labels.mode);
    if (!mode) return "its mode is none of in_person, video, phone and text";
    std::string outcome = one_.labels.outcome;
    if (!outcome.empty() && outcome != "held" && outcome != "missed" && outcome != "cancelled") {
      return "its outcome is none of held, missed and cancelled";
    }
    const bool over = one_.until <= terms_.now;
    if (outcome == "held" && !over) return "it is said to be held, and lies ahead";
    if (outcome.empty() && over && terms_.over_is_held) outcome = "held";
    const bool cancelled = one_.cancelled || outcome == "cancelled";
    const bool only_held = outcome == "held" && one_.told == 0;  // a contact that nobody booked
    if (!only_held) {
      if (auto why = needs_told()) return why;
    }
    const std::string n = std::to_string(*session);
    if (cancelled) {
      fb::SessionCancelledT body;
      body.session = *session;
      add(id_of(one_, "cancelled", revision_of(one_, {n})), told_at(one_, Rank::cancelled), std::move(body));
      return std::nullopt;
    }
    const std::string facts = revision_of(
        one_, {n, std::to_string(one_.from), written::number(minutes_), fb::EnumNameMode(*mode), one_.labels.case_id});
    if (!only_held) {
      fb::SessionBookedT body;
      body.session = *session;
      body.starts = one_.from;
      body.minutes = minutes_;
      body.mode = *mode;
      add(id_of(one_, "booked", facts), told_at(one_, Rank::booked), std::move(body));
    }
    if (outcome == "missed") {
      fb::SessionMissedT body;
      body.session = *session;
      add(id_of(one_, "missed", facts), told_at(one_, Rank::missed), std::move(body));
    } else if (outcome == "held") {
      fb::SessionHeldT body;
      body.session = *session;
      body.minutes = minutes_;
      body.mode = *mode;
      const std::string id = id_of(one_, "held", n);
      add(id, one_.until, std::move(body));
      corrected(id, minutes_);
    }
    return std::nullopt;
  }

  Why review() {
    if (auto why = needs_case()) return why;
    if (auto why = needs_told()) return why;
    fb::ReviewBookedT body;
    body.review = one_.labels.review.empty() ? id_of(one_, "review", "") : one_.labels.review;
    body.starts = one_.from;
    body.minutes = minutes_;
    body.cancelled = one_.cancelled;
    const std::string facts =
        revision_of(one_, {std::to_string(one_.from), written::number(minutes_), one_.cancelled ? "cancelled" : ""});
    add(id_of(one_, "review-booked", facts), told_at(one_, one_.cancelled ? Rank::cancelled : Rank::booked),
        std::move(body));
    return std::nullopt;
  }

  Why leave() {
    if (auto why = needs_somebody()) return why;
    if (auto why = needs_told()) return why;
    if (minutes_ > 366 * longest_minutes) return "it is leave for longer than a year";
    fb::LeaveTakenT body;
    body.leave = id_of(one_, "leave", "");
    body.from = one_.from;
    body.until = one_.until;
    body.cancelled = one_.cancelled;
    const std::string facts =
        revision_of(one_, {std::to_string(one_.from), std::to_string(one_.until), one_.cancelled ? "cancelled" : ""});
    add(id_of(one_, "leave-taken", facts), told_at(one_, one_.cancelled ? Rank::cancelled : Rank::booked),
        std::move(body));
    return std::nullopt;
  }

  // Minutes are recorded once, under an id that no revision changes; what is said of them later corrects them.
  Why work(fb::Work work) {
    if (auto why = needs_somebody()) return why;
    if (one_.until > terms_.now) {
      ++made_.ahead;
      return std::nullopt;
    }
    const std::string id = id_of(one_, fb::EnumNameWork(work), "");
    const bool cancelled = one_.cancelled || one_.labels.outcome == "cancelled" || one_.labels.outcome == "missed";
    if (cancelled) {
      corrected(id, 0);
      return std::nullopt;
    }
    fb::ActivityLoggedT body;
    body.work = work;
    body.minutes = minutes_;
    body.component = one_.labels.component;
    if (!one_.labels.session.empty()) {
      const auto session = number();
      if (!session) return "its session is no number from 1 to 9999";
      body.session = *session;
    }
    add(id, one_.until, std::move(body));
    corrected(id, minutes_);
    return std::nullopt;
  }

  void corrected(const std::string& id, double minutes) {
    if (!one_.revised && !one_.cancelled && minutes > 0) return;
    fb::TimeCorrectedT body;
    body.timer = id;
    body.minutes = minutes;
    add(id_of(one_, "corrected", revision_of(one_, {id, written::number(minutes)})),
        std::max(one_.until, told_at(one_, Rank::booked)), std::move(body));
  }

  const Appointment& one_;
  const Terms& terms_;
  Made& made_;
  double minutes_ = 0;
};

std::string minutes_text(double minutes) { return written::number(minutes) + " min"; }

}  // namespace

void Labels::fill_from(const Labels& other) {
  for (std::string Labels::* label : {&Labels::kind, &Labels::case_id, &Labels::practitioner, &Labels::session,
                                      &Labels::mode, &Labels::outcome, &Labels::component, &Labels::review}) {
    if ((this->*label).empty()) this->*label = other.*label;
  }
}

Made events_of(const std::vector<Appointment>& found, const Terms& terms) {
  Made made;
  for (const auto& one : found) Maker(one, terms, made).make();
  return made;
}

std::string shown(const Statement& statement) {
  const fb::EventT& event = *statement.event;
  const auto session = [](std::uint16_t number) { return "session " + std::to_string(number); };
  const auto mode = [](fb::Mode one) {
    return one == fb::Mode::unset ? "" : std::string(", ") + fb::EnumNameMode(one);
  };
  const auto& body = event.body;
  if (const auto* b = body.AsSessionBooked()) {
    return due::text_of(b->starts) + "  " + session(b->session) + " booked, " + minutes_text(b->minutes) +
           mode(b->mode);
  }
  const std::string when = due::text_of(event.time) + "  ";
  if (const auto* b = body.AsSessionHeld()) {
    return when + session(b->session) + " held, " + minutes_text(b->minutes) + mode(b->mode);
  }
  const std::string began = due::text_of(statement.starts) + "  ";
  if (const auto* b = body.AsSessionMissed()) return began + session(b->session) + " missed";
  if (const auto* b = body.AsSessionCancelled()) return began + session(b->session) + " cancelled";
  if (const auto* b = body.AsReviewBooked()) {
    return due::text_of(b->starts) + "  review " + (b->cancelled ? "cancelled" : "booked, " + minutes_text(b->minutes));
  }
  if (const auto* b = body.AsLeaveTaken()) {
    return due::text_of(b->from) + "  leave until " + due::text_of(b->until) + (b->cancelled ? " cancelled" : "");
  }
  if (const auto* b = body.AsActivityLogged()) {
    return when + fb::EnumNameWork(b->work) + ", " + minutes_text(b->minutes);
  }
  if (const auto* b = body.AsTimeCorrected()) return when + "corrected to " + minutes_text(b->minutes);
  return when + fb::EnumNameEventBody(body.type);
}

}  // namespace alliance::tools::appointments
