#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The guards of this folder are themselves tried: each gets one fault at a time and must name it."""

import json
import pathlib
import sys
import tempfile
import unittest

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here))
sys.path.insert(0, str(here.parent))
import layers  # noqa: E402
import pins  # noqa: E402
import schema  # noqa: E402
import summary  # noqa: E402

BASE = """namespace a; // words
enum Kind : ubyte { unset = 0, first = 1, second = 2 }
struct Pair { x:int32; y:int32; }
table One { id:string (id: 0, required); size:uint32 = 7 (id: 1); note:string (id: 2); }
table Two { kind:Kind (id: 0); }
union Body { One, Two }
table Box { body:Body (id: 1, required); }
root_type Box;
file_identifier "AAAA";
"""


def faults(before, after):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        (pathlib.Path(one) / "a.fbs").write_text(before)
        (pathlib.Path(two) / "a.fbs").write_text(after)
        new = schema.load(two)
        return list(schema.sound(new)) + list(schema.grown(schema.load(one), new))


class SchemaOnlyGrows(unittest.TestCase):
    def test_takes_the_same_and_what_grows(self):
        self.assertEqual(faults(BASE, BASE), [])
        grown = BASE.replace("note:string (id: 2);", "note:string (id: 2, deprecated); more:[string] (id: 3);")
        grown = grown.replace("second = 2", "second = 2, third = 3").replace("{ One, Two }", "{ One, Two, Three }")
        self.assertEqual(faults(BASE, grown + "table Three { a:bool (id: 0); }"), [])

    def test_names_each_break(self):
        for change, to, said in (
            ("size:uint32 = 7", "length:uint32 = 7", "One.size was renamed to length"),
            (" note:string (id: 2);", "", "One.note was deleted"),
            ("note:string (id: 2)", "note:string (id: 2, required)", "One.note became required"),
            ("id:string (id: 0, required)", "id:string (id: 0)", "One.id is no longer required"),
            ("= 7 ", "= 8 ", "One.size has another default"),
            ("size:uint32", "size:int32", "One.size has another type"),
            (", second = 2", "", "Kind.second is gone"),
            ("first = 1", "premier = 1", "Kind.first is gone"),
            ("first = 1", "first = 3", "Kind.first has another number"),
            ("Kind : ubyte", "Kind : ushort", "enum Kind has another type"),
            ("y:int32; }", "y:int32; z:int32; }", "struct Pair has changed"),
            ("{ One, Two }", "{ Two, One }", "union Body"),
            ("{ One, Two }", "{ One }", "union Body"),
            ('"AAAA"', '"BBBB"', "file_identifier"),
            ("kind:Kind (id: 0);", "kind:Kind (id: 0); new:string (id: 1, required);", "Two.new is new and required"),
            ("kind:Kind (id: 0);", "kind:Kind;", "Two.kind has no explicit id"),
            ("kind:Kind (id: 0);", "kind:Kind (id: 0); far:bool (id: 4);", "its ids have gaps"),
        ):
            with self.subTest(said):
                self.assertIn(change, BASE)
                self.assertTrue(any(said in one for one in faults(BASE, BASE.replace(change, to, 1))),
                                faults(BASE, BASE.replace(change, to, 1)))


class ArrowsPointDown(unittest.TestCase):
    def look(self, files):
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder).resolve()
            for name, text in files.items():
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_text(text)
            return layers.check(top, json.loads((here / "layers.json").read_text()))[0]

    def test_takes_what_points_down(self):
        self.assertEqual(self.look({
            "sdk/src/host/a.cpp": '#include "store/store.h"\n#include "b.h"\n', "sdk/src/host/b.h": "",
            "sdk/src/store/store.h": "#include <alliance/base.h>\n",
            "plugins/timing/own/a.cpp": '#include "../../shared/glue.h"\n#include "../b.h"\n',
            "plugins/shared/glue.h": "#include <alliance/plugin.h>\n", "plugins/timing/b.h": ""}), [])

    def test_names_each_break(self):
        for files in (
            {"sdk/src/store/a.cpp": '#include "messaging/delivery.h"\n'},
            {"sdk/src/measure/a.cpp": '#include "host/host.h"\n'},
            {"sdk/src/measure/a.cpp": "#include <fstream>\n"},
            {"sdk/src/timing/a.cpp": "auto t = std::chrono::system_clock::now();\n"},
            {"sdk/src/host/a.cpp": '#include "../../../plugins/timing/x.h"\n'},
            {"sdk/src/host/a.cpp": "#include <sqlite3.h>\n"},
            {"plugins/timing/a.cpp": '#include "common/result.h"\n'},
            {"plugins/timing/a.cpp": '#include "../../sdk/src/common/result.h"\n'},
            {"plugins/timing/a.cpp": '#include "../programmes/x.h"\n'},
            {"plugins/shared/a.cpp": '#include "../programmes/x.h"\n'},
            {"plugins/timing/CMakeLists.txt": "alliance_add_plugin(a LINKS alliance_store)\n"},
            {"examples/a.c": '#include "host/host.h"\n'},
            {"sdk/include/alliance/a.hpp": "#include <alliance_schema/event_generated.h>\n"},
        ):
            with self.subTest(str(files)):
                self.assertEqual(len(self.look(files)), 1, self.look(files))


class Pins(unittest.TestCase):
    def test_sees_every_member(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "a.h").write_text(
                "typedef struct alliance_a {\n  uint32_t size; /* x; y */\n  char text[ALLIANCE_N];\n"
                "  int32_t (*call)(void* context,\n    const char* id) ALLIANCE_NOEXCEPT;\n} alliance_a;\n")
            self.assertEqual(pins.structs(folder), {"alliance_a": ["size", "text", "call"]})


class Counting(unittest.TestCase):
    def case(self, inner, status):
        return summary.tree.fromstring(f'<testcase name="a" status="{status}">{inner}</testcase>')

    def test_a_missing_program_is_no_skip(self):
        self.assertFalse(summary.excused(self.case('<skipped message="Unable to find executable"/>', "notrun")))
        self.assertTrue(summary.excused(self.case('<skipped message="SKIP_RETURN_CODE=77"/>', "notrun")))

    def test_a_skip_gives_its_reason(self):
        text = "a.cpp:3: Skipped\nno python here\n\n[  SKIPPED ] A.B (0 ms)"
        self.assertEqual(summary.reason(self.case(f"<system-out>{text}</system-out>", "notrun")), "no python here")


if __name__ == "__main__":
    unittest.main()
