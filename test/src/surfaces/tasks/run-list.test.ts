import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import { OUTCOMES } from '#domain/tasks/task/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { openTestApi, type TestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

interface Made {
  readonly run: number;
  readonly at: number;
  status: string;
}

interface Listed {
  readonly data: readonly { readonly id: number; readonly status: string }[];
  readonly pagination: { readonly total: number };
}

interface Size {
  readonly runs: number;
  readonly kept: number;
}

/** With the first size, all blocks are read one by one; with the second, some are only counted. */
const SIZES: readonly Size[] = [
  { runs: 2_400, kept: 1_200 },
  { runs: 13_300, kept: 12_400 },
];
const DAY = Date.parse('2026-11-01T00:00:00Z');
const MINUTE = 60_000;

/** A task with many runs, a clock that was set back twice, and early runs that never ended. */
async function scene(t: Test, { runs: count, kept }: Size) {
  const api = await openTestApi(t);
  const context = commandContext();
  await api.identity.registrations.register(
    { username: 'ann', password: 'password123', role: 'user', tenantId: 't1' },
    context,
  );
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
  ).json() as { token: string };
  const list = async (query: Record<string, string | number>): Promise<Listed> => {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const said = await api.say('GET', `/api/tasks/1/runs?${search}`, undefined, {
      authorization: `Bearer ${token}`,
    });
    t.equal(said.status, 200, said.body);
    return said.json() as Listed;
  };
  const runs: Made[] = [];
  const events: [MusterEvent, number][] = [
    [
      {
        type: 'TaskCreated',
        data: {
          taskId: 1,
          nameReservation: 'r',
          tenantId: 't1',
          createdBy: 'u',
          definition: { ...plainTask(), keepRuns: kept },
        },
      },
      DAY,
    ],
  ];
  for (let run = 1; run <= count; run += 1) {
    const at =
      DAY + run * MINUTE - (run > count - 900 ? 40 * MINUTE : 0) - (run > count - 623 ? 130 * MINUTE : 0);
    const made: Made = { run, at, status: 'pending' };
    runs.push(made);
    events.push([
      {
        type: 'TaskTriggered',
        data: {
          taskId: 1,
          run,
          keptFrom: Math.max(1, run + 1 - kept),
          attempts: 1,
          trigger: 'manual',
          tenantId: 't1',
        },
      },
      at,
    ]);
    if (run % 400 === 7) continue;
    if (run % 11 === 0) {
      made.status = 'cancelled';
      events.push([{ type: 'TaskRunsCancelled', data: { taskId: 1, runs: [run], reason: 'requested' } }, at]);
    } else {
      const outcome = OUTCOMES[run % 13 === 5 ? 1 : run % 17 === 3 ? 2 : 0];
      made.status = outcome;
      events.push([{ type: 'TaskRunEnded', data: { taskId: 1, run, outcome, tenantId: 't1' } }, at]);
    }
  }
  await written(api, events);
  return { api, list, runs };
}

async function written({ store, models }: TestApi, events: readonly [MusterEvent, number][]): Promise<void> {
  let [expected, position]: ['no_stream' | number, bigint] = ['no_stream', -1n];
  for (let from = 0; from < events.length; from += 100) {
    const batch = events.slice(from, from + 100).map(([event, at]) => ({
      id: randomUUID(),
      ...encode(event, { $correlationId: 't', $causationId: 't', at }),
    }));
    ({ revision: expected, position } = await store.append({ stream: 'task-1', expected, events: batch }));
  }
  if (!(await models.waitFor(position, 30_000 * PATIENCE)))
    throw new Error('the read models did not get there');
}

for (const size of SIZES)
  void t.test(
    `every page of every list has the expected runs, newest first, with ${size.kept} retained runs`,
    async (t) => {
      const { api, list, runs } = await scene(t, size);
      const shown = runs
        .filter(({ run, status }) => run > size.runs - size.kept || status === 'pending')
        .reverse();
      const spans: readonly (readonly [from: number, to: number])[] = [
        [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
        [DAY + (size.runs - 910) * MINUTE, DAY + (size.runs - 600) * MINUTE],
        [DAY + 7 * MINUTE, DAY + (size.runs - 1100) * MINUTE + 1],
        [DAY + (size.runs - 400) * MINUTE, Number.POSITIVE_INFINITY],
        [DAY + 90_000 * MINUTE, DAY + 90_001 * MINUTE],
      ];
      for (const status of [undefined, 'success', 'failed', 'timeout', 'cancelled', 'pending', 'running'])
        for (const [from, to] of spans) {
          const wanted = shown.filter(
            (each) => (status === undefined || each.status === status) && each.at >= from && each.at < to,
          );
          const span = {
            ...(Number.isFinite(from) && { from: new Date(from).toISOString() }),
            ...(Number.isFinite(to) && { to: new Date(to).toISOString() }),
          };
          const last = Math.ceil(wanted.length / 30);
          for (const page of new Set(
            [1, 2, Math.ceil(last / 2), last, last + 1].filter((each) => each > 0),
          )) {
            const { data, pagination } = await list({
              page,
              size: 30,
              ...(status !== undefined && { status }),
              ...span,
            });
            const label = `${status ?? 'all'}, ${JSON.stringify(span)}, page ${page}`;
            t.same(
              data.map(({ id }) => id),
              wanted.slice((page - 1) * 30, page * 30).map(({ run }) => run),
              label,
            );
            t.equal(pagination.total, wanted.length, label);
            t.ok(
              data.every((each) => status === undefined || each.status === status),
              label,
            );
          }
        }
      const definition = { ...plainTask(), keepRuns: 10 };
      await api.happened({
        type: 'TaskUpdated',
        data: { taskId: 1, nameReservation: 'r', definition, keptFrom: size.runs - 9 },
      });
      const few = await list({ size: 10 });
      t.same(
        few.data.map(({ id }) => id),
        runs
          .slice(-10)
          .reverse()
          .map(({ run }) => run),
        'runs beyond the new retention are not listed, even before they are dropped',
      );
      t.equal(
        few.pagination.total,
        10 + shown.filter(({ run, status }) => status === 'pending' && run <= size.runs - 10).length,
      );
      t.equal(
        (await list({ status: 'success' })).pagination.total,
        runs.slice(-10).filter(({ status }) => status === 'success').length,
      );
    },
  );
