import t from 'tap';
import { parseRepeat, parseShard, shardOf } from './selection.js';

const files = Array.from({ length: 40 }, (_, index) => ({ path: `/x/dist/test/part/n${index}.test.js` }));
const durations = Object.fromEntries(files.map((_, index) => [`part/n${index}`, (index * 7) % 31]));

void t.test('shards contain each test once, and take about the same time', (t) => {
  const shards = [1, 2, 3, 4, 5].map((index) => shardOf(files, { index, count: 5 }, durations));
  t.same(new Set(shards.flat().map(({ path }) => path)).size, files.length);
  t.equal(shards.flat().length, files.length);
  const work = shards.map((shard) =>
    shard.reduce((sum, { path }) => sum + (durations[path.slice(13, -8)] ?? Number.NaN), 0),
  );
  t.ok(Math.max(...work) - Math.min(...work) < 31, work.join(' '));
  t.end();
});

void t.test('accepts the parts of a whole only', (t) => {
  t.same(parseShard('2/5'), { index: 2, count: 5 });
  t.same(parseShard('1/1'), { index: 1, count: 1 });
  for (const wrong of ['6/5', '0/5', 'x', '1/0', '1/101', '-1/5', '1/5/5', '1.5/5', ''])
    t.throws(() => parseShard(wrong), { message: /^--shard: / }, wrong);
  t.equal(parseRepeat('20'), 20);
  for (const wrong of ['0', 'x', '-1', '1.5', '1001', ''])
    t.throws(() => parseRepeat(wrong), { message: /^--repeat: / }, wrong);
  t.end();
});
