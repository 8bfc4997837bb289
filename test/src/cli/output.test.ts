import t from 'tap';
import { jsonText, printable, printableLines } from '#src/cli/output.js';

const HOSTILE = `a\u009b2Jb\u001b[31m\u007f\u0085\nc`;

void t.test('no control character of a text reaches the terminal, in JSON neither, and JSON says the same', async (t) => {
  for (const text of [printable(HOSTILE), printableLines(HOSTILE), jsonText({ text: HOSTILE }), jsonText({ text: HOSTILE }, 2)])
    t.notMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f]/);
  t.same(JSON.parse(jsonText({ text: HOSTILE })), { text: HOSTILE });
  t.equal(jsonText(['\u009b']), '["\\u009b"]');
  t.equal(printableLines('a\nb'), 'a\nb');
});
