"""``make fuzz``: runs the fuzzer for some time, or for a number of inputs, and writes what failed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fuzzing.fuzzing import Fuzzing, table
from tests.fuzzing.kinds import KINDS
from tests.fuzzing.model import Kind


def write_counts(fuzzing: Fuzzing, folder: Path) -> None:
    """Write how far the fuzzer is, for those who look while it runs."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(table(fuzzing.counts))
    (folder / "counts.md").write_text(text + "\n", encoding="utf-8")


def run_some(fuzzing: Fuzzing, arguments: argparse.Namespace) -> None:
    """Run a stated number of inputs of each kind."""
    for name, _, count in (item.partition("=") for item in arguments.inputs.split(",")):
        for number in range(int(count)):
            fuzzing.try_case(KINDS[name], arguments.seed, number)


def run_for_a_time(
    fuzzing: Fuzzing, kinds: Sequence[Kind[Any]], arguments: argparse.Namespace
) -> None:
    """Run one input of each kind after the other, until the time is over."""
    end = time.monotonic() + arguments.seconds
    number = arguments.first if arguments.number is None else arguments.number
    while True:
        for kind in kinds:
            fuzzing.try_case(kind, arguments.seed, number)
            if time.monotonic() > end:
                break
        number += 1
        write_counts(fuzzing, arguments.folder)
        if arguments.number is not None or time.monotonic() > end:
            break


def main() -> int:
    """The exit code is 1 where a property did not hold."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", default="", help=f"with commas: {', '.join(KINDS)}")
    parser.add_argument("--number", type=int, help="run this one case alone")
    parser.add_argument("--first", type=int, default=0, help="begin with this number")
    parser.add_argument("--inputs", default="", help="so many of each kind instead: text=16,csv=12")
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="for what failed")
    arguments = parser.parse_args()
    names = [name for name in arguments.kind.split(",") if name] or list(KINDS)
    kinds = [KINDS[name] for name in names]

    os.environ.setdefault("SOURCE_DATE_EPOCH", "1754289000")  # commands say when they ran
    fuzzing = Fuzzing(arguments.folder, lambda line: print(line, flush=True))  # noqa: T201
    try:
        if arguments.inputs:
            run_some(fuzzing, arguments)
        else:
            run_for_a_time(fuzzing, kinds, arguments)
    except KeyboardInterrupt:
        pass
    finally:
        fuzzing.close()
    print("\n".join(table(fuzzing.counts)))  # noqa: T201
    return int(bool(fuzzing.lines))


if __name__ == "__main__":
    sys.exit(main())
