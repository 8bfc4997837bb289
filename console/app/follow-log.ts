import { createParser } from 'eventsource-parser';
import { send } from '../api/client.js';

/** Streams a growing log as text until it ends. If the server sends server-sent events, each event is a line. */
export async function followLog(
  path: string,
  add: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await send(path, { signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let ended = false;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'end') ended = true;
      else add(`${data}\n`);
    },
  });
  const events = response.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
  while (!ended) {
    const { done, value } = await reader.read();
    if (done) return;
    if (events) parser.feed(value);
    else add(value);
  }
  await reader.cancel();
}
