// SPDX-License-Identifier: Apache-2.0
#include "fhir/import.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace alliance::fhir {
namespace {

constexpr double largest = 1e6;        // of an answer: what the instruments plugin takes
constexpr unsigned most_decimals = 6;  // likewise
constexpr std::size_t most_scored_items = 1000;
constexpr std::size_t most_marks = 1001;  // of a slider that goes in steps

std::string cut(std::string text, std::size_t most) {
  if (text.size() > most) text.resize(most);
  return text;
}

// Letters, digits, '.', '_' and '-', 64 at most: what the items, scales and bands of a definition are called.
bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

// Lower-case letters, digits and hyphens, as an instrument's id is written.
std::string slug(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
    if (plain) made += low;
    if (!plain && !made.empty() && made.back() != '-') made += '-';
  }
  made = cut(std::move(made), 64);
  while (!made.empty() && made.back() == '-') made.pop_back();
  return made;
}

// "2.0.1" of "2.0.1-beta"; empty when it does not begin so.
std::string version_of(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c != '.' || made.empty() || made.back() == '.')) break;
    made += c;
  }
  made = cut(std::move(made), 32);
  while (!made.empty() && made.back() == '.') made.pop_back();
  return made;
}

double power_of_ten(unsigned decimals) { return std::pow(10.0, decimals); }

bool fits(double value, unsigned decimals) {
  if (!(std::abs(value) <= largest)) return false;
  const double power = power_of_ten(decimals);
  return std::round(value * power) / power == value;
}

// How many decimals `value` has; nothing when it has more than are kept.
std::optional<unsigned> decimals_of(double value) {
  for (unsigned decimals = 0; decimals <= most_decimals; ++decimals) {
    if (fits(value, decimals)) return decimals;
  }
  return std::nullopt;
}

std::unique_ptr<fb::CodeT> code_of(const Coding& coding) {
  auto code = std::make_unique<fb::CodeT>();
  code->system = coding.system;
  code->code = coding.code;
  return code;
}

template <class List>
void copy_codes(const std::vector<Coding>& from, List& to) {
  for (const Coding& coding : from) {
    if (!coding.system.empty()) to.push_back(code_of(coding));
  }
}

bool same_answers(const fb::ResponseT& a, const fb::ResponseT& b) {
  return a.min == b.min && a.max == b.max && a.decimals == b.decimals &&
         std::equal(a.options.begin(), a.options.end(), b.options.begin(), b.options.end(),
                    [](const auto& x, const auto& y) { return x->value == y->value && x->code == y->code; });
}

class Import {
 public:
  explicit Import(const Form& form) : form_(form) {}

  Result<Imported> made(const std::string& id) {
    if (auto done = head(id); !done) return tl::unexpected(done.error());
    for (std::size_t at = 0; at < form_.items.size(); ++at) item(at);
    if (made_.definition.items.empty()) {
      std::string why;
      for (const std::string& sentence : made_.unsure) why += "; " + sentence;
      return fail(ALLIANCE_E_BAD_INPUT, "no item of it can be scored" + shown_list(why));
    }
    if (made_.definition.items.size() > most_scored_items) {
      return fail(ALLIANCE_E_BAD_INPUT,
                  "it has more than " + std::to_string(most_scored_items) + " items that are scored");
    }
    scales();
    vectors();
    texts();
    unsure(
        "roles: the resource does not say what its scales play (symptom.total, alliance.bond ...): add roles to the "
        "scales, or schedules and pages will not find them");
    unsure("thresholds: bands, cut-offs and reliable change are not in the resource, and none were made");
    unsure(
        "reverse scoring: the resource has no word for it beside the weights; where an item's weights run against "
        "the others', its weights were kept as they are");
    unsure(
        "key: it is marked unverified and will not score until you have checked it and either set keys_provenance "
        "or named " +
        made_.definition.id + " in accept_unverified in the instruments plugin's settings");
    return std::move(made_);
  }

 private:
  void unsure(std::string sentence) { made_.unsure.push_back(std::move(sentence)); }
  static std::string shown_list(const std::string& why) { return why.size() > 600 ? cut(why, 600) + "..." : why; }

  std::unique_ptr<fb::ProvenanceT> provenance() const {
    auto made = std::make_unique<fb::ProvenanceT>();
    made->certainty = fb::Certainty::unverified;
    made->source = "FHIR Questionnaire " + source_;
    return made;
  }

