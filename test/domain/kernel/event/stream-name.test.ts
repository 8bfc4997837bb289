import t from 'tap';
import { categoryOf, idOf, streamName } from '#domain/kernel/event/index.js';

void t.test('a stream name consists of its category and id, and can be split into them again', async (t) => {
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

void t.test('a stream name without a dash is a category without an id', async (t) => {
  t.strictSame([categoryOf('scheduler'), idOf('scheduler')], ['scheduler', '']);
  t.strictSame([categoryOf('-a'), idOf('-a')], ['', 'a'], 'the category may be empty');
  t.strictSame([categoryOf(''), idOf('')], ['', '']);
});
