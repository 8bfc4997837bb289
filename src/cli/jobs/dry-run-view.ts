import type { Cluster } from '../shared/client.js';
import { explainBlocked } from '../shared/blocked.js';
import { idColumn, tableLines, type Heading, type Look } from '../shared/table.js';

type Groups = Cluster['JobPlan']['groups'];
type Group = Groups[number];
type Changes = Cluster['JobPlan']['changes'];

export function changeLines(changes: Changes, look?: Look): string[] {
  return tableLines(
    ['FIELD', 'NOW', 'THEN'],
    changes.map(({ path, before, after }) => [path, before ?? '-', after ?? '-']),
    look,
  );
}

/** Shows what the scheduler would do: counts per group, placements, stops, why instances cannot be placed, and the nodes. */
export function dryRunLines(groups: Groups, look?: Look): string[] {
  const placements = groups.flatMap(({ task_group: name, placements: all }) =>
    all.map(({ slot, node_id: node, score, after_stops: after, step, ports = [] }) => [
      name,
      String(slot),
      node,
      score.toFixed(3),
      ports.length === 0 ? '-' : ports.join(','),
      whenOf(step, after),
    ]),
  );
  const stops = groups.flatMap(({ task_group: name, stops: all }) =>
    all.map(({ allocation_id: allocation, node_id: node, reason, step }) => [
      name,
      allocation,
      node,
      step > 1 ? `${reason}, in step ${step}` : reason,
    ]),
  );
  const waiting = groups.flatMap(({ task_group: name, blocked }) =>
    blocked === undefined ? [] : explainBlocked({ [name]: blocked }),
  );
  return [
    ...tableLines(['GROUP', 'COUNT', 'KEEP', 'STOP', 'PLACE', 'UNPLACED'], groups.map(row), look),
    ...part(placements, ['PLACED IN GROUP', 'SLOT', idColumn('NODE'), 'SCORE', 'PORTS', 'WHEN'], look),
    ...part(stops, ['STOPPED IN GROUP', idColumn('ALLOCATION'), idColumn('NODE'), 'WHY'], look),
    ...(waiting.length === 0 ? [] : ['', ...waiting]),
    ...groups.flatMap((group) => nodeLines(group, look)),
  ];
}

function whenOf(step: number, afterStops: boolean): string {
  if (step > 1) return `in step ${step}${afterStops ? ', after the stops of that step' : ''}`;
  return afterStops ? 'after the stops' : 'immediately';
}

function row({ task_group: name, count, kept, stopped, placed, unplaced }: Group): string[] {
  return [name, ...[count, kept, stopped, placed, unplaced].map(String)];
}

function part(
  rows: readonly (readonly string[])[],
  headings: readonly Heading[],
  look: Look | undefined,
): string[] {
  return rows.length === 0 ? [] : ['', ...tableLines(headings, rows, look)];
}

function nodeLines({ task_group: name, nodes, looked }: Group, look: Look | undefined): string[] {
  if (looked === undefined) return [];
  const rows = nodes.map(({ node_id: node, verdict, score, reason }) => [
    node,
    verdict,
    score?.toFixed(3) ?? '-',
    reason ?? '-',
  ]);
  const more = looked.nodes - nodes.length;
  return [
    '',
    `Nodes for ${name}: ${looked.fitting} of ${looked.nodes} fit`,
    ...(rows.length === 0 ? [] : tableLines([idColumn('NODE'), 'VERDICT', 'SCORE', 'WHY'], rows, look)),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

export function isIdle(groups: Groups): boolean {
  return groups.every(({ placed, stopped, unplaced }) => placed + stopped + unplaced === 0);
}
