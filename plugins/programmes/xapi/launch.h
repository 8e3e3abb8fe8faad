// SPDX-License-Identifier: Apache-2.0
// What cmi5 (section 8.1 and 10) has a learner's browser and the State resource be given when a unit is launched. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace alliance::xapi {

// Where units are launched. Empty `url`: no launch is written.
struct Launching {
  std::string url;         // of a unit; {component} stands for its id
  std::string endpoint;    // of the LRS
  std::string fetch;       // where the unit fetches its token, once; {registration} stands for the registration
  std::string return_url;  // empty: none
};

struct Launch {
  std::string case_id, home_page, programme, component, activity, session;
};

// {"url": ..., "registration": ..., "LMS.LaunchData": {...}}. The registration is the case's in the programme: the same
// each time. `session` is this launch's own.
boost::json::object launch(const Launching& where, const Launch& what);

std::string percent_encoded(const std::string& text);

}  // namespace alliance::xapi
