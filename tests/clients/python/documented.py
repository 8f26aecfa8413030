"""Runs the blocks of docs/clients.md, so that they cannot rot. A block is named in its fence: ```python run=NAME."""

import json
import os
import pathlib
import re
import subprocess
import sys

from support import JOURNAL, URL, USER_KEY, Case

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "clients.md"
BASE = "http://127.0.0.1:8787"


def block(name):
    """The text of the one block of this name, pointed at the weir of the tests."""
    found = re.findall(rf"^```\S+ run={re.escape(name)}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"docs/clients.md has {len(found)} blocks called {name}"
    assert BASE in found[0], f"block {name} does not say {BASE}"
    return found[0].replace(BASE, URL)


def documentation(name, requests):
    """A test case that runs the block of this name, and expects it to print text and to send so many requests."""

    class Documentation(Case):
        def test_the_block_of_the_page_runs_as_it_stands(self):
            before = JOURNAL.stat().st_size
            environment = {**os.environ, "DEEPSEEK_API_KEY": USER_KEY}
            run = subprocess.run(
                [sys.executable, "-c", block(name)], env=environment, capture_output=True, text=True, timeout=60
            )
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertTrue(run.stdout.strip(), run.stderr)
            sent = [json.loads(line) for line in JOURNAL.read_bytes()[before:].splitlines()]
            self.assertEqual([line["status"] for line in sent], [200] * requests)

    Documentation.__qualname__ = f"Documentation of {name}"
    return Documentation
