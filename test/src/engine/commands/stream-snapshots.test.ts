import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { v4 } from 'uuid';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { AGGREGATES, encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { nodes, nodeStateCodec } from '#domain/nodes/node/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { checkStreamSnapshots } from '#src/engine/commands/stream-snapshot-check.js';
import { StreamSnapshots } from '#src/engine/commands/stream-snapshots.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { commandContext } from '../../../fixtures/command-context.js';

const context = (commandId = v4()): CommandContext =>
  commandContext({
    commandId,
    repeatable: true,
    bodyDigest: 'digest',
    actor: 'anonymous',
    surface: 'cluster',
  });

function ended(index: number): MusterEvent[] {
  const allocation = { allocationId: `a${index}`, jobId: 'j', group: 'main', slot: 0, nodeId: 'n1' };
  return [
    {
      type: 'AllocationStarted',
      data: { ...allocation, startTime: index, tasks: { main: { startTime: index } } },
    },
    {
      type: 'AllocationCompleted',
      data: { ...allocation, startTime: index, endTime: index + 1, message: null },
    },
  ];
}

async function write(store: EventStore, stream: string, events: readonly MusterEvent[]): Promise<void> {
  let revision: number | 'no_stream' = 'no_stream';
  for (let from = 0; from < events.length; from += 200) {
    const batch = events
      .slice(from, from + 200)
      .map((event) => ({ id: v4(), ...encode(event, { $correlationId: 'c', $causationId: 'c', at: 1 }) }));
    revision = (await store.append({ stream, expected: revision, events: batch })).revision;
  }
}

/** A server on the log: its executor, and the revisions at which its stream reads begin. */
async function open(t: Test, store: EventStore, directory: string) {
  const reads: number[] = [];
  const watched = new Proxy(store, {
    get: (target, name) => {
      if (name === 'readStream') {
        return (...given: Parameters<EventStore['readStream']>) => {
          if (given[0] !== 'cluster') reads.push(given[1]?.from ?? 0);
          return target.readStream(...given);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const snapshots = new StreamSnapshots(directory, watched, (error) => t.fail(String(error)));
  const executor = await openCommandExecutor({ store: watched, clock: systemClock, writer: v4(), snapshots });
  t.teardown(() => executor.close());
  return { executor, reads };
}

async function lived(t: Test) {
  const store = createMemoryEventStore();
  const directory = ownFolder(t);
  const registered: MusterEvent = {
    type: 'NodeRegistered',
    data: {
      nodeId: 'n1',
      epoch: 1,
      ipAddress: '10.0.0.1',
      resources: { cpu: 4 },
      attributes: {},
      healthy: true,
      endpoint: null,
      protocol: 'muster',
    },
  };
  const open1: MusterEvent = {
    type: 'AllocationStarted',
    data: {
      allocationId: 'open',
      jobId: 'j',
      group: 'main',
      slot: 1,
      nodeId: 'n1',
      startTime: 5,
      tasks: { main: { startTime: 5 } },
    },
  };
  await write(store, 'node-n1', [
    registered,
    open1,
    ...Array.from({ length: 700 }, (_, n) => ended(n)).flat(),
  ]);
  const first = await open(t, store, directory);
  const state = await first.executor.load(nodes, 'n1');
  const [name] = readdirSync(join(directory, 'snapshots'));
  return { store, directory, state, file: join(directory, 'snapshots', name ?? '') };
}

void t.test('folds a long stream from its snapshot', async (t) => {
  const { store, directory, state } = await lived(t);
  const { executor, reads } = await open(t, store, directory);
  const again = await executor.load(nodes, 'n1');
  t.equal(canonicalJson(nodeStateCodec.save(again)), canonicalJson(nodeStateCodec.save(state)));
  t.ok(again.open.has('open'));
  t.ok(again.ended.has('a699'));
  t.ok(Math.min(...reads) >= 1000, `reads started at ${reads.join(', ')}`);
  t.strictSame(await checkStreamSnapshots(store, directory, AGGREGATES), []);
});

void t.test('recognizes an executed command from the snapshot', async (t) => {
  const { store, directory } = await lived(t);
  const before = await open(t, store, directory);
  const asked = context();
  const drain = { type: 'SetDrain', nodeId: 'n1', enable: true } as const;
  const done = await before.executor.execute(nodes, 'n1', drain, asked);
  let revision = done.events[0]!.revision;
  for (let n = 0; n < 1100; n += 1) {
    const event = {
      id: v4(),
      ...encode(
        {
          type: 'NodeHeartbeatReceived',
          data: { nodeId: 'n1', epoch: 1, healthy: true, resources: { cpu: n } },
        },
        { $correlationId: 'c', $causationId: 'c', at: n },
      ),
    };
    ({ revision } = await store.append({ stream: 'node-n1', expected: revision, events: [event] }));
  }
  await before.executor.load(nodes, 'n1');
  const after = await open(t, store, directory);
  const again = await after.executor.execute(nodes, 'n1', drain, asked);
  t.match(again, { repeated: true, position: done.position });
  t.strictSame(await checkStreamSnapshots(store, directory, AGGREGATES), []);
});

void t.test('folds from the start if a snapshot is torn or missing, with the same state', async (t) => {
  const { store, directory, state, file } = await lived(t);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -30));
  t.match(await checkStreamSnapshots(store, directory, AGGREGATES), [
    { check: 'stream-states', detail: /damaged/ },
  ]);
  const torn = await open(t, store, directory);
  t.equal(
    canonicalJson(nodeStateCodec.save(await torn.executor.load(nodes, 'n1'))),
    canonicalJson(nodeStateCodec.save(state)),
  );
  t.ok(torn.reads.includes(0));
  t.strictSame(
    await checkStreamSnapshots(store, directory, AGGREGATES),
    [],
    'the snapshot was written again',
  );
  const known = await open(t, store, directory);
  rmSync(file);
  t.equal(
    canonicalJson(nodeStateCodec.save(await known.executor.load(nodes, 'n1'))),
    canonicalJson(nodeStateCodec.save(state)),
  );
});

void t.test('ignores snapshots from before a clear', async (t) => {
  const { store, directory } = await lived(t);
  const clearing = await open(t, store, directory);
  await clearing.executor.execute(cluster, '', { kind: 'clear' }, context());
  const { executor } = await open(t, store, directory);
  t.equal((await executor.load(nodes, 'n1')).epoch, 0);
  t.strictSame(await checkStreamSnapshots(store, directory, AGGREGATES), []);
});

void t.test('detects a planted difference', async (t) => {
  const { store, directory, file } = await lived(t);
  const body = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .join('\n')
    .replace('"epoch":1', '"epoch":2');
  writeFileSync(
    file,
    `${body}\n${JSON.stringify({ sha256: createHash('sha256').update(`${body}\n`).digest('hex') })}\n`,
  );
  t.match(await checkStreamSnapshots(store, directory, AGGREGATES), [
    { check: 'stream-states', subject: 'node-n1', detail: /differs/ },
  ]);
});

void t.test('loads a job with many changes from its last thousand events', async (t) => {
  const store = createMemoryEventStore();
  const directory = ownFolder(t);
  const specification = {
    task_groups: [{ name: 'web', tasks: [{ name: 'serve', driver: 'exec', config: { command: 'true' } }] }],
  };
  const submitted: MusterEvent = {
    type: 'JobSubmitted',
    data: { jobId: 'a', evaluationId: 'e', specification },
  };
  const updates = Array.from({ length: 1100 }, (): MusterEvent => ({
    type: 'JobUpdated',
    data: { jobId: 'a', evaluationId: 'e', specification },
  }));
  await write(store, 'job-a', [submitted, ...updates]);
  const first = await open(t, store, directory);
  const job = await first.executor.load(jobs, 'a');
  const second = await open(t, store, directory);
  t.strictSame(await second.executor.load(jobs, 'a'), job);
  t.ok(Math.min(...second.reads) >= 1000);
});
