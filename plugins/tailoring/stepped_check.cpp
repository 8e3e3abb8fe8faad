// SPDX-License-Identifier: Apache-2.0
#include <alliance/base.h>

#include <alliance/error.hpp>
#include <set>

#include "../shared/lines.h"
#include "stepped.h"

namespace alliance::tailoring {
namespace {

using shared::Place;

constexpr std::size_t most_points = 32, most_questions = 32, longest_text = 500, longest_id = 64;

class ReviewChecker {
 public:
  ReviewChecker(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  void check(const fb::SteppedReviewT& review) {
    id({{"id"}}, review.id);
    if (review.points.empty() || review.points.size() > most_points) refuse({{"points"}}, "must be 1 to 32");
    if (review.questions.empty() || review.questions.size() > most_questions) {
      refuse({{"questions"}}, "must be 1 to 32");
    }
    for (std::size_t i = 0; i < review.questions.size(); ++i) question(*review.questions[i], i);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < review.points.size(); ++i) {
      const fb::ReviewPointT& point = *review.points[i];
      id({{"points"}, {"", i}, {"id"}}, point.id);
      if (!seen.insert(point.id).second) {
        refuse({{"points"}, {"", i}, {"id"}}, "\"" + point.id + "\" stands twice");
      }
      if ((point.session == 0) == (point.week == 0)) {
        refuse({{"points"}, {"", i}}, "must have a session or a week, and not both");
      }
      for (std::size_t q = 0; q < point.questions.size(); ++q) {
        if (questions_.count(point.questions[q]) != 0) continue;
        refuse({{"points"}, {"", i}, {"questions"}, {"", q}}, "\"" + point.questions[q] + "\" is no question's id");
      }
    }
    if (review.within_days == 0 || review.within_days > 366) refuse({{"within_days"}}, "must be from 1 to 366");
  }

 private:
  [[noreturn]] void refuse(const Place& place, const std::string& why) const {
    const std::string line = text_.empty() ? "" : "line " + std::to_string(shared::line_of(text_, place)) + ": ";
    throw Error(ALLIANCE_E_BAD_INPUT, file_ + ": " + line + shared::to_text(place) + ": " + why);
  }
  void id(const Place& place, const std::string& given) const {
    if (given.empty() || given.size() > longest_id) refuse(place, "must have 1 to 64 bytes");
  }
  void question(const fb::ReviewQuestionT& question, std::size_t i) {
    const Place base = {{"questions"}, {"", i}};
    const auto field = [&](const char* name) {
      Place place = base;
      place.push_back({name});
      return place;
    };
    id(field("id"), question.id);
    if (!questions_.insert(question.id).second) refuse(field("id"), "\"" + question.id + "\" stands twice");
    if (question.factor > fb::Factor::b4_confidence) refuse(field("factor"), "is none of the eight");
    if (question.text.empty() || question.text.size() > longest_text) {
      refuse(field("text"), "must hold one sentence of at most 500 bytes");
    }
    if (!(question.minutes >= 0 && question.minutes <= 1440)) refuse(field("minutes"), "must be from 0 to 1440");
    if (question.unless > fb::Unless::tool_used) refuse(field("unless"), "is none that is known");
  }

  const std::string& file_;
  std::string_view text_;
  std::set<std::string> questions_;
};

}  // namespace

void check(const fb::SteppedReviewT& review, const std::string& file, std::string_view text) {
  ReviewChecker(file, text).check(review);
}

}  // namespace alliance::tailoring
