import { environmentBuilds } from '#projections/environments/environment-builds.js';
import { environments } from '#projections/environments/environments.js';
import { gpuClaims } from '#projections/gpu/gpu-claims.js';
import { allocations } from '#projections/jobs/allocations.js';
import { jobs } from '#projections/jobs/jobs.js';
import { hosts, type HostDocument } from '#projections/nodes/hosts.js';
import { nodes } from '#projections/nodes/nodes.js';
import { services } from '#projections/services/services.js';
import { taskRuns } from '#projections/tasks/task-runs.js';
import { tasks } from '#projections/tasks/tasks.js';
import type { ConsoleParts } from '../parts.js';
import { SHARED } from '../viewer.js';
import {
  buildEntry,
  claimEntry,
  environmentEntry,
  runEntry,
  serviceEntry,
  taskEntry,
} from './account-rows.js';
import { allocationEntry, jobEntry, nodeEntry } from './cluster-rows.js';
import type { Made } from './made.js';
import { Table } from './table.js';

/** The tables behind the lists. Each is loaded on first use. */
export class Tables {
  readonly jobs;
  readonly allocations;
  readonly nodes;
  readonly hosts;
  readonly tasks;
  readonly runs;
  readonly services;
  readonly environments;
  readonly builds;
  readonly claims;

  constructor({
    readModels,
    history,
    documentChanges,
  }: Pick<ConsoleParts, 'readModels' | 'history' | 'documentChanges'>) {
    const table = <Document, Row>(
      { name }: { readonly name: string },
      entry: (document: Document, id: string) => Made<Row> | undefined,
      selects?: (row: Row) => boolean,
    ): Table<Document, Row> =>
      // As of a moment, the history ends at that moment, but the table may already be at a later position.
      new Table(name, readModels, documentChanges ?? history, entry, selects);
    this.jobs = table(jobs, jobEntry);
    this.allocations = table(allocations, allocationEntry, ({ holds }) => holds);
    this.nodes = table(nodes, nodeEntry);
    this.hosts = table(hosts, ({ hostname }: HostDocument) => ({
      holder: SHARED,
      text: '',
      row: { hostname },
    }));
    this.tasks = table(tasks, taskEntry);
    this.runs = table(taskRuns, runEntry);
    this.services = table(services, serviceEntry);
    this.environments = table(environments, environmentEntry);
    this.builds = table(environmentBuilds, buildEntry);
    this.claims = table(gpuClaims, claimEntry);
  }
}
