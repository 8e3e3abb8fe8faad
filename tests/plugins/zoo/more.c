/* SPDX-License-Identifier: Apache-2.0
 * A symbol that a plugin must not show. */
int a_symbol_of_its_own(void);
int a_symbol_of_its_own(void) { return 1; }
