/**
 * Server-sent events read from a fetch body.
 *
 * Own reader rather than EventSource: it ends when the server says so instead of reconnecting, it sees the status of a
 * refusal, and it is the same for the run stream and for live library events.
 * Source of the rules: the HTML standard, section "Parsing an event stream".
 */

export interface ServerEvent {
  id: string | null;
  name: string;
  data: string;
}

/** Yield each event as it becomes complete; an unfinished one at the end of the body is dropped, as the standard asks. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const assemble = createAssembler();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { lines, remainder } = splitLines(rest + decoder.decode(value, { stream: true }));
      rest = remainder;
      for (const line of lines) {
        const event = assemble(line);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // Already closed or errored: nothing is left to release.
  }
}

/** Split at CRLF, LF or CR. A CR at the very end is kept back, since its LF may come with the next piece. */
function splitLines(text: string): { lines: string[]; remainder: string } {
  const lines: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character !== "\n" && character !== "\r") continue;
    if (character === "\r" && index === text.length - 1) break;
    lines.push(text.slice(start, index));
    if (character === "\r" && text[index + 1] === "\n") index += 1;
    start = index + 1;
  }
  return { lines, remainder: text.slice(start) };
}

function createAssembler(): (line: string) => ServerEvent | null {
  let id: string | null = null;
  let name = "message";
  let data: string[] = [];
  return (line) => {
    if (line === "") {
      const event = data.length === 0 ? null : { id, name, data: data.join("\n") };
      name = "message";
      data = [];
      return event;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return null; // A comment: the server's keep-alive.
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data.push(value);
    else if (field === "event") name = value;
    else if (field === "id") id = value;
    return null;
  };
}
