// SPDX-License-Identifier: Apache-2.0
// What a study takes out of the store, and how it stands.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "host/access.h"
#include "host/host.h"
#include "plugin/file.h"
#include "schema/json.h"

namespace alliance::host {
namespace {

constexpr const char* note_of_overview =
    "Who was asked for what and whether it came. It holds no answer and no score, and while the study is blinded "
    "neither does anything else that a researcher is given here.";

std::unique_ptr<fb::StudyPartT> study_part(std::string id, std::string version, std::string hash) {
  auto made = std::make_unique<fb::StudyPartT>();
  made->id = std::move(id);
  made->version = std::move(version);
  made->hash = std::move(hash);
  return made;
}

std::string hash_of_manifest(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};  // a plugin that is linked in has none
  return plugin::sha256_of(std::string{std::istreambuf_iterator<char>(in), {}});
}

// Over what it says and not over how it is written; what nothing follows from for a case is left out.
Result<std::string> hash_of_config(fb::HostConfigT config) {
  config.events_in_memory.reset();
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::HostConfig::Pack(builder, &config));
  const auto json = schema::bytes_to_json("HostConfig", {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return tl::unexpected(json.error());
  return plugin::sha256_of(*json);
}

}  // namespace

Result<fb::StudyExtractT> Host::taken_for(StudyTerms terms, const char* what, const Viewer& viewer,
                                          const Taken& taken) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  terms.tenant = settings_.tenant;
  if (auto fine = host::check(terms); !fine) return tl::unexpected(fine.error());
  const auto& row = access_row(Datum::study_sheets);
  if (reach(viewer.role, row.datum) != Reach::all) {
    return fail(ALLIANCE_E_DENIED, std::string("study: ") + row.name + ": not for this viewer; " + row.why);
  }
  const auto confidential = [this](const fb::StudySheetT& sheet) {
    const Instrument* asked = instruments_->find(sheet.given->instrument, sheet.given->version);
    if (asked == nullptr) asked = instruments_->find(sheet.given->instrument, "");
    const auto about_it = [](const auto& scale) {
      return std::any_of(scale->roles.begin(), scale->roles.end(), about_confidence);
    };
    if (asked != nullptr) {
      const auto& scales = asked->definition.scales;
      return std::any_of(scales.begin(), scales.end(), about_it);
    }
    if (!sheet.scored) return true;  // nobody can say what it asks
    return std::any_of(sheet.scored->scores.begin(), sheet.scored->scores.end(), about_it);
  };
  fb::StudyExtractT extract;
  extract.shift_days = terms.shift_days;
  const auto all = streams_->all();
  if (!all) return tl::unexpected(all.error());
  for (Stream* stream : *all) {
    streams_->let_go();
    const std::lock_guard lock(stream->mutex);
    if (stream->head.events == 0 || restricted(*stream) || of_practitioner(stream->head.id)) continue;
    if (auto noted = note_read(what, stream->head.id, viewer); !noted) return tl::unexpected(noted.error());
    StudyCase one(terms, stream->head.id);
    auto done = streams_->each(
        *stream, [&](const fb::EventT& event) { one.event(event); },
        [&](const fb::ReportT& report) { one.report(report); });
    if (!done && done.error().status == ALLIANCE_E_BAD_INPUT) {  // one that is damaged does not hide the others
      settings_.log(ALLIANCE_LOG_ERROR, done.error().message);
      continue;
    }
    if (!done) return tl::unexpected(done.error());
    if (!one.add_to(extract, confidential)) continue;
    if (auto fine = taken(*stream, *extract.cases.back()); !fine) return tl::unexpected(fine.error());
  }
  // In the order of the pseudonyms: the order of the ids says nothing then.
  std::sort(extract.cases.begin(), extract.cases.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  return extract;
}

Result<fb::StudyExtractT> Host::study(StudyTerms terms, const Viewer& viewer) {
  const bool blinded = terms.blinded;
  auto extract = taken_for(std::move(terms), "study", viewer, [](auto&, auto&) { return Result<void>(); });
  if (extract && blinded) blind(*extract);
  return extract;
}

Result<fb::StudyOverviewT> Host::study_overview(StudyTerms terms, const Viewer& viewer) {
  fb::StudyOverviewT overview;
  overview.as_of = settings_.now();
  overview.blinded = terms.blinded;
  overview.note = note_of_overview;
  StudyCounts counts;
  std::set<std::pair<std::string, std::string>> asked;
  const auto extract =
      taken_for(std::move(terms), "study overview", viewer, [&](Stream& stream, const fb::StudyCaseT& one) {
        for (const auto& sheet : one.sheets) asked.emplace(sheet->given->instrument, version_of(*sheet));
        auto loaded = streams_->load(stream);
        if (loaded) counts.add(one, stream.folded.state.occasions);
        return loaded;
      });
  if (!extract) return tl::unexpected(extract.error());
  overview.no_consent = extract->no_consent;
  overview.withdrawn = extract->withdrawn;
  counts.put(overview);

  std::string frozen;
  for (const auto& [id, version] : asked) {
    const Instrument* found = instruments_->find(id, version);
    if (found == nullptr) continue;
    const auto& definition = found->definition;
    frozen += "definition " + definition.id + " " + definition.version + " " + definition.hash + "\n";
    overview.definitions.push_back(study_part(definition.id, definition.version, definition.hash));
  }
  for (const auto& plugin : plugins().plugins) {
    if (plugin->state != fb::PluginState::loaded) continue;
    overview.plugins.push_back(study_part(plugin->id, plugin->version, hash_of_manifest(plugin->manifest)));
  }
  std::sort(overview.plugins.begin(), overview.plugins.end(),
            [](const auto& a, const auto& b) { return a->id < b->id; });
  for (const auto& plugin : overview.plugins) {
    frozen += "plugin " + plugin->id + " " + plugin->version + " " + plugin->hash + "\n";
  }
  auto config = hash_of_config(settings_.config);
  if (!config) return tl::unexpected(config.error());
  overview.configuration = std::move(*config);
  overview.freeze = plugin::sha256_of(frozen + "configuration " + overview.configuration + "\n");
  return overview;
}

}  // namespace alliance::host
