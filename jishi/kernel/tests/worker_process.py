"""`python -m jishi.kernel.tests.worker_process`: a real worker that knows the samples, for tests to kill."""

import ctypes
import os
import signal

import django

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Work until the test, or whoever runs it, ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    django.setup()

    from jishi.kernel import worker
    from jishi.kernel.jobs import periodic
    from jishi.kernel.outbox import subscribe
    from jishi.kernel.tests import samples

    if os.environ.get("TICK") == "1":
        periodic("* * * * * *")(samples.tick)  # six fields: every second
    samples.trouble_at.add(13)
    subscribe({samples.Moved: (samples.inside, samples.outside, samples.stubborn)})
    worker.run()


if __name__ == "__main__":
    main()
