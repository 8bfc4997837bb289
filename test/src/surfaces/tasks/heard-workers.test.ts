import t from 'tap';
import { HeardWorkers, MAX_HEARD } from '#src/surfaces/tasks/heard-workers.js';

const BEAT = { status: 'online', current_tasks: 0, system_info: {} } as const;
const DAY = 86_400_000;

/** Workers by a clock that is told the time; `nodes`: ids that are nodes. */
function heardBy(nodes: readonly string[] = []) {
  const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at };
  return { clock, workers: new HeardWorkers({ clock, timeoutMs: 30_000, isNode: (id) => nodes.includes(id) }) };
}

void t.test('who only sends heartbeats is silent after the node timeout, and forgotten after a day', async (t) => {
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

void t.test('at most a thousand are heard at once; the one that was silent longest makes room', async (t) => {
  const { clock, workers } = heardBy(['node']);
  workers.heard('node', BEAT);
  for (let count = 0; count < MAX_HEARD; count += 1) workers.heard(`w${count}`, BEAT);
  workers.heard('w0', BEAT);
  t.throws(() => workers.heard('more', BEAT), { code: 'MUSTER_E_TOO_MANY_WORKERS', status: 429 });
  workers.heard('node', BEAT);
  clock.at = 30_001;
  workers.heard('w1', BEAT);
  workers.heard('more', BEAT);
  t.equal(workers.of('w2'), undefined);
  t.ok(workers.of('w0'), 'it was heard later');
  t.equal(workers.alone().length, MAX_HEARD);
});
