import t from 'tap';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { Aged, Broadcast } from '#src/messaging/index.js';
import {
  WorkerHeartbeats,
  MAX_WORKERS_WITHOUT_NODE,
  MAX_HEARTBEATS,
} from '#src/surfaces/tasks/worker-heartbeats.js';

const BEAT = { status: 'online', current_tasks: 0, system_info: {} } as const;
const DAY = 86_400_000;

/** Creates heartbeats with a settable clock, for nodes with these ids. The test acts as the other servers. */
function heardBy(nodes: readonly string[] = []) {
  const clock = { at: 0, now: () => 1_000_000 + clock.at, monotonic: () => clock.at };
  const told: (readonly [string, WorkerSeen])[] = [];
  let listener: (signs: readonly (WorkerSeen & Aged)[]) => void = () => undefined;
  const seen: Broadcast<WorkerSeen> = {
    send: (of, sign) => void told.push([of, sign]),
    onReceived(listens) {
      listener = listens;
      return () => undefined;
    },
  };
  const workers = new WorkerHeartbeats({
    clock,
    timeoutMs: 30_000,
    isNode: (id) => nodes.includes(id),
    seen,
  });
  const elsewhere = (workerId: string, ageMs = 0, more: Partial<WorkerSeen> = {}) =>
    listener([{ worker_id: workerId, age_ms: ageMs, ...BEAT, ...more }]);
  return { clock, workers, told, elsewhere };
}

void t.test('shows a worker as silent after the node timeout, and removes it after a day', async (t) => {
  const { clock, workers } = heardBy(['node']);
  workers.heard('w', BEAT);
  workers.heard('node', BEAT);
  t.same(
    workers.alone().map(([id]) => id),
    ['w'],
  );
  clock.at = 30_000;
  t.notOk(workers.isSilent(workers.of('w')!));
  clock.at = 30_001;
  t.ok(workers.isSilent(workers.of('w')!));
  clock.at = DAY;
  t.ok(workers.of('w'));
  clock.at = DAY + 1;
  t.equal(workers.of('w'), undefined);
  t.same(workers.alone(), []);
});

void t.test(
  'stores at most a thousand workers, and replaces the one that has been silent longest',
  async (t) => {
    const { clock, workers } = heardBy(['node']);
    workers.heard('node', BEAT);
    for (let count = 0; count < MAX_WORKERS_WITHOUT_NODE; count += 1) workers.heard(`w${count}`, BEAT);
    workers.heard('w0', BEAT);
    t.throws(() => workers.heard('more', BEAT), { code: 'MUSTER_E_TOO_MANY_WORKERS', status: 429 });
    workers.heard('node', BEAT);
    clock.at = 30_001;
    workers.heard('w1', BEAT);
    workers.heard('more', BEAT);
    t.equal(workers.of('w2'), undefined);
    t.ok(workers.of('w0'), 'a worker with a later heartbeat is kept');
    t.equal(workers.alone().length, MAX_WORKERS_WITHOUT_NODE);
  },
);

void t.test('shares heartbeats with other servers, but not the ones it received from them', (t) => {
  const { workers, told, elsewhere } = heardBy(['node']);
  workers.heard('w', BEAT);
  workers.heard('node', { ...BEAT, current_tasks: 2 });
  elsewhere('other');
  const expected = [
    ['w', { worker_id: 'w', ...BEAT }],
    ['node', { worker_id: 'node', ...BEAT, current_tasks: 2 }],
  ];
  t.strictSame(told, expected);
  for (let count = 0; count < MAX_WORKERS_WITHOUT_NODE - 2; count += 1) elsewhere(`w${count}`);
  t.throws(() => workers.heard('more', BEAT), { code: 'MUSTER_E_TOO_MANY_WORKERS' });
  t.strictSame(told, expected, 'the heartbeat of a refused worker is not shared');
  t.end();
});

void t.test("converts the times of other servers' heartbeats to its own clock", (t) => {
  const { clock, workers, elsewhere } = heardBy();
  clock.at = 5_000;
  elsewhere('w', 100, { current_tasks: 3 });
  t.strictSame(workers.alone(), [
    ['w', { ...BEAT, current_tasks: 3, at: 1_004_900, monotonic: 4_900, here: false }],
  ]);
  clock.at = 34_900;
  t.notOk(workers.isSilent(workers.of('w')!));
  clock.at = 34_901;
  t.ok(workers.isSilent(workers.of('w')!));
  t.end();
});

void t.test('uses the newest heartbeat, whichever server received it', (t) => {
  const { clock, workers, elsewhere } = heardBy();
  clock.at = 1_000;
  workers.heard('w', BEAT);
  clock.at = 1_200;
  elsewhere('w', 200, { current_tasks: 1 });
  t.match(
    workers.of('w'),
    { current_tasks: 0, monotonic: 1_000 },
    'a heartbeat that is not newer changes nothing',
  );
  elsewhere('w', 100, { current_tasks: 2 });
  t.match(workers.of('w'), { current_tasks: 2, monotonic: 1_100 });
  workers.heard('w', { ...BEAT, current_tasks: 4 });
  t.match(workers.of('w'), { current_tasks: 4, monotonic: 1_200 });
  t.end();
});

void t.test('ignores shared heartbeats older than the node timeout', (t) => {
  const { clock, workers, elsewhere } = heardBy();
  clock.at = 60_000;
  elsewhere('old', 30_001);
  elsewhere('young', 30_000);
  t.same(
    workers.alone().map(([id]) => id),
    ['young'],
  );
  t.end();
});

void t.test('limits workers of other servers, without replacing its own', (t) => {
  const { clock, workers, elsewhere } = heardBy(['node']);
  workers.heard('here', BEAT);
  for (let count = 1; count < MAX_WORKERS_WITHOUT_NODE; count += 1) elsewhere(`w${count}`);
  elsewhere('more');
  t.equal(workers.of('more'), undefined, 'no worker is replaced while none is silent');
  elsewhere('node');
  t.ok(workers.of('node'), 'the limit does not apply to nodes');
  clock.at = 30_001;
  elsewhere('more');
  t.ok(workers.of('more'));
  t.equal(workers.of('w1'), undefined, 'the longest silent shared worker was replaced');
  t.ok(workers.of('here'));
  t.equal(workers.alone().length, MAX_WORKERS_WITHOUT_NODE);
  workers.heard('heard', BEAT);
  t.equal(
    workers.of('here'),
    undefined,
    'a worker heard here replaces the longest silent worker, even one heard here',
  );
  t.end();
});

void t.test('limits shared heartbeats of nodes, without replacing its own', (t) => {
  const nodes = Array.from({ length: MAX_HEARTBEATS + 2 }, (_, index) => `n${index}`);
  const { workers, elsewhere } = heardBy(nodes);
  for (const node of nodes.slice(0, MAX_HEARTBEATS)) workers.heard(node, BEAT);
  elsewhere(nodes[MAX_HEARTBEATS]!);
  t.equal(workers.of(nodes[MAX_HEARTBEATS]!), undefined);
  t.ok(workers.of('n0'));
  elsewhere('n0', -1, { current_tasks: 1 });
  t.match(workers.of('n0'), { current_tasks: 1 }, 'a known node is still updated');
  workers.heard(nodes[MAX_HEARTBEATS]!, BEAT);
  t.equal(workers.of('n1'), undefined);
  t.ok(workers.of('n2'));
  t.end();
});
