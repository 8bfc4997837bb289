import t from 'tap';
import type { z } from 'zod';
import { allocationOrder, heartbeat, seenBatch } from '#domain/protocol/index.js';
import { publisherAnnouncement } from '#domain/protocol/publisher.js';

const taken = (schema: z.ZodType, ...values: readonly unknown[]): boolean[] =>
  values.map((value) => schema.safeParse(value).success);

void t.test('a minimal heartbeat is accepted, and absent fields have their defaults', async (t) => {
  t.strictSame(heartbeat.parse({ node_id: 'n' }), { node_id: 'n', resources: {}, healthy: true });
  t.strictSame(heartbeat.parse({ node_id: 'n', allocations: { a: { status: 'any word' } } }).allocations, {
    a: { status: 'any word', tasks: {} },
  });
  t.strictSame(
    taken(
      heartbeat,
      {},
      { node_id: '' },
      { node_id: 'n', resources: { cpu: -1 } },
      { node_id: 'n', timestamp: 'now' },
      { node_id: 'n', allocations: [] },
    ),
    [false, false, false, false, false],
  );
});

void t.test('the fields of an allocation report are validated, and its texts are bounded', async (t) => {
  const report = (more: object) => ({ node_id: 'n', allocations: { a: { status: 'running', ...more } } });
  const task = (more: object) => report({ tasks: { main: { status: 'running', ...more } } });
  const text = (length: number): string => 'x'.repeat(length);
  t.strictSame(taken(heartbeat, report({ status: text(64) }), report({ status: text(65) })), [true, false]);
  t.strictSame(
    taken(
      heartbeat,
      report({ message: text(8192) }),
      report({ message: text(8193) }),
      report({ message: null }),
    ),
    [true, false, true],
  );
  t.strictSame(taken(heartbeat, task({ error: text(8192) }), task({ error: text(8193) })), [true, false]);
  t.strictSame(taken(heartbeat, task({ message: text(8192) }), task({ message: text(8193) })), [true, false]);
  t.strictSame(
    taken(heartbeat, task({ exit_code: 3 }), task({ exit_code: 3.5 }), task({ exit_code: null })),
    [true, false, true],
  );
  t.strictSame(taken(heartbeat, task({ usage: { cpu_peak: 0 } }), task({ usage: { cpu_peak: -1 } })), [
    true,
    false,
  ]);
  for (const [id, fine] of [
    ['docker://4c01db0b339c', true],
    ['', true],
    [null, true],
    ['-x', false],
    ['a b', false],
    [text(128), true],
    [text(129), false],
  ] as const)
    t.strictSame(taken(heartbeat, task({ container_id: id })), [fine], String(id));
});

void t.test('a task result that is not an object is ignored', async (t) => {
  const parsed = (result: unknown) =>
    heartbeat.parse({
      node_id: 'n',
      allocations: { a: { status: 's', tasks: { m: { status: 's', result } } } },
    });
  t.strictSame(parsed({ any: 'thing' }).allocations?.['a']?.tasks['m']?.result, { any: 'thing' });
  for (const none of ['text', 7, null, []])
    t.equal(parsed(none).allocations?.['a']?.tasks['m']?.result, undefined);
});

void t.test('messages between servers about nodes are validated and bounded', async (t) => {
  const sign = { node_id: 'n', epoch: 0, age_ms: 0, resources: {}, lists: true };
  const batch = (more: object = {}, around: object = {}) => ({
    server: 's',
    seen: [{ ...sign, ...more }],
    ...around,
  });
  t.strictSame(
    taken(
      seenBatch,
      batch(),
      batch({ epoch: -1 }),
      batch({ epoch: 0.5 }),
      batch({ age_ms: -1 }),
      batch({ lists: undefined }),
    ),
    [true, false, false, false, false],
  );
  const server = (length: number) => batch({}, { server: 's'.repeat(length) });
  t.strictSame(taken(seenBatch, server(0), server(1), server(64), server(65)), [false, true, true, false]);
  const listed = (count: number, length: number) =>
    batch({ listed: Array.from({ length: count }, () => 'x'.repeat(length)) });
  t.strictSame(
    taken(seenBatch, listed(0, 1), listed(20_000, 1), listed(20_001, 1), listed(1, 256), listed(1, 257)),
    [true, true, false, true, false],
  );
  const many = (count: number) => ({ server: 's', seen: Array.from({ length: count }, () => sign) });
  t.strictSame(taken(seenBatch, many(0), many(10_000), many(10_001)), [true, true, false]);
});

void t.test(
  "an announcement contains the publisher's server, its log and optionally a position of up to 20 digits",
  async (t) => {
    const said = { server: 's', source: 'urn:muster:x', leading: true };
    const at = (position: unknown) => ({ ...said, position });
    t.strictSame(
      taken(
        publisherAnnouncement,
        said,
        at('0'),
        at('9'.repeat(20)),
        at('9'.repeat(21)),
        at(''),
        at('-1'),
        at('1x'),
        at(1),
      ),
      [true, true, true, false, false, false, false, false],
    );
    t.strictSame(
      taken(
        publisherAnnouncement,
        { ...said, server: '' },
        { ...said, server: 's'.repeat(64) },
        { ...said, server: 's'.repeat(65) },
        { ...said, source: 'x'.repeat(256) },
        { ...said, source: 'x'.repeat(257) },
      ),
      [false, true, false, true, false],
    );
  },
);

void t.test('an order contains an allocation id, a job id, and 1 to 64 tasks', async (t) => {
  const task = { name: 'main', config: { command: 'true' } };
  const order = (more: object = {}, group: object = {}) => ({
    allocation_id: 'a',
    job_id: 'j',
    task_group: { name: 'g', tasks: [task], ...group },
    ...more,
  });
  t.strictSame(
    taken(
      allocationOrder,
      order(),
      order({ gpu_devices: { main: [0] } }),
      order({ gpu_devices: { main: [-1] } }),
      order({ gpu_devices: { main: [0.5] } }),
    ),
    [true, true, false, false],
  );
  const id = (allocation_id: string) => order({ allocation_id });
  t.strictSame(
    taken(
      allocationOrder,
      id('A-b_9'),
      id('x'.repeat(100)),
      id('x'.repeat(101)),
      id('-a'),
      id('a.b'),
      id(''),
    ),
    [true, true, false, false, false, false],
  );
  const tasks = (count: number) => order({}, { tasks: Array.from({ length: count }, () => task) });
  t.strictSame(taken(allocationOrder, tasks(0), tasks(64), tasks(65)), [false, true, false]);
  t.strictSame(
    taken(
      allocationOrder,
      order({}, { name: '' }),
      order({}, { name: 'g'.repeat(64) }),
      order({}, { name: 'g'.repeat(65) }),
    ),
    [false, true, false],
  );
});