  Result<void> head(const std::string& id) {
    fb::InstrumentT& to = made_.definition;
    source_ = form_.name + (form_.version.empty() ? "" : "|" + form_.version);
    to.id = id.empty() ? slug(!form_.id.empty() ? form_.id : form_.name) : id;
    if (to.id.empty() || slug(to.id) != to.id) {
      return fail(ALLIANCE_E_BAD_INPUT, "no id can be made from " + named(to.id) +
                                            ": give one in lower-case letters, digits and hyphens (--id)");
    }
    to.version = version_of(form_.version);
    if (to.version.empty()) {
      to.version = "1.0.0";
      unsure("version: the resource has none in numbers; 1.0.0 assumed");
    }
    to.title = form_.title.empty() ? to.id : form_.title;
    to.perspective = fb::Rater::client;
    unsure("perspective: the resource does not say who answers; client assumed");
    copy_codes(form_.codes, to.codes);
    to.keys_provenance = provenance();
    to.licence = licence();
    if (form_.copyright.empty())
      unsure("licence: the resource states no copyright; ask its publisher before you use it");
    return {};
  }

  std::unique_ptr<fb::LicenceT> licence() const {
    auto made = std::make_unique<fb::LicenceT>();
    made->holder = !form_.publisher.empty() ? form_.publisher : "not named; see the terms";
    made->terms = !form_.copyright.empty() ? form_.copyright : "none stated: ask the publisher of " + source_;
    made->text_may_ship = false;
    made->provenance = provenance();
    return made;
  }

  void leave_out(const FormItem& from, const std::string& why) {
    unsure("item " + shown(from.link_id) + " is left out: " + why);
  }

  void item(std::size_t at) {
    const FormItem& from = form_.items[at];
    switch (from.kind) {
      case Kind::group:
      case Kind::display:
        return;
      case Kind::choice:
      case Kind::boolean:
      case Kind::integer:
      case Kind::decimal:
        break;
      default:
        // A calculated quantity is a score; what remains is words, dates and files.
        if (from.calculated) return calculated(from);
        return leave_out(from, "its answers are no numbers");
    }
    if (from.calculated || from.read_only) return calculated(from);
    if (from.repeats) return leave_out(from, "it may be answered more than once");
    fb::ResponseT response;
    std::vector<std::string> labels;
    if (!answers(from, response, labels)) return;
    auto made = std::make_unique<fb::ItemT>();
    made->id = good_name(from.link_id) ? from.link_id : from.link_id.substr(from.link_id.rfind('/') + 1);
    if (!good_name(made->id) || names_.contains(made->id)) made->id = "item-" + std::to_string(at + 1);
    while (!names_.insert(made->id).second) made->id += "x";
    copy_codes(from.codes, made->codes);
    if (made->id != from.link_id) made->codes.push_back(code_of({std::string(link_id_system), from.link_id}));
    if (!from.conditions.empty()) {
      unsure("item " + made->id + " is asked after certain answers only: where it is not asked, the sheet is not full");
    }
    made->response = keep(std::move(response), std::move(labels));
    index_of_[at] = made_.definition.items.size();
    made_.definition.items.push_back(std::move(made));
    texts_.push_back(from.text.empty() ? from.link_id : from.text);
  }

  // A total that the form works out by itself is not asked of anybody.
  void calculated(const FormItem& from) {
    leave_out(from,
              "it is calculated or read-only, so it is no question; what it calculates is not looked at, and its "
              "codes were given to the scale total where there is one such item");
    totals_.push_back(&from);
  }

  bool answers(const FormItem& from, fb::ResponseT& response, std::vector<std::string>& labels) {
    if (from.kind == Kind::boolean) {
      unsure("item " + shown(from.link_id) + ": yes counts 1 and no 0; the resource does not say so");
      add_option(response, 0, "false");
      add_option(response, 1, "true");
      labels = {"false", "true"};
      return true;
    }
    if (from.kind == Kind::choice || !from.options.empty()) return from_options(from, response, labels);
    return from_range(from, response);
  }

  static void add_option(fb::ResponseT& response, double value, std::string code) {
    auto option = std::make_unique<fb::OptionT>();
    option->value = value;
    option->code = std::move(code);
    response.options.push_back(std::move(option));
  }

  bool from_options(const FormItem& from, fb::ResponseT& response, std::vector<std::string>& labels) {
    if (!from.elsewhere.empty()) {
      leave_out(from, "its options stand in " + shown(from.elsewhere) + ", which the resource does not contain");
      return false;
    }
    std::set<std::string> codes;
    std::set<double> values;
    for (const Option& option : from.options) {
      if (!option.value) {
        leave_out(from, "its option " + named(option.code) +
                            " has no weight (ordinalValue or itemWeight): places in a list are no scores");
        return false;
      }
      if (!decimals_of(*option.value)) {
        leave_out(from, "the weight of its option " + named(option.code) + " is too large or has more than " +
                            std::to_string(most_decimals) + " decimals");
        return false;
      }
      if (!values.insert(*option.value).second) {
        leave_out(from, "two of its options weigh " + number_text(*option.value) +
                            ", and a definition knows an answer by its value");
        return false;
      }
      const bool coded = good_name(option.code) && codes.insert(option.code).second;
      if (!coded)
        unsure("item " + shown(from.link_id) + ": the code of an option cannot be kept; its value stands for it");
      add_option(response, *option.value, coded ? option.code : std::string());
      labels.push_back(option.label.empty() ? number_text(*option.value) : option.label);
    }
    if (response.options.size() < 2) {
      leave_out(from, "it has fewer than two options");
      return false;
    }
    if (!from.open.empty()) unsure("item " + shown(from.link_id) + ": an answer in one's own words is not scored");
    return true;
  }

