import { subjectOf } from '#domain/kernel/sealing/sealed-text.js';
import type { Audit } from '../shared/client.js';

type Diff = Audit['ObjectDiff'];
type State = Diff['from']['state'];

/** Longer values are truncated. `-o json` shows them in full. */
const SHOWN_CHARACTERS = 100;

/** Returns the changes of one object as lines: `+` added, `-` removed, `~` changed. */
export function differenceLines({ of, from, to, patch }: Diff): string[] {
  const heading = `${of} from ${momentText(from)} to ${momentText(to)}`;
  if (from.state === undefined && to.state === undefined)
    return [heading, 'It did not exist at either moment.'];
  if (patch.length === 0) return [heading, 'No differences.'];
  if (from.state === undefined) return [`${heading}: created`, ...fieldsOf(to.state, '+')];
  if (to.state === undefined) return [`${heading}: ended`, ...fieldsOf(from.state, '-')];
  return [heading, ...patch.map((each) => operationLine(each, from.state))];
}

function momentText({ position, at }: Diff['from']): string {
  return `${at} (#${position})`;
}

function fieldsOf(state: State, sign: string): string[] {
  return Object.entries(state ?? {}).map(([name, value]) => `${sign} ${name}: ${valueText(value)}`);
}

function operationLine({ op, path, value }: Diff['patch'][number], before: State): string {
  const names = path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = names.join('.');
  // The patch identifies a value that it replaces or removes by its path in the earlier state.
  const former = (): string => valueText(names.reduce<unknown>(memberOf, before));
  if (op === 'add') return `+ ${name}: ${valueText(value)}`;
  if (op === 'remove') return `- ${name}: ${former()}`;
  return `~ ${name}: ${former()} → ${valueText(value)}`;
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | undefined)?.[name];
}

function valueText(value: unknown): string {
  if (typeof value === 'string' && subjectOf(value) !== undefined) return '(sealed)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
