"""Read one import in a process of its own, and print what it took: `python -m bench.worker ID`."""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postmortems.settings")

import django

django.setup()

from timelines import importing

begin = time.perf_counter()
importing.run(sys.argv[1])
seconds = time.perf_counter() - begin
status = Path("/proc/self/status").read_text()  # ru_maxrss would tell of the process that started this one
kilobytes = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM"))
print(f'{{"seconds": {seconds}, "megabytes": {kilobytes / 1024}}}')
