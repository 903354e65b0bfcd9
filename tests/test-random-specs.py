#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Definitions made at random are rendered, and read back by independent readers as what was asked for.
VP_RANDOM_SPECS says how many (500; `make check-conformance` takes 10000), VP_RANDOM_SEED from where."""

import os
import pathlib
import pprint
import random
import sys
import tempfile
import traceback
import warnings

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "conformance"))
warnings.simplefilter("ignore", DeprecationWarning)

from tap import private_world, skip_all  # noqa: E402

private_world()

BATCH = 250

try:
    import definition
    import random_specs
except ImportError as missing:
    skip_all(f"a reader is missing here: {missing}")


def check_batch(seeds, directory):
    """The first failure of each seed, as text."""
    models = {seed: random_specs.Maker(random.Random(seed)).model() for seed in seeds}
    definitions = {
        f"{seed}-{datasource}": definition.domain(
            random_specs.to_metadata(model, datasource), interfaces=len(definition.MACS))
        for seed, model in models.items() for datasource in ("config-drive", "nocloud")
    }
    errors = definition.render(definitions, directory)
    failures = []
    for seed, model in models.items():
        for datasource in ("config-drive", "nocloud"):
            name = f"{seed}-{datasource}"
            try:
                if name in errors:
                    raise AssertionError(f"refused: {errors[name]}")
                random_specs.check(model, pathlib.Path(directory) / "tree" / name, datasource)
            except Exception:  # a reader that chokes is as much of a finding
                failures.append(f"seed {seed}, {datasource}\n{traceback.format_exc()}"
                                f"{pprint.pformat(model, width=100)}")
                break
    return failures


def main():
    count = int(os.environ.get("VP_RANDOM_SPECS", "500"))
    first = int(os.environ.get("VP_RANDOM_SEED", "1"))
    batches = [range(start, min(start + BATCH, first + count))
               for start in range(first, first + count, BATCH)]
    print(f"1..{len(batches)}")
    failed = False
    for number, seeds in enumerate(batches, 1):
        with tempfile.TemporaryDirectory(prefix="vp-random-") as directory:
            failures = check_batch(seeds, directory)
        name = f"{number} - specs of seeds {seeds[0]} to {seeds[-1]}"
        print(f"not ok {name}" if failures else f"ok {name}", flush=True)
        for failure in failures[:3]:
            for line in failure.splitlines():
                print(f"#   {line[:500]}")
        failed = failed or bool(failures)
    sys.exit(failed)


main()
