// SPDX-License-Identifier: Apache-2.0
#include <alliance/host.h>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "plugin_commands.h"

int main(int argc, char** argv) {
  using namespace alliance::tools;
  CLI::App app{"Working-alliance measures for therapy platforms.", "alliance"};
  app.set_version_flag("--version", alliance_version());
  app.require_subcommand(1);
  app.footer("Exit status: 0 done, 1 failed, 2 usage, 3 bad input.");
  Run run;
  add_score(app, run);
  add_rescore(app, run);
  add_export(app, run);
  add_instruments(app, run);
  add_listen(app, run);
  add_outbox(app, run);
  add_serve(app, run);
  add_store(app, run);
  add_review(app, run);
  add_due(app, run);
  add_schedule(app, run);
  add_tailor(app, run);
  add_time(app, run);
  add_validate(app, run);
  add_import(app, run);
  add_ingest(app, run);
  add_monitor(app, run);
  add_psychometrics(app, run);
  add_new(app, run);
  add_inspect(app, run);
  add_sign(app, run);
  add_check(app, run);
  add_fuzz(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return exit_usage;
  }
  return run();
}
