// SPDX-License-Identifier: Apache-2.0
// One self-contained page: no script, no reference to anything outside the file.
#pragma once

#include <string>

#include "review_model.h"

namespace alliance::tools::review {

std::string page(const Pages& pages);

// Parts of it, one file each.
std::string factor_table(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows);
std::string client_section(const fb::ReviewT& review, const Pages& pages);
std::string client_plots(const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments);
std::string clients_overview(const Pages& pages);

// Why nothing more than this sentence may be shown of a case; empty when it may.
std::string stopped(const fb::ReviewT& review, const fb::CaseSummaryT& summary);

std::string tag(std::string_view style, std::string_view words);
std::string paragraph(std::string_view words, std::string_view style = {});
std::string cell(std::string_view html, std::string_view style = {});

}  // namespace alliance::tools::review
