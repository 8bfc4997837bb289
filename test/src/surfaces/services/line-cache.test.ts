import t from 'tap';
import { LineCache } from '#src/surfaces/services/line-cache.js';

interface Shown {
  readonly status: string;
  readonly name: string;
}

void t.test('A line is made once of a document, and anew once the document has changed', (t) => {
  const shown: string[] = [];
  const lines = new LineCache<Shown>(({ name }) => {
    shown.push(name);
    return { name };
  }, 2);
  const stored = (id: string, name: string) => ({ id, json: JSON.stringify({ status: 'running', name }) });
  t.match(lines.of(stored('a', 'one')), { status: 'running', json: '{"name":"one"}' });
  t.match(lines.of(stored('a', 'one')), { json: '{"name":"one"}' });
  t.same(shown, ['one']);
  t.match(lines.of(stored('a', 'two')), { json: '{"name":"two"}' });
  t.match(lines.of(stored('b', 'two')), { json: '{"name":"two"}' }, 'each document has its own');
  t.same(shown, ['one', 'two', 'two']);
  lines.of(stored('c', 'three'));
  lines.of(stored('b', 'two'));
  t.same(shown.slice(3), ['three'], 'so many are kept');
  lines.of(stored('a', 'two'));
  t.same(shown.slice(4), ['two'], 'what was made first went first');
  t.end();
});
