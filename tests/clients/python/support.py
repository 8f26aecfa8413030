"""What the tests for Python share: where weir is, what a library really sent, what of it reached the simulator, and
the row that the ledger has of it. tests/clients/run.sh starts the programs and sets WEIR_*."""

import contextlib
import importlib
import json
import os
import pathlib
import re
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["WEIR_URL"]
KEYED_URL = os.environ["WEIR_KEYED_URL"]
CLIENT_KEY = os.environ["WEIR_CLIENT_KEY"]
JOURNAL = pathlib.Path(os.environ["WEIR_JOURNAL"])
USER_KEY = "sk-of-the-user"

ROUTED = "auto"
PINS = ["deepseek-v4-flash", "deepseek-v4-pro"]
MODELS = [ROUTED, *PINS]

WEATHER = {"city": "Paris", "celsius": 18}
WEATHER_CALL = "What is the weather in Paris? Call get_weather."
WEATHER_REPORT = "Write this as a weather report in JSON: 18 degrees in Paris."
CITY_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [
    {
        "type": "function",
        "function": {"name": "get_weather", "description": "The weather in a city.", "parameters": CITY_SCHEMA},
    }
]

EXPECTED = json.loads((pathlib.Path(__file__).parent.parent / "expected.json").read_text())


def ask(content):
    return [{"role": "user", "content": content}]


# The libraries show neither their own bodies nor every header of an answer. All of them speak through httpx, in one
# of its two generations, so this looks on there: nothing is changed.
_heard = []


def _listen(module):
    send, send_async = module.Client.send, module.AsyncClient.send

    def heard_send(self, request, *arguments, **options):
        entry = {"request": request, "answer": None}
        _heard.append(entry)
        entry["answer"] = send(self, request, *arguments, **options)
        return entry["answer"]

    async def heard_send_async(self, request, *arguments, **options):
        entry = {"request": request, "answer": None}
        _heard.append(entry)
        entry["answer"] = await send_async(self, request, *arguments, **options)
        return entry["answer"]

    module.Client.send, module.AsyncClient.send = heard_send, heard_send_async


for _name in ("httpx", "httpx2"):
    with contextlib.suppress(ModuleNotFoundError):
        _listen(importlib.import_module(_name))


def row_of(request_id, base=URL, key=USER_KEY):
    """The ledger's row of a request; it is asked for 100 times in 10 seconds at most."""
    asked = urllib.request.Request(f"{base}/v1/requests/{request_id}", headers={"Authorization": f"Bearer {key}"})
    for _ in range(100):
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        time.sleep(0.1)
    raise AssertionError(f"no row for {request_id}")


class Exchange:
    """One request that has a row: what was sent, what came back, the row, and the journal's lines of it."""

    def __init__(self, request, answer):
        url = urllib.parse.urlsplit(str(request.url))
        key = request.headers.get("authorization", f"Bearer {request.headers.get('x-api-key')}")
        self.path = url.path
        self.sent = request.content.decode()
        self.status = answer.status_code
        self.headers = answer.headers
        self.id = answer.headers["x-weir-request-id"]
        self.mended = [name for name in answer.headers.get("x-weir-mended", "").split(", ") if name]
        self.row = row_of(self.id, f"{url.scheme}://{url.netloc}", key.removeprefix("Bearer "))
        self.journal = []

    @property
    def upstream(self):
        """The body that reached the simulator."""
        return json.loads(self.journal[-1]["body"])


class Watch:
    exchanges = ()


@contextlib.contextmanager
def watch():
    """Tells what went over the wire inside of the block. Requests without a row are left out."""
    offset = JOURNAL.stat().st_size
    _heard.clear()
    seen = Watch()
    yield seen
    answered = [(one["request"], one["answer"]) for one in _heard if one["answer"] is not None]
    seen.exchanges = [Exchange(*pair) for pair in answered if "x-weir-request-id" in pair[1].headers]
    with JOURNAL.open("rb") as file:
        file.seek(offset)
        lines = [json.loads(line) for line in file.read().splitlines()]
    for one in seen.exchanges:
        one.journal = lines[: one.row["attempts"]]
        del lines[: one.row["attempts"]]
    assert not lines, f"requests reached the simulator that no answer accounts for: {lines}"


