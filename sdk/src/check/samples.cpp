// SPDX-License-Identifier: Apache-2.0
#include "check/samples.h"

namespace alliance::check {

const char* const case_json = R"({
  "id": "case-1", "subject": "client", "service": "service-1", "practitioner": "practitioner-1", "delivery": "blended",
  "zone": "Europe/London", "weeks": 8, "planned_sessions": 6, "planned_modules": 3, "programme": "sample",
  "opened": 1700000000000000, "information_shown": 1700000000000000, "consent_given": 1700000100000000,
  "last_event": 1700500000000000, "last_contact": 1700300000000000, "capacity_per_week": 60,
  "sessions": [
    {"number": 1, "state": "held", "starts": 1700300000000000, "minutes": 45, "mode": "in_person", "event": "e-session-1",
     "booked": 1700300000000000, "told": 1700303000000000, "told_booking": 1700000200000000, "booking": "e-booking-1"},
    {"number": 2, "state": "booked", "starts": 1700900000000000, "minutes": 45, "mode": "video", "event": "e-booking-2",
     "booked": 1700900000000000, "told": 1700303100000000, "told_booking": 1700303100000000, "booking": "e-booking-2"}],
  "components": [
    {"id": "module-1", "progress": "completed", "fraction": 1, "launched": 1700310000000000, "last": 1700320000000000,
     "completed": 1700320000000000, "minutes": 25, "events": ["e-module-1"], "completions": [1700320000000000]},
    {"id": "module-2", "progress": "launched", "fraction": 0.25, "launched": 1700400000000000, "last": 1700410000000000,
     "irrelevant": 1700411000000000, "abandoned": 1, "minutes": 5, "events": ["e-module-2", "e-irrelevant"]}],
  "sheets": [
    {"time": 1700301000000000, "event": "e-answers-1", "instrument": "alliance-pulse-client", "version": "1.0.0",
     "rater": "client", "target": "practitioner", "session": 1, "scores": [
       {"scale": "total", "roles": ["alliance.pulse"], "value": 24, "state": "scored", "answered": 4}]}],
  "minutes": [{"time": 1700303000000000, "work": "in_person", "minutes": 45, "event": "e-session-1", "session": 1},
              {"time": 1700321000000000, "work": "preparation", "minutes": 10, "event": "e-activity-1"}],
  "messages": [{"time": 1700330000000000, "sender": "client"}],
  "difficulties": [{"time": 1700412000000000, "kind": "usability", "code": "login-failed", "component": "module-2",
                    "event": "e-difficulty-1"}],
  "roles": [{"role": "alliance.pulse", "rater": "client", "target": "practitioner", "instrument": "alliance-pulse-client",
             "items": 4},
            {"role": "symptom.depression", "rater": "client", "instrument": "phq-9", "items": 9}]
})";

const char* const programme_json = R"({
  "id": "sample", "version": "1.0.0", "title": "A sample", "default_path": ["module-1", "module-2", "module-3"],
  "components": [
    {"id": "module-1", "kind": "module_", "title": "One", "minutes": 20, "tags": ["start"]},
    {"id": "module-2", "kind": "module_", "title": "Two", "minutes": 30, "tags": ["worry"], "prerequisites": ["module-1"],
     "can_skip": true, "can_reorder": true},
    {"id": "module-3", "kind": "tool", "title": "Three", "minutes": 10, "tags": ["worry"], "transdiagnostic": true,
     "can_skip": true, "can_reorder": true, "can_add": true}]
})";

const char* const proposals_json = R"({"proposals": [
  {"key": "skip:module-2", "id": "proposal-1", "factor": "b3_inflexibility", "rule": "sample", "audience": "practitioner",
   "action": {"kind": "skip", "component": "module-2"},
   "evidence": [{"what": "the client found it irrelevant", "events": ["e-irrelevant"]}]}
]})";

const char* const payload_text = "{\"id\": \"record-1\", \"what\": \"opened\"}\nthis line is no record\n\n";

}  // namespace alliance::check
