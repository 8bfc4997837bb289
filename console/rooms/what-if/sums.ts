import type { components } from '../../generated/cluster.js';
import { short } from '../../parts/name/short.js';
import { bytes, grouped } from '../../parts/time/format.js';

type WhatIf = components['schemas']['WhatIf'];
type Reason = components['schemas']['WhatIfBlockedReason'];
type Usage = components['schemas']['WhatIfUsage'];

/** Returns the answer in sentences, most important first: what would move, and how many of each counted job would fit. */
export function sentencesOf(
  { sums, blocked, unblocked, fits }: WhatIf,
  counted: readonly string[],
): readonly string[] {
  const waits = grownBy(blocked);
  const parts = [
    [sums.moves, 'allocation', 'would move', ''],
    [sums.placed, 'instance', 'would be placed', ''],
    [sums.stopped, 'allocation', 'would stop', ''],
    [waits, 'more instance', 'would have to wait', blocked.length < sums.blocked ? 'at least ' : ''],
    [
      -grownBy(unblocked),
      'instance',
      'would no longer wait',
      unblocked.length < sums.unblocked ? 'at least ' : '',
    ],
  ] as const;
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, noun, does, least]) => `${least}${plural(count, noun)} ${does}`);
  const fit = fits.map(
    ({ count, at_least: more }, place) =>
      `${more ? 'At least ' : ''}${plural(count, 'more job')} like ${counted[place] ?? 'this one'} would fit.`,
  );
  if (said.length === 0) return [...fit, 'Nothing would move, and no more instances would have to wait.'];
  return [`${capital(listed(said))}.`, ...fit];
}

function grownBy(groups: WhatIf['unblocked']): number {
  return groups.reduce((sum, { before, after }) => sum + after - before, 0);
}

/** Describes whether the answer is complete, and how far ahead it reaches. */
export function reachOf({ settled, seconds, unsettled_because: because }: WhatIf): string {
  if (!settled)
    return because === 'time'
      ? 'The answer is incomplete: planning was stopped after 10 s.'
      : 'The answer is incomplete: planning was stopped at 200,000 events.';
  return seconds === 0
    ? 'Everything would happen immediately.'
    : `After ${seconds} s, nothing more would move.`;
}

/** Describes how many events have been recorded since the basis of the answer. Returns undefined if there are none. */
export function sinceOf({ since_basis: { events, more } }: WhatIf): string | undefined {
  if (events === 0) return undefined;
  return `${more ? 'More than ' : ''}${plural(events, 'event')} since then ${events === 1 && !more ? 'is' : 'are'} not considered.`;
}

export interface Sum {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** Empty if nothing changes. */
  readonly change: string;
}

export function sumsOf({ sums: { before, after } }: WhatIf): readonly Sum[] {
  const count = (label: string, read: (use: typeof before) => number): Sum => ({
    label,
    before: grouped(read(before)),
    after: grouped(read(after)),
    change: signed(read(after) - read(before), grouped),
  });
  const usageOf = (
    label: string,
    name: 'cpu' | 'memory' | 'gpus',
    format: (amount: number) => string,
  ): Sum => {
    const change = [
      ['used', signed(after[name].used - before[name].used, format)],
      ['capacity', signed(after[name].capacity - before[name].capacity, format)],
    ] as const;
    return {
      label,
      before: usage(before[name], format),
      after: usage(after[name], format),
      change: change
        .filter(([, by]) => by !== '')
        .map(([what, by]) => `${what} ${by}`)
        .join(', '),
    };
  };
  return [
    count('Nodes that accept placements', ({ nodes }) => nodes),
    count('Allocations', ({ allocations }) => allocations),
    count('Waiting instances', ({ waiting }) => waiting),
    usageOf('CPU', 'cpu', grouped),
    usageOf('Memory', 'memory', bytes),
    usageOf('GPUs', 'gpus', grouped),
  ];
}

function usage({ used, capacity }: Usage, format: (amount: number) => string): string {
  if (capacity === 0 && used === 0) return '–';
  const share = capacity === 0 ? '' : ` (${Math.round((100 * used) / capacity)} %)`;
  return `${format(used)} of ${format(capacity)}${share}`;
}

function signed(by: number, format: (amount: number) => string): string {
  if (by === 0) return '';
  return `${by > 0 ? '+' : '−'}${format(Math.abs(by))}`;
}

const FILTERS: Readonly<Record<string, string>> = {
  unschedulable: 'state (down, draining, ineligible or not admitted yet)',
};
const LACKS: Readonly<Record<string, string>> = {
  'reserved for earlier work': 'reserved for a job that has waited longer or has a higher priority',
  'lost allocations': 'that must first report the end of lost allocations',
};

/** Explains why an instance cannot be placed. */
export function reasonWords({ nodes, filtered, exhausted, short, quota }: Reason): readonly string[] {
  if (quota !== undefined)
    return [
      quota.requested === undefined
        ? `quota ${quota.quota} of its ${quota.of}: ${quota.used} of ${quota.limit}`
        : `quota ${quota.quota} of its ${quota.of}: ${quota.requested} requested, the limit is ${quota.limit}`,
    ];
  if (nodes === 0) return ['no nodes are registered'];
  return [
    ...Object.entries(filtered).map(
      ([filter, count]) => `${plural(count, 'node')} ruled out by ${FILTERS[filter] ?? filter}`,
    ),
    ...Object.entries(exhausted).map(([what, count]) => {
      const words = LACKS[what];
      if (words !== undefined) return `${plural(count, 'node')} ${words}`;
      const by = short[what];
      return `${plural(count, 'node')} with too little ${what}${by === undefined ? '' : ` (short by at least ${grouped(by)})`}`;
    }),
  ];
}

/** Returns the name of a node, or the first block of its id. Added nodes are named after the node that they copy: `n1+1`. */
export function nodeLabel(id: string, names: ReadonlyMap<string, string>): string {
  const [, like = id, place = ''] = /^(.*)(\+\d+)$/.exec(id) ?? [];
  return `${names.get(like) ?? short(like)}${place}`;
}

/** Only hypothetical nodes have a plus sign in their id. They have no page. */
export function isAdded(id: string): boolean {
  return id.includes('+');
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