  bool from_range(const FormItem& from, fb::ResponseT& response) {
    if (!from.least || !from.most || !from.least->number || !from.most->number) {
      leave_out(from, "it asks for a number without saying the least and the most (minValue, maxValue)");
      return false;
    }
    const double least = *from.least->number, most = *from.most->number;
    unsigned decimals = from.kind == Kind::integer ? 0 : from.decimals.value_or(2);
    if (from.step)
      decimals = std::max(from.kind == Kind::integer ? 0u : decimals_of(*from.step).value_or(decimals), 0u);
    if (from.kind != Kind::integer && !from.step && !from.decimals) {
      unsure("item " + shown(from.link_id) + ": the resource does not say how many decimals; 2 assumed");
    }
    if (decimals > most_decimals || !fits(least, decimals) || !fits(most, decimals) || !(least < most)) {
      leave_out(from, "its range cannot be used: least and most are numbers of at most " +
                          std::to_string(most_decimals) + " decimals, the least below the most");
      return false;
    }
    const double unit = 1 / power_of_ten(decimals);
    if (from.step && *from.step > unit * 1.5) return in_steps(from, response, decimals);
    response.min = least;
    response.max = most;
    response.decimals = static_cast<std::uint8_t>(decimals);
    return true;
  }

  // A slider that jumps: each mark is an option.
  bool in_steps(const FormItem& from, fb::ResponseT& response, unsigned decimals) {
    const double least = *from.least->number, most = *from.most->number, power = power_of_ten(decimals);
    const double marks = std::floor((most - least) / *from.step + 1e-9) + 1;
    if (!(marks >= 2 && marks <= static_cast<double>(most_marks))) {
      leave_out(from, "its slider has " + std::string(marks < 2 ? "no" : "too many") + " marks");
      return false;
    }
    for (double at = 0; at < marks; ++at) {
      add_option(response, std::round((least + at * *from.step) * power) / power, {});
    }
    return true;
  }

  // Items with the same answers share a response.
  std::string keep(fb::ResponseT response, std::vector<std::string> labels) {
    auto& responses = made_.definition.responses;
    for (std::size_t at = 0; at < responses.size(); ++at) {
      response.id = responses[at]->id;
      if (same_answers(*responses[at], response) && labels_[at] == labels) return response.id;
    }
    response.id = "response-" + std::to_string(responses.size() + 1);
    responses.push_back(std::make_unique<fb::ResponseT>(response));
    labels_.push_back(std::move(labels));
    return response.id;
  }

  // ---- scales

