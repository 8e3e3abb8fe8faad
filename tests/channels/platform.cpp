// SPDX-License-Identifier: Apache-2.0
// A platform that reports a case to one webhook and ends: platform URL SECRET-FILE[,SECRET-FILE] MODE PLUGINS STORE
#include <alliance/host.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

// An answer that tells of suicidal thoughts: the safety lane has something to send too.
const char* const events[] = {
    R"({"id":"1","case":"c1","time":1770000000000000,"body_type":"CaseOpened","body":{"service":"north",
        "practitioner":"p1","delivery":"blended","zone":"Europe/London","weeks":11,"planned_sessions":6,
        "planned_modules":5}})",
    R"({"id":"2","case":"c1","time":1770000060000000,"body_type":"InformationShown","body":{"version":"1"}})",
    R"({"id":"3","case":"c1","time":1770000120000000,"body_type":"ConsentGiven","body":{"scope":"measures"}})",
    R"({"id":"4","case":"c1","time":1770000180000000,"body_type":"AnswersGiven","body":{"instrument":"phq-9",
        "rater":"client","answers":[{"item":"1","value":2},{"item":"2","value":2},{"item":"3","value":1},
        {"item":"4","value":2},{"item":"5","value":1},{"item":"6","value":1},{"item":"7","value":2},
        {"item":"8","value":0},{"item":"9","value":1}]}})",
};

int complain(const char* step, const alliance_error& error) {
  std::fprintf(stderr, "%s: %s %s\n", step, error.message, error.detail);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  std::string secrets = argv[2];
  for (std::size_t at = 0; (at = secrets.find(',', at)) != std::string::npos; at += 5) {
    secrets.replace(at, 1, R"(\",\")");
  }
  // Settings in a string of JSON, as HostConfig has them.
  const std::string config =
      R"({"safety":{"contact":"duty-desk"},"plugins":[{"plugin":"org.alliance-sdk.webhook","settings":)"
      R"("{\"hooks\":[{\"name\":\"desk\",\"url\":\")" +
      std::string(argv[1]) + R"(\",\"secrets\":[\")" + secrets + R"(\"],\"mode\":\")" + argv[3] + R"(\"}]}"}]})";
  alliance_host_options options = ALLIANCE_HOST_OPTIONS_INIT;
  options.tenant = "clinic";
  options.store_path = argv[5];
  options.config = config.c_str();
  alliance_error error = ALLIANCE_ERROR_INIT;
  alliance_host* host = nullptr;
  if (alliance_host_create(&options, &host, &error) != ALLIANCE_OK) return complain("create", error);
  if (alliance_host_load_folder(host, argv[4], nullptr, nullptr, &error) != ALLIANCE_OK) return complain("load", error);
  if (alliance_host_connect(host, "webhook:desk", &error) != ALLIANCE_OK) return complain("connect", error);
  if (alliance_host_run(host, &error) != ALLIANCE_OK) return complain("run", error);
  for (const char* event : events) {
    if (alliance_host_record(host, reinterpret_cast<const std::uint8_t*>(event), std::strlen(event), ALLIANCE_JSON,
                             nullptr, nullptr, &error) != ALLIANCE_OK) {
      return complain("record", error);
    }
  }
  if (alliance_host_drain(host, {60'000'000}, &error) != ALLIANCE_OK) return complain("drain", error);
  alliance_host_close(host);
  return 0;
}
