#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vendor.py BUILD-FOLDER WORK-FOLDER LANGUAGE...: a vendor's first hour, in an empty folder.

Core, headers and plugins are installed in a folder, which is then moved: nothing in it may remember where it was. What is
asked for is then built from the installed examples and score the same sheet: c (pkg-config), cmake (find_package: every
example, C and C++), python (ctypes), lua (LuaJIT), node (koffi, from wherever NODE_PATH says)."""

import ctypes
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def expect(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"{what}: {got!r} where {wanted!r} should be")
    print(f"{what}: {got}")


def installed(build, work, components):
    prefix = work / "moved"
    for component in components:
        run("cmake", "--install", build, "--prefix", work / "prefix", "--component", component, "--strip")
    (work / "prefix").rename(prefix)
    return prefix


def layout_of(module, layout):
    """The structs that the Python example writes down lie where layout.inc says."""
    pins = re.findall(r"^MEMBER\((\w+), (\w+), (\d+), (\d+),", layout.read_text(), re.M)
    held = 0
    for name, member, offset, size in pins:
        struct = getattr(module, name, None)
        if struct is not None:
            field = getattr(struct, member)
            if (field.offset, field.size) != (int(offset), int(size)):
                raise SystemExit(f"{name}.{member} lies at {field.offset}, {field.size} bytes, not as layout.inc says")
            held += 1
    structs = [name for name in vars(module) if name.startswith("alliance_")]
    fields = sum(len(getattr(module, name)._fields_) for name in structs)
    expect("members where layout.inc has them", held, fields)


def main(build, work, *languages):
    build, work = pathlib.Path(build).resolve(), pathlib.Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    # The core alone, as a vendor takes it who links plugins in; then what the others need.
    core = installed(build, work / "core", ["core", "dev"])
    if (core / "bin").exists() or (core / "lib/alliance").exists():
        raise SystemExit("the components core and dev brought more than themselves")
    prefix = installed(build, work, ["core", "dev", "plugins"])
    examples, plugins = prefix / "share/alliance/examples", prefix / "lib/alliance/plugins"
    library = next(prefix.glob("lib*/**/liballiance.so.1"))
    config = {**os.environ, "PKG_CONFIG_PATH": str(library.parent / "pkgconfig"), "LD_LIBRARY_PATH": str(library.parent)}
    version = run("pkg-config", "--modversion", "alliance", env=config)
    scored = f"{version} gad-7 total 7"
    others = examples / "12_other_languages"

    for language in languages:
        if language == "c":
            flags = run("pkg-config", "--cflags", "--libs", "alliance", env=config).split()
            program = work / "from-c"
            run("cc", examples / "01_score_one_sheet.c", "-o", program, *flags)
            where = run("pkg-config", "--variable=plugindir", "alliance", env=config)
            expect("C with pkg-config", run(program, where, env=config), scored.split(" ", 1)[1])
            run("cc", examples / "03_plugin_of_your_own.c", "-o", program, "-I", core / "include", "-L",
                core / library.parent.relative_to(prefix), "-lalliance")
            print("C, with a plugin that is linked in:", run(program, where, env=config).splitlines()[-2])
        elif language == "cmake":
            run("cmake", "-G", "Ninja", "-S", examples, "-B", work / "examples", f"-DCMAKE_PREFIX_PATH={prefix}",
                "-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_UNITY_BUILD_BATCH_SIZE=24", "-DCMAKE_BUILD_TYPE=Release")
            run("cmake", "--build", work / "examples")
            expect("C with find_package", run(work / "examples/01_score_one_sheet", plugins), scored.split(" ", 1)[1])
            print("C++ with find_package:", run(work / "examples/05_course", "--store", work / "course.db", "--plugins",
                                                plugins, "--quiet", cwd=examples.parent).splitlines()[-1])
        elif language == "python":
            spec = importlib.util.spec_from_file_location("score", others / "score.py")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            if ctypes.sizeof(ctypes.c_void_p) == 8:
                layout_of(module, prefix / "share/alliance/layout.inc")
            expect("Python with ctypes", run(sys.executable, others / "score.py", library, plugins), scored)
        elif language == "lua":
            expect("Lua with LuaJIT's ffi", run("luajit", others / "score.lua", library, plugins), scored)
        elif language == "node":
            expect("Node with koffi", run("node", others / "score.js", library, plugins), scored)
        else:
            raise SystemExit(f"{language} is not known here")


if __name__ == "__main__":
    main(*sys.argv[1:])
