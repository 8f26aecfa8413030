// docs/clients.md shows nothing that no test runs.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

test("every block of the libraries' part of docs/clients.md is run by a test", () => {
  const part = read("../../../docs/clients.md")
    .split(/^## /m)
    .find((text) => text.startsWith("Libraries\n"));
  const fences = part.split("\n").filter((line) => line.startsWith("```") && line !== "```");
  assert.ok(fences.length > 0);
  const tests = ["./", "../python/"].flatMap((folder) =>
    readdirSync(new URL(folder, import.meta.url))
      .filter((name) => /(\.test\.mjs|_test\.py)$/.test(name))
      .map((name) => read(folder + name)),
  );
  for (const fence of fences) {
    const name = fence.match(/ run=(\S+)$/)?.[1];
    assert.ok(name, `${fence} has no name to run it by`);
    const runs = tests.filter((text) => text.includes(`documentation("${name}", `));
    assert.equal(runs.length, 1, `block ${name} is run by ${runs.length} tests`);
  }
});
