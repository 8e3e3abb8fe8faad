// SPDX-License-Identifier: Apache-2.0
#include "formula.h"

#include <algorithm>
#include <set>

namespace alliance::instruments {

void Formula::apply(const Step& step, Stack& stack) {
  switch (step.act) {
    case Act::number:
      stack.push(step.number);
      return;
    case Act::negate:
      stack.push(minus(stack.pop()));
      return;
    case Act::at_least: {
      const Rational value = stack.pop();
      stack.push({less(value, step.number) ? 0 : 1, 1});
      return;
    }
    case Act::item:
      return;
    default:
      break;
  }
  const Rational b = stack.pop(), a = stack.pop();
  switch (step.act) {
    case Act::plus:
      stack.push(plus(a, b).narrow());
      return;
    case Act::times:
      stack.push(times(a, b).narrow());
      return;
    case Act::divide:
      stack.push(divided(a, b).narrow());
      return;
    case Act::larger:
      stack.push(less(a, b) ? b : a);
      return;
    default:
      stack.push(less(b, a) ? b : a);
      return;
  }
}

// By recursive descent; `bounds_` mirrors the stack that evaluation will use.
class FormulaParser {
 public:
  struct Wrong {
    std::size_t at;
    std::string what;
  };

  FormulaParser(const std::string& text, const std::map<std::string, Formula::Known>& known)
      : text_(text), known_(known) {}

  Formula parse() {
    if (text_.size() > longest_formula) throw Wrong{longest_formula, "a formula has 65536 characters at most"};
    expression(0);
    if (next() != '\0' || at_ < text_.size()) throw Wrong{at_, "an operator or the end is expected"};
    const Bound& whole = bounds_.back();
    made_.low_ = whole.low;
    made_.high_ = whole.high;
    made_.grain_ = whole.fixed ? whole.under : 0;
    return std::move(made_);
  }

 private:
  using Act = Formula::Act;

  // What is known of an expression before anything was answered.
  struct Bound {
    Rational low, high;
    std::int64_t over = 0, under = 1;  // no numerator's size and no denominator is larger
    bool fixed = true;                 // the denominator is always `under`
    bool constant = false;
  };

  static constexpr int deepest = 32;

  static bool digit(char c) { return c >= '0' && c <= '9'; }
  static bool letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

  // The next character that is no blank, and NUL at the end.
  char next() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void want(char c) {
    if (next() != c) throw Wrong{at_, std::string("'") + c + "' is expected"};
    ++at_;
  }

  void expression(int depth) {
    if (depth > deepest) throw Wrong{at_, "it is nested more than 32 deep"};
    term(depth);
    for (char c = next(); c == '+' || c == '-'; c = next()) {
      const std::size_t place = at_++;
      term(depth);
      if (c == '-') add(Act::negate, place);
      add(Act::plus, place);
    }
  }
  void term(int depth) {
    factor(depth);
    for (char c = next(); c == '*' || c == '/'; c = next()) {
      const std::size_t place = at_++;
      factor(depth);
      add(c == '*' ? Act::times : Act::divide, place);
    }
  }
  void factor(int depth) {
    if (depth > deepest) throw Wrong{at_, "it is nested more than 32 deep"};
    const char c = next();
    const std::size_t place = at_;
    if (c == '-') {
      ++at_;
      factor(depth + 1);
      add(Act::negate, place);
    } else if (c == '(') {
      ++at_;
      expression(depth + 1);
      want(')');
    } else if (c == '[') {
      push_item(item(), place);
    } else if (digit(c)) {
      push_number(number());
    } else if (letter(c)) {
      function(depth);
    } else {
      throw Wrong{at_, "a number, an [item] or a function is expected"};
    }
  }

  void function(int depth) {
    const std::size_t place = at_;
    while (at_ < text_.size() && letter(text_[at_])) ++at_;
    const std::string name = text_.substr(place, at_ - place);
    want('(');
    if (name == "reverse") {
      if (next() != '[') throw Wrong{at_, "reverse() takes one [item]"};
      const std::size_t item_place = at_;
      const Formula::Known known = item();
      push_number(Rational{known.range->low + known.range->high, known.range->power});
      push_item(known, item_place);
      add(Act::negate, place);
      add(Act::plus, place);
    } else if (name == "count_at_least") {
      count(depth, place);
    } else if (name == "sum" || name == "mean") {
      const std::int64_t many = fold(depth, place, Act::plus);
      if (name == "mean") {
        push_number({many, 1});
        add(Act::divide, place);
      }
    } else if (name == "max" || name == "min") {
      fold(depth, place, name == "max" ? Act::larger : Act::smaller);
    } else {
      throw Wrong{place, "there is no function \"" + name + "\": there are sum, mean, max, min, reverse and " +
                             "count_at_least"};
    }
    want(')');
  }
  std::int64_t fold(int depth, std::size_t place, Act act) {
    expression(depth + 1);
    std::int64_t many = 1;
    for (; next() == ','; ++many) {
      ++at_;
      expression(depth + 1);
      add(act, place);
    }
    return many;
  }
  void count(int depth, std::size_t place) {
    const bool below = next() == '-';
    if (below) ++at_;
    if (!digit(next())) throw Wrong{at_, "count_at_least() begins with a number"};
    const Rational from = number(), least = below ? minus(from) : from;
    push_number({0, 1});
    do {
      want(',');
      expression(depth + 1);
      add(Act::at_least, place, least);
      add(Act::plus, place);
    } while (next() == ',');
  }

