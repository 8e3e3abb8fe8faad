// SPDX-License-Identifier: Apache-2.0
// A request of the sidecar from anywhere: the first line is method and target, the rest is the body. What is found to
// be as the OpenAPI document says is so when it is looked at again.
#include <openapi_document.h>

#include <boost/json/serialize.hpp>
#include <string_view>

#include "require.h"
#include "sidecar/contract.h"

using alliance::fuzz::require;
namespace sidecar = alliance::sidecar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const auto contract =
      sidecar::Contract::read({reinterpret_cast<const char*>(openapi_document), sizeof openapi_document});
  require(contract.has_value(), "the document can be read");
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto line = std::min(text.find('\n'), text.size());
  const auto blank = std::min(text.find(' '), line);
  sidecar::Request request{std::string(text.substr(0, blank)),
                           std::string(text.substr(std::min(blank + 1, line), line - std::min(blank + 1, line))),
                           {{"idempotency-key", std::string(text.substr(0, 64))}},
                           std::string(text.substr(std::min(line + 1, text.size()))),
                           {}};
  sidecar::Asked asked;
  std::vector<std::string> allowed;
  const auto path = request.target.substr(0, std::min(request.target.find('?'), request.target.size()));
  const auto* operation = contract->find(request.method, path, asked, allowed);
  if (operation == nullptr) return 0;
  const auto faults = contract->take(*operation, request, asked);
  for (const auto& fault : faults) require(!fault.at.empty() && !fault.detail.empty(), "a fault says where and what");
  if (!faults.empty() || operation->body == nullptr) return 0;
  sidecar::Asked again;
  request.body = boost::json::serialize(asked.body);
  require(contract->find(request.method, path, again, allowed) == operation, "an address is one operation's");
  require(contract->take(*operation, request, again).empty(), "what was good is good again");
  return 0;
}
