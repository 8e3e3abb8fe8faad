// SPDX-License-Identifier: Apache-2.0
// adapter_apply PLUGIN PROGRAMME CASE WHEN SETTINGS: reads a Proposals as JSON from standard input and writes what the
// adapter wants the programme to be told. For tests that hand it to the programme's own server.
#include <alliance_schema/proposal_generated.h>

#include <cstdlib>
#include <iostream>
#include <iterator>

#include "schema/json.h"
#include "test_services.h"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const std::string name = argv[1], json{std::istreambuf_iterator<char>(std::cin), {}};
  alliance::test::Services services;
  services.settings("org.alliance-sdk." + name, argv[5]);
  alliance::plugin::Registry registry(services.host());
  const auto plugin = registry.load(alliance::test::manifest(name));
  const auto proposals = alliance::schema::json_to_bytes("Proposals", json);
  if (!plugin || !proposals) {
    std::cerr << (plugin ? proposals.error().message : plugin.error().message) << "\n";
    return 1;
  }
  const auto& table = *(*plugin)->programme;
  alliance_programme* adapter = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  auto status = table.create(&table, &(*plugin)->services, argv[2], &adapter, &error);
  alliance::plugin::Gather out;
  if (status == ALLIANCE_OK) {
    status =
        table.apply(adapter, argv[3], proposals->data(), proposals->size(), std::atoll(argv[4]), out.sink(), &error);
    table.destroy(adapter);
  }
  if (status != ALLIANCE_OK) {
    std::cerr << error.message << "\n";
    return status == ALLIANCE_E_UNSUPPORTED ? 3 : 1;
  }
  std::cout << std::string(out.bytes().begin(), out.bytes().end()) << "\n";
  return 0;
}
