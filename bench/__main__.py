"""`python -m bench [--quick]`: measure, and write bench/results.md."""

import argparse
import tempfile
from pathlib import Path

from bench.measurements import FULL, QUICK, measure
from bench.results import page
from bench.setting import HERE, prepare


def main() -> None:
    """Measure in a folder that is removed afterwards."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 reports, few rounds: two minutes")
    parser.add_argument(
        "--output", type=Path, default=HERE / "results.md", help="the page; bench/results.md"
    )
    options = parser.parse_args()
    extent = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as work:
        results = measure(prepare(Path(work), extent.counts), extent)
    options.output.write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
