import t from 'tap';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { Positions } from '#src/http/positions.js';

/** Read models whose position the test sets. */
function models({ shared, empty = false }: { readonly shared: boolean; readonly empty?: boolean }) {
  let position = empty ? -1n : 0n;
  const waiters: { readonly position: bigint; readonly done: (reached: boolean) => void }[] = [];
  const asked: bigint[] = [];
  const part = {
    shared,
    position: () => position,
    waitFor: (wanted: bigint) => {
      asked.push(wanted);
      return wanted <= position
        ? Promise.resolve(true)
        : new Promise<boolean>((done) => waiters.push({ position: wanted, done }));
    },
  };
  return {
    part: part as unknown as ReadModels,
    asked,
    reach: (to: bigint) => {
      position = to;
      for (const waiter of waiters.splice(0))
        if (waiter.position <= to) waiter.done(true);
        else waiters.push(waiter);
    },
    timeOut: () => waiters.splice(0).forEach(({ done }) => done(false)),
  };
}

const headers = new Map<string, string>();
const reply = {
  header: (name: string, value: string) => headers.set(name, value),
} as unknown as FastifyReply;
const turn = () => new Promise(setImmediate);

void t.test('lets concurrent writers share a wait for read models that other servers use', async (t) => {
  const { part, reach, asked } = models({ shared: true });
  const positions = new Positions(part, 500, 2000);
  const done: bigint[] = [];
  const all = [5n, 6n, 7n, 9n].map((position) =>
    positions.written(reply, position).then(() => done.push(position)),
  );
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
  t.ok(asked.length <= 5, 'there are at most five waits for five writers');
  await positions.written(reply, 4n);
  await positions.written(reply, undefined);
});

void t.test('releases only the request whose wait times out', async (t) => {
  const { part, timeOut, reach } = models({ shared: true });
  const positions = new Positions(part, 500, 2000);
  let done = 0;
  const first = positions.written(reply, 5n).then(() => (done += 1));
  await turn();
  const second = positions.written(reply, 6n).then(() => (done += 1));
  timeOut();
  await first;
  t.equal(done, 1, 'the later request is still waiting');
  reach(6n);
  await second;
});

void t.test('does not wait while the projection is far behind', async (t) => {
  const { part, reach } = models({ shared: true });
  const positions = new Positions(part, 500, 10);
  for (let position = 1n; position <= 10n; position += 1n) void positions.written(reply, position);
  for (let position = 11n; position <= 50n; position += 1n) await positions.written(reply, position);
  reach(49n);
  let done = false;
  const waiting = positions.written(reply, 51n).then(() => (done = true));
  await turn();
  t.notOk(done, 'a writer waits again after the projection has caught up');
  reach(51n);
  await waiting;
});

/** Starts a GET, and reports whether it was released and whether its response is marked as stale. */
function get(positions: Positions, minimum?: string, config: FastifyContextConfig = {}) {
  const told = { done: false, stale: false };
  const reply = {
    header: (name: string) => (told.stale ||= name === 'x-muster-stale'),
  } as unknown as FastifyReply;
  const headers = minimum === undefined ? {} : { 'x-muster-min-position': minimum };
  const request = { headers, routeOptions: { config } } as unknown as FastifyRequest;
  const done = positions.wanted(request, reply).then(() => {
    told.done = true;
    return told;
  });
  return { told, done };
}

void t.test('does not delay writers if no other server reads the models', async (t) => {
  const { part, reach } = models({ shared: false });
  const positions = new Positions(part, 500, 2000);
  await positions.written(reply, 5n);
  t.equal(headers.get('x-muster-position'), '5');
  const first = get(positions);
  await turn();
  t.notOk(first.told.done, 'a GET without a header waits');
  await positions.written(reply, 7n);
  await positions.written(reply, 6n);
  reach(5n);
  t.same(
    await first.done,
    { done: true, stale: false },
    'the GET does not wait for writes after its arrival',
  );
  const second = get(positions, '6');
  reach(6n);
  await turn();
  t.notOk(second.told.done, 'the GET also waits for earlier writes after its own position');
  reach(7n);
  t.same(await second.done, { done: true, stale: false });
  t.same(await get(positions).done, { done: true, stale: false });
});

void t.test('waits in a stream read only for the position in the header', async (t) => {
  const { part, reach, asked } = models({ shared: false });
  const positions = new Positions(part, 500, 2000);
  await positions.written(reply, 7n);
  t.same(await get(positions, undefined, { waits: 'position' }).done, { done: true, stale: false });
  t.same(asked, [], 'a stream read without a header does not wait for the read models');
  const named = get(positions, '6', { waits: 'position' });
  await turn();
  t.notOk(named.told.done);
  reach(6n);
  t.same(
    await named.done,
    { done: true, stale: false },
    'a stream read does not wait for positions after its own',
  );
  const reads = get(positions);
  await turn();
  t.notOk(reads.told.done, 'a read of the models is still waiting');
  reach(7n);
  await reads.done;
});

void t.test('waits for completed commands while the read models are empty', async (t) => {
  const { part, reach, asked } = models({ shared: false, empty: true });
  const positions = new Positions(part, 500, 2000);
  t.same(await get(positions).done, { done: true, stale: false });
  t.same(asked, []);
  await positions.written(reply, 3n);
  const first = get(positions);
  reach(0n);
  await turn();
  t.notOk(first.told.done, 'the first event is not enough');
  reach(3n);
  t.same(await first.done, { done: true, stale: false });
});

void t.test('lets only one GET wait while the read models are far behind', async (t) => {
  const { part, reach, timeOut, asked } = models({ shared: false });
  const positions = new Positions(part, 500, 2000);
  await positions.written(reply, 5n);
  const first = get(positions);
  await turn();
  timeOut();
  t.same(await first.done, { done: true, stale: true });
  await positions.written(reply, 9n);
  const waits = asked.length;
  reach(4n);
  t.same(await get(positions).done, { done: true, stale: true });
  t.same(
    asked.slice(waits).filter((position) => position > 0n),
    [],
    'the second GET does not wait',
  );
  const named = get(positions, '8');
  await turn();
  t.notOk(named.told.done, 'a GET with a position still waits');
  reach(8n);
  t.same(await named.done, { done: true, stale: true });
  const late = get(positions);
  await turn();
  t.notOk(late.told.done, 'a GET waits again after the read models have caught up');
  reach(9n);
  t.same(await late.done, { done: true, stale: false });
});
