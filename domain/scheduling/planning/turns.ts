import type { Shape } from '../feasibility/shape.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { JobQueue } from '../state/job-queue.js';
import type { ScheduledJob } from '../state/scheduled-job.js';
import { lineOf, OPERATORS_LINE } from '../state/waiting-tenants.js';

export interface Waiting {
  readonly job: ScheduledJob;
  readonly shape: Shape;
}

/** Returns the waiting jobs of one tenant, in order. */
export type Order = (queues: ReadonlyMap<Shape, JobQueue>) => Iterator<Waiting, undefined>;

interface Line {
  readonly tenant: string;
  readonly rest: Iterator<Waiting, undefined>;
  head: Waiting;
}

/**
 * Yields waiting jobs in the order in which freed capacity is theirs. Tenants take turns, whatever the priority of their work: the next is the one
 * that holds the smallest part of the cluster, including what the caller has placed since. Jobs of the operator compete with it by priority.
 */
export function* inTurn(state: ClusterState, order: Order): Generator<Waiting, undefined> {
  const lines: Line[] = [];
  for (const [tenant, queues] of state.agenda.tenants.lines) {
    const rest = order(queues);
    const first = rest.next();
    if (first.done !== true) lines.push({ tenant, rest, head: first.value });
  }
  while (lines.length > 0) {
    const line = nextLine(state, lines);
    yield line.head;
    const next = line.rest.next();
    if (next.done === true) lines.splice(lines.indexOf(line), 1);
    else line.head = next.value;
  }
  return undefined;
}

function nextLine(state: ClusterState, lines: readonly Line[]): Line {
  let first: Line | undefined;
  let operators: Line | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    if (line.tenant === OPERATORS_LINE) {
      operators = line;
      continue;
    }
    const share = state.quotas.shareOf(line.tenant, state.totals());
    if (
      first !== undefined &&
      (share > least || (share === least && !isBefore(line.head.job, first.head.job)))
    )
      continue;
    first = line;
    least = share;
  }
  if (first === undefined || operators === undefined) return (first ?? operators)!;
  return isBefore(operators.head.job, first.head.job) ? operators : first;
}

/** Orders jobs by priority, then by how long they have waited. */
export function isBefore(one: ScheduledJob, other: ScheduledJob): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  return (one.blocked?.order ?? 0) < (other.blocked?.order ?? 0);
}

/** Returns whether a job has to leave reserved nodes to `first`: work of its own tenant or the operator by priority, other work by what its tenant holds. */
export function comesAfter(state: ClusterState, job: ScheduledJob, first: ScheduledJob): boolean {
  const [line, firstLine] = [lineOf(state.quotas, job), lineOf(state.quotas, first)];
  const byPriority = line === firstLine || line === OPERATORS_LINE || firstLine === OPERATORS_LINE;
  const totals = state.totals();
  if (!byPriority && state.quotas.shareOf(line, totals) >= state.quotas.shareOf(firstLine, totals))
    return true;
  return job.priority <= first.priority;
}
