import t from 'tap';
import { LineCache } from '#src/surfaces/services/line-cache.js';

interface Shown {
  readonly status: string;
  readonly name: string;
}

void t.test('renders a line once per document version', (t) => {
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
  t.match(lines.of(stored('b', 'two')), { json: '{"name":"two"}' }, 'each document has its own line');
  t.same(shown, ['one', 'two', 'two']);
  lines.of(stored('c', 'three'));
  lines.of(stored('b', 'two'));
  t.same(shown.slice(3), ['three'], 'the cache keeps as many lines as its limit');
  lines.of(stored('a', 'two'));
  t.same(shown.slice(4), ['two'], 'the oldest line was evicted first');
  t.end();
});