  void scales() {
    auto& to = made_.definition.scales;
    std::vector<std::size_t> all;
    std::vector<std::pair<const FormItem*, std::vector<std::size_t>>> groups;
    for (const auto& [at, item] : index_of_) {
      all.push_back(item);
      const int parent = group_of(static_cast<int>(at));
      if (parent < 0) continue;
      const FormItem* group = &form_.items[static_cast<std::size_t>(parent)];
      const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.first == group; });
      (same != groups.end() ? *same : groups.emplace_back(group, std::vector<std::size_t>{})).second.push_back(item);
    }
    to.push_back(scale("total", all));
    unsure("scale total: the resource does not say whether items are summed; sum assumed");
    std::vector<Coding> codes;
    for (const FormItem* total : totals_) codes.insert(codes.end(), total->codes.begin(), total->codes.end());
    if (totals_.size() == 1) copy_codes(codes, to.back()->codes);
    std::set<std::string> ids = {"total"};
    for (const auto& [group, items] : groups) {
      if (items.size() == all.size()) continue;  // one group around everything is no part of it
      std::string id = good_name(group->link_id) ? group->link_id : slug(group->text);
      if (!good_name(id) || ids.contains(id)) id = "group-" + std::to_string(ids.size());
      while (!ids.insert(id).second) id += "x";
      to.push_back(scale(id, items));
      copy_codes(group->codes, to.back()->codes);
      unsure("scale " + id + ": a group of the form was taken for a scale, and its items are summed");
    }
    unsure(
        "direction: the resource does not say whether more is better; higher_is_better was written for every scale: "
        "change it where it is wrong");
  }

  // The outermost group that is not around all: -1 where there is none.
  int group_of(int at) const {
    int found = -1;
    for (int up = form_.items[static_cast<std::size_t>(at)].parent; up >= 0;
         up = form_.items[static_cast<std::size_t>(up)].parent) {
      if (form_.items[static_cast<std::size_t>(up)].kind != Kind::group) continue;
      const bool around_all = form_.top.size() == 1 && static_cast<std::size_t>(up) == form_.top[0];
      if (!around_all) found = up;
    }
    return found;
  }

  struct Ends {
    double low, high;
    unsigned decimals;
  };
  Ends ends(std::size_t item) const {
    const auto& definition = made_.definition;
    const auto& response = **std::find_if(definition.responses.begin(), definition.responses.end(),
                                          [&](const auto& one) { return one->id == definition.items[item]->response; });
    if (response.options.empty()) return {*response.min, *response.max, response.decimals};
    Ends found{*response.options[0]->value, *response.options[0]->value, 0};
    for (const auto& option : response.options) {
      found.low = std::min(found.low, *option->value);
      found.high = std::max(found.high, *option->value);
      found.decimals = std::max(found.decimals, *decimals_of(*option->value));
    }
    return found;
  }

  // Counted in units of the last decimal, as scores are.
  std::unique_ptr<fb::ScaleT> scale(const std::string& id, const std::vector<std::size_t>& items) const {
    auto made = std::make_unique<fb::ScaleT>();
    made->id = id;
    made->method = fb::Method::sum;
    made->direction = fb::Direction::higher_is_better;
    unsigned decimals = 0;
    for (const std::size_t item : items) decimals = std::max(decimals, ends(item).decimals);
    const double power = power_of_ten(decimals);
    double low = 0, high = 0;
    for (const std::size_t item : items) {
      made->items.push_back(made_.definition.items[item]->id);
      low += std::round(ends(item).low * power);
      high += std::round(ends(item).high * power);
    }
    made->min = low / power;
    made->max = high / power;
    return made;
  }

  // The lowest and the highest sheet: true whatever the answers mean.
  void vectors() {
    auto& definition = made_.definition;
    for (const bool highest : {false, true}) {
      auto vector = std::make_unique<fb::TestVectorT>();
      for (std::size_t item = 0; item < definition.items.size(); ++item) {
        vector->answers.push_back(highest ? ends(item).high : ends(item).low);
      }
      for (const auto& scale : definition.scales) {
        auto expected = std::make_unique<fb::ExpectedT>();
        expected->scale = scale->id;
        expected->value = highest ? scale->max : scale->min;
        vector->expected.push_back(std::move(expected));
      }
      vector->source = highest ? "the highest sheet" : "the lowest sheet";
      definition.vectors.push_back(std::move(vector));
    }
  }

  void texts() {
    auto& to = made_.texts;
    to.instrument = made_.definition.id;
    to.language = form_.language;
    if (to.language.empty()) {
      to.language = "en";
      unsure("language: the resource does not name one; en was written into the content pack");
    }
    to.title = made_.definition.title;
    to.licence = licence();
    to.source = "FHIR Questionnaire " + source_;
    for (std::size_t at = 0; at < texts_.size(); ++at) {
      auto text = std::make_unique<fb::ItemTextT>();
      text->item = made_.definition.items[at]->id;
      text->text = texts_[at];
      to.items.push_back(std::move(text));
    }
    for (std::size_t at = 0; at < labels_.size(); ++at) {
      const auto& response = *made_.definition.responses[at];
      if (response.options.empty()) continue;
      auto made = std::make_unique<fb::ResponseTextT>();
      made->response = response.id;
      for (std::size_t i = 0; i < response.options.size(); ++i) {
        auto label = std::make_unique<fb::OptionTextT>();
        label->value = response.options[i]->value;
        label->text = i < labels_[at].size() ? labels_[at][i] : number_text(*response.options[i]->value);
        made->options.push_back(std::move(label));
      }
      to.responses.push_back(std::move(made));
    }
  }

  const Form& form_;
  Imported made_;
  std::string source_;
  std::set<std::string> names_;
  std::map<std::size_t, std::size_t> index_of_;   // of the form's item: that of the definition's
  std::vector<std::string> texts_;                // of the definition's items
  std::vector<std::vector<std::string>> labels_;  // of the definition's responses
  std::vector<const FormItem*> totals_;
};

}  // namespace

Result<Imported> import_form(const Form& form, const std::string& id) { return Import(form).made(id); }

}  // namespace alliance::fhir