  Rational number() {
    const std::size_t place = at_;
    std::int64_t value = 0;
    unsigned decimals = 0;
    bool point = false;
    for (; at_ < text_.size() && (digit(text_[at_]) || (text_[at_] == '.' && !point)); ++at_) {
      if (text_[at_] == '.') {
        point = true;
        continue;
      }
      if (value < 10'000'000'000'000) value = value * 10 + (text_[at_] - '0');
      decimals += point ? 1 : 0;
      if (decimals > most_decimals) throw Wrong{place, "a number has 6 decimals at most"};
    }
    if (point && decimals == 0) throw Wrong{place, "a digit is missing after the point"};
    const std::int64_t power = power_of_ten(decimals);
    if (value > 1'000'000 * power) throw Wrong{place, "a number is 1000000 at most"};
    return reduced({value, power});
  }

  Formula::Known item() {
    const std::size_t place = at_++;
    const std::size_t end = text_.find(']', at_);
    if (end == std::string::npos) throw Wrong{place, "']' is missing"};
    const std::string id = text_.substr(at_, end - at_);
    const auto found = known_.find(id);
    if (found == known_.end()) throw Wrong{place, "there is no item \"" + id.substr(0, 64) + "\""};
    at_ = end + 1;
    return found->second;
  }

  void push_number(Rational number) {
    push({number, number, std::max(number.over, -number.over), number.under, true, true});
    made_.steps_.push_back({Act::number, number});
  }
  void push_item(Formula::Known known, std::size_t place) {
    const Range& range = *known.range;
    const std::int64_t size = std::max(std::max(range.low, -range.low), std::max(range.high, -range.high));
    push({{range.low, range.power}, {range.high, range.power}, size, range.power, true, false}, place);
    if (seen_.insert(known.index).second) {
      made_.items_.push_back(known.index);
    } else {
      made_.repeats_ = true;
    }
    made_.steps_.push_back({Act::item, {1, range.power}, known.index});
  }
  void push(const Bound& bound, std::size_t place = 0) {
    if (bounds_.size() == formula_stack) throw Wrong{place, "it is nested too deep"};
    bounds_.push_back(bound);
  }

  static Rational exact(const WideRational& wide, std::size_t place) {
    if (!wide.fits()) too_large(place);
    return reduced(wide.narrow());
  }
  [[noreturn]] static void too_large(std::size_t place) {
    throw Wrong{place, "the numbers here may become too large to stay exact"};
  }
  static std::int64_t within(Wide size, std::size_t place) {
    if (size > most_exact) too_large(place);
    return static_cast<std::int64_t>(size);
  }

  void add(Act act, std::size_t place, Rational number = {}) {
    const std::size_t operands = act == Act::negate || act == Act::at_least ? 1 : 2;
    Bound b = bounds_.back();
    bounds_.pop_back();
    if (act == Act::negate) {
      std::swap(b.low, b.high);
      b.low = minus(b.low);
      b.high = minus(b.high);
    } else if (act == Act::at_least) {
      b = {{less(b.low, number) ? 0 : 1, 1}, {less(b.high, number) ? 0 : 1, 1}, 1, 1, true, b.constant};
    } else {
      const Bound a = bounds_.back();
      bounds_.pop_back();
      b = joined(act, a, b, place);
    }
    if (b.constant) {  // a constant is always one step and a reduced fraction: its denominator is known
      made_.steps_.resize(made_.steps_.size() - operands);
      push_number(b.low);
      return;
    }
    bounds_.push_back(b);
    made_.steps_.push_back({act, number});
  }

  static Bound joined(Act act, const Bound& a, const Bound& b, std::size_t place) {
    Bound made;
    made.constant = a.constant && b.constant;
    made.fixed = a.fixed && b.fixed;
    if (act == Act::plus) {
      const std::int64_t shared = made.fixed ? std::gcd(a.under, b.under) : 1;
      made.over = within(Wide{a.over} * (b.under / shared) + Wide{b.over} * (a.under / shared), place);
      made.under = within(Wide{a.under} * (b.under / shared), place);
      made.low = exact(plus(a.low, b.low), place);
      made.high = exact(plus(a.high, b.high), place);
    } else if (act == Act::larger || act == Act::smaller) {
      made.over = std::max(a.over, b.over);
      made.under = std::max(a.under, b.under);
      made.fixed = made.fixed && a.under == b.under;
      const bool up = act == Act::larger;
      made.low = less(a.low, b.low) == up ? b.low : a.low;
      made.high = less(a.high, b.high) == up ? b.high : a.high;
    } else {
      const bool divide = act == Act::divide;
      if (divide && !less({0, 1}, b.low) && !less(b.high, {0, 1})) {
        throw Wrong{place, "a division by what may be zero"};
      }
      made.fixed = made.fixed && (!divide || b.constant);
      made.over = within(Wide{a.over} * (divide ? b.under : b.over), place);
      made.under = within(Wide{a.under} * (divide ? b.over : b.under), place);
      bool first = true;
      for (const Rational& x : {a.low, a.high}) {
        for (const Rational& y : {b.low, b.high}) {
          const Rational end = exact(divide ? divided(x, y) : times(x, y), place);
          if (first || less(end, made.low)) made.low = end;
          if (first || less(made.high, end)) made.high = end;
          first = false;
        }
      }
    }
    return made;
  }

  const std::string& text_;
  const std::map<std::string, Formula::Known>& known_;
  std::size_t at_ = 0;
  Formula made_;
  std::vector<Bound> bounds_;
  std::set<std::size_t> seen_;
};

std::optional<Formula> parse_formula(const std::string& text, const std::map<std::string, Formula::Known>& known,
                                     std::string& fault) {
  try {
    return FormulaParser(text, known).parse();
  } catch (const FormulaParser::Wrong& wrong) {
    fault = "character " + std::to_string(wrong.at + 1) + ": " + wrong.what;
    return std::nullopt;
  }
}

}  // namespace alliance::instruments
