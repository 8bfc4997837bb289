import fc from 'fast-check';
import t from 'tap';
import { v5 } from 'uuid';
import { hostname, nodeIdOf } from '#domain/nodes/enrolment/index.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';

void t.test('a hostname consists of labels of letters, digits, - and _, joined by dots', (t) => {
  for (const good of [
    'gpu-node-01',
    'a',
    'A.b.C',
    'x'.repeat(63),
    '10.0.0.5',
    'gpu_1',
    Array(126).fill('a').join('.'),
  ])
    t.ok(hostname.safeParse(good).success, good);
  for (const bad of [
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a',
    'a-',
    'a b',
    'a/b',
    'ü',
    'x'.repeat(64),
    `${'a.'.repeat(127)}b`,
    'a\n',
    'a:1',
    '[::1]',
    null,
    5,
    ['a'],
    `${'a-'.repeat(100_000)}!`,
  ]) {
    t.notOk(hostname.safeParse(bad).success, JSON.stringify(bad)?.slice(0, 20));
  }
  t.end();
});

void t.test('the node id depends on the hostname, ignoring case, and is a valid id', (t) => {
  t.equal(nodeIdOf('gpu-node-01'), '31f8e500-3710-5800-9b25-1c4cb379b044', 'the id never changes');
  t.equal(nodeIdOf('GPU-Node-01'), nodeIdOf('gpu-node-01'));
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/), (name) => {
      t.match(nodeIdOf(name.toUpperCase()), IDENTIFIER);
      return nodeIdOf(name.toUpperCase()) === v5(name, '9f0c1c5e-6f0b-4f3e-8a3a-2f6d7f0f5a61');
    }),
  );
  t.end();
});
