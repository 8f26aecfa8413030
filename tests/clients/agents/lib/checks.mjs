// What must hold of a run. Each check is given what `runOf` of lib/runs.mjs gives.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import { cellsOf, sameCell, shapeOf } from "./shape.mjs";
import { isWhole, lastResultOf, turnOfAnswer, turnsOfRequest } from "./thinking.mjs";

const agentsFolder = path.dirname(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname));
const pinned = JSON.parse(readFileSync(path.join(agentsFolder, "package.json"), "utf8")).dependencies;

// Requests of the conversation itself: not those for a title.
const turnsIn = (requests) => requests.filter((request) => JSON.parse(request.body).tools?.length > 0);
const rowsOfTurns = (run) => turnsIn(run.calls).map((call) => run.rows[run.calls.indexOf(call)]);

// How many tool calls each request of the conversation brings, all of them since the one human text.
const callsBrought = (run, requests) =>
  turnsIn(requests).map(({ body }) => turnsOfRequest(run.agent.dialect, body).flatMap(({ tools }) => tools).length);
const upTo = (last) => Array.from({ length: last + 1 }, (_, n) => n);

export function checkTask(run) {
  assert.equal(run.code, 0, run.output.slice(-3000));
  assert.equal(readFileSync(path.join(run.folder, "hello.txt"), "utf8"), `${run.line}\n`);
  const { dialect } = run.agent;
  const last = turnsIn(run.calls).at(-1).body;
  assert.ok(lastResultOf(dialect, last).includes(run.line), "the last tool's result is the line");
}

export function checkEndpoints(run) {
  for (const call of run.calls) {
    assert.equal(call.target, run.agent.target);
    assert.equal(call.status, 200, call.answer.slice(0, 1000));
    assert.ok(isWhole(run.agent.dialect, call.answer), `the answer ends so: ${call.answer.slice(-300)}`);
  }
  const probes = run.exchanges.filter((exchange) => exchange.method !== "POST");
  const seen = probes.map(({ method, target, status }) => `${method} ${target} ${status}`);
  // Claude Code looks whether somebody is there beside its first call, and at times it is done before it has looked.
  const known = run.agent.probes ?? [];
  assert.deepEqual(seen.filter((probe) => !known.includes(probe)), []);
  for (const entry of run.journal) {
    assert.equal(entry.path, run.agent.path);
    assert.equal(entry.status, 200, JSON.stringify(entry).slice(-1000));
  }
  const requests = (run.agent.others ?? 0) + run.steps + 1;
  assert.equal(run.calls.length, requests);
  assert.equal(run.journal.length, requests, "each request went upstream once");
}

export function checkModels(run) {
  const asked = new Set(turnsIn(run.calls).map((call) => JSON.parse(call.body).model));
  assert.deepEqual([...asked], [run.model]);
  const sent = new Set(turnsIn(run.journal).map((entry) => entry.model));
  assert.equal(sent.size, 1, `a conversation stays on one model: ${[...sent]}`);
  // The task is one file and two calls: what the cheaper model is for.
  const expected = run.model === "auto" ? "deepseek-v4-flash" : run.model;
  assert.deepEqual([...sent], [expected]);
  for (const row of run.rows.filter((row) => row.model_asked === run.model)) {
    assert.equal(row.reason === "pin", run.model !== "auto", row.reason);
  }
}

// A cell is a tier and an effort. The upstream caches by both, so a change of either is paid with the whole prompt.
export function checkCell(run) {
  const rows = rowsOfTurns(run);
  assert.deepEqual(rows.map((row) => row.tier), rows.map(() => "flash"));
  const efforts = new Set(rows.map((row) => row.effort));
  assert.equal(efforts.size, 1, `a conversation keeps its effort: ${[...efforts].join(", ")}`);
  assert.equal(new Set(rows.map((row) => row.session)).size, 1, "one conversation is one session");
}

// More than two tool calls are more than a bounded task takes: the request that brings the third is the dearer tier's.
export function checkRise(run) {
  const rows = rowsOfTurns(run);
  const [risen, dearer] = [callsBrought(run, run.calls).map((calls) => calls > 2), "deepseek-v4-pro"];
  assert.deepEqual(callsBrought(run, run.calls), upTo(run.steps));
  assert.deepEqual(rows.map((row) => row.tier), risen.map((isRisen) => (isRisen ? "pro" : "flash")));
  assert.equal(rows[risen.indexOf(true)].reason, "tool_calls");
  assert.deepEqual(callsBrought(run, run.journal), upTo(run.steps));
  assert.deepEqual(turnsIn(run.journal).map((entry) => entry.model === dearer), risen);
  assert.equal(new Set(rows.map((row) => row.session)).size, 1, "one conversation is one session");
}

export function checkThinking(run) {
  const { dialect } = run.agent;
  const turns = turnsIn(run.calls).map((call) => turnOfAnswer(dialect, call.answer));
  const thoughts = new Map(turns.flatMap(({ tools, thought }) => tools.map((tool) => [tool, thought])));
  assert.equal(thoughts.size, run.steps, "each tool was called once");
  for (const entry of turnsIn(run.journal)) {
    assert.ok(entry.usage.reasoning_tokens > 0, "the model thinks in every turn");
  }
  const upstream = turnsIn(run.journal).map((entry) => turnsOfRequest(dialect, entry.body));
  assert.deepEqual(upstream.map((history) => history.length), upTo(run.steps));
  for (const { tools, thought } of upstream.flat()) {
    assert.ok(thought?.length > 0, "there is a thought to bring back");
    // Blanks at its ends may be lost: Qwen Code trims them.
    for (const tool of tools) assert.equal(thought.trim(), thoughts.get(tool).trim(), "the thought that was told");
  }
  for (const { thought } of turnsIn(run.calls).flatMap((call) => turnsOfRequest(dialect, call.body))) {
    assert.equal(thought === undefined, run.agent.dropsThinking ?? false, "whether the agent keeps thoughts itself");
  }
}

