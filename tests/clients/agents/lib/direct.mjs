// Stands where weir would stand, before the simulator, and does nothing: it passes on what an agent sends and what the
// simulator answers. Only what DeepSeek would refuse of an agent is put right (`direct`).

import http from "node:http";

// Fields that belong to one connection.
const own = new Set(["host", "connection", "keep-alive", "content-length", "transfer-encoding"]);
const passedOn = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));

// Before the simulator at 127.0.0.1:`port`: {port, close()}; close gives 0, as programs do.
export async function startDirect(port, { path, direct }) {
  const server = http.createServer(async (request, answer) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    // Claude Code looks whether somebody is there.
    if (request.method !== "POST") return answer.end();
    const text = Buffer.concat(parts).toString("utf8");
    const body = Buffer.from(direct ? JSON.stringify(direct(JSON.parse(text))) : text);
    const headers = { ...passedOn(request.headers), "content-length": body.length };
    const upstream = http.request({ host: "127.0.0.1", port, path, method: "POST", headers }, (from) => {
      answer.writeHead(from.statusCode, passedOn(from.headers));
      from.pipe(answer);
    });
    upstream.on("error", () => answer.destroy());
    upstream.end(body);
  });
  await new Promise((ready, failed) => server.once("error", failed).listen(0, "127.0.0.1", ready));
  return {
    port: server.address().port,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed(0)));
    },
  };
}
