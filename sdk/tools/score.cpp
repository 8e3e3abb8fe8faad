// SPDX-License-Identifier: Apache-2.0
// `alliance score`: answers in a CSV file, or in FHIR (fhir_score.h), scores to standard output.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "commands.h"
#include "fhir_score.h"
#include "score_columns.h"
#include "score_host.h"
#include "score_sheets.h"
#include "score_write.h"

namespace alliance::tools {
namespace {

struct Chosen {
  std::string instrument, input, columns, delimiter = ",", missing = "none", format = "csv";
  bool json = false, bundle = false;
  score::Place place;
};

int say(int exit, const std::string& sentence) {
  std::fprintf(stderr, "alliance score: %s\n", sentence.c_str());
  return exit;
}

int exit_of(const Failure& failure) {
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return failure.status == ALLIANCE_E_BAD_INPUT ? exit_bad_input : exit_failed;
}

std::optional<char> delimiter_of(const std::string& text) {
  if (text == "\\t" || text == "tab") return '\t';
  if (text.size() != 1 || static_cast<unsigned char>(text[0]) >= 0x80 || std::strchr("\"\r\n", text[0]) != nullptr) {
    return std::nullopt;
  }
  return text[0];
}

std::optional<alliance_missing> missing_of(const std::string& text) {
  constexpr std::string_view prorate = "prorate:";
  if (text == "none") return alliance_missing{sizeof(alliance_missing), ALLIANCE_MISSING_NONE, 0, 0};
  if (!text.starts_with(prorate)) return std::nullopt;
  std::uint32_t most = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + prorate.size(), end, most);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return alliance_missing{sizeof(alliance_missing), ALLIANCE_MISSING_PRORATE, most, 0};
}

// The file, or standard input for "-".
class Input {
 public:
  explicit Input(const std::string& path) : name_(path == "-" ? "standard input" : path) {
    descriptor_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about{};
    if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0) {
      problem_ = std::strerror(errno);
    } else if (S_ISDIR(about.st_mode)) {
      problem_ = "it is a folder";
    }
  }
  ~Input() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  const std::string& name() const { return name_; }
  const std::string& problem() const { return problem_; }
  // Nothing at the end, and where `problem` says why.
  std::string_view next() {
    ssize_t got = 0;
    do {
      got = ::read(descriptor_, block_.data(), block_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) problem_ = std::strerror(errno);
    return {block_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

 private:
  std::string name_, problem_;
  int descriptor_ = -1;
  std::vector<char> block_ = std::vector<char>(1u << 18);
};

// From records to written rows.
class Scoring {
 public:
  Scoring(const Chosen& chosen, const fb::InstrumentT& definition, const alliance_measure_ref& measure,
          const alliance_missing& missing, std::vector<std::string> wanted)
      : definition_(definition),
        measure_(measure),
        missing_(missing),
        wanted_(std::move(wanted)),
        writer_(definition, missing, chosen.json) {}

  bool record(const csv::Record& record) {
    Result<void> done = sheets_ ? sheets_->add(record) : header(record);
    if (!done) failure_ = done.error();
    return !failure_ && !write_failed_;
  }

  // The exit status, and what went wrong when it is not done.
  int end(const Input& input) {
    if (failure_) return stop(input);
    if (!sheets_) return say(exit_bad_input, input.name() + " is empty: it needs a header line and a line per sheet");
    if (auto done = sheets_->finish(); !done) {
      failure_ = done.error();
      return stop(input);
    }
    begin();
    flush();
    if (write_failed_ || std::fflush(stdout) != 0) {
      return say(exit_failed, std::string("standard output cannot be written: ") + std::strerror(errno));
    }
    if (sheets_->left_out() == 0) return exit_done;
    return say(exit_bad_input, input.name() + ": " + std::to_string(sheets_->left_out()) +
                                   (sheets_->left_out() == 1 ? " row was left out" : " rows were left out"));
  }

 private:
  int stop(const Input& input) {
    flush();
    std::fflush(stdout);
    return say(exit_of(*failure_), input.name() + ": " + failure_->message);
  }

  Result<void> header(const csv::Record& record) {
    if (!record.fault().empty()) {
      return fail(ALLIANCE_E_BAD_INPUT, "the header line is not well-formed: " + record.fault());
    }
    if (record.blank()) return fail(ALLIANCE_E_BAD_INPUT, "the first line is blank: begin the file with a header line");
    std::vector<std::string> names, items;
    for (std::size_t i = 0; i < record.size(); ++i) names.emplace_back(score::trimmed(record.cell(i)));
    if (names[0].find('\0') != std::string::npos || names[0].starts_with("\xFF\xFE") ||
        names[0].starts_with("\xFE\xFF")) {
      return fail(ALLIANCE_E_BAD_INPUT, "the file is no UTF-8 text: save it as CSV in UTF-8");
    }
    for (const auto& item : definition_.items) items.push_back(item->id);
    auto columns = score::choose_columns(names, items, wanted_);
    if (!columns) return tl::unexpected(columns.error());
    sheets_.emplace(measure_, missing_, std::move(*columns), std::move(names),
                    score::Sheets::Out{[this](const score::Scores& scores) { row(scores); },
                                       [](const std::string& fault) { say(exit_bad_input, fault); }});
    return {};
  }

  void begin() {
    if (!begun_) text_ += writer_.header();
    begun_ = true;
  }
  void row(const score::Scores& scores) {
    begin();
    writer_.row(scores, text_);
    if (text_.size() > (1u << 16)) flush();
  }
  void flush() {
    if (std::fwrite(text_.data(), 1, text_.size(), stdout) != text_.size()) write_failed_ = true;
    text_.clear();
  }

  const fb::InstrumentT& definition_;
  const alliance_measure_ref measure_;
  const alliance_missing missing_;
  const std::vector<std::string> wanted_;
  const score::Writer writer_;
  std::optional<score::Sheets> sheets_;
  std::optional<Failure> failure_;
  std::string text_;
  bool begun_ = false, write_failed_ = false;
};

std::string ids_of(const std::vector<std::unique_ptr<fb::InstrumentT>>& instruments) {
  std::string list;
  for (const auto& instrument : instruments) list += (list.empty() ? "" : ", ") + instrument->id;
  return list.empty() ? "none" : list;
}

int run_score(const Chosen& chosen) {
  const auto delimiter = delimiter_of(chosen.delimiter);
  if (!delimiter) return say(exit_usage, "--delimiter is one character, such as ';', or tab");
  const auto missing = missing_of(chosen.missing);
  if (!missing) return say(exit_usage, "--missing is none, or prorate:N with N missing answers at most per scale");
  std::vector<std::string> wanted;
  if (!chosen.columns.empty()) {
    std::string fault;
    wanted = csv::split(chosen.columns, ',', fault);
    if (!fault.empty()) return say(exit_usage, "--columns is a list such as A,B,\"C, D\": " + fault);
  }
  if (chosen.format == "fhir") {
    return run_fhir_score({chosen.instrument, chosen.input, *missing, wanted, chosen.bundle, chosen.place});
  }

  const auto host = score::open(chosen.place);
  if (!host) return say(exit_failed, host.error().message);
  const auto instruments = score::instruments(host->get());
  if (!instruments) return say(exit_failed, instruments.error().message);
  const fb::InstrumentT* definition = nullptr;
  for (const auto& instrument : *instruments) {
    if (instrument->id == chosen.instrument) definition = instrument.get();
  }
  if (definition == nullptr) {
    return say(exit_usage,
               "there is no instrument " + score::shown(chosen.instrument) + "; there are " + ids_of(*instruments));
  }
  alliance_measure_ref measure = ALLIANCE_MEASURE_REF_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status =
      alliance_host_find_measure(host->get(), chosen.instrument.c_str(), definition->version.c_str(), &measure, &error);
  if (status != ALLIANCE_OK) return say(exit_failed, score::sentence(error, status));

  Input input(chosen.input);
  if (!input.problem().empty()) return say(exit_bad_input, input.name() + " cannot be read: " + input.problem());
  Scoring work(chosen, *definition, measure, *missing, std::move(wanted));
  csv::Reader reader(*delimiter, [&](const csv::Record& record) { return work.record(record); });
  bool more = true;
  for (std::string_view block = input.next(); more && !block.empty(); block = input.next()) more = reader.feed(block);
  if (!input.problem().empty()) return say(exit_failed, input.name() + " cannot be read: " + input.problem());
  if (more) reader.finish();
  return work.end(input);
}

}  // namespace

void add_score(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<Chosen>();
  auto* command = app.add_subcommand("score", "Scores the answers in a CSV file and writes CSV.");
  command->add_option("instrument", chosen->instrument, "its id, as `alliance instruments` lists it")->required();
  command->add_option("--input", chosen->input, "CSV in UTF-8 with a header line; - is standard input")->required();
  command
      ->add_option("--format", chosen->format,
                   "csv (default), or fhir: QuestionnaireResponses (one, a Bundle, or one a line) in, an Observation "
                   "per scale out")
      ->check(CLI::IsMember({"csv", "fhir"}));
  command->add_flag("--bundle", chosen->bundle, "with --format fhir: one Bundle in place of a line per Observation");
  command->add_option("--columns", chosen->columns,
                      "names of the items' columns (or linkIds), in the order of the items: A,B,...");
  command->add_option("--delimiter", chosen->delimiter, "between cells: one character, or tab (default ,)");
  command->add_option("--missing", chosen->missing,
                      "none: a sheet with a missing answer is not scorable (default); prorate:N: up to N missing "
                      "answers of a scale are made up for by its others");
  command->add_flag("--json", chosen->json, "one JSON object per row instead of CSV");
  command->add_option("--plugins", chosen->place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->place.config_file, "the host's configuration (JSON)");
  command->footer(
      "An empty cell is a missing answer. A row with a value that is none of the item's options is named on\n"
      "standard error and left out; the others are written, and the exit status is 3.");
  command->callback([chosen, &run] { run = [chosen] { return run_score(*chosen); }; });
}

}  // namespace alliance::tools
