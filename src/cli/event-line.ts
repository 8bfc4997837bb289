import { explainBlocked } from './blocked.js';

/** An event as the audit surface writes it. */
export interface ShownEvent {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** When it was decided, ISO. */
  readonly at: string;
  /** Of a stream of others: any JSON. */
  readonly data: unknown;
  readonly metadata: unknown;
}

const DATA_WIDTH = 100;
/** What tells why comes first, and whole. */
const WHY = ['reason', 'message', 'error', 'exitCode', 'outcome', 'reasons'];
/** Said elsewhere in the line, or too long for one. */
const UNSAID = new Set(['specification', ...WHY]);

/** One event as the cells of a line: position, time, stream@revision, type, who asked, what it says. */
export function eventCells(event: ShownEvent): [string, string, string, string, string, string] {
  const data = (event.data ?? {}) as Readonly<Record<string, unknown>>;
  const why = WHY.filter((name) => data[name] !== undefined && data[name] !== null).map((name) => said(name, data[name]));
  const rest = Object.entries(data)
    .filter(([name]) => !UNSAID.has(name))
    .map(([name, value]) => said(name, value))
    .join(' ');
  return [
    event.position.padStart(6),
    event.at,
    `${event.stream}@${event.revision}`,
    event.type,
    actorOf(event.metadata),
    [...why, rest.length > DATA_WIDTH ? `${rest.slice(0, DATA_WIDTH - 1)}…` : rest].filter((part) => part !== '').join(' '),
  ];
}

function said(name: string, value: unknown): string {
  if (name === 'reasons')
    return explainBlocked(value as Parameters<typeof explainBlocked>[0])
      .map((line) => line.trim())
      .join('; ');
  return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/** Who asked: an account, a node, one of the server's own parts; a dash where it does not say. */
function actorOf(metadata: unknown): string {
  const { actor } = (metadata ?? {}) as { readonly actor?: unknown };
  return typeof actor === 'string' ? actor : '-';
}
