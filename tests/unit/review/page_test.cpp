// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "review_escape.h"
#include "review_html.h"
#include "review_terminal.h"
#include "sample.h"

namespace {

using namespace alliance;
using namespace alliance::tools::review;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++out;
  return out;
}

TEST(ReviewPage, ShowsEveryFactorForClientAndService) {
  const std::string html = page(sample::pages());
  for (const char* code : {"F1", "F2", "F3", "F4", "B1", "B2", "B3", "B4"}) {
    EXPECT_GE(count(html, std::string("<td class=\"k\">") + code + "</td>"), 2u) << code;
  }
}

TEST(ReviewPage, SaysThatIndicatorsAreNotValidated) {
  const std::string html = page(sample::pages());
  EXPECT_NE(html.find("They are not validated."), std::string::npos);
  EXPECT_NE(html.find("reason to ask the client"), std::string::npos);
  EXPECT_NE(terminal(sample::pages()).find("not validated"), std::string::npos);
}

TEST(ReviewPage, RefersToNothingOutsideItself) {
  const std::string html = page(sample::pages());
  const std::regex reference(R"((src|href|action|srcset)\s*=\s*["']?([^"'\s>]*))");
  for (std::sregex_iterator i(html.begin(), html.end(), reference), end; i != end; ++i) {
    EXPECT_EQ((*i)[2].str().substr(0, 1), "#") << i->str();
  }
  for (const char* part : {"http://", "https://", "@import", "url(", "<script", "<link", "<img", "<iframe"}) {
    EXPECT_EQ(html.find(part), std::string::npos) << part;
  }
}

TEST(ReviewPage, EveryInnerReferenceHasItsPlace) {
  const std::string html = page(sample::pages());
  const std::regex reference("href=\"#([^\"]+)\"");
  std::size_t seen = 0;
  for (std::sregex_iterator i(html.begin(), html.end(), reference), end; i != end; ++i, ++seen) {
    EXPECT_NE(html.find("id=\"" + (*i)[1].str() + "\""), std::string::npos) << (*i)[1];
  }
  EXPECT_GT(seen, 2u);
}

// Whatever text a platform hands over, none of it becomes markup.
TEST(ReviewPage, EscapesEveryTextOfAReview) {
  const std::string evil = "<script>alert(1)</script>\"'&<b onclick=x>";
  auto pages = sample::pages();
  pages.tenant = pages.seen_as = evil;
  pages.left_out = {evil};
  auto& review = pages.cases.front();
  review.id = review.note = evil;
  review.withheld = {evil};
  for (auto& row : review.factors) {
    row->title = evil;
    row->events = {evil};
    row->actions = {evil};
    for (auto& one : row->indicators) one->title = one->unit = one->text = evil;
  }
  auto& c = *review.course;
  c.practitioner = c.service = evil;
  for (auto& one : c.sheets) one->instrument = one->scores.front()->roles.front() += evil;
  for (auto& one : c.signals) one->signal->wording = one->signal->rule = evil;
  for (auto& one : c.flags) {
    one->flag->instrument = one->flag->item = one->flag->contact = one->person = evil;
  }
  for (auto& one : c.proposals) {
    one->by = one->reason = one->proposal->action->component = one->proposal->action->replacement = evil;
    one->proposal->action->text = one->proposal->evidence.front()->what = evil;
  }
  const std::string html = page(pages);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<b onclick"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"), std::string::npos);
}

TEST(ReviewPage, DrawsOneCurvePerRaterAndMarksTheDrop) {
  const std::string html = client_section(sample::client("c01"), sample::pages());
  EXPECT_EQ(count(html, "class=\"line client\""), 1u);
  EXPECT_EQ(count(html, "class=\"line practitioner\""), 1u);
  EXPECT_EQ(count(html, "class=\"line symptom\""), 1u);
  EXPECT_EQ(count(html, "class=\"mark drop\""), 1u);
  EXPECT_EQ(count(html, "class=\"flag safety\""), 1u);
  EXPECT_NE(html.find("score 0 to 30"), std::string::npos) << "the axis names the range of the scale";
  EXPECT_NE(html.find("low is good"), std::string::npos);
}

// Roles choose the plots: whatever plays the role is drawn, and two instruments are never one curve.
TEST(ReviewPage, NeverJoinsSeriesOfDifferentInstruments) {
  auto review = sample::client("c01");
  auto& sheets = review.course->sheets;
  for (std::size_t i = 6; i < sheets.size(); ++i) {
    if (sheets[i]->instrument == "pulse-of-client") sheets[i]->instrument = "another-pulse";
  }
  const std::string html = client_section(review, sample::pages());
  EXPECT_EQ(count(html, "class=\"line client\""), 2u);
}

