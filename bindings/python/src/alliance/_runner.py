# SPDX-License-Identifier: Apache-2.0
"""One plugin in Python in a process of its own, as a host starts it: ``python3 -I -B -c ... HOST``.

The package is not imported before the process has given up what it is to give up: NumPy makes threads, and a thread keeps
what it had. So this file imports nothing of the package, and takes its extension module by its path.
"""
import importlib.machinery
import importlib.util
import os
import signal
import sys
import sysconfig
from typing import Any, List

_library_file = 4
_no_package = 40


def _core(folder: str) -> Any:
    for ending in importlib.machinery.EXTENSION_SUFFIXES:
        path = os.path.join(folder, "_core" + ending)
        if os.path.exists(path):
            loader = importlib.machinery.ExtensionFileLoader("alliance._core", path)
            spec = importlib.util.spec_from_file_location("alliance._core", path, loader=loader)
            module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
            sys.modules["alliance._core"] = module
            loader.exec_module(module)
            return module
    return None


def _interpreter(package: str) -> List[str]:
    """What belongs to the interpreter: its library, and where it looks for packages."""
    folders = [os.path.dirname(package), *sys.path]
    folders += [path for name, path in sysconfig.get_paths().items() if name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return sorted({os.path.realpath(one) for one in folders if one and os.path.exists(one)})


def _numpy_when_asked_for() -> None:
    """The package uses it for arrays, which a plugin is not given: most never need it, and it takes longer than all the rest."""
    spec = importlib.util.find_spec("numpy")
    if spec is not None and spec.loader is not None and "numpy" not in sys.modules:
        loader = importlib.util.LazyLoader(spec.loader)
        spec.loader = loader
        module = importlib.util.module_from_spec(spec)
        sys.modules["numpy"] = module
        loader.exec_module(module)


def _load(name: str, folder: str) -> List[Any]:
    _numpy_when_asked_for()
    import alliance.kinds
    import alliance.manifest
    # The very file that the host has hashed. Its place in it is the host's too, and that of the process before.
    size, source = os.fstat(_library_file).st_size, b""
    while len(source) < size:
        more = os.pread(_library_file, size - len(source), len(source))
        if not more:
            break
        source += more
    if b"numpy" in source:
        sys.modules["numpy"].ndarray  # now, and not on two threads at once
    import pathlib
    return alliance.kinds.described(alliance.manifest._classes(source, pathlib.Path(folder, name)))


def _main() -> int:
    package = os.path.dirname(os.path.abspath(__file__))
    core = _core(package)
    if core is None or not hasattr(core, "serve"):
        return _no_package
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each takes address space, of which there is a limit
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a host's Ctrl-C is for the host
    return int(core.serve(int(sys.argv[1]), _interpreter(package), _load))


if __name__ == "__main__":
    os._exit(_main())
