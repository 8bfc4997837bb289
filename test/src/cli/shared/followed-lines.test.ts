import t from 'tap';
import { followedLines } from '#src/cli/shared/followed-lines.js';

void t.test('parses the lines of a server-sent event stream, and stops at the end event', async (t) => {
  async function* texts() {
    yield 'data: a\n\nda';
    yield 'ta: \n\n: keep-alive\n\ndata:  b\n';
    yield '\ndata: 10 %\ndata: 20 %\n\nevent: end\ndata: \n\ndata: never\n\n';
  }
  const lines: string[] = [];
  for await (const line of followedLines(texts())) lines.push(line);
  t.same(lines, ['a', '', ' b', '10 %\r20 %']);
});
