#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""score.py LIBRARY PLUGIN-FOLDER: one answer sheet from Python, with ctypes and nothing else.

The structs are those of alliance/measure.h, plugin.h and host.h, member by member; layout.inc, which is installed with the
headers, says where each must lie. `size` tells the library which of them this program knows."""

import ctypes
import sys
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int32, c_uint8, c_uint32, c_uint64, c_void_p


class Sized(ctypes.Structure):
    def __init__(self, **members):
        super().__init__(size=ctypes.sizeof(type(self)), **members)


class alliance_error(Sized):
    _fields_ = [("size", c_uint32), ("code", c_int32), ("vendor_code", c_int32), ("reserved", c_uint32),
                ("message", c_char * 256), ("detail", c_char * 256)]


class alliance_host_options(Sized):
    _fields_ = [("size", c_uint32), ("log_level", c_int32), ("tenant", c_char_p), ("store_path", c_char_p),
                ("config", c_char_p), ("log", c_void_p), ("log_context", c_void_p), ("now", c_void_p),
                ("now_context", c_void_p), ("key_file", c_char_p), ("flags", c_uint32), ("reserved", c_uint32)]


class alliance_sheets(Sized):
    _fields_ = [("size", c_uint32), ("reserved", c_uint32), ("rows", c_uint64), ("items", c_uint64),
                ("values", POINTER(c_double)), ("states", POINTER(c_uint8))]


class alliance_scores(Sized):
    _fields_ = [("size", c_uint32), ("reserved", c_uint32), ("rows", c_uint64), ("scales", c_uint64),
                ("values", POINTER(c_double)), ("states", POINTER(c_uint8)), ("answered", POINTER(c_uint32)),
                ("bands", POINTER(c_int32))]


def main(library, plugins):
    lib = ctypes.CDLL(library)
    lib.alliance_version.restype = lib.alliance_status_text.restype = c_char_p
    host, error = c_void_p(), alliance_error()

    def done(status):
        if status != 0:
            raise SystemExit(f"{lib.alliance_status_text(status).decode()}: {error.message.decode()}")

    total, state = c_double(), c_uint8()
    sheet = alliance_sheets(rows=1, items=7, values=(c_double * 7)(1, 1, 1, 2, 2, 0, 0))
    scores = alliance_scores(rows=1, scales=1, values=ctypes.pointer(total), states=ctypes.pointer(state))
    done(lib.alliance_host_create(byref(alliance_host_options()), byref(host), byref(error)))
    try:
        done(lib.alliance_host_load_folder(host, plugins.encode(), None, None, byref(error)))
        done(lib.alliance_host_score(host, b"gad-7", None, byref(sheet), None, byref(scores), byref(error)))
    finally:
        lib.alliance_host_close(host)
    print(f"{lib.alliance_version().decode()} gad-7 total {total.value:g}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
