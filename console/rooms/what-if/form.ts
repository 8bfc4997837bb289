import type { components } from '../../generated/cluster.js';

type Question = components['schemas']['WhatIfQuestion'];
type Change = Question['changes'][number];
type Submission = components['schemas']['JobSubmission'];

/** Kind of a change. Also the name of the URL parameter and of the CLI option. */
export type ChangeKind = 'drain' | 'down' | 'ineligible' | 'eligible' | 'add' | 'priority' | 'stop' | 'fit';

export interface KindOfChange {
  readonly kind: ChangeKind;
  readonly title: string;
  readonly of: 'node' | 'job';
  readonly amount?: { readonly label: string; readonly least: number; readonly most: number };
}

export const KINDS: readonly KindOfChange[] = [
  { kind: 'drain', title: 'Drain node', of: 'node' },
  { kind: 'down', title: 'Lose node', of: 'node' },
  { kind: 'ineligible', title: 'Forbid placements on node', of: 'node' },
  { kind: 'eligible', title: 'Allow placements on node', of: 'node' },
  {
    kind: 'add',
    title: 'Add copies of node',
    of: 'node',
    amount: { label: 'Number of nodes', least: 1, most: 10_000 },
  },
  {
    kind: 'priority',
    title: 'Change the priority of job',
    of: 'job',
    amount: { label: 'Priority', least: 0, most: 100 },
  },
  { kind: 'stop', title: 'Stop job', of: 'job' },
  { kind: 'fit', title: 'Count fitting copies of job', of: 'job' },
];

/** One line of the form, as typed. */
export interface Row {
  readonly kind: ChangeKind;
  /** A node or a job. */
  readonly object: string;
  readonly amount: string;
}

export interface Problem {
  /** Undefined if it concerns the whole question. */
  readonly row: number | undefined;
  readonly field: 'object' | 'amount';
  readonly words: string;
}

/** Limits of the API. */
const MOST_CHANGES = 100;
const MOST_FITS = 4;
const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export function kindOf(kind: ChangeKind): KindOfChange {
  return KINDS.find((each) => each.kind === kind) ?? { kind, title: kind, of: 'node' };
}

/** Returns undefined if the URL contains no question. */
export function rowsOf(search: Readonly<Record<string, string | undefined>>): readonly Row[] | undefined {
  const rows = KINDS.flatMap(({ kind }) =>
    (search[kind] ?? '')
      .split(',')
      .filter((text) => text !== '')
      .map((text) => rowOf(kind, text)),
  );
  return rows.length === 0 && search['ask'] === undefined ? undefined : rows;
}

function rowOf(kind: ChangeKind, text: string): Row {
  const [, count, like] = (kind === 'add' && /^(\d*)x(.*)$/.exec(text)) || [];
  const [, job, to] = (kind === 'priority' && /^([^=]*)=(.*)$/.exec(text)) || [];
  return { kind, object: like ?? job ?? text, amount: count ?? to ?? '' };
}

/** Returns all URL parameters of the form. Unused ones are undefined, which removes them. Ids are separated by commas, which they cannot contain. */
export function searchOf(rows: readonly Row[]): Readonly<Record<string, string | undefined>> {
  const entries = KINDS.map(({ kind }): [string, string | undefined] => {
    const texts = rows.filter((row) => row.kind === kind).map(textOf);
    return [kind, texts.length === 0 ? undefined : texts.join(',')];
  });
  return { ...Object.fromEntries(entries), ask: rows.length === 0 ? '1' : undefined };
}

function textOf({ kind, object, amount }: Row): string {
  if (kind === 'add') return `${amount}x${object}`;
  return kind === 'priority' ? `${object}=${amount}` : object;
}

/** Returns the problems that can be found without the server. */
export function problemsOf(rows: readonly Row[]): readonly Problem[] {
  const problems: Problem[] = [];
  const changed = new Set<string>();
  for (const [row, { kind, object, amount }] of rows.entries()) {
    const { of, amount: wanted } = kindOf(kind);
    if (object === '') problems.push({ row, field: 'object', words: `Enter a ${of}.` });
    else if (!IDENTIFIER.test(object))
      problems.push({
        row,
        field: 'object',
        words: `A ${of} id has at most 100 characters: letters, digits, dots, dashes and underscores.`,
      });
    else if (kind !== 'add' && kind !== 'fit') {
      if (changed.has(`${of} ${object}`))
        problems.push({ row, field: 'object', words: `Change each ${of} only once.` });
      changed.add(`${of} ${object}`);
    }
    if (wanted === undefined) continue;
    const { least, most } = wanted;
    if (!/^\d{1,5}$/.test(amount) || Number(amount) < least || Number(amount) > most)
      problems.push({ row, field: 'amount', words: `Enter a whole number from ${least} to ${most}.` });
  }
  if (rows.length > MOST_CHANGES)
    problems.push({ row: undefined, field: 'object', words: `Enter at most ${MOST_CHANGES} changes.` });
  if (rows.filter(({ kind }) => kind === 'fit').length > MOST_FITS)
    problems.push({ row: undefined, field: 'object', words: `Count at most ${MOST_FITS} jobs at a time.` });
  return problems;
}

/** Returns the field that an error from the server refers to. */
export function refusedField(message: string, rows: readonly Row[]): Problem {
  const [, index, path = ''] = /changes\[(\d+)\]([^\s:]*)/.exec(message) ?? [];
  const named =
    index === undefined
      ? rows.findIndex(({ object }) => object !== '' && message.split(/[\s:,]+/).includes(object))
      : Number(index);
  return {
    row: rows[named] === undefined ? undefined : named,
    field: /\.(count|to)$/.test(path) ? 'amount' : 'object',
    words: message,
  };
}

/** Returns the request body. `jobs` contains the specifications of the counted jobs. */
export function questionOf(
  rows: readonly Row[],
  at: string | undefined,
  jobs: ReadonlyMap<string, Submission>,
): Pick<Question, 'changes' | 'as_of'> {
  return {
    ...(at === undefined ? {} : { as_of: at }),
    changes: rows.map((row) => changeOf(row, jobs)),
  };
}

function changeOf({ kind, object, amount }: Row, jobs: ReadonlyMap<string, Submission>): Change {
  switch (kind) {
    case 'drain':
      return { drain: object };
    case 'down':
      return { down: object };
    case 'eligible':
    case 'ineligible':
      return { eligible: { node: object, to: kind === 'eligible' } };
    case 'add':
      return { add_nodes: { like: object, count: Number(amount) } };
    case 'priority':
      return { priority: { job: object, to: Number(amount) } };
    case 'stop':
      return { stop: object };
    case 'fit': {
      const fit = jobs.get(object);
      if (fit === undefined) throw new Error(`The specification of job ${object} was not loaded.`);
      return { fit };
    }
  }
}

/** Returns the arguments of the `muster` command that asks the same question. The command reads the counted jobs from files. */
export function wordsOf(rows: readonly Row[]): readonly string[] {
  return [
    'what-if',
    ...rows.flatMap((row) => [`--${row.kind}`, row.kind === 'fit' ? `${row.object}.json` : textOf(row)]),
  ];
}