export function checkMends(run) {
  const named = (text) => text.split(", ").filter(Boolean);
  const seen = new Set(run.calls.flatMap((call) => named(call.answerFields["x-weir-mended"] ?? "")));
  const expected = new Set(run.agent.mended);
  if (run.agent.dialect === "messages" && run.model === "auto") expected.add("answer_model");
  assert.deepEqual([...seen].sort(), [...expected].sort());
  for (const [i, call] of run.calls.entries()) {
    assert.equal([run.rows[i].mended].flat().join(", "), call.answerFields["x-weir-mended"] ?? "");
  }
}

// What was neither routed nor mended goes upstream byte for byte; of the rest, all but what the decision says.
export function checkBytes(run) {
  const upstream = run.journal.map((entry) => entry.body);
  for (const call of run.calls) {
    const mended = (call.answerFields["x-weir-mended"] ?? "").replace("answer_model", "");
    if (JSON.parse(call.body).model !== "auto" && mended === "") {
      assert.ok(upstream.includes(call.body), `${call.body.length} bytes did not arrive as they were sent`);
    }
  }
  if (run.agent.mended.length > 0) return;
  const said = ({ model, reasoning_effort, thinking, reasoning, output_config, ...rest }) => JSON.stringify(rest);
  const kept = new Set(upstream.map((body) => said(JSON.parse(body))));
  for (const call of run.calls) assert.ok(kept.has(said(JSON.parse(call.body))), "only model and effort differ");
}

export function checkRows(run) {
  const counts = ["prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "completion_tokens"];
  // In Messages no answer tells how much of its output was thinking.
  if (run.agent.dialect !== "messages") counts.push("reasoning_tokens");
  const tokensOf = ({ tokens: { hit, miss, output, reasoning } }) =>
    [hit, miss, output, reasoning].slice(0, counts.length).join(" ");
  const usageOf = ({ usage }) => counts.map((count) => usage[count]).join(" ");
  assert.deepEqual(run.rows.map(tokensOf).sort(), run.journal.map(usageOf).sort());
  for (const [i, row] of run.rows.entries()) {
    // Codex leaves with an answer's last event, at times before the last chunk. Then weir may say that it left.
    const outcomes = run.calls[i].ended ? ["served"] : ["served", "aborted"];
    assert.ok(outcomes.includes(row.outcome), row.outcome);
    assert.equal(row.key, "agent");
    assert.equal(row.estimated, false);
    assert.ok(row.cost_pico > 0);
  }
  const sessions = [...new Set(run.rows.map((row) => row.session))];
  assert.equal(sessions.length, 1, "one conversation is one session");
  assert.notEqual(sessions[0], "", "what names no conversation is known by how it begins");
}

export function checkCache(run) {
  for (const { usage } of turnsIn(run.journal).slice(1)) {
    const prompt = usage.prompt_cache_hit_tokens + usage.prompt_cache_miss_tokens;
    const share = usage.prompt_cache_hit_tokens / prompt;
    assert.ok(share >= 0.8, `${usage.prompt_cache_hit_tokens} of ${prompt} prompt tokens were in the cache`);
  }
}

// Of all tokens of a conversation's prompts, the share that the upstream had in its cache.
function hitShareOf(run) {
  const usages = turnsIn(run.journal).map((entry) => entry.usage);
  const hit = usages.reduce((sum, usage) => sum + usage.prompt_cache_hit_tokens, 0);
  return hit / usages.reduce((sum, usage) => sum + usage.prompt_cache_miss_tokens, hit);
}

// The run without weir is the measure, as long as it is one: of three prompts the last two begin with what is cached.
export function checkHitShare(run, test) {
  const [without, through] = [hitShareOf(run), hitShareOf(run.through)];
  test.diagnostic(`hit share ${(100 * without).toFixed(2)} % without weir, ${(100 * through).toFixed(2)} % through it`);
  assert.ok(without >= 0.5, `the cache was of no use without weir: ${without}`);
  assert.ok(through >= 0.95 * without, `a share of ${through} was in the cache; without weir it was ${without}`);
}

// A row of README.md's table that begins with this agent.
function readmeRow(first) {
  const lines = readFileSync(path.join(agentsFolder, "README.md"), "utf8").split("\n");
  const line = lines.find((candidate) => candidate.startsWith(`| ${first} |`));
  return line?.slice(2, -2).split(" | ");
}

export function checkReadme(run) {
  const cells = cellsOf(shapeOf(run.agent, run.exchanges), pinned[run.agent.package]);
  const shown = readmeRow(cells[0]) ?? [];
  const same = cells.length === shown.length && cells.every((cell, i) => sameCell(cell, shown[i]));
  assert.ok(same, `README.md says otherwise; this was sent:\n| ${cells.join(" | ")} |`);
}

