// Lets agents do their task, through weir or without it, and gives all that was seen.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { agents, scriptOf } from "../agents.mjs";
import { startDirect } from "./direct.mjs";
import { applyBlocks, readBlocks } from "./docs.mjs";
import { runScript, startWeir, writeConfig } from "./programs.mjs";
import { startTap } from "./tap.mjs";

const agentsFolder = path.dirname(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname));
const root = path.resolve(agentsFolder, "../../..");
const { WEIR_PROGRAM: program, WEIR_WORK: work } = process.env;
assert.ok(program && work, "start these tests with tests/clients/agents/run.sh");

export const agentSeconds = 110;
const key = "sk-client-agent-0123456789abcdef";
export const blocks = readBlocks(root);

const jsonLines = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

// The ledger's row of a request, once it is settled; asked for 100 times in 10 seconds at most.
async function rowOf(base, id) {
  let row;
  for (let i = 0; i < 100; ++i) {
    const answer = await fetch(`${base}/v1/requests/${id}`, { headers: { Authorization: `Bearer ${key}` } });
    row = answer.ok ? await answer.json() : undefined;
    if (row) return row;
    await pause(100);
  }
  assert.fail(`no row for ${id}`);
}

// A run is {name, model, calls, direct}: the task has so many tool calls, and with `direct` no weir is there. Labels of
// both are of one length: they are part of paths, which are part of prompts, and the cache has units of 128 tokens.
const labelOf = ({ name, model, calls, direct }) => `${name}-${model}-${direct ? "d" : calls}`;

// What was seen of a run: {code, output, ...} of the agent, the requests at the tap, rows of the ledger, the journal.
async function perform(asked) {
  const { name, model, calls: steps, direct } = asked;
  const agent = agents[name];
  const place = path.join(work, labelOf(asked));
  const [folder, home] = [path.join(place, "folder"), path.join(place, "home")];
  for (const needed of [folder, home]) mkdirSync(needed, { recursive: true });
  const line = `weir took ${name} to ${model}`;
  writeFileSync(path.join(place, "script.json"), scriptOf(agent, folder, line, steps));

  const stops = [];
  const statuses = [];
  let seen;
  try {
    const tap = direct ? await startDirectPath(place, agent, stops) : await startPath(place, stops);
    const values = { url: `http://127.0.0.1:${tap.port}`, key, model, replace: agent.replace };
    const command = applyBlocks(blocks[agent.block ?? name] ?? [], home, values);
    assert.notEqual(command, "", `docs/ has no block with agent=${name}`);
    const bin = programsOf(agent, place);
    const log = path.join(place, "agent.log");
    const done = await runScript(command, { folder, home, bin, log, env: agent.env, seconds: agentSeconds });
    const exchanges = tap.exchanges();
    const calls = exchanges.filter((exchange) => exchange.method === "POST");
    const ids = direct ? [] : calls.map((call) => call.answerFields["x-weir-request-id"]);
    const rows = await Promise.all(ids.map((id) => rowOf(tap.weir, id)));
    const journal = jsonLines(path.join(place, "journal.jsonl"));
    seen = { ...done, agent, model, steps, line, folder, exchanges, calls, rows, journal };
  } finally {
    for (const stop of stops.reverse()) statuses.push(await stop());
  }
  assert.deepEqual(statuses, [0, 0, 0], "all that stood between the agent and the model ends with 0");
  return seen;
}

const performed = new Map();

// As `perform`, once for each run, whoever asks.
export function runOf(asked) {
  const label = labelOf(asked);
  if (!performed.has(label)) performed.set(label, perform(asked));
  return performed.get(label);
}

// The folder with the agent's program, for PATH.
function programsOf(agent, place) {
  const installed = path.join(agentsFolder, "node_modules");
  if (!agent.program) return path.join(installed, ".bin");
  const bin = path.join(place, "bin");
  mkdirSync(bin);
  symlinkSync(path.join(installed, agent.program), path.join(bin, agent.command));
  return bin;
}

async function startSimulator(place, stops) {
  const file = (name) => path.join(place, name);
  const simulator = await startWeir(program, ["simulate", "--listen", "127.0.0.1:0", "--script", file("script.json"),
    "--journal", file("journal.jsonl")], place, "simulator");
  stops.push(simulator.stop);
  return simulator.ready.listen;
}

const portOf = (address) => Number(address.split(":")[1]);

// Simulator, weir, tap, in this order; how to stop each is added to `stops`.
async function startPath(place, stops) {
  const upstream = await startSimulator(place, stops);
  const weir = await startWeir(program, ["serve", "--config", writeConfig(root, place, key), "--listen", "127.0.0.1:0",
    "--admin-listen", "127.0.0.1:0", "--upstream", `http://${upstream}`, "--ledger", path.join(place, "weir.db")],
    place, "weir");
  stops.push(weir.stop);
  const tap = await startTap(portOf(weir.ready.listen));
  stops.push(tap.close);
  return { ...tap, weir: `http://${weir.ready.listen}` };
}

// The same without weir. DeepSeek knows no `auto`.
async function startDirectPath(place, { path: upstreamPath, direct = (body) => body }, stops) {
  const named = (body) => ({ ...direct(body), model: "deepseek-v4-flash" });
  const port = portOf(await startSimulator(place, stops));
  const between = await startDirect(port, { path: upstreamPath, direct: named });
  stops.push(between.close);
  const tap = await startTap(between.port);
  stops.push(tap.close);
  return tap;
}
