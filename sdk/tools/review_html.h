// SPDX-License-Identifier: Apache-2.0
// One self-contained page: no script, no reference to anything outside the file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "review_model.h"
#include "review_words.h"

namespace alliance::tools::review {

std::string page(const Pages& pages);

// Parts of it, one file each.
std::string factor_table(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows, const Words& words = in_english);
// In the language of these words; what they do not know is marked as English.
std::string client_section(const fb::ReviewT& review, const Pages& pages, const Words& words = in_english);
std::string client_plots(const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments,
                         const Words& words = in_english);
// `address` leads to a client's section or page.
std::string clients_overview(const Pages& pages, const std::function<std::string(const std::string&)>& address,
                             const Words& words = in_english);
// What to know before the next session.
std::string client_brief(const fb::ReviewT& review, const Pages& pages, const Words& words = in_english);

// Lines of a client's section and brief.
std::string client_facts(const fb::CaseT& course, const Words& words);
std::string client_signals(const fb::CaseT& course, const Words& words, std::size_t most = SIZE_MAX);  // the latest
std::string client_flags(const fb::CaseT& course, const Words& words);
std::string client_measures(const fb::CaseT& course, std::int64_t as_of, const Words& words);

// Why nothing more than this sentence may be shown of a case; empty when it may.
std::string stopped(const fb::ReviewT& review, const fb::CaseSummaryT& summary, const Words& words = in_english);

// A sentence that came from the host or a plugin, as HTML: in these words, or marked as English.
std::string told(std::string_view sentence, const Words& words);

std::string tag(std::string_view style, std::string_view words);
std::string paragraph(std::string_view words, std::string_view style = {});
std::string cell(std::string_view html, std::string_view style = {});

}  // namespace alliance::tools::review
