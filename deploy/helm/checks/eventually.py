"""Waiting for what happens by itself."""
import time


def eventually(condition, what, seconds=120):
    """Waits until `condition()` holds, and gives what it gave."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.5)
    return result
