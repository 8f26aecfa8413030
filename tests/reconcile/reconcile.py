#!/usr/bin/env python3
"""Sends recorded requests through weir to its simulator and reconciles the ledger with books of its own."""

import argparse
import collections
import contextlib
import datetime
import http.client
import json
import pathlib
import queue
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import yaml

import jsonscan
import pricing

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WHOLE_SET = ROOT / "../shared/routing-data/train.jsonl"
SAMPLE = HERE / "sample.jsonl"
READY_SECONDS = 60
STOP_SECONDS = 60
ANSWER_SECONDS = 120

Sent = collections.namedtuple("Sent", "row body stream")
Got = collections.namedtuple("Got", "sent status headers payload")


class Mismatch(Exception):
    """The books do not agree."""

EMPTY_THINKING = '"reasoning_content":"",'


def ledger_key(request_id):
    """The ledger's integer key of a request id as headers show it: req_ and digits of Crockford's base 32."""
    key = 0
    for digit in request_id.removeprefix("req_"):
        key = 32 * key + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
    return key


def expect(condition, message):
    if not condition:
        raise Mismatch(message)


def splice(text, begin, end, new):
    return text[:begin] + new + text[end:]


def prepare(line, number):
    """The request's text as it was recorded, with `stream` set in every second row and unset in the others, and in
    every fifth a field that nobody knows, whose number no double can hold."""
    begin, end = jsonscan.members(line)["request"]
    body = line[begin:end]
    stream = number % 2 == 1
    word = "true" if stream else "false"
    places = jsonscan.members(body)
    if "stream" in places:
        body = splice(body, *places["stream"], word)
    else:
        body = splice(body, 1, 1, f'"stream" : {word},\n  ')
    if number % 5 == 0:
        body = body[:-1] + ' ,\t"x_\\u0061udit": 12345678901234567890123456789 , "x_ratio":1.50e+01}'
    return Sent(number, body, stream)


