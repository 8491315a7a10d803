"""``make fuzz``: runs the fuzzer for some time, or for a number of inputs, and writes what failed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from tests.fuzzing.fuzzing import Fuzzing, table
from tests.fuzzing.kinds import KINDS


def write_counts(fuzzing: Fuzzing, folder: Path) -> None:
    """Write how far the fuzzer is, for those who look while it runs."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(table(fuzzing.counts))
    (folder / "counts.md").write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """The exit code is 1 where a property did not hold."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", default="", help=f"with commas: {', '.join(KINDS)}")
    parser.add_argument("--number", type=int, help="run this one case alone")
    parser.add_argument("--first", type=int, default=0, help="begin with this number")
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="for what failed")
    arguments = parser.parse_args()
    names = [name for name in arguments.kind.split(",") if name] or list(KINDS)
    kinds = [KINDS[name] for name in names]

    os.environ.setdefault("SOURCE_DATE_EPOCH", "1754289000")  # commands say when they ran
    fuzzing = Fuzzing(arguments.folder, lambda line: print(line, flush=True))  # noqa: T201
    end = time.monotonic() + arguments.seconds
    number = arguments.first if arguments.number is None else arguments.number
    try:
        while True:
            for kind in kinds:
                fuzzing.try_case(kind, arguments.seed, number)
                if time.monotonic() > end:
                    break
            number += 1
            write_counts(fuzzing, arguments.folder)
            if arguments.number is not None or time.monotonic() > end:
                break
    except KeyboardInterrupt:
        pass
    finally:
        fuzzing.close()
    print("\n".join(table(fuzzing.counts)))  # noqa: T201
    return int(bool(fuzzing.lines))


if __name__ == "__main__":
    sys.exit(main())