TEST(ReviewPage, ShowsNothingMoreOfAnObservedCase) {
  auto review = sample::client("c20");
  review.course->observe_only = true;
  const std::string html = client_section(review, sample::pages());
  EXPECT_NE(html.find("Observed only"), std::string::npos);
  EXPECT_EQ(html.find("<svg"), std::string::npos);
  EXPECT_EQ(html.find("fits the client"), std::string::npos);
  EXPECT_EQ(html.find("indicator 1"), std::string::npos);
  EXPECT_NE(html.find("Not acknowledged by a person yet"), std::string::npos) << "safety is excepted";
}

TEST(ReviewPage, KnowsFromTheListThatACaseIsObservedWhenTheHostShowsNoCourse) {
  auto pages = sample::pages();
  pages.cases.front().course.reset();
  fb::CaseSummaryT listed;
  listed.id = "c01";
  listed.practitioner = "p6";
  listed.observe_only = true;
  pages.summaries.push_back(std::move(listed));
  EXPECT_EQ(count(page(pages), "Observed only"), 2u) << "at a glance and in the client's own part";
  EXPECT_NE(terminal(pages).find("observed only"), std::string::npos);
}

TEST(ReviewPage, CountsAMeasureAsAnsweredOnlyWithinItsWindow) {
  auto review = sample::client("c01");
  for (const int on_day : {2, 100}) {
    auto record = std::make_unique<fb::OccasionRecordT>();
    record->occasion = std::make_unique<fb::OccasionT>();
    record->occasion->role = "alliance.pulse";
    record->occasion->rater = fb::Rater::client;
    record->occasion->target = fb::Target::practitioner;
    record->occasion->opens = sample::start + on_day * sample::day_us;
    record->occasion->expires = sample::start + (on_day + 5) * sample::day_us;
    review.course->occasions.push_back(std::move(record));
  }
  review.as_of = sample::start + 110 * sample::day_us;
  EXPECT_NE(client_section(review, sample::pages()).find("1 answered, 1 expired without an answer."),
            std::string::npos);
}

TEST(ReviewPage, ShowsNothingMoreOnceConsentIsWithdrawn) {
  auto review = sample::client("c18");
  review.course->consent_given = sample::start;
  review.course->consent_withdrawn = sample::start + 40 * sample::day_us;
  const std::string html = client_section(review, sample::pages());
  EXPECT_NE(html.find("Consent was withdrawn on 14 Mar 2026"), std::string::npos) << html;
  EXPECT_EQ(html.find("<svg"), std::string::npos);
  EXPECT_EQ(html.find("The pulse fell"), std::string::npos);
}

TEST(ReviewPage, SaysWhenAGroupIsSuppressedAndShowsNoNumber) {
  auto pages = sample::pages();
  pages.cases.clear();
  const std::string html = page(pages);
  EXPECT_NE(html.find("Figures about fewer than five people are suppressed"), std::string::npos);
  EXPECT_EQ(html.find("<b>1.5</b>"), std::string::npos);
}

TEST(ReviewPage, OddNumbersDrawNothingThatCannotBeRead) {
  auto review = sample::client("c01");
  review.course->sheets.front()->scores.front()->value = std::numeric_limits<double>::infinity();
  review.course->sheets.back()->scores.front()->value = std::numeric_limits<double>::quiet_NaN();
  review.course->account->work.front()->used = 1e300;
  const std::string html = client_section(review, sample::pages());
  EXPECT_EQ(html.find("=\"nan"), std::string::npos);
  EXPECT_EQ(html.find("=\"inf"), std::string::npos);
  EXPECT_EQ(html.find("=\"not a number"), std::string::npos);
}

TEST(ReviewTerminal, LetsNoControlCharacterThrough) {
  auto pages = sample::pages();
  pages.cases.front().course->practitioner = "p1\x1b[2Jx";
  pages.services.front().id =
      "h\x07\xc2\x9b"
      "1";
  const std::string text = terminal(pages);
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST(ReviewEscape, DifferentIdsStayDifferentFragments) {
  EXPECT_NE(fragment("a b"), fragment("a_b"));
  EXPECT_NE(fragment("a b"), fragment("a-b"));
  EXPECT_EQ(fragment("c01"), "c01");
}

}  // namespace
