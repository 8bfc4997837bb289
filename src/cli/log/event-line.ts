import { explainBlocked } from '../shared/blocked.js';

export interface ShownEvent {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

const DATA_WIDTH = 100;
/** Fields that explain an event. They come first and are not abbreviated. */
const REASON_FIELDS = ['reason', 'message', 'error', 'exitCode', 'outcome', 'reasons'];
/** Fields that the line shows elsewhere, or that are too long for it. */
const HIDDEN_FIELDS = new Set(['specification', ...REASON_FIELDS]);

export function eventCells(event: ShownEvent): [string, string, string, string, string, string] {
  const data = (event.data ?? {}) as Readonly<Record<string, unknown>>;
  const why = REASON_FIELDS.filter((name) => data[name] !== undefined && data[name] !== null).map((name) =>
    said(name, data[name]),
  );
  const rest = Object.entries(data)
    .filter(([name]) => !HIDDEN_FIELDS.has(name))
    .map(([name, value]) => said(name, value))
    .join(' ');
  return [
    event.position.padStart(6),
    event.at,
    `${event.stream}@${event.revision}`,
    event.type,
    actorOf(event.metadata),
    [...why, rest.length > DATA_WIDTH ? `${rest.slice(0, DATA_WIDTH - 1)}…` : rest]
      .filter((part) => part !== '')
      .join(' '),
  ];
}

function said(name: string, value: unknown): string {
  if (name === 'reasons')
    return explainBlocked(value as Parameters<typeof explainBlocked>[0])
      .map((line) => line.trim())
      .join('; ');
  return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/** Returns the actor: an account, a node or a component of the server. Returns a dash if it is unknown. */
function actorOf(metadata: unknown): string {
  const { actor } = (metadata ?? {}) as { readonly actor?: unknown };
  return typeof actor === 'string' ? actor : '-';
}
