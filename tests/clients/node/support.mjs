// What the tests for Node share: where weir is, what a library really sent, what of it reached the simulator, and the
// row that the ledger has of it. tests/clients/run.sh starts the programs and sets WEIR_*.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

export const url = process.env.WEIR_URL;
export const keyedUrl = process.env.WEIR_KEYED_URL;
export const clientKey = process.env.WEIR_CLIENT_KEY;
export const userKey = "sk-of-the-user";
assert.ok(
  url && keyedUrl && clientKey && process.env.WEIR_JOURNAL,
  "start these tests with tests/clients/run.sh",
);

export const routed = "auto";
export const pins = ["deepseek-v4-flash", "deepseek-v4-pro"];
export const models = [routed, ...pins];

const expected = JSON.parse(readFileSync(new URL("../expected.json", import.meta.url), "utf8"));

// The libraries show neither their own bodies nor every header of an answer. All of them speak through fetch, so this
// looks on there: nothing is changed.
const heard = [];
const bareFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const asked = new Request(input, init);
  const entry = {
    method: asked.method,
    url: asked.url,
    headers: asked.headers,
    sent: await asked.clone().text(),
  };
  heard.push(entry);
  const answer = await bareFetch(asked);
  Object.assign(entry, { status: answer.status, answerHeaders: answer.headers });
  return answer;
};

