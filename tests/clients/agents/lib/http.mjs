// HTTP/1.1 messages out of recorded bytes, as far as agents and weir write it: Content-Length or chunked.

const headEnd = Buffer.from("\r\n\r\n");

// A head: its first line, and its fields by lower-case name (a repeated one: the last).
function readHead(text) {
  const [first, ...lines] = text.split("\r\n");
  const fields = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    fields[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { first, fields };
}

// The payload of a chunked body that begins at `at`, as far as its chunks are whole, where the next message begins, and
// whether the last chunk is there.
function readChunks(bytes, at) {
  const parts = [];
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? NaN : parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (size === 0) return { payload: Buffer.concat(parts), next: end + 2, ended: true };
    if (!(end + 2 <= bytes.length)) return { payload: Buffer.concat(parts), next: bytes.length, ended: false };
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}

// All messages of one direction of one connection: [{start, first, fields, body, ended}], `start` being where it
// begins. `bodiless(i)` says that the i-th message has no body whatever its fields say (the answer to a HEAD). The body
// of a message that ends too early is what there is of it, and `ended` is false.
export function messagesOf(bytes, bodiless = () => false) {
  const messages = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(headEnd, at);
    if (end < 0) break;
    const message = { start: at, ...readHead(bytes.toString("latin1", at, end)), ended: true };
    at = end + headEnd.length;
    if (bodiless(messages.length)) {
      message.body = Buffer.alloc(0);
    } else if (message.fields["transfer-encoding"] === "chunked") {
      const { payload, next, ended } = readChunks(bytes, at);
      Object.assign(message, { body: payload, ended });
      at = next;
    } else {
      const length = Number(message.fields["content-length"] ?? 0);
      message.body = bytes.subarray(at, at + length);
      at += length;
      message.ended = at <= bytes.length;
    }
    messages.push(message);
  }
  return messages;
}

// The events of a stream: [{event, data}], `data` parsed where it is JSON; comments are left out.
export function eventsOf(text) {
  const events = [];
  for (const block of text.split("\n\n")) {
    let event, data;
    for (const line of block.split("\n")) {
      if (line.startsWith("event: ")) event = line.slice(7);
      if (line.startsWith("data: ")) data = (data ?? "") + line.slice(6);
    }
    if (data !== undefined) events.push({ event, data: data.startsWith("{") ? JSON.parse(data) : data });
  }
  return events;
}
