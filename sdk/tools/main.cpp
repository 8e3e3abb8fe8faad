// SPDX-License-Identifier: Apache-2.0
#include <alliance/host.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "commands.h"
#include "plugin_commands.h"

namespace {

// What a full disk did not take is not done, whatever the command itself looked at.
int with_output_written(int status) {
  using namespace alliance::tools;
  std::cout.flush();
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  if ((flushed && std::ferror(stdout) == 0 && std::cout.good()) || status == exit_failed) return status;
  std::cerr << "alliance: standard output cannot be written: "
            << (errno != 0 ? std::strerror(errno) : "it took no more") << "\n";
  return exit_failed;
}

}  // namespace

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
    return with_output_written(app.exit(done));
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return exit_usage;
  }
  return with_output_written(run());
}
