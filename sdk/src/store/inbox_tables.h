// SPDX-License-Identifier: Apache-2.0
// What an inbox's file looks like inside.
#pragma once

#include "store/file.h"
#include "store/keyring.h"

namespace alliance::store {

inline constexpr const char* inbox_1 = R"(
CREATE TABLE inbox (arrival INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, case_id TEXT NOT NULL,
  epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL,
  kind TEXT NOT NULL, report BLOB NOT NULL, UNIQUE (tenant, case_id, epoch, sequence));
CREATE TABLE marks (tenant TEXT NOT NULL, case_id TEXT NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL,
  sequence INTEGER NOT NULL, PRIMARY KEY (tenant, case_id, epoch, lane)) WITHOUT ROWID;
)";
inline constexpr const char* inbox_2 = R"(
CREATE TABLE awaited (tenant TEXT NOT NULL, report TEXT NOT NULL, PRIMARY KEY (tenant, report)) WITHOUT ROWID;
)";
inline constexpr const char* inbox_3 = R"(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (tenant TEXT NOT NULL, case_id TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (tenant, case_id))
  WITHOUT ROWID;
CREATE TABLE erased (tenant TEXT NOT NULL, case_id TEXT NOT NULL, before INTEGER NOT NULL,
  PRIMARY KEY (tenant, case_id)) WITHOUT ROWID;
CREATE TABLE doomed (key BLOB PRIMARY KEY) WITHOUT ROWID;
)";
// A case stands once, under a number.
inline constexpr const char* inbox_4 = R"(
PRAGMA secure_delete=ON;
CREATE TABLE cases (number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, case_id TEXT NOT NULL, UNIQUE (tenant, case_id));
CREATE TABLE reports (arrival INTEGER PRIMARY KEY, of_case INTEGER NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,
  report BLOB NOT NULL, UNIQUE (of_case, epoch, sequence));
INSERT INTO cases (tenant, case_id) SELECT DISTINCT tenant, case_id FROM inbox;
INSERT INTO reports SELECT arrival, (SELECT number FROM cases c WHERE c.tenant = i.tenant AND c.case_id = i.case_id),
  epoch, sequence, lane, id, time, kind, report FROM inbox i ORDER BY arrival;
DROP TABLE inbox;
)";
// What came together of one case, epoch and lane, which is a line, is one row (store/pack.h). A line says how far it
// has come and which pack of it was the last, and each pack which was before: no index has to be kept.
inline constexpr const char* inbox_5 = R"(
CREATE TABLE lines (of_case INTEGER NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL, sequence INTEGER NOT NULL,
  pack INTEGER NOT NULL, PRIMARY KEY (of_case, epoch, lane)) WITHOUT ROWID;
CREATE TABLE packs (arrival INTEGER PRIMARY KEY, of_case INTEGER NOT NULL, epoch INTEGER NOT NULL,
  before INTEGER NOT NULL, heads BLOB NOT NULL, bodies BLOB NOT NULL);
INSERT OR IGNORE INTO cases (tenant, case_id) SELECT tenant, case_id FROM marks;
INSERT INTO lines SELECT number, epoch, lane, sequence, 0 FROM marks JOIN cases USING (tenant, case_id);
INSERT INTO lines SELECT of_case, epoch, lane, max(sequence), max(arrival) FROM reports WHERE true
  GROUP BY of_case, epoch, lane
  ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence), pack = excluded.pack;
INSERT INTO packs SELECT arrival, of_case, epoch,
  lag(arrival, 1, 0) OVER (PARTITION BY of_case, epoch, lane ORDER BY arrival),
  CAST(sequence || char(31) || time || char(31) ||
       (length(report) - (SELECT 44 * count(*) FROM meta WHERE name = 'cipher')) ||  -- without what sealing adds
       char(31) || id || char(31) || kind || char(31) AS BLOB), report FROM reports ORDER BY arrival;
DROP TABLE reports;
DROP TABLE marks;
)";
inline constexpr const char* inbox_steps[] = {inbox_1, inbox_2, inbox_3, inbox_4, inbox_5};
inline constexpr sqlite::Kind inbox_kind{"an Alliance inbox", 0x414c4942 /* ALIB */, inbox_steps, no_keys_yet};

}  // namespace alliance::store
