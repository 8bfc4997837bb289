import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { wireFilter } from '#src/stores/eventstore-server/filter.js';
import { shared, streams } from '#src/stores/eventstore-server/stubs.js';

const { FilterOptions } = streams.ReadReq.Options;
const event = (stream: string, type: string): RecordedEvent => ({
  id: 'e',
  stream,
  type,
  revision: 0,
  position: 1n,
  created: 1,
  data: '{}',
  metadata: '{}',
});

function asked(on: 'stream' | 'type', { regex = '', prefixes = [] as string[] }) {
  const expression = new FilterOptions.Expression().setRegex(regex).setPrefixList(prefixes);
  const options = new FilterOptions().setCheckpointintervalmultiplier(3);
  return on === 'stream' ? options.setStreamIdentifier(expression) : options.setEventType(expression);
}
const keeps = (
  on: 'stream' | 'type',
  by: Parameters<typeof asked>[1],
  ...names: readonly string[]
): string[] => {
  const filter = wireFilter(asked(on, by).setMax(10));
  return names.filter((name) => filter?.matches(on === 'stream' ? event(name, 'x') : event('x', name)));
};

void t.test('filters by prefixes or a regex on stream names or event types', async (t) => {
  for (const on of ['stream', 'type'] as const) {
    t.strictSame(keeps(on, { prefixes: ['ab', 'c'] }, 'abc', 'a', 'cab', 'xab'), ['abc', 'cab']);
    t.strictSame(keeps(on, { prefixes: [] }, 'abc', ''), []);
    t.strictSame(keeps(on, { regex: 'b', prefixes: ['x'] }, 'abc', 'x', 'b'), ['abc', 'b']);
    t.strictSame(keeps(on, { regex: '^(?!\\$|x)' }, '$ce', 'xa', 'ax', ''), ['ax', '']);
  }
});

void t.test('limits the size of a page, and sends a checkpoint after a given number of pages', async (t) => {
  t.match(wireFilter(asked('type', { prefixes: ['a'] }).setMax(10)), { window: 10, interval: 30 });
  t.match(wireFilter(asked('type', { prefixes: ['a'] }).setCount(new shared.Empty())), {
    window: 32,
    interval: 96,
  });
  t.equal(wireFilter(undefined), undefined);
});

void t.test('refuses an empty filter, a filter without a window, and an invalid regex', async (t) => {
  t.throws(() => wireFilter(new FilterOptions().setMax(10)), { message: 'The filter is invalid.' });
  t.throws(() => wireFilter(asked('type', { prefixes: ['a'] })), { message: 'The filter is invalid.' });
  for (const options of [
    asked('type', { prefixes: ['a'] }).setMax(0),
    asked('type', { regex: '(' }).setMax(10),
    asked('type', { regex: '(?=a)' }).setMax(10),
  ])
    t.throws(() => wireFilter(options), { message: 'Exception was thrown by handler.' });
});
