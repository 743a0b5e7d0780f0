"""Ask the machine for punctuality, where it grants it; see docs/decisions/0012-punctuality.md.

Everything works without, but on a machine with more work than it can do a session then stops by
itself, again and again: it is silent too late to be trusted.
"""

import ctypes
import gc
import os
import sys

PRIORITY = 10  # above every ordinary process, below the machine's own real-time work
NICE = -10  # for the pages, and for the units where real time is not granted
SWITCH_S = 0.001  # how long a thread of the pages may keep the others waiting
LOCK_ALL = 3  # MCL_CURRENT | MCL_FUTURE


def ask_for_punctuality() -> tuple[str, ...]:
    """Ask for real-time scheduling and for memory that is never paged out.

    Returns:
        What was granted; possibly nothing.
    """
    granted = []
    gc.collect()
    gc.freeze()  # what exists now need not be looked at again by the collector
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        granted.append("real-time scheduling")
    except (OSError, AttributeError):
        if _ahead_of_others():
            granted.append("priority")
    try:
        if ctypes.CDLL(None).mlockall(LOCK_ALL) == 0:
            granted.append("locked memory")
    except (OSError, AttributeError):
        pass
    return tuple(granted)


def ask_for_attention() -> bool:
    """Ask that this process, which relays STOP, is served before ordinary ones.

    No real-time scheduling: pages may compute for seconds, and must never hold up the units.

    Returns:
        Whether it was granted.
    """
    sys.setswitchinterval(SWITCH_S)
    return _ahead_of_others()


def _ahead_of_others() -> bool:
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    except (OSError, AttributeError):
        return False
    return True
