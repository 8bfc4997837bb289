import { actorName, eventSentence, shortKey, withKey } from '#domain/explain/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { explainBlocked } from '../shared/blocked.js';
import { localTime } from '../shared/local-time.js';
import { shortText, type HostOf } from '../shared/host-name.js';
import { WHOLE, type Look } from '../shared/look.js';

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
  catalog: Pick<Catalog, 'decode' | 'isOurs'>,
  look: Look,
  username: (id: string) => string | undefined = () => undefined,
  host: HostOf = () => undefined,
): [string, string, string] {
  const [at, who, sentence] = [
    shownTime(event.at, look),
    whoCaused(event, username),
    sentenceOf(event, catalog),
  ];
  return [at, shortText(who, look, host), shortText(sentence, look, host)];
}

function whoCaused({ metadata }: ShownEvent, username: (id: string) => string | undefined): string {
  const { actor, apiKey } = (metadata ?? {}) as { readonly actor?: unknown; readonly apiKey?: unknown };
  const known = typeof actor === 'string' ? actor : undefined;
  const account = known?.startsWith('user:') === true ? username(known.slice('user:'.length)) : undefined;
  const key = typeof apiKey === 'string' ? (username(apiKey) ?? shortKey(apiKey)) : undefined;
  return withKey(actorName(known, account), key);
}

/** The zone is named with the date: the times of today are those of the clock on the wall. */
function shownTime(at: string, { width, localTimes, now }: Look): string {
  if (width === undefined && !localTimes) return at;
  const [time, today] = [localTime(Date.parse(at)), localTime(now)];
  if (width === undefined) return time;
  return time.slice(0, DAY) === today.slice(0, DAY) ? time.slice(DAY + 1, CLOCK_END) : time;
}

/** Events of other programs, and of newer versions, have no sentence. Their type and data are shown. */
function sentenceOf(event: ShownEvent, { decode, isOurs }: Pick<Catalog, 'decode' | 'isOurs'>): string {
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
  return [event.type, dataText(event)].join(' ').trimEnd();
}

const DATA_WIDTH = 100;
/** Fields that explain an event. They come first and are not abbreviated. */
const REASON_FIELDS = ['reason', 'message', 'error', 'exitCode', 'outcome', 'reasons'];
/** Fields that the line shows elsewhere, or that are too long for it. */
const HIDDEN_FIELDS = new Set(['specification', ...REASON_FIELDS]);

/** Returns the columns of `-o wide`: position, time, stream and revision, type, who, and data. @param username as of {@link eventSummary} */
export function eventCells(
  event: ShownEvent,
  look: Look = WHOLE,
  username: (id: string) => string | undefined = () => undefined,
): string[] {
  return [
    event.position.padStart(6),
    shownTime(event.at, look),
    `${event.stream}@${event.revision}`,
    event.type,
    whoCaused(event, username),
    dataText(event),
  ];
}

function dataText(event: ShownEvent): string {
  const data = (event.data ?? {}) as Readonly<Record<string, unknown>>;
  const why = REASON_FIELDS.filter((name) => data[name] !== undefined && data[name] !== null).map((name) =>
    said(name, data[name]),
  );
  const rest = Object.entries(data)
    .filter(([name]) => !HIDDEN_FIELDS.has(name))
    .map(([name, value]) => said(name, value))
    .join(' ');
  return [...why, rest.length > DATA_WIDTH ? `${rest.slice(0, DATA_WIDTH - 1)}…` : rest]
    .filter((part) => part !== '')
    .join(' ');
}

function said(name: string, value: unknown): string {
  if (name === 'reasons')
    return explainBlocked(value as Parameters<typeof explainBlocked>[0])
      .map((line) => line.trim())
      .join('; ');
  return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
