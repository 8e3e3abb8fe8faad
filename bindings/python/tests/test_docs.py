# SPDX-License-Identifier: Apache-2.0
"""Every docstring's example is true."""
import doctest
import importlib
import pkgutil

import pytest

import alliance

modules = ["alliance"] + [f"alliance.{one.name}" for one in pkgutil.iter_modules(alliance.__path__) if one.name != "_core"]


@pytest.mark.parametrize("name", modules)
def test_docstrings(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.failed == 0
