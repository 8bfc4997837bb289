import { MusterError } from '#domain/kernel/errors/index.js';
import type { ChangesOptions, History } from '#domain/kernel/ports/history.js';
import type { Moment } from './moment.js';

/** Returns the history as of a position, without later events. */
export function historyAt(history: History, position: bigint, moment: Moment): History {
  const upTo = (asked: bigint | undefined): bigint =>
    asked === undefined || asked > position ? position : asked;
  const dependent = <Result>(result: Result): Result => {
    moment.dependOnTime();
    return result;
  };
  const changes = (model: string, id: string, options: ChangesOptions): ReturnType<History['changes']> =>
    history.changes(model, id, { ...options, to: upTo(options.to) });
  return {
    changes: (model, id, options) => {
      const [first] = changes(model, id, { newestFirst: false, limit: 1 }) ?? [];
      return dependent(first === undefined ? undefined : changes(model, id, options));
    },
    documentAt: (model, id, at) => dependent(history.documentAt(model, id, upTo(at))),
    changed: (model, options) => dependent(history.changed(model, { ...options, to: upTo(options.to) })),
    positionAt: async (time) => dependent(upTo(await history.positionAt(time))),
    newestUpTo: (at) => dependent(history.newestUpTo(upTo(at))),
    keptFrom: () => history.keptFrom(),
    built: () => history.built(),
    // The caller has already waited for the position.
    waitFor: () => Promise.resolve(true),
    head: async () => dependent((await history.newestUpTo(position))?.position),
    indexedFrom: () => history.indexedFrom(),
    indexedTo: () => dependent(upTo(history.indexedTo())),
    mentions: (mention, range) => dependent(history.mentions(mention, { ...range, to: upTo(range.to) })),
    counts: notRecorded,
    oldestCount: notRecorded,
    eventsAt: (positions) => history.eventsAt(positions.filter((each) => each <= position)),
  };
}

/** Events are counted per minute, but a position may lie in the middle of one. */
function notRecorded(): never {
  throw new MusterError('MUSTER_E_NOT_AS_OF', { what: 'the number of events in a period' });
}
