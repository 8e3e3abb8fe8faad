# SPDX-License-Identifier: Apache-2.0
"""What a call can raise. Each exception has the status of the C interface, a message that is safe to log, and a detail
that may hold what a person answered: it is not part of ``str(error)``.

>>> import alliance
>>> try:
...     alliance.load("phq-99")
... except alliance.NotFound as error:
...     print(error.status, error.name)
3 not found
"""
from __future__ import annotations

from typing import Dict, Type

from . import _core


class Error(Exception):
    """A call failed. ``status`` is the number of the C interface (``ALLIANCE_E_...`` in base.h)."""

    status: int = 12

    def __init__(self, message: str, detail: str = "", *, status: int | None = None, vendor_code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.vendor_code = vendor_code
        if status is not None:
            self.status = status

    @property
    def alliance_status(self) -> int:
        return self.status

    @property
    def name(self) -> str:
        """A short English phrase for the status."""
        return _core.status_text(self.status)


class InvalidCall(Error, ValueError):
    """The call itself is wrong: a shape, a type, an unknown word."""

    status = 1


class BadInput(Error, ValueError):
    """The data were refused; nothing was taken."""

    status = 2


class NotFound(Error, LookupError):
    """No instrument, case, plugin or component of that name."""

    status = 3


class Unsupported(Error, NotImplementedError):
    """Not offered by this plugin or this host."""

    status = 4


class VersionMismatch(Error):
    """Made for a version that the other side does not speak."""

    status = 5


class WrongState(Error, RuntimeError):
    """Not now: closed, not yet running, consent withdrawn."""

    status = 6


class Denied(Error, PermissionError):
    """A licence, a role or a missing safety contact forbids it."""

    status = 7


class LimitExceeded(Error):
    """Larger or deeper than the stated limit."""

    status = 8


class InputOutput(Error, OSError):
    """A file, disk or socket failed."""

    status = 9


class TimedOut(Error, TimeoutError):
    """The deadline passed first."""

    status = 10


class Cancelled(Error):
    """The host was told to cancel."""

    status = 11


class InternalFault(Error):
    """A fault of the code that answers."""

    status = 12


class BadSheetWarning(UserWarning):
    """Some sheets hold an answer that is none of its options; they have no score, the others do."""


_by_status: Dict[int, Type[Error]] = {
    kind.status: kind
    for kind in (InvalidCall, BadInput, NotFound, Unsupported, VersionMismatch, WrongState, Denied, LimitExceeded,
                 InputOutput, TimedOut, Cancelled, InternalFault)
}


def _make(status: int, message: str, detail: str, vendor_code: int) -> Error:
    return _by_status.get(status, Error)(message, detail, status=status, vendor_code=vendor_code)


_core.set_error(_make)
