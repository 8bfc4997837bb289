import { plural } from '#domain/kernel/plural.js';
import { explainBlocked } from '../shared/blocked.js';
import type { Cluster } from '../shared/client.js';
import { fieldLines, printable } from '../shared/output.js';
import { idColumn, tableLines, type Heading, type Look } from '../shared/table.js';

type WhatIf = Cluster['WhatIf'];
type Use = WhatIf['sums']['before'];

/** Returns the counts of changes, then allocations with reasons, changed nodes, and ignored aspects. */
export function whatIfPage(told: WhatIf, look?: Look): string[] {
  const { sums, moves, placed, stopped, blocked, unblocked, nodes, fits } = told;
  return [
    ...fieldLines([
      ['As of', basisOf(told)],
      ['Settled', settledOf(told)],
      ['Moved', plural(sums.moves, 'allocation')],
      ['Placed', plural(sums.placed, 'instance')],
      ['Stopped', plural(sums.stopped, 'allocation')],
      ['Waiting', change(sums, ({ waiting }) => waiting)],
      ...(sums.later === 0 ? [] : [['Later', plural(sums.later, 'instance')] as const]),
      ['Open nodes', change(sums, ({ nodes: count }) => count)],
      ...(['cpu', 'memory', 'gpus'] as const).map(
        (name) =>
          [
            { cpu: 'CPU', memory: 'Memory', gpus: 'GPUs' }[name],
            change(sums, (use) => `${use[name].used}/${use[name].capacity}`),
          ] as const,
      ),
    ]),
    ...fits.flatMap((fit, index) => ['', ...fitLines(fit, index)]),
    ...part(
      [idColumn('MOVES'), 'JOB', 'GROUP', 'SLOT', idColumn('FROM'), idColumn('TO'), 'SCORE'],
      moves.map((each) => [
        each.allocation_id,
        each.job_id,
        each.task_group,
        String(each.slot),
        each.from,
        each.to,
        scoreOf(each.score),
      ]),
      sums.moves,
      look,
    ),
    ...part(
      ['PLACED JOB', 'GROUP', 'SLOT', idColumn('TO'), 'SCORE'],
      placed.map((each) => [each.job_id, each.task_group, String(each.slot), each.to, scoreOf(each.score)]),
      sums.placed,
      look,
    ),
    ...part(
      [idColumn('STOPS'), 'JOB', 'GROUP', 'SLOT', idColumn('FROM')],
      stopped.map((each) => [each.allocation_id, each.job_id, each.task_group, String(each.slot), each.from]),
      sums.stopped,
      look,
    ),
    ...part(['WAITING JOB', 'GROUP', 'BEFORE', 'AFTER'], blocked.map(waits), sums.blocked, look),
    ...blocked.flatMap(({ job_id: job, task_group: group, reason }) =>
      reason === undefined
        ? []
        : explainBlocked({ [group]: reason }).map((line) => printable(`${job}: ${line}`)),
    ),
    ...part(['NO LONGER WAITING', 'GROUP', 'BEFORE', 'AFTER'], unblocked.map(waits), sums.unblocked, look),
    ...part(
      [idColumn('NODE'), 'STATUS', 'ALLOCATIONS', 'CPU USED', 'MEMORY USED', 'GPUS USED'],
      nodes.map((each) => [
        each.node_id,
        ...(['status', 'allocations', 'cpu', 'memory', 'gpus'] as const).map((name) =>
          arrow(each.before?.[name] ?? '-', each.after?.[name] ?? '-'),
        ),
      ]),
      sums.nodes,
      look,
    ),
    '',
    'Not considered',
    ...told.left_out.map((each) => printable(`  ${each}`)),
  ];
}

function basisOf({ at, basis, since_basis: since }: WhatIf): string {
  if (basis === null) return `${at}, an empty log`;
  const count = `${since.more ? 'more than ' : ''}${plural(since.events, 'event')}`;
  return `${at}, event #${basis}${since.events === 0 ? '' : `; the log has had ${count} since`}`;
}

function settledOf({ settled, seconds, unsettled_because: because }: WhatIf): string {
  if (!settled)
    return `no: stopped ${because === 'time' ? 'after 10 s of planning' : 'at 200,000 events'}, so there may be more`;
  return seconds === 0 ? 'immediately' : `after ${seconds} s`;
}

function fitLines(
  { count, at_least: isMore, task_group: group, reason }: WhatIf['fits'][number],
  index: number,
): string[] {
  return [
    `Fit ${index + 1}: ${isMore ? 'at least ' : ''}${plural(count, 'job')}`,
    ...(group === undefined || reason === undefined
      ? []
      : explainBlocked({ [group]: reason }).map((line) => `  one more: ${line}`)),
  ];
}

function change({ before, after }: WhatIf['sums'], read: (use: Use) => string | number): string {
  return arrow(read(before), read(after));
}

function arrow(before: string | number, after: string | number): string {
  return before === after ? String(before) : `${before} -> ${after}`;
}

function waits(each: WhatIf['unblocked'][number]): string[] {
  return [each.job_id, each.task_group, String(each.before), String(each.after)];
}

function part(
  headings: readonly Heading[],
  rows: readonly (readonly string[])[],
  all: number,
  look: Look | undefined,
): string[] {
  if (all === 0) return [];
  const more = all - rows.length;
  return ['', ...tableLines(headings, rows, look), ...(more > 0 ? [`… and ${more} more`] : [])];
}

function scoreOf(score: number | null): string {
  return score === null ? '-' : score.toFixed(3);
}
