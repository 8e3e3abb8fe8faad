// SPDX-License-Identifier: Apache-2.0
#include "review_read.h"

#include <algorithm>
#include <set>

#include "host_call.h"

namespace alliance::tools::review {
namespace {

template <class Table>
Result<typename Table::NativeTableType> unpack(const std::vector<std::uint8_t>& bytes, const char* what) {
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 64, 10'000'000);
  if (!verifier.VerifyBuffer<Table>(nullptr))
    return fail(ALLIANCE_E_INTERNAL, std::string("the host's ") + what + " cannot be read");
  typename Table::NativeTableType out;
  flatbuffers::GetRoot<Table>(bytes.data())->UnPackTo(&out);
  return out;
}

struct ReadAsked {
  std::int32_t scope;
  std::string id;
  std::int32_t role;
  std::string viewer;
};

alliance_viewer viewer_of(std::int32_t role, const std::string& id) {
  alliance_viewer viewer = ALLIANCE_VIEWER_INIT;
  viewer.role = role;
  viewer.id = id.c_str();
  return viewer;
}

Result<fb::CaseListT> read_list(alliance_host* host, const Request& request) {
  // For the list alone a service's view is enough: ids, services and practitioners, nothing about a person.
  const std::string id = request.viewer.empty() ? "operator" : request.viewer;
  const auto viewer = viewer_of(request.role ? request.role : ALLIANCE_ROLE_SERVICE, id);
  auto bytes = gather([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_cases(host, &viewer, ALLIANCE_FLATBUFFERS, sink, error);
  });
  if (!bytes) return tl::unexpected(bytes.error());
  return unpack<fb::CaseList>(*bytes, "list of cases");
}

// Who is asked about, and as whom. Without a role each part is asked for as the person whom it is for.
std::vector<ReadAsked> asked_of(const Request& request, const fb::CaseListT& cases) {
  const auto as = [&](std::int32_t role, const std::string& id) {
    return request.role ? std::pair{request.role, request.viewer} : std::pair{role, id};
  };
  const bool everything = request.cases.empty() && request.practitioners.empty() && request.services.empty();
  std::set<std::string> services(request.services.begin(), request.services.end());
  std::set<std::string> practitioners(request.practitioners.begin(), request.practitioners.end());
  std::set<std::string> wanted(request.cases.begin(), request.cases.end());
  std::vector<ReadAsked> out;
  for (const auto& one : cases.cases) {
    if (!one || !everything) continue;
    if (!one->service.empty()) services.insert(one->service);
    if (!one->practitioner.empty()) practitioners.insert(one->practitioner);
    wanted.insert(one->id);
  }
  for (const auto& id : services) {
    const auto [role, viewer] = as(ALLIANCE_ROLE_SERVICE, id);
    out.push_back({ALLIANCE_SCOPE_SERVICE, id, role, viewer});
  }
  for (const auto& id : practitioners) {
    const auto [role, viewer] = as(ALLIANCE_ROLE_PRACTITIONER, id);
    out.push_back({ALLIANCE_SCOPE_PRACTITIONER, id, role, viewer});
  }
  for (const auto& id : wanted) {
    const auto found =
        std::find_if(cases.cases.begin(), cases.cases.end(), [&](const auto& c) { return c && c->id == id; });
    const auto [role, viewer] =
        as(ALLIANCE_ROLE_PRACTITIONER, found == cases.cases.end() ? std::string{} : (*found)->practitioner);
    out.push_back({ALLIANCE_SCOPE_CASE, id, role, viewer});
  }
  return out;
}

std::string_view scope_name(std::int32_t scope) {
  return scope == ALLIANCE_SCOPE_CASE ? "case" : scope == ALLIANCE_SCOPE_SERVICE ? "service" : "practitioner";
}

Result<std::vector<std::uint8_t>> review_of(alliance_host* host, const ReadAsked& one, std::int32_t format) {
  const auto viewer = viewer_of(one.role, one.viewer);
  return gather([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_review(host, one.scope, one.id.c_str(), &viewer, format, sink, error);
  });
}

bool named(const Request& request, const ReadAsked& one) {
  const auto& ids = one.scope == ALLIANCE_SCOPE_CASE      ? request.cases
                    : one.scope == ALLIANCE_SCOPE_SERVICE ? request.services
                                                          : request.practitioners;
  return std::find(ids.begin(), ids.end(), one.id) != ids.end();
}

Result<void> read_instruments(alliance_host* host, Pages& pages) {
  auto bytes = gather([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_instruments(host, ALLIANCE_FLATBUFFERS, sink, error);
  });
  if (!bytes) return tl::unexpected(bytes.error());
  auto list_ = unpack<fb::InstrumentList>(*bytes, "list of instruments");
  if (!list_) return tl::unexpected(list_.error());
  for (auto& one : list_->instruments) {
    if (one) pages.instruments.push_back(std::move(*one));
  }
  return {};
}

}  // namespace

