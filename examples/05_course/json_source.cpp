// SPDX-License-Identifier: Apache-2.0
// Boost.JSON goes in header-only, in this one file.
#include <boost/json/src.hpp>
