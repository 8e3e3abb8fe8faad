// SPDX-License-Identifier: Apache-2.0
// CDISC SDTM, domain QS: one record per item and per score. Test codes are our own ("sponsor-defined"): CDISC publishes
// terminology of its own for some questionnaires, which a submission maps them to.
#include <set>

#include "export_model.h"
#include "written.h"

namespace alliance::tools::study {
namespace {

using written::number;
using SdtmLine = std::vector<std::string>;

struct SdtmVariable {
  const char *name, *label, *type, *note;
};
// In the order of SDTM's general class of findings.
constexpr SdtmVariable sdtm_variables[] = {
    {"STUDYID", "Study Identifier", "Char", ""},
    {"DOMAIN", "Domain Abbreviation", "Char", "QS"},
    {"USUBJID", "Unique Subject Identifier", "Char", "study and keyed hash of the case's id"},
    {"QSSEQ", "Sequence Number", "Num", "within the subject"},
    {"QSGRPID", "Group ID", "Char", "keyed hash of the answer sheet"},
    {"QSTESTCD", "Question Short Name", "Char", "sponsor-defined"},
    {"QSTEST", "Question Name", "Char", "sponsor-defined; the item's words are the licensee's"},
    {"QSCAT", "Category of Question", "Char", "instrument and version"},
    {"QSORRES", "Finding in Original Units", "Char", "the answer by its number, or the score"},
    {"QSSTRESC", "Character Result/Finding in Std Format", "Char", "as QSORRES"},
    {"QSSTRESN", "Numeric Finding in Standard Units", "Num", ""},
    {"QSSTAT", "Completion Status", "Char", "NOT DONE, or empty"},
    {"QSREASND", "Reason Not Performed", "Char", "SKIPPED, REFUSED, NOT APPLICABLE, NOT PRESENTED; of a score: why"},
    {"QSDRVFL", "Derived Flag", "Char", "Y for scores"},
    {"QSEVAL", "Evaluator", "Char", "who answered"},
    {"VISITNUM", "Visit Number", "Num", "the session, where there is one"},
    {"QSDTC", "Date/Time of Finding", "Char", "ISO 8601, UTC"},
};

// As the codelist EVAL has it.
const char* evaluator(fb::Rater rater) {
  switch (rater) {
    case fb::Rater::client:
      return "STUDY SUBJECT";
    case fb::Rater::practitioner:
      return "HEALTH CARE PROFESSIONAL";
    case fb::Rater::observer:
      return "INDEPENDENT ASSESSOR";
    case fb::Rater::unset:
      break;
  }
  return "";
}

// At most eight letters and digits, a letter first; no two tests of a study share one.
class TestCodes {
 public:
  const std::string& of(const std::string& instrument, const std::string& part) {
    auto& code = codes_[{instrument, part}];
    if (!code.empty()) return code;
    auto& known = prefixes_[instrument];
    if (known.prefix.empty()) known.prefix = prefix_of(instrument);
    std::string count = number(++known.tests);
    if (count.size() < 2) count.insert(0, "0");
    code = known.prefix.substr(0, longest - count.size()) + count;
    for (int next = 0; !taken_.insert(code).second; ++next) {
      const auto more = number(next);
      code = "Q" + std::string(longest - 1 - more.size(), '0') + more;
    }
    return code;
  }

 private:
  struct Known {
    std::string prefix;
    int tests = 0;
  };
  static constexpr std::size_t longest = 8;

  std::string prefix_of(const std::string& instrument) {
    std::string letters;
    for (const char c : instrument) {
      const char up = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      const bool letter = up >= 'A' && up <= 'Z', digit = up >= '0' && up <= '9';
      if (letter || (digit && !letters.empty())) letters += up;
    }
    if (letters.empty()) letters = "Q";
    letters.resize(std::min<std::size_t>(letters.size(), 5));
    std::string free = letters;
    for (int next = 2; !prefixes_taken_.insert(free).second; ++next) {
      const auto more = number(next);
      free = letters.substr(0, 5 - std::min<std::size_t>(4, more.size())) + more;
    }
    return free;
  }

