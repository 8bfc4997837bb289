import type { Command, Option } from 'commander';
import type { Middleware } from 'openapi-fetch';
import { UNIT_MS } from './duration.js';
import { Failure } from './failure.js';
import { zoneName } from './local-time.js';
import { momentOf } from './moment.js';
import { warnLine } from './output.js';

const FLAGS = '--as-of <time>';
const HEADER = 'X-Muster-As-Of';
const UNITS = [
  ['d', UNIT_MS.d],
  ['h', UNIT_MS.h],
  ['min', UNIT_MS.m],
  ['s', UNIT_MS.s],
] as const;

/** Option of commands that only read recorded data. */
export function asOfOption(command: Command): Option {
  return command.createOption(
    FLAGS,
    'show the state at that time: 14:32, "yesterday 14:32", -2h, 2026-11-20T14:32:00Z, or a position as "#18204"',
  );
}

/** Refuses `--as-of` with an explanation, which "unknown option" would not provide. */
export function noAsOfOption(command: Command): Option {
  return command
    .createOption(FLAGS)
    .hideHelp()
    .argParser(() => {
      throw new Failure(
        '--as-of: only commands that list or show recorded data can show the past; nothing can be changed or followed in the past',
      );
    });
}

/** Sends all requests as of the same moment, and prints the moment on standard error. */
export function asOfRequests(asked: string, now: number): Middleware {
  let moment = momentOf('--as-of', asked, now);
  const time = /^\d+$/.test(moment) ? undefined : Date.parse(moment);
  let isTold = false;
  const named = new Set<string>();
  return {
    onRequest: ({ request }) => {
      if (request.method !== 'GET') throw new Failure('--as-of: the past cannot be changed');
      request.headers.set(HEADER, moment);
      return request;
    },
    onResponse: ({ response }) => {
      const position = response.headers.get(HEADER);
      const recorded = Date.parse(response.headers.get('Memento-Datetime') ?? '');
      if (position === null) return;
      // A later request must not include events that were recorded after this one.
      moment = position;
      const lacks = (response.headers.get(`${HEADER}-Lacks`) ?? '').split(', ');
      const unnamed = lacks.filter((field) => field !== '' && !named.has(field));
      for (const field of unnamed) named.add(field);
      const missing = unnamed.length === 0 ? [] : [`not recorded: ${unnamed.join(', ')}`];
      const line = isTold ? missing : [asOfLine(position, time ?? recorded, now), ...missing];
      isTold = true;
      if (line.length > 0) warnLine(line.join('; '));
    },
  };
}

/** `time` and `now` are in milliseconds since the epoch. */
export function asOfLine(position: string, time: number, now: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const isToday = date.toDateString() === new Date(now).toDateString();
  return `As of ${isToday ? clock : `${day} ${clock}`} ${zoneName(date)} (event ${position}), ${ago(now - time)} ago`;
}

/** Formats milliseconds in their two largest units. */
function ago(ms: number): string {
  let left = Math.max(ms, 0);
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  return (first < 0 ? parts.slice(-1) : parts.slice(first, first + 2))
    .filter(({ count }, place) => place === 0 || count > 0)
    .map(({ unit, count }) => `${count} ${unit}`)
    .join(' ');
}