def differences(before, after, path=""):
    """Paths of all values in which two JSON values differ: "messages.0.role"."""
    if isinstance(before, list) and isinstance(after, list):
        before, after = dict(enumerate(before)), dict(enumerate(after))
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [] if before == after and type(before) is type(after) else [path]
    missing = object()
    found = []
    for key in {**before, **after}:
        inner = f"{path}.{key}" if path else str(key)
        found += differences(before.get(key, missing), after.get(key, missing), inner)
    return found


class Case(unittest.TestCase):
    """Assertions about what went over the wire."""

    maxDiff = None

    @contextlib.contextmanager
    def served(self, *mends):
        """Every request inside of the block was served; `mends` is one list for each of them, in order."""
        with watch() as seen:
            yield seen
        self.check_served(seen.exchanges, mends)

    @contextlib.contextmanager
    def refused(self, kind, status):
        """The block raises an error of this kind that weir gave itself: nothing went upstream."""
        with watch() as seen, self.assertRaises(kind) as raised:
            yield raised
        for one in seen.exchanges:
            self.assertEqual(one.status, status)
            self.assertEqual(one.row["status"], status)
            self.assertEqual(one.row["outcome"], "refused")
            self.assertEqual(one.journal, [])

    def check_served(self, exchanges, mends):
        self.assertEqual(len(exchanges), len(mends), [one.path for one in exchanges])
        for one, made in zip(exchanges, mends, strict=True):
            self.assertEqual(one.status, 200)
            self.assertEqual(len(one.journal), 1)
            line, row = one.journal[0], one.row
            self.assertEqual(line["status"], 200, f"DeepSeek refuses {line['body']}")
            path = one.path.replace("/v1/", "/")
            arrived = line["path"].partition("?")[0]
            self.assertEqual(arrived, EXPECTED["upstream_paths"].get(path, path))
            self.assertEqual(one.mended, list(made), one.sent)
            self.check_fidelity(one)

            asked = json.loads(one.sent)["model"]
            self.assertEqual(row["outcome"], "served")
            self.assertEqual(row["endpoint"], EXPECTED["endpoints"][arrived])
            self.assertEqual(row["mended"], ", ".join(made))
            self.assertEqual(row["model_asked"], asked)
            self.assertEqual(row["model_sent"], line["model"])
            self.assertEqual(row["model_served"], line["served_model"])
            if asked in PINS:
                self.assertEqual(line["model"], asked)
            usage = line["usage"]
            self.assertEqual(
                row["tokens"],
                {
                    "hit": usage["prompt_cache_hit_tokens"],
                    "miss": usage["prompt_cache_miss_tokens"],
                    "output": usage["completion_tokens"],
                    # An answer of Messages does not say how much of its output was thinking.
                    "reasoning": 0 if row["endpoint"] == "messages" else usage["reasoning_tokens"],
                },
            )
            self.assertIs(row["estimated"], False)
            self.assertGreater(float(row["cost"]), 0)

    def check_fidelity(self, one):
        """What reached the simulator is what the library sent, but for the name and the effort that routing sets and
        for the mends that the answer declares. A pinned name without a mend changes no byte."""
        before, line = json.loads(one.sent), one.journal[0]
        made = [name for name in one.mended if name not in EXPECTED["answer_only"]]
        if before["model"] in PINS and not made:
            self.assertEqual(line["body"], one.sent)
            return
        changed = differences(before, json.loads(line["body"]))
        explained = [*EXPECTED["routing"], *(pattern for name in made for pattern in EXPECTED["mends"][name])]
        for path in changed:
            self.assertTrue(any(re.search(p, path) for p in explained), f"{path} changed undeclared; mended: {made}")
        for name in made:
            own = EXPECTED["mends"][name]
            self.assertTrue(any(re.search(p, path) for p in own for path in changed), f"{name} changed nothing")


def named(model):
    """Messages answers name the model that was asked for, and say so where that is another one than answered."""
    return [] if model in PINS else ["answer_model"]
