// SPDX-License-Identifier: Apache-2.0
// What the store's file looks like inside.
#pragma once

#include "store/file.h"
#include "store/keyring.h"

namespace alliance::store {

// No UNIQUE index on the ids of events or reports: it halves the rate. Repeats of events are the host's to
// see, repeats of reports rest on (case, epoch, sequence). A position of the outbox is never given twice, not even
// after everything was delivered and deleted.
inline constexpr const char* format_1 = R"(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE totals (one INTEGER PRIMARY KEY CHECK (one = 1), events INTEGER NOT NULL, reports INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL, epoch INTEGER NOT NULL);
INSERT INTO totals VALUES (1, 0, 0, 0, 0);
CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,
  next_sequence INTEGER NOT NULL, wake INTEGER NOT NULL, events INTEGER NOT NULL);
CREATE TABLE log (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, event_id TEXT NOT NULL, time INTEGER NOT NULL,
  event BLOB NOT NULL, derived BLOB NOT NULL);
CREATE INDEX log_of_stream ON log (stream);
CREATE TABLE plugin_values (stream INTEGER NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, bytes BLOB NOT NULL,
  UNIQUE (stream, key));
CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, lane INTEGER NOT NULL, reports INTEGER NOT NULL,
  batch BLOB NOT NULL);
CREATE INDEX outbox_of_lane ON outbox (lane);
CREATE TABLE endpoints (name TEXT NOT NULL, lane INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (name, lane)) WITHOUT ROWID;
CREATE TABLE access_log (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, role INTEGER NOT NULL, viewer TEXT NOT NULL,
  scope TEXT NOT NULL, subject TEXT NOT NULL);
)";
// Reports that an endpoint refused. One that was sent again stays until its old place is behind the endpoint: until
// then it stands for the tombstone there.
inline constexpr const char* format_2 = R"(
CREATE TABLE dead_letters (number INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, lane INTEGER NOT NULL,
  position INTEGER NOT NULL, report TEXT NOT NULL, case_id TEXT NOT NULL, kind TEXT NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, time INTEGER NOT NULL, status INTEGER NOT NULL, reason TEXT NOT NULL,
  tries INTEGER NOT NULL, since INTEGER NOT NULL, resent INTEGER NOT NULL, envelope BLOB NOT NULL);
)";
// What is kept about people is sealed: `key` names a case's key in the key file, from `key_epoch` on; `epoch` is the
// one under which a row was sealed. `standing` and `erased` are what a controller decided, `acts` who, when and why.
inline constexpr const char* format_3 = R"(
ALTER TABLE streams ADD COLUMN key BLOB;
ALTER TABLE streams ADD COLUMN key_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE plugin_values ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
UPDATE log SET epoch = (SELECT epoch FROM streams s WHERE s.id = log.stream);
UPDATE plugin_values SET epoch = (SELECT epoch FROM streams s WHERE s.id = plugin_values.stream);
CREATE TABLE acts (number INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, act INTEGER NOT NULL,
  stream TEXT NOT NULL, role INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, reference TEXT NOT NULL,
  epoch INTEGER NOT NULL, key BLOB);
)";
// Time accounts: one row per stream, sealed but for its figures (minutes and counts), and the sum of their figures per
// service, practitioner and part. The name of a service is empty for what belongs to no case.
inline constexpr const char* format_4 = R"(
CREATE TABLE accounts (stream INTEGER PRIMARY KEY, service TEXT NOT NULL, practitioner TEXT NOT NULL,
  part INTEGER NOT NULL, open INTEGER NOT NULL, epoch INTEGER NOT NULL,
  figures BLOB NOT NULL, account BLOB NOT NULL);
CREATE INDEX accounts_of_practitioner ON accounts (practitioner, open);
CREATE INDEX accounts_of_service ON accounts (service, open);
CREATE TABLE account_sums (service TEXT NOT NULL, practitioner TEXT NOT NULL, part INTEGER NOT NULL,
  figures BLOB NOT NULL, PRIMARY KEY (service, practitioner, part)) WITHOUT ROWID;
CREATE INDEX account_sums_of_practitioner ON account_sums (practitioner);
CREATE TABLE spans (practitioner TEXT NOT NULL, starts INTEGER NOT NULL, stream INTEGER NOT NULL, id TEXT NOT NULL,
  until INTEGER NOT NULL, flags INTEGER NOT NULL, PRIMARY KEY (practitioner, starts, stream, id)) WITHOUT ROWID;
