"""Prints line coverage by folder from an llvm-cov summary; exits with 1 where the total is below --min."""

import argparse
import collections
import json
import pathlib
import sys


def folder_of(path):
    """base, net, ...: the folder's name in src/ or include/weir/."""
    parts = path.parts
    inner = parts[2:] if parts[:2] == ("include", "weir") else parts[1:]
    return inner[0] if len(inner) > 1 else "(main)"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("summary", type=pathlib.Path)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--min", type=float, required=True, help="percent of all lines")
    arguments = parser.parse_args()

    folders = collections.defaultdict(lambda: [0, 0])
    for entry in json.loads(arguments.summary.read_text())["data"][0]["files"]:
        path = pathlib.Path(entry["filename"])
        if not path.is_relative_to(arguments.root):
            continue
        path = path.relative_to(arguments.root)
        if path.parts[0] not in ("src", "include"):
            continue
        for name in (folder_of(path), "total"):
            folders[name][0] += entry["summary"]["lines"]["covered"]
            folders[name][1] += entry["summary"]["lines"]["count"]

    covered, count = folders.pop("total", (0, 0))
    if count == 0:
        print("coverage: no line of src/ was counted", file=sys.stderr)
        return 1
    print(f"{'folder':<12} {'lines':>7} {'reached':>8} {'%':>7}")
    for name, (reached, lines) in sorted(folders.items()) + [("total", (covered, count))]:
        print(f"{name:<12} {lines:>7} {reached:>8} {100 * reached / lines if lines else 100:>7.2f}")
    percent = 100 * covered / count
    if percent < arguments.min:
        print(f"coverage: {percent:.2f} % of the lines were reached, {arguments.min:g} % are asked for", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
