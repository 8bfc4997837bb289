import type { z } from 'zod';
import { buildJobOf } from '#domain/environments/environment/index.js';
import type { overviewView } from './contract.js';
import { KIND_OF, type RowSource } from './kinds.js';
import type { JobRow } from './tables/cluster-rows.js';
import type { Entry } from './tables/table.js';
import { sees, type Viewer } from './viewer.js';

type Overview = Omit<z.input<typeof overviewView>, 'position' | 'at'>;
type Failure = Overview['failures'][number];

const SHOWN = 20;
const FAILED_JOB: ReadonlySet<string> = new Set(['failed', 'lost']);
const FAILED_RUN: ReadonlySet<string> = new Set(['failed', 'timeout']);

export async function overviewOf(source: RowSource, viewer: Viewer): Promise<Overview> {
  for (const kind of Object.values(KIND_OF)) for (const table of kind.tables(source)) await table.refreshed();
  const { tables } = source;
  const visible = <Row>(rows: ReadonlyMap<string, Entry<Row>>): Entry<Row>[] =>
    [...rows.values()].filter(({ holder }) => sees(viewer, holder));
  const jobs = visible(tables.jobs.rows);
  const environments = KIND_OF.environments.candidates(source).filter(({ holder }) => sees(viewer, holder));
  const allocations = [...tables.allocations.rows.values()].filter(({ row }) =>
    sees(viewer, tables.jobs.rows.get(row.job)?.holder),
  );
  return {
    counts: {
      jobs: countBy(jobs, ({ row }) => row.status),
      nodes: countBy(visible(tables.nodes.rows), ({ row }) => row.status),
      allocations: countBy(allocations, ({ row }) => row.status),
      tasks: countBy(visible(tables.tasks.rows), ({ row }) => row.status),
      services: countBy(visible(tables.services.rows), ({ row }) => row.status),
      environments: countBy(environments, ({ row }) => row.status),
      claims: countBy(visible(tables.claims.rows), ({ row }) => row.phase),
    },
    failures: [...failures(source, viewer, jobs)]
      .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
      .slice(0, SHOWN),
    waiting: jobs
      .flatMap(({ id, row: { waits, waitsSince } }) =>
        waits === null || waitsSince === undefined ? [] : [{ job: id, since: waitsSince, words: waits }],
      )
      .sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
      .slice(0, SHOWN),
  };
}

function countBy<Item>(items: readonly Item[], status: (item: Item) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(status(item), (counts.get(status(item)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Jobs of runs, services, environments and claims are listed under their owners instead. */
function* failures(
  { tables, names }: RowSource,
  viewer: Viewer,
  jobs: readonly Entry<JobRow>[],
): Generator<Failure> {
  const failed = jobs.filter(({ row }) => FAILED_JOB.has(row.status) && row.type === 'cluster');
  const reasons = reasonsOf(tables, failed);
  for (const { id, row } of failed) {
    const reason = reasons.get(id);
    const words = `Job ${id} ${row.status === 'lost' ? 'was lost' : 'failed'}${reason === undefined ? '' : `: ${reason}`}`;
    yield { kind: 'job', id, at: row.changed_at, words };
  }
  for (const { holder, row } of tables.runs.rows.values()) {
    const task = tables.tasks.rows.get(row.task);
    if (!FAILED_RUN.has(row.status) || row.ended_at === null || !sees(viewer, task?.holder ?? holder))
      continue;
    const why =
      row.status === 'timeout' ? 'took too long' : `failed${row.reason === null ? '' : `: ${row.reason}`}`;
    const words = `Run ${row.number} of task ${task?.row.name ?? row.task} ${why}`;
    yield { kind: 'run', id: `${row.task}/${row.number}`, at: row.ended_at, words };
  }
  for (const { id, holder, row } of tables.services.rows.values())
    if (row.status === 'failed' && sees(viewer, holder))
      yield {
        kind: 'service',
        id,
        at: row.changed_at,
        words: `Service ${row.name} failed${row.failure === null ? '' : `: ${row.failure}`}`,
      };
  for (const { id, holder, row } of tables.environments.rows.values()) {
    const build = tables.builds.rows.get(buildJobOf(id, row.newestBuild))?.row;
    if (build?.status === 'failed' && sees(viewer, holder))
      yield {
        kind: 'environment',
        id,
        at: build.at,
        words: `Build ${row.newestBuild} of environment ${row.name} failed${build.step === null ? '' : ` at ${build.step}`}`,
      };
  }
  for (const { id, row } of tables.nodes.rows.values())
    if (row.status === 'down')
      yield { kind: 'node', id, at: row.lastSign, words: `Node ${names.node(id)} is down` };
}

/** Returns, for each job, why its most recently failed allocation failed. */
function reasonsOf(
  { allocations }: RowSource['tables'],
  failed: readonly Entry<JobRow>[],
): ReadonlyMap<string, string> {
  if (failed.length === 0) return new Map();
  const newest = new Map(failed.map(({ id }) => [id, { at: '', reason: '' }]));
  for (const { row } of allocations.rows.values()) {
    const known = newest.get(row.job);
    if (known === undefined || !FAILED_JOB.has(row.status) || row.reason === null) continue;
    const at = row.ended_at ?? row.since;
    if (at > known.at) newest.set(row.job, { at, reason: row.reason });
  }
  return new Map([...newest].flatMap(([job, { reason }]) => (reason === '' ? [] : [[job, reason]])));
}
