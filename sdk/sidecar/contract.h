// SPDX-License-Identifier: Apache-2.0
// The routes as the OpenAPI document has them. It is the only place where they stand: which there are, who may call
// them, and what goes in.
#pragma once

#include <memory>

#include "shapes.h"

namespace alliance::sidecar {

struct Parameter {
  std::string name, in;  // "query", "path", "header" (then in lower case)
  bool required = false;
  const boost::json::value* schema = nullptr;
};

struct Operation {
  std::string id, method;
  std::vector<std::string> path;   // segments; "{case}" takes any
  bool open = false;               // needs no token
  bool by_cookie = false;          // a page that is read: the cookie of a reading person will do for a token
  bool form = false;               // its body is what a form sends, and not JSON
  std::vector<std::string> roles;  // empty: all
  std::vector<Parameter> parameters;
  bool any_query = false;                    // a query parameter that is an object: its members are whatever is given
  const boost::json::value* body = nullptr;  // its schema; null: there is none
};

// A request that is as the document says.
struct Asked {
  const Operation* operation = nullptr;
  std::map<std::string, std::string> values;  // of parameters
  boost::json::value body;

  std::string text(const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  }
  std::int64_t number(const std::string& name) const;  // 0 where it was not given
};

class Contract {
 public:
  static Result<Contract> read(std::string_view document);

  // Of a path without its query. Null with `allowed` filled: there are other methods.
  const Operation* find(std::string_view method, std::string_view path, Asked& asked,
                        std::vector<std::string>& allowed) const;
  // Reads parameters and body; what is wrong with them.
  std::vector<Fault> take(const Operation& operation, const Request& request, Asked& asked) const;

  const std::vector<Operation>& operations() const { return operations_; }
  const Shapes& shapes() const { return *shapes_; }
  const boost::json::value& document() const { return *document_; }

 private:
  std::unique_ptr<boost::json::value> document_;  // operations point into it
  std::unique_ptr<Shapes> shapes_;
  std::vector<Operation> operations_;
};

bool fits(const Operation& operation, const Request& request);  // the body's Content-Type

// "%41b" to "Ab"; nothing for what is no escape, or no UTF-8.
Result<std::string> unescaped(std::string_view text, bool plus_is_blank);

}  // namespace alliance::sidecar
