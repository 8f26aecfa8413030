// Whether what npm installed is what package-lock.json pins: `node lib/installed.mjs` ends with 1 and says what is not.
//
// `npm ci` would check that itself, but it also refuses a lock file without the optional packages of other systems,
// and those are not in every registry; `npm install` skips them, and takes what it likes where the lock file is silent.

import { readFileSync } from "node:fs";

const packagesOf = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")).packages;
const locked = packagesOf("../package-lock.json");
const installed = packagesOf("../node_modules/.package-lock.json");

const other = Object.entries(installed).filter(([place, { version, integrity }]) => {
  const pin = locked[place];
  return pin?.version !== version || pin.integrity === undefined || pin.integrity !== integrity;
});
const missing = Object.entries(locked).filter(
  ([place, pin]) => place !== "" && !pin.optional && !pin.peer && installed[place] === undefined,
);
for (const [place, { version }] of other) console.error(`${place}: ${version} is not what the lock file pins`);
for (const [place] of missing) console.error(`${place} is in the lock file and was not installed`);
process.exitCode = other.length + missing.length > 0 ? 1 : 0;
