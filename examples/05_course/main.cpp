// SPDX-License-Identifier: Apache-2.0
// The whole: a therapy platform with the SDK inside, linked against liballiance through host.h and using its
// JSON face alone. It loads plugins from a folder, takes in what a digital programme exported and what the
// service recorded, lets eleven weeks pass, delivers reports to whoever is connected, shows safety flags the
// moment they come back, and ends with a review per client and per service.
#include <filesystem>
#include <iostream>

#include "inputs.h"
#include "options.h"
#include "platform.h"
#include "recording.h"
#include "tables.h"

namespace {

namespace json = boost::json;
using namespace course;

// The configuration, with another folder of definitions for the instruments plugin where one was named.
std::string configuration(const Options& options) {
  const auto text = read_file(options.config);
  boost::system::error_code problem;
  auto config = json::parse(text, problem);
  if (problem || !config.is_object()) throw Failed(ALLIANCE_E_BAD_INPUT, options.config + " is not a JSON object");
  if (options.instruments.empty()) return text;
  json::array& plugins = config.as_object().emplace("plugins", json::array{}).first->value().as_array();
  const json::object settings = {{"definitions", json::array{std::filesystem::absolute(options.instruments).string()}}};
  plugins.push_back(json::object{{"plugin", "org.alliance-sdk.instruments"}, {"settings", json::serialize(settings)}});
  return json::serialize(config);
}

// What a platform does the moment a safety flag comes back: somebody is told. Here it is printed.
void show_safety(const json::object& entry) {
  const auto& body = entry.at("report").as_object().at("body").as_object();
  const auto word = [&](const char* name) {
    const auto* value = body.if_contains(name);
    return value && value->is_string() ? std::string(value->as_string()) : std::string("?");
  };
  const auto* time = entry.if_contains("time");
  std::cout << "  SAFETY " << (time ? time_of(time->to_number<std::int64_t>()) : "") << " "
            << entry.at("case").as_string().c_str() << ": " << entry.at("kind").as_string().c_str();
  if (body.contains("item"))
    std::cout << ", " << word("instrument") << " item " << word("item") << " " << word("state");
  if (body.contains("contact")) std::cout << ", to " << word("contact");
  if (body.contains("person")) std::cout << ", by " << word("person");
  std::cout << std::endl;
}

int run(const Options& options) {
  bool bad_input = false;
  const Complain complain = [&](const std::string& sentence) {
    bad_input = true;
    std::cerr << "05_course: " << sentence << std::endl;
  };
  const auto say = [&](const std::string& line) {
    if (!options.quiet) std::cout << line << std::endl;
  };

  const auto folder = std::filesystem::path(options.store).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder);
  Platform platform("course", options.store, configuration(options), [&](const json::object& entry) {
    if (!options.quiet) show_safety(entry);
  });
  for (const auto& sentence : platform.load(options.plugins)) complain("a plugin was refused: " + sentence);
  for (const auto& endpoint : options.connect) platform.connect(endpoint);
  platform.run();
  say("plugins: " + std::to_string(platform.plugins().size()) + " from " + options.plugins);

  auto inputs = read_inputs(platform, options.programme, options.export_file, options.events_file,
                            platform.instruments_in_use(), complain);
  say("events:  " + std::to_string(inputs.items.size()) + ", and " + std::to_string(inputs.left_out) +
      " answer sheets of instruments that are not in use here are left out");

  const std::int64_t ends = options.until.empty() ? 0 : begin_of_day(options.until);
  if (ends != 0) std::erase_if(inputs.items, [&](const Item& item) { return item.time >= ends; });

  const auto totals = record_all(platform, inputs.items, ends, complain, [&](std::int64_t until, const Totals& so_far) {
    say("  until " + date_of(until) + ": " + std::to_string(so_far.taken) + " events, " +
        std::to_string(so_far.reports) + " reports, " + std::to_string(so_far.safety_flags) + " safety flags");
  });

  if (!options.connect.empty() && !platform.drain(120)) {
    std::cerr << "05_course: not every receiver has acknowledged everything within two minutes; nothing is lost, "
                 "start again when they are back\n";
    return 1;
  }
  if (!options.quiet) {
    print_clients(platform, std::cout);
    print_services(platform, std::cout);
  }
  const auto counts = platform.count();
  std::cout << "\n"
            << totals.taken << " events taken, " << totals.refused << " refused; the store holds " << counts.events
            << " events and " << counts.reports << " reports, of which " << counts.waiting << " wait for a receiver"
            << std::endl;
  return bad_input ? 3 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (const int status = parse_options(argc, argv, options); status >= 0) return status;
  try {
    return run(options);
  } catch (const Failed& failed) {
    std::cerr << "05_course: " << failed.what() << "\n";
    return failed.status == ALLIANCE_E_BAD_INPUT || failed.status == ALLIANCE_E_NOT_FOUND ? 3 : 1;
  } catch (const std::exception& problem) {
    std::cerr << "05_course: " << problem.what() << "\n";
    return 1;
  }
}