export function journalSince(offset) {
  const text = readFileSync(process.env.WEIR_JOURNAL).subarray(offset).toString("utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
export const journalSize = () => readFileSync(process.env.WEIR_JOURNAL).length;

function keyOf(headers) {
  return (headers.get("authorization") ?? `Bearer ${headers.get("x-api-key")}`).replace(/^Bearer /, "");
}

// The ledger's row of a request; it is asked for 100 times in 10 seconds at most.
export async function rowOf(id, base = url, key = userKey) {
  for (let i = 0; i < 100; ++i) {
    const answer = await bareFetch(`${base}/v1/requests/${id}`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    if (answer.ok) return await answer.json();
    await pause(100);
  }
  assert.fail(`no row for ${id}`);
}

// Runs an action and tells what went over the wire meanwhile: one exchange for each request that has a row, with the
// row and with the journal's lines of it. Requests without a row (lists of models, counts of tokens) are left out.
export async function watch(action) {
  const offset = journalSize();
  heard.length = 0;
  const value = await action();
  const exchanges = [];
  for (const entry of [...heard]) {
    const id = entry.answerHeaders?.get("x-weir-request-id");
    if (!id) continue;
    const { origin, pathname } = new URL(entry.url);
    exchanges.push({
      id,
      path: pathname,
      sent: entry.sent,
      headers: entry.headers,
      status: entry.status,
      mended: (entry.answerHeaders.get("x-weir-mended") ?? "").split(", ").filter(Boolean),
      tier: entry.answerHeaders.get("x-weir-tier"),
      effort: entry.answerHeaders.get("x-weir-effort"),
      row: await rowOf(id, origin, keyOf(entry.headers)),
    });
  }
  const lines = journalSince(offset);
  for (const exchange of exchanges) exchange.journal = lines.splice(0, exchange.row.attempts);
  assert.deepEqual(lines, [], "requests reached the simulator that no answer accounts for");
  return { value, exchanges };
}

// Paths of all values in which two JSON values differ: "messages.0.role". Lists of different lengths differ in the
// members that only one of them has.
function differences(before, after, path = "") {
  const both = (kind) => kind(before) && kind(after);
  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  if (!both(isObject) && !both(Array.isArray)) return before === after ? [] : [path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(before[key], after[key], path ? `${path}.${key}` : key),
  );
}

// What reached the simulator is what the library sent, but for the name and the effort that routing sets and for the
// mends that the answer declares. A pinned name without a mend changes no byte.
function checkFidelity(exchange, upstream) {
  const before = JSON.parse(exchange.sent);
  const made = exchange.mended.filter((name) => !expected.answer_only.includes(name));
  if (before.model !== routed && !before.model.startsWith("claude") && made.length === 0) {
    assert.equal(upstream.body, exchange.sent);
    return;
  }
  const changed = differences(before, JSON.parse(upstream.body));
  const patterns = (list) => list.map((text) => new RegExp(text));
  const explained = patterns([...expected.routing, ...made.flatMap((name) => expected.mends[name])]);
  for (const path of changed) {
    assert.ok(
      explained.some((pattern) => pattern.test(path)),
      `${path} changed undeclared; mended: ${made}`,
    );
  }
  for (const name of made) {
    const own = patterns(expected.mends[name]);
    assert.ok(
      changed.some((path) => own.some((pattern) => pattern.test(path))),
      `${name} changed nothing`,
    );
  }
}

// What must hold of every request that was served: `mends` is one list for each of them, in order.
export function checkServed(exchanges, mends) {
  assert.equal(
    exchanges.length,
    mends.length,
    `${exchanges.length} requests: ${exchanges.map((one) => one.path)}`,
  );
  exchanges.forEach((exchange, i) => {
    const { row, journal } = exchange;
    assert.equal(exchange.status, 200);
    assert.equal(journal.length, 1);
    const [upstream] = journal;
    assert.equal(upstream.status, 200, `DeepSeek refuses ${upstream.body}`);
    const path = exchange.path.replace("/v1/", "/");
    assert.equal(upstream.path.split("?")[0], expected.upstream_paths[path] ?? path);
    assert.deepEqual(exchange.mended, mends[i], `mends of request ${i}: ${exchange.sent}`);
    checkFidelity(exchange, upstream);

    const asked = JSON.parse(exchange.sent).model;
    assert.equal(row.outcome, "served");
    assert.equal(row.endpoint, expected.endpoints[upstream.path.split("?")[0]]);
    assert.equal(row.mended, mends[i].join(", "));
    assert.equal(row.model_asked, asked);
    assert.equal(row.model_sent, upstream.model);
    assert.equal(row.model_served, upstream.served_model);
    if (pins.includes(asked)) assert.equal(upstream.model, asked);
    assert.deepEqual(row.tokens, {
      hit: upstream.usage.prompt_cache_hit_tokens,
      miss: upstream.usage.prompt_cache_miss_tokens,
      output: upstream.usage.completion_tokens,
      // An answer of Messages does not say how much of its output was thinking.
      reasoning: row.endpoint === "messages" ? 0 : upstream.usage.reasoning_tokens,
    });
    assert.equal(row.estimated, false);
    assert.ok(Number(row.cost) > 0, `cost ${row.cost}`);
  });
}

// Runs an action, checks every request of it, and gives back what the action gave.
export async function served(mends, action) {
  const { value, exchanges } = await watch(action);
  checkServed(exchanges, mends);
  return value;
}

// An error of the library that weir gave itself: the right class, and nothing went upstream.
export async function refused(action, status, check) {
  const { exchanges } = await watch(() => assert.rejects(action, (error) => (check(error), true)));
  for (const exchange of exchanges) {
    assert.equal(exchange.status, status);
    assert.equal(exchange.row.status, status);
    assert.equal(exchange.row.outcome, "refused");
    assert.deepEqual(exchange.journal, []);
  }
}

// Messages answers name the model that was asked for, and say so where that is another one than answered.
export const named = (model) => (pins.includes(model) ? [] : ["answer_model"]);

export const ask = (content) => [{ role: "user", content }];
export const weather = { city: "Paris", celsius: 18 };
export const weatherCall = "What is the weather in Paris? Call get_weather.";
export const weatherReport = "Write this as a weather report in JSON: 18 degrees in Paris.";
export const weatherSchema = {
  type: "object",
  properties: { city: { type: "string" }, celsius: { type: "number" } },
  required: ["city", "celsius"],
  additionalProperties: false,
};
export const citySchema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
