import t from 'tap';
import { categoryOf, idOf, streamName } from '#domain/kernel/event/index.js';

void t.test('a stream is named by its category and its id, and tells both', async (t) => {
  for (const [category, id] of [
    ['job', 'a'],
    ['job', 'a-b-c'],
    ['node', '-'],
    ['x', ''],
  ] as const) {
    const name = streamName(category, id);
    t.equal(name, `${category}-${id}`);
    t.strictSame([categoryOf(name), idOf(name)], [category, id]);
  }
});

void t.test('a name without a dash is its own category, and has no id', async (t) => {
  t.strictSame([categoryOf('scheduler'), idOf('scheduler')], ['scheduler', '']);
  t.strictSame([categoryOf('-a'), idOf('-a')], ['', 'a'], 'also where nothing stands before the dash');
  t.strictSame([categoryOf(''), idOf('')], ['', '']);
});
