import { buildJobOf } from '#domain/environments/environment/index.js';
import { skipSentence } from '#domain/explain/index.js';
import { nextRunAt } from '#domain/tasks/task/index.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { taskSlots, type TaskSlotDocument } from '#projections/tasks/task-slots.js';
import { tasks, type TaskDocument } from '#projections/tasks/tasks.js';
import { read } from '#src/http/index.js';
import type { ConsoleParts } from './parts.js';
import type { Kind, Row } from './contract.js';
import type { Names } from './names.js';
import { runId } from './tables/account-rows.js';
import { time } from './tables/made.js';
import type { Entry, Table } from './tables/table.js';
import type { Tables } from './tables/tables.js';
import type { Holder, SHARED } from './viewer.js';

export interface RowSource {
  readonly tables: Tables;
  readonly names: Names;
  readonly parts: Pick<ConsoleParts, 'readModels' | 'clock'>;
}

/** A row without the fields that are looked up only for the rows of a page. */
export interface Candidate<Name extends Kind> {
  readonly created: number;
  readonly holder: Holder | typeof SHARED | undefined;
  readonly text: string;
  /** Id of the account whose name is shown as `owner`. */
  readonly ownerId: string | undefined;
  readonly row: Omit<Row<Name>, 'owner' | Late>;
}
type Late = 'last' | 'skipped' | 'url';

/** Whether a stored row may match. Most rows of a filtered list do not, and making a candidate of each is slow. */
export type Keep = (row: object) => boolean;

export interface KindOf<Name extends Kind> {
  tables(source: RowSource): readonly Pick<Table<unknown, unknown>, 'refreshed' | 'version'>[];
  /** Returns a candidate for each stored row that `keep` accepts. Default: for each stored row. */
  candidates(source: RowSource, keep?: Keep): Candidate<Name>[];
  finish?(source: RowSource, row: Candidate<Name>['row']): Promise<Partial<Row<Name>>> | Partial<Row<Name>>;
}

function kept<Stored extends object>(
  { rows }: Table<never, Stored>,
  keep: Keep = () => true,
): Entry<Stored>[] {
  const entries: Entry<Stored>[] = [];
  for (const entry of rows.values()) if (keep(entry.row)) entries.push(entry);
  return entries;
}

function candidate<Stored, Shown>(
  { created, holder, text }: Entry<Stored>,
  row: Shown,
  ownerId: string | undefined,
  ...names: readonly string[]
) {
  const all = names.length === 0 ? text : `${text}\n${names.join('\n').toLowerCase()}`;
  return { created, holder, text: all, ownerId, row };
}