  std::map<std::string, Known> prefixes_;
  std::set<std::string> prefixes_taken_, taken_;
  std::map<std::pair<std::string, std::string>, std::string> codes_;
};

std::string at_most(std::string text, std::size_t length) {
  if (text.size() > length) text.resize(length);
  return text;
}

std::string upper_words(std::string word) {
  for (char& c : word) c = c == '_' ? ' ' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return word;
}

struct Finding {
  std::string code, test, result, reason;
  bool derived = false;
};

std::vector<Finding> findings_of(const Study& study, const fb::StudySheetT& sheet, TestCodes& codes) {
  std::vector<Finding> found;
  const std::string& id = sheet.given->instrument;
  const auto* definition = study.definition(sheet);
  const auto item_finding = [&](const std::string& item_id, const fb::ItemT* item, const fb::AnswerT* answer) {
    const auto value = answer == nullptr ? std::nullopt : value_of(*answer, definition, item);
    Finding finding{codes.of(id, "item " + item_id), at_most(id + " item " + item_id, 40), value ? number(*value) : "",
                    ""};
    if (!value) {
      finding.reason =
          upper_words(fb::EnumNameAnswerState(answer == nullptr ? fb::AnswerState::skipped : answer->state));
    }
    found.push_back(std::move(finding));
  };
  if (definition == nullptr) {
    for (const auto& answer : sheet.given->answers) item_finding(answer->item, nullptr, answer.get());
  } else {
    for (const auto& item : definition->items) {
      const fb::AnswerT* given = nullptr;
      for (const auto& answer : sheet.given->answers) given = answer->item == item->id ? answer.get() : given;
      if (given != nullptr || !item->optional) item_finding(item->id, item.get(), given);
    }
  }
  if (!sheet.scored) return found;
  for (const auto& score : sheet.scored->scores) {
    Finding finding{codes.of(id, "score " + score->scale), at_most(id + " score " + score->scale, 40),
                    score->value ? number(*score->value) : "", "", true};
    if (!score->value) {
      finding.reason = "NOT SCORABLE: " + number(score->answered) + " OF " + number(score->items) + " ITEMS ANSWERED";
    }
    found.push_back(std::move(finding));
  }
  return found;
}

}  // namespace

Files sdtm_files(const Study& study) {
  Files files;
  TestCodes codes;
  // First come, first named: the definitions in their order, so that a code does not hang on who answered first.
  for (const auto& [key, definition] : study.definitions) {
    for (const auto& item : definition.items) codes.of(key.first, "item " + item->id);
    for (const auto& scale : definition.scales) codes.of(key.first, "score " + scale->id);
  }
  auto& qs = files["qs.csv"];
  SdtmLine header;
  for (const auto& variable : sdtm_variables) header.emplace_back(variable.name);
  qs.text = csv_line(header);
  for (const auto& one : study.extract.cases) {
    std::size_t sequence = 0;
    for (const auto& sheet : one->sheets) {
      const auto rater = sheet->scored ? sheet->scored->rater : sheet->given->rater;
      const std::string version = version_of(*sheet);
      for (const auto& finding : findings_of(study, *sheet, codes)) {
        qs.text +=
            csv_line({study.id, "QS", study.id + "-" + one->id, number(++sequence), sheet->sheet, finding.code,
                      finding.test, upper_words(sheet->given->instrument) + (version.empty() ? "" : " " + version),
                      finding.result, finding.result, finding.result, finding.result.empty() ? "NOT DONE" : "",
                      finding.reason, finding.derived ? "Y" : "", evaluator(rater),
                      sheet->given->session == 0 ? "" : number(sheet->given->session), instant_text(sheet->time)});
        ++qs.rows;
      }
    }
  }
  auto& about = files["qs_variables.csv"];
  about.text = csv_line({"variable", "label", "type", "note"});
  for (const auto& variable : sdtm_variables) {
    about.text += csv_line({variable.name, variable.label, variable.type, variable.note});
    ++about.rows;
  }
  return files;
}

}  // namespace alliance::tools::study
