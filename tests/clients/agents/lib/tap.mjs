// Stands between an agent and weir and records the bytes of both directions without touching them. What the agent
// sent and what weir answered is read from the record afterwards, so neither notices.

import net from "node:net";

import { messagesOf } from "./http.mjs";

// A tap before 127.0.0.1:`port`: {port, exchanges(), close()}; close gives 0, as programs do.
export async function startTap(port) {
  const connections = [];
  const open = new Set();
  const server = net.createServer((client) => {
    const record = { up: [], down: [] };
    connections.push(record);
    const weir = net.connect(port, "127.0.0.1");
    for (const [from, to, kept] of [[client, weir, record.up], [weir, client, record.down]]) {
      open.add(from);
      from.on("data", (bytes) => (kept.push({ at: process.hrtime.bigint(), bytes }), to.write(bytes)));
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => (open.delete(from), to.destroy()));
    }
  });
  await new Promise((ready, failed) => server.once("error", failed).listen(0, "127.0.0.1", ready));
  return {
    port: server.address().port,
    exchanges: () => connections.flatMap(exchangesOf).sort((a, b) => (a.at < b.at ? -1 : 1)),
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((closed) => server.close(() => closed(0)));
    },
  };
}

// When the byte at `offset` of one direction passed.
function timeOf(kept, offset) {
  for (const piece of kept) {
    if (offset < piece.bytes.length) return piece.at;
    offset -= piece.bytes.length;
  }
  return kept.at(-1)?.at ?? 0n;
}

// Requests and answers of one connection, paired: [{at, method, target, fields, body, status, answerFields, answer,
// ended}]; `ended` says that the answer came with its last chunk.
function exchangesOf({ up, down }) {
  const requests = messagesOf(Buffer.concat(up.map((piece) => piece.bytes)));
  const isHead = (i) => requests[i]?.first.startsWith("HEAD ") ?? false;
  const answers = messagesOf(Buffer.concat(down.map((piece) => piece.bytes)), isHead);
  return requests.map((request, i) => {
    const [method, target] = request.first.split(" ");
    const answer = answers[i];
    return {
      at: timeOf(up, request.start),
      method,
      target,
      fields: request.fields,
      body: request.body.toString("utf8"),
      status: answer ? Number(answer.first.split(" ")[1]) : 0,
      answerFields: answer?.fields ?? {},
      answer: answer?.body.toString("utf8") ?? "",
      ended: answer?.ended ?? false,
    };
  });
}