/** Rows have additional fields, which lists drop. */
export const KIND_OF: { readonly [Name in Kind]: KindOf<Name> } = {
  jobs: {
    tables: ({ tables }) => [tables.jobs],
    candidates: ({ tables }, keep) =>
      kept(tables.jobs, keep).map((entry) => candidate(entry, entry.row, entry.row.ownerId)),
  },
  nodes: {
    tables: ({ tables }) => [tables.nodes, tables.hosts, tables.allocations],
    candidates: ({ tables, names }, keep) => {
      const use = new Map<string, { cpu: number; memory: number; gpus: number; allocations: number }>();
      for (const { row } of tables.allocations.selected.values()) {
        const sum = use.get(row.node) ?? { cpu: 0, memory: 0, gpus: 0, allocations: 0 };
        sum.cpu += row.cpu;
        sum.memory += row.memory;
        sum.gpus += row.gpus;
        sum.allocations += 1;
        use.set(row.node, sum);
      }
      return kept(tables.nodes, keep).map((entry) => {
        const { total, ...rest } = entry.row;
        const used = use.get(rest.id) ?? { cpu: 0, memory: 0, gpus: 0, allocations: 0 };
        const name = names.node(rest.id);
        const row = {
          ...rest,
          name,
          cpu: { total: total.cpu, used: used.cpu },
          memory: { total: total.memory, used: used.memory },
          gpus: { total: total.gpus, used: used.gpus },
          allocations: used.allocations,
        };
        return candidate(entry, row, undefined, name);
      });
    },
  },
  allocations: {
    tables: ({ tables }) => [tables.allocations, tables.jobs, tables.hosts],
    candidates: ({ tables, names }, keep) =>
      kept(tables.allocations, keep).map((entry) => {
        const node_name = names.node(entry.row.node);
        const { holder } = tables.jobs.rows.get(entry.row.job) ?? entry;
        return { ...candidate(entry, { ...entry.row, node_name }, undefined, node_name), holder };
      }),
  },
  runs: {
    tables: ({ tables }) => [tables.runs, tables.tasks, tables.hosts],
    candidates: ({ tables, names }, keep) =>
      kept(tables.runs, keep).map((entry) => {
        const task = tables.tasks.rows.get(entry.row.task);
        const task_name = task?.row.name ?? entry.row.task;
        const node = entry.row.nodeId === undefined ? null : names.node(entry.row.nodeId);
        const row = { ...entry.row, task_name, node };
        return {
          ...candidate(entry, row, undefined, task_name, node ?? ''),
          holder: task?.holder ?? entry.holder,
        };
      }),
  },
  tasks: {
    tables: ({ tables }) => [tables.tasks, tables.runs],
    candidates: ({ tables }, keep) =>
      kept(tables.tasks, keep).map((entry) => candidate(entry, entry.row, entry.row.ownerId)),
    finish: async ({ tables, parts }, { id }) => ({
      last: lastRuns(tables, id),
      skipped: await lastSkipped(parts, id),
      ...(tables.tasks.rows.get(id)?.row.held === true && { next_at: await nextOfHeld(parts, id) }),
    }),
  },
  services: {
    tables: ({ tables }) => [tables.services],
    candidates: ({ tables }, keep) =>
      kept(tables.services, keep).map((entry) => candidate(entry, entry.row, entry.row.ownerId)),
    finish: async ({ tables, parts }, { id }) => {
      const endpoint = tables.services.rows.get(id)?.row.endpoint;
      const stored = endpoint && (await parts.readModels.get(nodes.name, endpoint.nodeId));
      if (endpoint === undefined || stored === undefined) return { url: null };
      const { ipAddress } = read<NodeDocument>(stored);
      return { url: `${ipAddress.includes(':') ? `[${ipAddress}]` : ipAddress}:${endpoint.port}` };
    },
  },
  environments: {
    tables: ({ tables }) => [tables.environments, tables.builds],
    candidates: ({ tables }, keep) =>
      kept(tables.environments, keep).map((entry) => {
        const { id, newestBuild, generation } = entry.row;
        const build = tables.builds.rows.get(buildJobOf(id, newestBuild))?.row;
        const last_build =
          build === undefined ? null : { id: String(newestBuild), status: build.status, at: build.at };
        const status = environmentStatus(generation, build?.status);
        return candidate(entry, { ...entry.row, last_build, status }, entry.row.ownerId, status);
      }),
  },
  claims: {
    tables: ({ tables }) => [tables.claims, tables.hosts],
    candidates: ({ tables, names }, keep) =>
      kept(tables.claims, keep).map((entry) => {
        const node = entry.row.nodeId === undefined ? null : names.node(entry.row.nodeId);
        return candidate(entry, { ...entry.row, node }, entry.row.ownerId, node ?? '');
      }),
  },
};

function environmentStatus(generation: number | null, build: string | undefined): string {
  if (build === 'failed') return 'failed';
  if (build === 'waiting' || build === 'placing' || build === 'building') return 'building';
  return generation === null ? 'empty' : 'ready';
}

const LAST_RUNS = 10;
/** Maximum number of run numbers without a row that the search skips, for example because the run was dropped. */
const MOST_GAPS = 20;

function lastRuns({ tasks, runs }: Tables, id: string): Row<'tasks'>['last'] {
  const newest = tasks.rows.get(id)?.row.newestRun ?? 0;
  const found: Row<'tasks'>['last'] = [];
  for (let number = newest; number > 0 && number > newest - LAST_RUNS - MOST_GAPS; number -= 1) {
    const run = runs.rows.get(runId(Number(id), number))?.row;
    if (run === undefined) continue;
    const { status, reason } = run;
    found.push({ number, status, at: run.ended_at ?? run.started_at ?? run.queued_at, reason });
    if (found.length === LAST_RUNS) break;
  }
  return found;
}

const LAST_SKIPPED = 10;

/** The next slot that may run. Slots that are due are skipped without a decision while runs of the task hold it back. */
async function nextOfHeld({ readModels, clock }: RowSource['parts'], id: string): Promise<string | null> {
  const stored = await readModels.get(tasks.name, id);
  const next = stored && nextRunAt(read<TaskDocument>(stored), clock.now());
  return next === undefined || next === null ? null : time(next);
}

async function lastSkipped({ readModels }: RowSource['parts'], id: string): Promise<Row<'tasks'>['skipped']> {
  const found: Row<'tasks'>['skipped'] = [];
  const newest = { where: { index: 'skipped', value: id }, newest: true, limit: LAST_SKIPPED };
  for await (const page of readModels.list(taskSlots.name, newest))
    for (const stored of page) {
      const { slot, until, reason, decidedAt } = read<TaskSlotDocument>(stored);
      if (reason === null) continue;
      found.push({
        slot: time(slot),
        until: time(until),
        reason: skipSentence(reason),
        missed: reason === 'missed',
        at: time(decidedAt),
      });
    }
  return found;
}
