// SPDX-License-Identifier: Apache-2.0
// Boost.JSON goes in header-only: Debian's static one is not position-independent.
#include <boost/json/src.hpp>