def read_requests(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [prepare(line, number) for number, line in enumerate(file) if line.strip()]


@contextlib.contextmanager
def running(weir, name, scratch, *arguments):
    """Starts a weir, waits for its ready file, yields its addresses and asks it to stop; it must end with 0."""
    ready = scratch / f"{name}.ready"
    log = scratch / f"{name}.log"
    with open(log, "wb") as output:
        process = subprocess.Popen([weir, *arguments, "--ready-file", str(ready)], stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists():
            alive = process.poll() is None and time.monotonic() < deadline
            expect(alive, f"{name} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)
        yield dict(line.split("=", 1) for line in ready.read_text().splitlines())
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
    expect(status == 0, f"{name} ended with {status}:\n{log.read_text(errors='replace')[-3000:]}")


def ask(connection, sent):
    headers = {"Content-Type": "application/json", "Authorization": "Bearer sk-reconcile"}
    connection.request("POST", "/v1/chat/completions", sent.body.encode(), headers)
    answer = connection.getresponse()
    return Got(sent, answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def send_all(address, requests, connections):
    """Every request through one of so many kept-alive connections; answers in no order."""
    work = queue.SimpleQueue()
    for sent in requests:
        work.put(sent)
    answers, failures = [], []

    def worker():
        host, port = address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=ANSWER_SECONDS)
        try:
            while True:
                answers.append(ask(connection, work.get_nowait()))
        except queue.Empty:
            pass
        except Exception as error:  # reported below: a thread's exception would vanish
            failures.append(f"a connection failed: {error!r}")
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(not failures, "\n".join(failures[:5]))
    return answers


def usage_of(got):
    """The usage that the client saw, after checking that the answer is whole."""
    where = f"row {got.sent.row}"
    expect(got.status == 200, f"{where}: status {got.status}: {got.payload[:500]!r}")
    if not got.sent.stream:
        answer = json.loads(got.payload)
        expect(answer["choices"][0]["finish_reason"], f"{where}: no finish_reason")
        return answer["usage"]
    expect(got.headers["content-type"].startswith("text/event-stream"), f"{where}: {got.headers['content-type']}")
    events = [line[5:].strip() for line in got.payload.decode().split("\n") if line.startswith("data:")]
    expect(events and events[-1] == "[DONE]", f"{where}: the stream has no [DONE]")
    chunks = [json.loads(event) for event in events[:-1]]
    finished = [c for chunk in chunks for c in chunk["choices"] if c.get("finish_reason")]
    expect(len(finished) == 1, f"{where}: {len(finished)} finish reasons")
    usage = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    expect(len(usage) == 1, f"{where}: {len(usage)} usages")
    return usage[0]


def tokens_of(usage):
    details = usage.get("completion_tokens_details") or {}
    return {
        "hit": usage["prompt_cache_hit_tokens"],
        "miss": usage["prompt_cache_miss_tokens"],
        "output": usage["completion_tokens"],
        "reasoning": usage.get("reasoning_tokens", details.get("reasoning_tokens", 0)),
    }


def settings():
    """Tier names with the models sent, and the texts that each effort word may add."""
    with open(ROOT / "config/weir.yaml", encoding="utf-8") as file:
        models = yaml.safe_load(file)["models"]
    tiers = {name: tier["model"] for name, tier in models["tiers"].items()}
    chat = [apis["chat"] for apis in models["efforts"].values()]
    efforts = [json.dumps(words, separators=(",", ":"))[1:-1] for words in chat]
    return tiers, efforts


def check_bodies(answers, journal, efforts):
    """Each body upstream is a client's but for the model's value, an effort right behind it, and the empty thinking that
    turns without any get where the answer declares that mend. Equal bodies may have been decided alike only, so they
    are matched as a multiset of (body without the model, model, members)."""
    wanted = collections.Counter()
    for got in answers:
        mended = got.headers.get("x-weir-mended", "")
        expect(mended in ("", "reasoning_empty"), f"an undeserved mend: {mended}")
        expect(EMPTY_THINKING not in got.sent.body, "a recorded body has an empty thinking already")
        begin, end = jsonscan.members(got.sent.body)["model"]
        wanted[(got.sent.body[:begin], got.sent.body[end:], got.headers["x-weir-model"])] += 1
    spliced = 0
    for entry in journal:
        body = entry["body"].replace(EMPTY_THINKING, "")
        begin, end = jsonscan.members(body)["model"]
        head, model, tail = body[:begin], json.loads(body[begin:end]), body[end:]
        candidates = [tail] + [tail[len(words) + 1 :] for words in efforts if tail.startswith("," + words)]
        key = next((k for k in ((head, rest, model) for rest in candidates) if wanted[k] > 0), None)
        expect(key is not None, f"request {entry['n']} upstream is no client's body:\n{body[:1000]}")
        wanted[key] -= 1
        spliced += key[1] is not tail
    expect(not +wanted, f"{sum((+wanted).values())} bodies never arrived upstream")
    return spliced


def read_ledger(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM requests")]


def check_ledger(answers, journal, rows, book, tiers):
    """Row by row against the client's own answer and the price file; returns what the report must say."""
    expect(len(rows) == len(journal), f"{len(rows)} rows in the ledger, {len(journal)} requests at the simulator")
    by_id = {row["id"]: row for row in rows}
    totals = collections.Counter()
    for got in answers:
        row = by_id.pop(ledger_key(got.headers["x-weir-request-id"]), None)
        expect(row is not None, f"no row for {got.headers['x-weir-request-id']}")
        tokens = tokens_of(usage_of(got))
        seen = {bucket: row[bucket] for bucket in tokens}
        expect(seen == tokens, f"row {got.sent.row}: ledger {seen}, client {tokens}")
        when = datetime.datetime.fromtimestamp(row["started_ms"] / 1000, pricing.UTC)
        cost = book.cost(row["model_served"], tokens, when)
        expect(row["cost_pico"] == cost, f"row {got.sent.row}: ledger {row['cost_pico']} pico, own books {cost}")
        totals.update(tokens)
        totals["cost"] += cost
        for tier, model in tiers.items():
            totals["all " + tier] += book.cost(model, tokens, when)
    expect(not by_id, f"{len(by_id)} rows belong to no answer")
    return totals


def check_journal(journal, answers, totals):
    """The simulator's own count: the same tokens in all, and the same multiset of model and tokens."""
    billed = collections.Counter((e["served_model"], *sorted(tokens_of(e["usage"]).items())) for e in journal)
    seen = collections.Counter(
        (g.headers["x-weir-model"], *sorted(tokens_of(usage_of(g)).items())) for g in answers
    )
    expect(billed == seen, f"billed and seen differ in {sum((billed - seen).values())} answers")
    for bucket in ("hit", "miss", "output", "reasoning"):
        own = sum(tokens_of(entry["usage"])[bucket] for entry in journal)
        expect(own == totals[bucket], f"{bucket}: simulator {own}, ledger {totals[bucket]}")


def check_report(weir, ledger, answers, totals, tiers):
    """`weir report` in JSON, in all and by model."""
    for by in ((), ("--by", "model")):
        printed = subprocess.run(
            [weir, "report", "--ledger", str(ledger), "--format", "json", *by], check=True, capture_output=True, text=True
        )
        report = json.loads(printed.stdout)
        total = report["total"]
        said = {**total["tokens"], "requests": total["requests"], "cost": int(total["cost"]["pico"])}
        for tier in tiers:
            said["all " + tier] = int(total["baselines"][tier]["pico"])
        own = {name: totals[name] for name in said}
        own["requests"] = len(answers)
        expect(said == own, f"report {said}\nown books {own}")
        for flaw in ("estimated", "suspect", "unpriced"):
            expect(total[flaw] == 0, f"{total[flaw]} rows are {flaw}")
        parts = [int(line["cost"]["pico"]) for line in report["lines"]]
        expect(bool(parts) == bool(by) and sum(parts) in (0, totals["cost"]), f"the parts sum up to {sum(parts)} pico")


def reconcile(options, scratch):
    requests = read_requests(options.data)
    tiers, efforts = settings()
    book = pricing.PriceBook(ROOT / "config/prices/deepseek.yaml")
    ledger, journal_file = scratch / "weir.db", scratch / "journal.jsonl"
    simulate = ("simulate", "--listen", "127.0.0.1:0", "--journal", str(journal_file))
    with running(options.weir, "simulate", scratch, *simulate) as simulator:
        serve = ("serve", "--config", str(ROOT / "config/weir.yaml"), "--listen", "127.0.0.1:0", "--ledger", str(ledger))
        serve += ("--admin-listen", "127.0.0.1:0", "--upstream", "http://" + simulator["listen"])
        with running(options.weir, "serve", scratch, *serve) as weir:
            began = time.monotonic()
            answers = send_all(weir["listen"], requests, options.connections)
            seconds = time.monotonic() - began
    with open(journal_file, encoding="utf-8") as file:
        journal = [json.loads(line) for line in file]

    expect(len(answers) == len(requests), f"{len(answers)} answers to {len(requests)} requests")
    for got in answers:
        usage_of(got)
    spliced = check_bodies(answers, journal, efforts)
    totals = check_ledger(answers, journal, read_ledger(ledger), book, tiers)
    check_journal(journal, answers, totals)
    check_report(options.weir, ledger, answers, totals, tiers)

    streamed = sum(got.sent.stream for got in answers)
    print(f"data        {options.data}")
    print(f"answers     {len(answers)}, {streamed} of them streamed, over {options.connections} connections in {seconds:.1f} s")
    print(f"bodies      {len(journal)} arrived as sent but for the model's value; {spliced} got an effort as well")
    print(f"ledger      {len(journal)} rows, as many as the simulator counted")
    print("tokens      " + ", ".join(f"{totals[b]} {b}" for b in ("hit", "miss", "output", "reasoning")))
    print(f"cost        {totals['cost']} pico, in report, ledger and own books alike")
    print("            " + ", ".join(f"{totals['all ' + tier]} pico had all gone to {tier}" for tier in tiers))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", type=lambda p: str(pathlib.Path(p).resolve()), default=str(ROOT / "build/ci/weir"))
    parser.add_argument("--data", type=pathlib.Path, default=WHOLE_SET if WHOLE_SET.exists() else SAMPLE)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/reconcile")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="run.", dir=options.work))
    try:
        reconcile(options, scratch)
    except Mismatch as mismatch:
        print(f"reconcile: {mismatch}\nThe files are kept in {scratch}.", file=sys.stderr)
        return 1
    shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
