// SPDX-License-Identifier: Apache-2.0
// What a store's file holds about its streams, opened: for the store itself, and for whoever looks at it from outside.
#pragma once

#include "store/reader.h"
#include "store/vault.h"

namespace alliance::store {

class Rows {
 public:
  Rows(Reader reader, std::shared_ptr<Vault> vault, std::string path)
      : reader_(std::move(reader)), vault_(std::move(vault)), path_(std::move(path)) {}

  // A row that cannot be read is ALLIANCE_E_BAD_INPUT, with its number; the rows of other streams are none the worse.
  Result<std::vector<StreamHead>> streams();
  Result<std::optional<StreamHead>> head(const std::string& stream);  // and has its key learnt
  Result<std::vector<StreamHead>> streams_of(CarriedBy by, const std::string& id);
  Result<std::int64_t> latest();
  Result<std::vector<std::string>> due(std::int64_t now);
  Result<std::vector<LogRow>> log(const std::string& stream);
  Result<std::vector<PluginValue>> values(const std::string& stream);
  Result<std::vector<Span>> spans_of(const std::string& stream);
  Result<std::vector<DeadLetter>> dead_letters();
  Result<std::vector<Read>> reads(const std::string& stream);  // lists of many included
  Result<std::vector<Act>> acts(const std::string& stream);
  Result<std::string> note(std::string_view name);  // of the file; empty: not there

  Reader& reader() { return reader_; }

 private:
  StreamHead head_in(const sqlite::Statement& row) const;
  tl::unexpected<Failure> damaged(const std::string& what, const Failure& why) const;

  Reader reader_;
  std::shared_ptr<Vault> vault_;
  std::string path_;
};

// A store from outside, also while the process that owns it is running. Changes nothing but the access log.
class StoreView {
 public:
  static Result<StoreView> open(const std::string& path, const KeySource& keys);
  const std::string& tenant() const { return tenant_; }
  Rows& rows() { return rows_; }
  const Vault& vault() const { return *vault_; }
  const std::string& path() const { return path_; }
  Result<void> note_read(const Read& read);

 private:
  StoreView(std::string path, std::string tenant, std::shared_ptr<Vault> vault, Rows rows)
      : path_(std::move(path)), tenant_(std::move(tenant)), vault_(std::move(vault)), rows_(std::move(rows)) {}
  std::string path_, tenant_;
  std::shared_ptr<Vault> vault_;
  Rows rows_;
};

}  // namespace alliance::store
