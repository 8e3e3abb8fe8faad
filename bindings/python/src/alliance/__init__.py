# SPDX-License-Identifier: Apache-2.0
"""The Alliance SDK in Python: score an instrument, run a host, write a plugin, in a notebook.

>>> import alliance
>>> alliance.load("wai-sr-c").score([5, 4, 5, 3, 4, 4, 5, 4, 5, 4, 3, 4])["bond"].value
19.0

The values are those of the C interface, bit for bit: it is the same code. Everything about a person is a reason to ask,
never a verdict.
"""
from ._core import version as _version
from .check import Checked, check
from .errors import (BadInput, BadSheetWarning, Cancelled, Denied, Error, InputOutput, InternalFault, InvalidCall,
                     LimitExceeded, NotFound, TimedOut, Unsupported, VersionMismatch, WrongState)
from .host import Host, Recorded, RecordedMany, Report, Viewer
from .instruments import LoadedInstrument, instruments, load
from .kinds import Instrument, ProgrammeAdapter, Services, Sheet, TailoringPolicy, TimingPolicy, Transport
from .missing import (ANSWERED, BAD_SHEET, NO_BAND, NOT_APPLICABLE, NOT_PRESENTED, NOT_SCORABLE, PRORATED, REFUSED, SCORED,
                      SKIPPED)
from .places import plugin_folder
from .review import Review
from .scores import Score, Scores, SheetScores
from .words import event, instant, moment

__version__ = _version()
__all__ = [
    "ANSWERED", "BAD_SHEET", "BadInput", "BadSheetWarning", "Cancelled", "Checked", "Denied", "Error", "Host",
    "InputOutput", "Instrument", "InternalFault", "InvalidCall", "LimitExceeded", "LoadedInstrument",
    "NOT_APPLICABLE", "NOT_PRESENTED", "NOT_SCORABLE", "NO_BAND", "NotFound", "PRORATED", "ProgrammeAdapter",
    "REFUSED", "Recorded", "RecordedMany", "Report", "Review", "SCORED", "SKIPPED", "Score", "Scores", "Services",
    "Sheet", "SheetScores", "TailoringPolicy", "TimedOut", "TimingPolicy", "Transport", "Unsupported",
    "VersionMismatch", "Viewer", "WrongState", "check", "event", "instant", "instruments", "load", "moment",
    "plugin_folder",
]
