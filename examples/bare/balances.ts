import { idOf } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';
import { walletEvents } from './wallets.js';

export interface BalanceDocument {
  readonly wallet: string;
  readonly balance: number;
  readonly changes: number;
  /** Time of the last change, in milliseconds since the Unix epoch. It comes from the event, so that a rebuild yields the same document. */
  readonly changedAt: number;
}

/**
 * What GETs return: one document per wallet, folded from the events. If the fold or the document changes, increase `version`, and the engine rebuilds
 * the model from the log. `events` is the filter of the fold and also its type: an event that is not in this table cannot be handled below.
 */
export const balances = projection<BalanceDocument, typeof walletEvents>({
  name: 'balances',
  version: 1,
  events: walletEvents,
  touches: ({ stream }) => [idOf(stream)],
  evolve: (document, { type, data, metadata }, wallet) => ({
    wallet,
    balance: (document?.balance ?? 0) + (type === 'MoneySent' ? -data.amount : data.amount),
    changes: (document?.changes ?? 0) + 1,
    changedAt: metadata.at,
  }),
});
