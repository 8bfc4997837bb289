import t from 'tap';
import type { FastifyReply } from 'fastify';
import type { ReadModels } from '#domain/ports/read-models.js';
import { Positions } from '#src/api/positions.js';

/** The part of the read models that positions are asked of, moved by hand. */
function models() {
  let position = 0n;
  const waiters: { readonly position: bigint; readonly done: (reached: boolean) => void }[] = [];
  const asked: bigint[] = [];
  const part = {
    position: () => position,
    waitFor: (wanted: bigint) => {
      asked.push(wanted);
      return wanted <= position ? Promise.resolve(true) : new Promise<boolean>((done) => waiters.push({ position: wanted, done }));
    },
  };
  return {
    part: part as unknown as ReadModels,
    asked,
    reach: (to: bigint) => {
      position = to;
      for (const waiter of waiters.splice(0)) if (waiter.position <= to) waiter.done(true); else waiters.push(waiter);
    },
    timeOut: () => waiters.splice(0).forEach(({ done }) => done(false)),
  };
}

const headers = new Map<string, string>();
const reply = { header: (name: string, value: string) => headers.set(name, value) } as unknown as FastifyReply;
const turn = () => new Promise(setImmediate);

void t.test('who wrote waits until reads show it, all by one wait', async (t) => {
  const { part, reach, asked } = models();
  const positions = new Positions(part, 500, 2000);
  const done: bigint[] = [];
  const all = [5n, 6n, 7n, 9n].map((position) => positions.written(reply, position).then(() => done.push(position)));
  t.equal(headers.get('x-muster-position'), '9');
  await turn();
  reach(6n);
  await turn();
  t.same(done, [5n, 6n]);
  const late = positions.written(reply, 8n).then(() => done.push(8n));
  reach(8n);
  await turn();
  await turn();
  t.same(done, [5n, 6n, 7n, 8n]);
  reach(9n);
  await Promise.all([...all, late]);
  t.ok(asked.length <= 5, 'not one for each');
  await positions.written(reply, 4n);
  await positions.written(reply, undefined);
});

void t.test('who waited the whole time is let go', async (t) => {
  const { part, timeOut, reach } = models();
  const positions = new Positions(part, 500, 2000);
  let done = 0;
  const first = positions.written(reply, 5n).then(() => (done += 1));
  await turn();
  const second = positions.written(reply, 6n).then(() => (done += 1));
  timeOut();
  await first;
  t.equal(done, 1, 'who came later waits on');
  reach(6n);
  await second;
});

void t.test('nobody waits while the projection is far behind', async (t) => {
  const { part, reach } = models();
  const positions = new Positions(part, 500, 10);
  for (let position = 1n; position <= 10n; position += 1n) void positions.written(reply, position);
  for (let position = 11n; position <= 50n; position += 1n) await positions.written(reply, position);
  reach(49n);
  let done = false;
  const waiting = positions.written(reply, 51n).then(() => (done = true));
  await turn();
  t.notOk(done, 'it has caught up: who writes waits again');
  reach(51n);
  await waiting;
});