CREATE INDEX spans_of_stream ON spans (stream);
)";
// A commit of one report writes two pages less: positions are given by the writer, the last one stands with the totals,
// and what lies in a lane is known by its positions.
inline constexpr const char* format_5 = R"(
PRAGMA secure_delete=ON;
ALTER TABLE totals ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE totals SET position = (SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox');
CREATE TABLE outbox_5 (position INTEGER PRIMARY KEY, lane INTEGER NOT NULL, reports INTEGER NOT NULL,
  batch BLOB NOT NULL);
INSERT INTO outbox_5 SELECT position, lane, reports, batch FROM outbox ORDER BY position;
DROP TABLE outbox;
ALTER TABLE outbox_5 RENAME TO outbox;
)";
// A commit of one report writes another two pages less. The rows of a stream in the log are a chain, from its last one
// back, and need no index; and what there was in all by a commit lies with the reports that it put into the outbox, and
// in `totals` only where it put none or what knew more was delivered. Whatever is larger holds: nothing of it goes
// back.
inline constexpr const char* format_6 = R"(
ALTER TABLE streams ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN before INTEGER NOT NULL DEFAULT 0;
UPDATE streams SET last = (SELECT ifnull(max(id), 0) FROM log WHERE stream = streams.id);
UPDATE log SET before = (SELECT ifnull(max(id), 0) FROM log earlier
  WHERE earlier.stream = log.stream AND earlier.id < log.id);
DROP INDEX log_of_stream;
CREATE TABLE outbox_6 (position INTEGER PRIMARY KEY, lane INTEGER NOT NULL, reports INTEGER NOT NULL,
  all_events INTEGER NOT NULL, all_reports INTEGER NOT NULL, acknowledged INTEGER NOT NULL, epoch INTEGER NOT NULL,
  batch BLOB NOT NULL);
INSERT INTO outbox_6 SELECT position, lane, reports, 0, 0, 0, 0, batch FROM outbox ORDER BY position;
DROP TABLE outbox;
ALTER TABLE outbox_6 RENAME TO outbox;
CREATE VIEW so_far AS
  SELECT max(events) AS events, max(reports) AS reports, max(acknowledged) AS acknowledged, max(epoch) AS epoch,
    max(position) AS position
  FROM (SELECT events, reports, acknowledged, epoch, position FROM totals
    UNION ALL SELECT * FROM (SELECT all_events, all_reports, acknowledged, epoch, position FROM outbox
      ORDER BY position DESC LIMIT 1));
)";
// Who waits for time is found without looking at all. `due` is no later than `wake`, and only time that passes moves it
// on: an event whose stream then waits longer leaves the index as it is.
inline constexpr const char* format_7 = R"(
ALTER TABLE streams ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
UPDATE streams SET due = wake WHERE wake > 0;
CREATE INDEX streams_due ON streams (due) WHERE due > 0;
)";
// Whose a stream is, so that those of one practitioner or service are found without a look at all; and the latest
// instant at which something happened, which is kept as the totals are. Who carries the streams that are there already
// is for the host to say, which can read them: until then there is no note 'carriers'.
inline constexpr const char* format_8 = R"(
ALTER TABLE streams ADD COLUMN service TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN practitioner TEXT NOT NULL DEFAULT '';
CREATE INDEX streams_of_practitioner ON streams (practitioner) WHERE practitioner <> '';
CREATE INDEX streams_of_service ON streams (service) WHERE service <> '';
INSERT INTO meta SELECT 'carriers', '1' WHERE NOT EXISTS (SELECT 1 FROM streams);
ALTER TABLE totals ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;
UPDATE totals SET latest = (SELECT ifnull(max(time), 0) FROM log
  WHERE stream NOT IN (SELECT id FROM streams WHERE name LIKE 'host/%'));
DROP VIEW so_far;
CREATE TABLE outbox_8 (position INTEGER PRIMARY KEY, lane INTEGER NOT NULL, reports INTEGER NOT NULL,
  all_events INTEGER NOT NULL, all_reports INTEGER NOT NULL, acknowledged INTEGER NOT NULL, epoch INTEGER NOT NULL,
  latest INTEGER NOT NULL, batch BLOB NOT NULL);
INSERT INTO outbox_8 SELECT position, lane, reports, all_events, all_reports, acknowledged, epoch, 0, batch
  FROM outbox ORDER BY position;
DROP TABLE outbox;
ALTER TABLE outbox_8 RENAME TO outbox;
CREATE VIEW so_far AS
  SELECT max(events) AS events, max(reports) AS reports, max(acknowledged) AS acknowledged, max(epoch) AS epoch,
    max(position) AS position, max(latest) AS latest
  FROM (SELECT events, reports, acknowledged, epoch, position, latest FROM totals
    UNION ALL SELECT * FROM (SELECT all_events, all_reports, acknowledged, epoch, position, latest FROM outbox
      ORDER BY position DESC LIMIT 1));
)";
inline constexpr const char* migrations[] = {format_1, format_2, format_3, format_4,
                                             format_5, format_6, format_7, format_8};

// The rows of the log of the stream with name ?1, before a statement that wants them.
#define ALLIANCE_STORE_OWN_ROWS                                                                                       \
  "WITH RECURSIVE own (id, stream, before) AS ("                                                                      \
  "SELECT l.id, l.stream, l.before FROM streams s JOIN log l ON l.id = s.last AND l.stream = s.id WHERE s.name = ?1 " \
  "UNION ALL SELECT l.id, l.stream, l.before FROM own JOIN log l "                                                    \
  "ON l.id = own.before AND l.stream = own.stream AND l.id < own.id) "

inline constexpr sqlite::Kind file_kind{"an Alliance store", 0x414c5354 /* ALST */, migrations, no_keys_yet};

}  // namespace alliance::store
