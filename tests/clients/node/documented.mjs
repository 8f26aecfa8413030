// Runs the blocks of docs/clients.md, so that they cannot rot. A block is named in its fence: ```js run=NAME.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { journalSince, journalSize, url, userKey } from "./support.mjs";

const page = new URL("../../../docs/clients.md", import.meta.url);
const base = "http://127.0.0.1:8787";
const fence = /^```\S+ run=(\S+)\n(.*?)^```$/gms;

// All named blocks of the page, by name.
export function blocks() {
  const found = new Map();
  for (const [, name, text] of readFileSync(page, "utf8").matchAll(fence)) {
    assert.ok(!found.has(name), `docs/clients.md has two blocks called ${name}`);
    found.set(name, text);
  }
  return found;
}

// A test that runs the block of this name, and expects it to print text and to send so many requests.
export function documentation(name, requests) {
  test(`the block ${name} of docs/clients.md runs as it stands`, async () => {
    const text = blocks().get(name);
    assert.ok(text?.includes(base), `docs/clients.md has no block ${name} that says ${base}`);
    const before = journalSize();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", text.replaceAll(base, url)],
      {
        cwd: fileURLToPath(new URL(".", import.meta.url)),
        env: { ...process.env, DEEPSEEK_API_KEY: userKey },
        timeout: 60_000,
      },
    );
    assert.ok(stdout.trim().length > 0);
    const statuses = journalSince(before).map((line) => line.status);
    assert.deepEqual(statuses, Array(requests).fill(200));
  });
}
