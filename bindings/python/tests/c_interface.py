# SPDX-License-Identifier: Apache-2.0
"""The C interface itself, through ctypes: what the package must agree with to the last bit."""
import ctypes as c
import pathlib
import shutil
import tempfile

import numpy as np

import alliance
from alliance.places import sdk


class Error(c.Structure):
    _fields_ = [("size", c.c_uint32), ("code", c.c_int32), ("vendor", c.c_int32), ("reserved", c.c_uint32),
                ("message", c.c_char * 256), ("detail", c.c_char * 256)]


class Options(c.Structure):
    _fields_ = [("size", c.c_uint32), ("log_level", c.c_int32)] + [(f"p{at}", c.c_void_p) for at in range(8)] + [
        ("flags", c.c_uint32), ("reserved", c.c_uint32)]


class Sheets(c.Structure):
    _fields_ = [("size", c.c_uint32), ("reserved", c.c_uint32), ("rows", c.c_uint64), ("items", c.c_uint64),
                ("values", c.c_void_p), ("states", c.c_void_p)]


class Missing(c.Structure):
    _fields_ = [("size", c.c_uint32), ("rule", c.c_int32), ("most", c.c_uint32), ("reserved", c.c_uint32)]


class Scores(c.Structure):
    _fields_ = [("size", c.c_uint32), ("reserved", c.c_uint32), ("rows", c.c_uint64), ("scales", c.c_uint64),
                ("values", c.c_void_p), ("states", c.c_void_p), ("answered", c.c_void_p), ("bands", c.c_void_p)]


class Interface:
    def __init__(self):
        self.library = c.CDLL(str(sdk / "lib" / "liballiance.so.1"))
        self.host, error = c.c_void_p(), Error(c.sizeof(Error))
        options = Options(c.sizeof(Options))
        assert self.library.alliance_host_create(c.byref(options), c.byref(self.host), c.byref(error)) == 0, error.message
        # A plugin is begun once per process: these are others than those of the package.
        self.folder = tempfile.TemporaryDirectory()
        shutil.copytree(alliance.plugin_folder, pathlib.Path(self.folder.name) / "plugins")
        manifest = str(pathlib.Path(self.folder.name) / "plugins" / "instruments.alliance.json").encode()
        assert self.library.alliance_host_load_plugin(self.host, manifest, c.byref(error)) == 0, error.message

    def score(self, instrument, values, states, scales, missing=None, out=None):
        """values: float64, states: uint8, both rows x items; the four arrays of the scores, which may be had before."""
        rows, items = values.shape
        out = out or (np.zeros((rows, scales)), np.zeros((rows, scales), np.uint8), np.zeros((rows, scales), np.uint32),
                      np.zeros((rows, scales), np.int32))
        at = lambda array: array.ctypes.data
        sheets = Sheets(c.sizeof(Sheets), 0, rows, items, at(values), at(states))
        scores = Scores(c.sizeof(Scores), 0, rows, scales, *map(at, out))
        rule = None if missing is None else c.byref(Missing(c.sizeof(Missing), *missing, 0))
        error = Error(c.sizeof(Error))
        status = self.library.alliance_host_score(self.host, instrument.encode(), None, c.byref(sheets), rule, c.byref(scores),
                                                  c.byref(error))
        assert status == 0, error.message
        return out

    def close(self):
        self.library.alliance_host_close(self.host)
        self.folder.cleanup()
