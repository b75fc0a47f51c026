"""What web workers do with msgspec: their first requests come together, and all read the same types."""

import subprocess
import sys

ROUNDS = 40
# In a process of its own: what went wrong was a segmentation fault.
RUSH = f"""
import dataclasses, sys, threading
import msgspec

sys.setswitchinterval(1e-6)
for _ in range({ROUNDS}):
    parts = [
        dataclasses.make_dataclass("Part", [("name", str), ("sizes", list[int]), ("prices", dict[str, int])])
        for _ in range(20)
    ]
    whole = dataclasses.make_dataclass("Whole", [(f"part_{{place}}", one) for place, one in enumerate(parts)])
    part = {{"name": "x", "sizes": [1], "prices": {{"CNY": 1}}}}
    raw = msgspec.json.encode({{f"part_{{place}}": part for place in range(len(parts))}})
    together = threading.Barrier(6)
    read = []

    def first_request():
        together.wait()
        read.append(msgspec.json.decode(raw, type=whole))

    threads = [threading.Thread(target=first_request) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(read) == 6
"""


def test_a_type_may_be_met_by_many_threads_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", RUSH], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"ended by signal {-done.returncode}"