Result<HostPointer> open(const Request& request) {
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.log_level = ALLIANCE_LOG_ERROR;
  options.tenant = request.tenant.c_str();
  options.store_path = request.store.c_str();
  options.config = request.config.empty() ? nullptr : request.config.c_str();
  alliance_host* made = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (const auto status = alliance_host_create(&options, &made, &error); status != ALLIANCE_OK) {
    return fail(status, sentence(error, status));
  }
  HostPointer host(made, &alliance_host_close);
  if (!request.plugins.empty()) {
    // A plugin that is refused takes the range of an axis away and nothing else.
    alliance_host_load_folder(host.get(), request.plugins.c_str(), nullptr, nullptr, &error);
  }
  // Nothing is connected, so nothing is sent.
  error = ALLIANCE_ERROR_INIT;
  if (const auto status = alliance_host_run(host.get(), &error); status != ALLIANCE_OK) {
    return fail(status, sentence(error, status));
  }
  return host;
}

Result<Pages> read(alliance_host* host, const Request& request) {
  Pages pages;
  pages.tenant = request.tenant;
  pages.seen_as =
      request.role ? "Everything is shown as one viewer sees it: " + request.viewer + "."
                   : "Each part is shown as the person whom it is for sees it: a client's course as the "
                     "client's practitioner, a practitioner's table as that practitioner, a service's as the service.";
  auto cases = read_list(host, request);
  if (!cases) return tl::unexpected(cases.error());
  if (auto done = read_instruments(host, pages); !done) return tl::unexpected(done.error());
  for (const auto& one : asked_of(request, *cases)) {
    auto bytes = review_of(host, one, ALLIANCE_FLATBUFFERS);
    if (!bytes) {
      if (named(request, one)) return tl::unexpected(bytes.error());
      pages.left_out.push_back(std::string(scope_name(one.scope)) + " " + one.id + ": " + bytes.error().message);
      continue;
    }
    auto review = unpack<fb::Review>(*bytes, "review");
    if (!review) return tl::unexpected(review.error());
    auto& group = one.scope == ALLIANCE_SCOPE_CASE      ? pages.cases
                  : one.scope == ALLIANCE_SCOPE_SERVICE ? pages.services
                                                        : pages.practitioners;
    group.push_back(std::move(*review));
  }
  for (auto& one : cases->cases) {
    if (one) pages.summaries.push_back(std::move(*one));
  }
  return pages;
}

Result<void> read_json(alliance_host* host, const Request& request,
                       const std::function<void(const std::string&)>& line) {
  auto cases = read_list(host, request);
  if (!cases) return tl::unexpected(cases.error());
  for (const auto& one : asked_of(request, *cases)) {
    auto bytes = review_of(host, one, ALLIANCE_JSON);
    if (!bytes) {
      if (named(request, one)) return tl::unexpected(bytes.error());
      continue;
    }
    line(std::string(bytes->begin(), bytes->end()));
  }
  return {};
}

}  // namespace alliance::tools::review
