// SPDX-License-Identifier: Apache-2.0
// What xAPI 1.0.3 (Part Two, "Statements"), xAPI 2.0 (IEEE 9274.1.1) and cmi5 demand of a statement. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace alliance::xapi {

// Empty, or a sentence that says which part breaks which demand. It names properties of the specification and repeats
// nothing that a programme or a person wrote.
std::string fault_of(const boost::json::object& statement);

// What cmi5 demands of a statement that says it is one of cmi5's; empty also for one that does not say so.
std::string cmi5_fault_of(const boost::json::object& statement);

}  // namespace alliance::xapi
