# SPDX-License-Identifier: Apache-2.0
"""F1: FlatBuffers beside protobuf and Boost.JSON, same content."""
from .harness import peer, peers, program, run, version


def measure(rows, quick):
    peer("protobuf", "libprotobuf-dev")
    peers["Boost"] = version("libboost1.81-dev")
    return run(program("bench_formats"), rows, quick)
