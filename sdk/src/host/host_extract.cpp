// SPDX-License-Identifier: Apache-2.0
// The extract for a service's record system, case by case from the log. Each is in the access log.
#include "host/access.h"
#include "host/extract.h"
#include "host/host.h"
#include "host/policies.h"

namespace alliance::host {

Result<fb::RecordExtractT> Host::extract(const ExtractTerms& terms, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (auto fine = host::check(terms); !fine) return tl::unexpected(fine.error());
  if (auto fine = may_extract(viewer); !fine) return tl::unexpected(fine.error());
  if (policies_->timing() == nullptr) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "extract: no timing policy is loaded, and minutes of online work are its to tell");
  }
  fb::RecordExtractT made;
  made.from = terms.from;
  made.until = terms.until;
  const auto all = streams_->all();
  if (!all) return tl::unexpected(all.error());
  for (Stream* stream : *all) {
    streams_->let_go();
    std::string id;
    {
      const std::lock_guard lock(stream->mutex);
      id = stream->head.id;
      if (stream->head.events == 0 || restricted(*stream) || of_practitioner(id)) continue;
    }
    if (auto noted = note_read("extract", id, viewer); !noted) return tl::unexpected(noted.error());
    // Contacts and scores as they are known now; minutes as the accounts stood, so that what is corrected later counts
    // where the correction was made and no minute is in two extracts.
    fb::TimeAccountT at_ends[2];
    for (const bool end : {false, true}) {
      const std::int64_t at = (end ? terms.until : terms.from) - 1;
      auto then = streams_->as_of(id, at);
      if (!then) return tl::unexpected(then.error());
      if (!*then || (*then)->opened == 0) continue;
      deriver_->look_elsewhere(**then);
      CallScope scope;
      auto account = deriver_->accounted(case_bytes(**then), at, scope);
      if (!account) return fail(account.error().status, "extract: " + account.error().message, id);
      at_ends[end ? 1 : 0] = std::move(*account);
    }
    const std::lock_guard lock(stream->mutex);
    if (auto loaded = streams_->load(*stream); !loaded) return tl::unexpected(loaded.error());
    const auto& state = stream->folded.state;
    if (state.observe_only) {
      ++made.observed;
      continue;
    }
    auto one = host::extract(state, terms, viewer, at_ends[0], at_ends[1]);
    if (one == nullptr) continue;
    made.withheld += one->scores_withheld ? 1 : 0;
    made.cases.push_back(std::move(one));
  }
  return made;
}

}  // namespace alliance::host
