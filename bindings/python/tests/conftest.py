# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))


@pytest.fixture(scope="session")
def c_interface():
    from c_interface import Interface

    made = Interface()
    yield made
    made.close()
