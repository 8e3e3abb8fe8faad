// SPDX-License-Identifier: Apache-2.0
// The shared library: what host.h promises, and nothing else is exported.
