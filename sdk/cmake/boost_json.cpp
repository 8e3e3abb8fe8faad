// SPDX-License-Identifier: Apache-2.0
// Boost.JSON compiled once for all who use it: Debian's static library is not position-independent.
#include <boost/json/src.hpp>
