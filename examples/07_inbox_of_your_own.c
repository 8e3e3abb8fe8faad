/* SPDX-License-Identifier: Apache-2.0
 * Adds a memory of your own: reports and marks lie in one PostgreSQL database and travel in one transaction, so each
 * report is there exactly once, whatever is killed when.
 *
 *     07_inbox_of_your_own tcp://127.0.0.1:7400 "service=desk" &
 *     04_reports_over_tcp tcp://127.0.0.1:7400
 *
 * The second argument is libpq's; the password is in the file that PGPASSFILE names. When the database goes away this
 * program ends and is started again by whatever supervises it; nothing was acknowledged that is not there. */
#include <alliance/receiver.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS desk_report (tenant text, case_id text, epoch bigint, sequence bigint, id text NOT "
    "NULL,"
    " kind text NOT NULL, body jsonb, PRIMARY KEY (tenant, case_id, epoch, sequence));"
    "CREATE TABLE IF NOT EXISTS desk_mark (tenant text, case_id text, epoch bigint, lane integer, sequence bigint,"
    " PRIMARY KEY (tenant, case_id, epoch, lane));"
    "CREATE TABLE IF NOT EXISTS desk_awaited (tenant text, report text, PRIMARY KEY (tenant, report))";

/* Runs one statement; `answer` (may be NULL) receives the first column of the first row, "" when there is none. */
static int32_t run(PGconn* database, const char* sql, int count, const char* const* values, char* answer, size_t room,
                   alliance_error* error) {
  PGresult* result = PQexecParams(database, sql, count, NULL, values, NULL, NULL, 0);
  const ExecStatusType done = PQresultStatus(result);
  if (answer != NULL) snprintf(answer, room, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
  const int good = done == PGRES_COMMAND_OK || done == PGRES_TUPLES_OK;
  if (!good) /* the state alone: the server's sentence may quote what a person wrote */
    snprintf(error->message, sizeof error->message, "the database failed, SQLSTATE %s",
             PQresultErrorField(result, PG_DIAG_SQLSTATE) ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : "none");
  PQclear(result);
  return good ? ALLIANCE_OK : ALLIANCE_E_IO;
}

static int32_t begin(void* database, alliance_error* error) { return run(database, "BEGIN", 0, NULL, NULL, 0, error); }

static int32_t get_mark(void* database, const char* tenant, const char* case_id, int64_t epoch, int32_t lane,
                        uint64_t* sequence, alliance_error* error) {
  char era[32], way[16], answer[32];
  const char* const values[] = {tenant, case_id, era, way};
  snprintf(era, sizeof era, "%" PRId64, epoch);
  snprintf(way, sizeof way, "%" PRId32, lane);
  const int32_t status =
      run(database, "SELECT sequence FROM desk_mark WHERE (tenant, case_id, epoch, lane) = ($1, $2, $3, $4)", 4, values,
          answer, sizeof answer, error);
  if (status == ALLIANCE_OK) *sequence = strtoull(answer, NULL, 10);
  return status;
}

static int32_t set_mark(void* database, const char* tenant, const char* case_id, int64_t epoch, int32_t lane,
                        uint64_t sequence, alliance_error* error) {
  char era[32], way[16], number[32];
  const char* const values[] = {tenant, case_id, era, way, number};
  snprintf(era, sizeof era, "%" PRId64, epoch);
  snprintf(way, sizeof way, "%" PRId32, lane);
  snprintf(number, sizeof number, "%" PRIu64, sequence);
  return run(database,
             "INSERT INTO desk_mark VALUES ($1, $2, $3, $4, $5)"
             " ON CONFLICT (tenant, case_id, epoch, lane) DO UPDATE SET sequence = excluded.sequence",
             5, values, NULL, 0, error);
}

static int32_t get_awaited(void* database, const char* tenant, const char* report, int32_t* awaited,
                           alliance_error* error) {
  char answer[8];
  const char* const values[] = {tenant, report};
  const int32_t status = run(database, "SELECT 'yes' FROM desk_awaited WHERE (tenant, report) = ($1, $2)", 2, values,
                             answer, sizeof answer, error);
  if (status == ALLIANCE_OK) *awaited = answer[0] != '\0';
  return status;
}

static int32_t set_awaited(void* database, const char* tenant, const char* report, int32_t awaited,
                           alliance_error* error) {
  const char* const values[] = {tenant, report};
  return run(database,
             awaited ? "INSERT INTO desk_awaited VALUES ($1, $2) ON CONFLICT DO NOTHING"
                     : "DELETE FROM desk_awaited WHERE (tenant, report) = ($1, $2)",
             2, values, NULL, 0, error);
}

/* A transaction that failed before is not committed: the server answers ROLLBACK, and no error. */
static int32_t commit(void* database, alliance_error* error) {
  if (PQtransactionStatus(database) != PQTRANS_INTRANS) return ALLIANCE_E_IO;
  return run(database, "COMMIT", 0, NULL, NULL, 0, error);
}

static void abandon(void* database) { PQclear(PQexec(database, "ROLLBACK")); }

/* In the transaction of the marks: what is not committed together was never taken. */
static int32_t take(void* database, const alliance_report* report, alliance_error* error) {
  char era[32], number[32];
  char* body = malloc(report->length + 1);
  if (body == NULL) return ALLIANCE_E_IO;
  memcpy(body, report->body, report->length);
  body[report->length] = '\0';
  const char* const values[] = {report->tenant, report->case_id, era, number, report->id, report->kind, body};
  snprintf(era, sizeof era, "%" PRId64, report->epoch);
  snprintf(number, sizeof number, "%" PRIu64, report->sequence);
  const int32_t status =
      run(database, "INSERT INTO desk_report VALUES ($1, $2, $3, $4, $5, $6, $7)", 7, values, NULL, 0, error);
  free(body);
  return status;
}

int main(int argc, char** argv) {
  alliance_receiver_options options = ALLIANCE_RECEIVER_OPTIONS_INIT;
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_receiver* receiver = NULL;
  if (argc != 3) {
    fprintf(stderr, "usage: 07_inbox_of_your_own ADDRESS DATABASE\n");
    return 2;
  }
  PGconn* database = PQconnectdb(argv[2]);
  if (PQstatus(database) != CONNECTION_OK ||
      run(database, "SET client_min_messages = warning", 0, NULL, NULL, 0, &error) != ALLIANCE_OK) {
    fprintf(stderr, "%s", PQerrorMessage(database));
    PQfinish(database);
    return 1;
  }
  PQclear(PQexec(database, tables));
  const alliance_receiver_store store = {sizeof store, 0,           database,    begin,  get_mark,
                                         set_mark,     get_awaited, set_awaited, commit, abandon};
  options.address = argv[1];
  options.store = &store;
  options.take = take;
  options.context = database;
  int32_t status = alliance_receiver_open(&options, &receiver, &error);
  if (status == ALLIANCE_OK) {
    fprintf(stderr, "listening on %s\n", alliance_receiver_address(receiver));
    status = alliance_receiver_run(receiver, &error);
  }
  if (status != ALLIANCE_OK) fprintf(stderr, "%s: %s\n", alliance_status_text(status), error.message);
  alliance_receiver_close(receiver);
  PQfinish(database);
  return status == ALLIANCE_OK ? 0 : 1;
}
