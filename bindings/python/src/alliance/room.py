# SPDX-License-Identifier: Apache-2.0
"""Memory for scores, used again once nobody has the scores that lay in it: the kernel clears each page of fresh memory, which
takes longer than to score what goes there."""
from __future__ import annotations

import sys
import threading
from typing import Any, List, Tuple

import numpy as np

_least, _most = 1 << 20, 1 << 26  # bytes: what is smaller costs little, and more than this is not kept
_kept: List[np.ndarray] = []
_lock = threading.Lock()


def _holders(blocks: List[np.ndarray], at: int) -> int:
    return sys.getrefcount(blocks[at])


_nobody = _holders([np.empty(0, np.uint8)], 0)  # what this Python counts where the list alone has it


def _shaped(block: np.ndarray, shape: Tuple[int, int], kind: Any) -> np.ndarray:
    made: np.ndarray = block.view(kind).reshape(shape)
    return made


def room(shape: Tuple[int, int], kind: Any) -> np.ndarray:
    """An array of any content."""
    size = shape[0] * shape[1] * np.dtype(kind).itemsize
    if not _least <= size <= _most:
        return np.empty(shape, kind)
    with _lock:  # from looking whether somebody has it until somebody does
        for at in range(len(_kept)):
            if _kept[at].nbytes == size and _holders(_kept, at) == _nobody:
                return _shaped(_kept[at], shape, kind)
        while _kept and sum(one.nbytes for one in _kept) + size > _most:
            del _kept[0]
        _kept.append(np.empty(size, np.uint8))
        return _shaped(_kept[-1], shape, kind)
