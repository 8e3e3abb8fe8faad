-- SPDX-License-Identifier: Apache-2.0
-- The inbox that the transport "postgresql" writes to. Makes it, or brings an older one up to date; running it again
-- changes nothing. Run it as the owner of the database, then give the platform's role what it needs:
--
--   psql -v ON_ERROR_STOP=1 -d DATABASE -f inbox.sql
--   GRANT USAGE ON SCHEMA alliance TO platform;
--   GRANT SELECT ON alliance.version TO platform;
--   GRANT SELECT, INSERT ON alliance.report, alliance.tombstone TO platform;
--   GRANT TEMPORARY ON DATABASE DATABASE TO platform;
--
-- The application that reads needs SELECT on alliance.report and UPDATE (taken).
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(7253904);

CREATE SCHEMA IF NOT EXISTS alliance;
CREATE TABLE IF NOT EXISTS alliance.version (
  number integer NOT NULL,
  one boolean PRIMARY KEY DEFAULT true CHECK (one)
);

-- Version 1.
CREATE TABLE IF NOT EXISTS alliance.report (
  tenant text NOT NULL,
  case_id text NOT NULL,                  -- "practitioner/ID" for what belongs to no case
  epoch bigint NOT NULL,                  -- new whenever the case's log was created, restored or erased
  sequence bigint NOT NULL,               -- of the case; within a lane it only grows
  lane smallint NOT NULL,                 -- 1: about safety. It travels ahead of the other
  id text NOT NULL,                       -- the same whenever this report comes
  kind text NOT NULL,
  time timestamptz NOT NULL,              -- of the event, or of the passing of time, that caused it
  first_sequence bigint,                  -- under which it was first sent, when an endpoint refused it there
  body jsonb,                             -- null: there is such a report, its body was not sent along
  number bigint GENERATED ALWAYS AS IDENTITY,
  received timestamptz NOT NULL DEFAULT clock_timestamp(),
  taken timestamptz,                      -- the application's own: when it has dealt with it
  PRIMARY KEY (tenant, case_id, epoch, sequence)
);
-- What the application has not dealt with. Numbers are drawn before a transaction ends: look for what is not taken,
-- never for what lies behind the last number that was seen.
CREATE INDEX IF NOT EXISTS report_waiting ON alliance.report (number) WHERE taken IS NULL;
-- A report that is sent again has its first id and a new sequence.
CREATE INDEX IF NOT EXISTS report_sent_again ON alliance.report (tenant, id) WHERE first_sequence IS NOT NULL;

-- A report that was refused here, in the place that it left empty in the numbering of its case.
CREATE TABLE IF NOT EXISTS alliance.tombstone (
  tenant text NOT NULL,
  case_id text NOT NULL,
  epoch bigint NOT NULL,
  sequence bigint NOT NULL,
  lane smallint NOT NULL,
  report text NOT NULL,                   -- its id
  received timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, case_id, epoch, sequence)
);
-- Those that did not come later either: the platform has them among its dead letters.
CREATE OR REPLACE VIEW alliance.missing AS
  SELECT t.* FROM alliance.tombstone t
  WHERE NOT EXISTS (SELECT FROM alliance.report r
                    WHERE r.tenant = t.tenant AND r.id = t.report AND r.first_sequence IS NOT NULL);

INSERT INTO alliance.version (number) VALUES (1) ON CONFLICT (one) DO NOTHING;
COMMIT;
