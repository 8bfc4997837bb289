/** Yields the lines of a stream of server-sent events until the event `end`. */
export async function* followedLines(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const fields = event.split('\n');
      if (fields.includes('event: end')) return;
      const data = fields
        .filter((field) => field.startsWith('data: '))
        .map((field) => field.slice('data: '.length));
      if (data.length > 0) yield data.join('\r');
    }
  }
}
