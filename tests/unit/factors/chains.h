// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain.h"

namespace chain {

struct FactorChain {
  fb::Factor factor;
  const char* code;
  const char* title;
  Told (*drive)();
};
extern const FactorChain factor_chains[11];
std::string page();  // docs/factors.md

}  // namespace chain
