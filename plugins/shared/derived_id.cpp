// SPDX-License-Identifier: Apache-2.0
#include "derived_id.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace alliance::shared {

std::string derived_id(const std::vector<std::string>& parts) {
  using boost::uuids::name_generator_sha1;
  static const name_generator_sha1 ours(
      name_generator_sha1(boost::uuids::ns::url())("https://alliance-sdk.org/adapters/"));
  std::string text;
  for (const std::string& part : parts) text += std::to_string(part.size()) + ":" + part;
  return boost::uuids::to_string(ours(text));
}

}  // namespace alliance::shared
