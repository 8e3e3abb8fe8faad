// SPDX-License-Identifier: Apache-2.0
#include "taking.h"

#include <algorithm>

namespace alliance::postgresql {
namespace {

const char* const staging = R"(
CREATE TEMPORARY TABLE alliance_staged (
  place bigint, tenant text, case_id text, epoch bigint, sequence bigint, lane smallint, id text, kind text,
  time timestamptz, first_sequence bigint, tombstone_of text, body jsonb
) ON COMMIT DELETE ROWS)";

// A report that is sent again comes under a new number; whether it was taken before is asked by its id. All others are
// told from a repeat by their key.
const char* const take = R"(
INSERT INTO alliance.tombstone (tenant, case_id, epoch, sequence, lane, report)
SELECT tenant, case_id, epoch, sequence, lane, tombstone_of FROM pg_temp.alliance_staged
WHERE tombstone_of IS NOT NULL ORDER BY place
ON CONFLICT (tenant, case_id, epoch, sequence) DO NOTHING;
WITH added AS (
  INSERT INTO alliance.report (tenant, case_id, epoch, sequence, lane, id, kind, time, first_sequence, body)
  SELECT s.tenant, s.case_id, s.epoch, s.sequence, s.lane, s.id, s.kind, s.time, s.first_sequence, s.body
  FROM pg_temp.alliance_staged s
  WHERE s.tombstone_of IS NULL AND (s.first_sequence IS NULL OR NOT (
    EXISTS (SELECT FROM alliance.report r WHERE r.tenant = s.tenant AND r.case_id = s.case_id AND r.epoch = s.epoch
                                            AND r.sequence = s.first_sequence AND r.id = s.id)
    OR EXISTS (SELECT FROM alliance.report r
               WHERE r.tenant = s.tenant AND r.id = s.id AND r.first_sequence IS NOT NULL)
    OR EXISTS (SELECT FROM pg_temp.alliance_staged e
               WHERE e.tenant = s.tenant AND e.id = s.id AND e.place < s.place AND e.tombstone_of IS NULL)))
  ORDER BY s.place
  ON CONFLICT (tenant, case_id, epoch, sequence) DO NOTHING
  RETURNING lane)
SELECT count(*), coalesce(max(lane), 0) FROM added)";

const char* const another = R"(
SELECT s.id FROM pg_temp.alliance_staged s JOIN alliance.report r USING (tenant, case_id, epoch, sequence)
WHERE s.tombstone_of IS NULL AND r.id <> s.id LIMIT 1)";

}  // namespace

Taking::Taking(const std::map<std::string, std::string>& settings, Stop& stop, const std::string& sql, const Warn& warn)
    : connection_(settings, stop) {
  if (!connection_.local() && !connection_.encrypted()) warn("what goes to the database is not encrypted");
  const auto state = connection_.query(
      "SELECT pg_catalog.current_setting('server_encoding'), pg_catalog.current_setting('fsync'), "
      "pg_catalog.to_regclass('alliance.version') IS NOT NULL, "
      "pg_catalog.current_setting('synchronous_commit')");
  if (state.at(0, 0) != "UTF8") {
    throw Error(ALLIANCE_E_STATE, "the database has the encoding " + std::string(state.at(0, 0)) +
                                      ": make one with ENCODING 'UTF8' for the inbox");
  }
  if (state.at(0, 1) != "on") {
    warn("the database server runs with fsync=off: what it acknowledges does not outlive a power cut");
  }
  if (state.at(0, 2) != "t") {
    throw Error(ALLIANCE_E_STATE, "the database holds no inbox: run psql -f " + sql);
  }
  const auto version = connection_.query("SELECT number FROM alliance.version");
  if (version.rows() != 1 || version.at(0, 0) != "1") {
    throw Error(ALLIANCE_E_VERSION, "the inbox has version " +
                                        (version.rows() == 1 ? std::string(version.at(0, 0)) : "none") +
                                        " and this transport writes version 1: run psql -f " + sql +
                                        ", or install the transport that fits it");
  }
  // A commit that returned before it was on the disk would be an acknowledgement too early.
  if (state.at(0, 3) == "off") connection_.query("SET synchronous_commit TO on");
  connection_.query(staging);
}

// Straight into the table, at the speed of COPY itself; only where something of it is there already, by way of the
// staging table, which takes three to four times as long.
void Taking::put(std::span<const Row* const> rows) {
  const bool first = std::all_of(rows.begin(), rows.end(), [](const Row* row) { return row->for_the_first_time; });
  for (const bool straight : {true, false}) {
    if (straight && !first) continue;
    try {
      return straight ? put_news(rows) : put_whatever(rows);
    } catch (const Refused& refused) {
      connection_.query("ROLLBACK");
      if (!straight || !refused.is_repeat) throw;
    }
  }
}

void Taking::put_news(std::span<const Row* const> rows) {
  std::string lines;
  bool safety = false;
  for (const auto* row : rows) {
    lines += row->line + '\n';
    safety = safety || row->safety;
  }
  static const std::string begin = "BEGIN; COPY alliance.report (" + std::string(columns) + ") FROM STDIN";
  connection_.copy(begin.c_str(), lines);
  commit(true, safety);
}

void Taking::put_whatever(std::span<const Row* const> rows) {
  std::string lines;
  std::size_t place = 0;
  for (const auto* row : rows) lines += std::to_string(++place) + '\t' + row->tombstone + '\t' + row->line + '\n';
  static const std::string begin =
      "BEGIN; COPY pg_temp.alliance_staged (place, tombstone_of, " + std::string(columns) + ") FROM STDIN";
  connection_.copy(begin.c_str(), lines);
  const auto added = connection_.query(take);
  if (added.at(0, 0) != std::to_string(rows.size()) && connection_.query(another).rows() > 0) {
    throw Refused(
        "its number was used before, for another report: the platform's store is a copy that was put back without a "
        "new epoch");
  }
  commit(added.at(0, 0) != "0", added.at(0, 1) == "1");
}

// The notification comes once per transaction and only for news. Who hears it looks for rows that are not taken.
void Taking::commit(bool news, bool safety) {
  if (!news) return void(connection_.query("COMMIT"));
  connection_.query(safety ? "NOTIFY alliance_inbox, 'safety'; COMMIT" : "NOTIFY alliance_inbox, 'normal'; COMMIT");
}

}  // namespace alliance::postgresql
