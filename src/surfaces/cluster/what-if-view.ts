import type { z } from 'zod';
import type { BranchComparison, NodeUse } from '#domain/scheduling/branch/index.js';
import type { WhatIfAnswer } from '#src/features/what-if/index.js';
import { wireTime } from '#src/http/index.js';
import type { whatIfView } from './what-if-contract.js';

type View = z.input<typeof whatIfView>;

const LEFT_OUT = [
  'Quotas that are checked when something is requested, such as those of GPU claims. Quotas that the scheduler checks are considered.',
  'Failures of agents and tasks, and tasks that end on their own: everything that is running keeps running.',
  'Stops take 5 seconds, regardless of the kill timeout. Rollouts succeed immediately.',
  'Priorities only order the jobs that are waiting. Nothing that is running is preempted.',
  'Reactions of tasks, services and environments: only their current jobs are considered.',
];

export function viewWhatIf(now: number, answer: WhatIfAnswer): View {
  const { basis, sinceBasis, unsettled, elapsedMs, comparison, counts, fits } = answer;
  const { before, after, later, blocked, unblocked, nodes } = comparison;
  return {
    at: wireTime(now),
    basis: basis === undefined ? null : basis.toString(),
    since_basis: sinceBasis,
    settled: unsettled === undefined,
    ...(unsettled !== undefined && { unsettled_because: unsettled }),
    seconds: elapsedMs / 1000,
    ...viewPlaces(comparison),
    blocked: blocked.map(({ job, group, reason, ...waits }) => ({
      job_id: job,
      task_group: group,
      before: waits.before,
      after: waits.after,
      ...(reason !== undefined && { reason }),
    })),
    unblocked: unblocked.map(({ job, group, ...waits }) => ({
      job_id: job,
      task_group: group,
      before: waits.before,
      after: waits.after,
    })),
    nodes: nodes.map((each) => ({
      node_id: each.node,
      before: viewUse(each.before),
      after: viewUse(each.after),
    })),
    fits: fits.map(({ count, atLeast, limit }) => ({
      count,
      at_least: atLeast,
      ...(limit !== undefined && { task_group: limit.group, reason: limit.reason }),
    })),
    sums: { ...counts, later, before, after },
    left_out: LEFT_OUT,
  };
}

function viewPlaces({
  moves,
  placed,
  stopped,
}: BranchComparison): Pick<View, 'moves' | 'placed' | 'stopped'> {
  const place = (each: { readonly job: string; readonly group: string; readonly slot: number }) => ({
    job_id: each.job,
    task_group: each.group,
    slot: each.slot,
  });
  return {
    moves: moves.map((each) => ({
      allocation_id: each.allocation,
      ...place(each),
      from: each.from,
      to: each.to,
      score: scoreOf(each.score),
    })),
    placed: placed.map((each) => ({ ...place(each), to: each.to, score: scoreOf(each.score) })),
    stopped: stopped.map((each) => ({ allocation_id: each.allocation, ...place(each), from: each.from })),
  };
}

function viewUse(use: NodeUse | undefined): NodeUse | null {
  return use ?? null;
}

function scoreOf(thousandths: number | undefined): number | null {
  return thousandths === undefined ? null : thousandths / 1000;
}
