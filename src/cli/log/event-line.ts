import { decode, isOurs } from '#domain/event-types/index.js';
import { actorName, eventSentence, shortKey, withKey } from '#domain/explain/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { explainBlocked } from '../shared/blocked.js';
import { localTime } from '../shared/local-time.js';
import { shortText, type HostOf } from '../shared/host-name.js';
import type { Look } from '../shared/table.js';

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

const DAY = 10;
const CLOCK_END = 19;

/**
 * Returns when an event happened, who caused it and a sentence. On a terminal, the time is local, without the date if it is today, nodes have
 * their host names, and other ids are short.
 * @param username of an account, or name of an API key, by its id
 */
export function eventSummary(
  event: ShownEvent,
  look: Look,
  username: (id: string) => string | undefined = () => undefined,
  host: HostOf = () => undefined,
): [string, string, string] {
  const actor = actorOf(event.metadata);
  const account = actor.startsWith('user:') ? username(actor.slice('user:'.length)) : undefined;
  const { apiKey } = (event.metadata ?? {}) as { readonly apiKey?: unknown };
  const who = withKey(
    actorName(actor === '-' ? undefined : actor, account),
    typeof apiKey === 'string' ? (username(apiKey) ?? shortKey(apiKey)) : undefined,
  );
  const sentence = sentenceOf(event);
  const at = shownTime(event.at, look);
  return [at, shortText(who, look, host), shortText(sentence, look, host)];
}

/** The zone is named with the date: the times of today are those of the clock on the wall. */
function shownTime(at: string, { width, localTimes, now }: Look): string {
  if (width === undefined && !localTimes) return at;
  const [time, today] = [localTime(Date.parse(at)), localTime(now)];
  if (width === undefined) return time;
  return time.slice(0, DAY) === today.slice(0, DAY) ? time.slice(DAY + 1, CLOCK_END) : time;
}

/** Events of other programs, and of newer versions, have no sentence. Their type and data are shown. */
function sentenceOf(event: ShownEvent): string {
  const { position, at, data, metadata, ...rest } = event;
  const recorded = {
    ...rest,
    data: JSON.stringify(data),
    metadata: JSON.stringify(metadata),
    position: BigInt(position),
    created: Date.parse(at),
  };
  try {
    if (isOurs(recorded)) return eventSentence(decode(recorded));
  } catch (error) {
    if (!isMusterError(error)) throw error;
  }
  return [event.type, eventCells(event)[5]].join(' ').trimEnd();
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
