// SPDX-License-Identifier: Apache-2.0
// Files for a browser, beside the interface: read once, served as they are, under a policy that keeps a page to itself.
#pragma once

#include <map>
#include <optional>

#include "values.h"

namespace alliance::sidecar {

class Pages {
 public:
  // The files of these folders, not of what lies below them. Of two with one name the first stands.
  static Result<Pages> read(const std::vector<std::string>& folders);

  std::optional<Response> answer(const Request& request, const std::string& name) const;  // nothing: there is no such

 private:
  struct Page {
    std::string type, bytes, tag;
  };
  std::map<std::string, Page, std::less<>> pages_;
};

}  // namespace alliance::sidecar
