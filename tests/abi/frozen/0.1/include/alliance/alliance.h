/* SPDX-License-Identifier: Apache-2.0
 *
 * alliance.h: the whole contract at once.
 */
#ifndef ALLIANCE_ALLIANCE_H
#define ALLIANCE_ALLIANCE_H

#include <alliance/base.h>
#include <alliance/host.h>
#include <alliance/measure.h>
#include <alliance/plugin.h>
#include <alliance/programme.h>
#include <alliance/receiver.h>
#include <alliance/report.h>
#include <alliance/tailoring.h>
#include <alliance/timing.h>
#include <alliance/transport.h>

#endif
