// Starts weir, its simulator and the agents, and ends what it started.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, cpSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const startSeconds = 60;
const stopSeconds = 30;

// Where there is network: a proxy that is not there, for everything but loopback.
const proxy = process.env.WEIR_NO_WAY_OUT;
const wayOut = proxy ? { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" } : {};

const ended = (child) => child.exitCode !== null || child.signalCode !== null;

// Runs until `stop()`, which gives the exit status. `ready` are the addresses of its ready file.
export async function startWeir(program, args, folder, name) {
  const readyFile = path.join(folder, `${name}.ready`);
  const log = openSync(path.join(folder, `${name}.log`), "w");
  const child = spawn(program, [...args, "--ready-file", readyFile], { stdio: ["ignore", log, log] });
  closeSync(log);
  const exited = new Promise((done) => child.once("exit", (code, signal) => done(code ?? signal)));
  for (let waited = 0; !existsSync(readyFile); waited += 0.1) {
    if (ended(child) || waited > startSeconds) {
      child.kill("SIGKILL");
      throw new Error(`${name} did not start:\n${readFileSync(path.join(folder, `${name}.log`), "utf8").slice(-3000)}`);
    }
    await pause(100);
  }
  const ready = Object.fromEntries(
    readFileSync(readyFile, "utf8").split("\n").filter(Boolean).map((line) => line.split("=")),
  );
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), stopSeconds * 1000);
    const status = await exited;
    clearTimeout(late);
    return status;
  };
  return { ready, stop };
}

// The shipped configuration with one client key, in `folder`; gives the file.
export function writeConfig(root, folder, key) {
  const file = path.join(folder, "config", "weir.yaml");
  cpSync(path.join(root, "config"), path.dirname(file), { recursive: true });
  const shipped = readFileSync(file, "utf8");
  const hash = createHash("sha256").update(key).digest("hex");
  const text = shipped
    .replace(/^client_keys:.*/m, `client_keys: [{id: agent, sha256: "${hash}"}]`)
    .replace(":-passthrough}", ":-sk-upstream}");
  if (!text.includes(hash) || !text.includes("sk-upstream")) throw new Error("weir.yaml has no line for the keys");
  writeFileSync(file, text);
  return file;
}

// Runs a shell script as a user would: in `folder`, with a home of its own and nothing else of this environment.
// Gives {code, output}; one that is not done after `seconds` is ended, and its code is "timeout".
export async function runScript(script, { folder, home, bin, log, env: own, seconds }) {
  const env = {
    HOME: home,
    PATH: [bin, path.dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    LANG: "C.UTF-8",
    TERM: "dumb",
    ...wayOut,
    ...own,
  };
  const out = openSync(log, "w");
  // A process group of its own, so that what the agent started ends with it.
  const stdio = ["ignore", out, out];
  const child = spawn("/bin/bash", ["-eu", "-c", script], { cwd: folder, env, stdio, detached: true });
  closeSync(out);
  let late = false;
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone, which is what was wanted.
    }
  };
  const timer = setTimeout(() => ((late = true), end("SIGKILL")), seconds * 1000);
  const code = await new Promise((done) => child.once("exit", (status, signal) => done(status ?? signal)));
  clearTimeout(timer);
  end("SIGKILL");
  return { code: late ? "timeout" : code, output: readFileSync(log, "utf8") };
}
