import { z } from 'zod';
import { assertNever, declareErrors, MusterError } from '#domain/kernel/errors/index.js';
import { aggregate, event, type Decider, type EventsOf, type Recorded } from '#domain/kernel/event/index.js';

export const walletName = z.string().regex(/^[a-z]{1,20}$/, 'must consist of 1 to 20 lower-case letters');
export const amount = z.number().int().positive().max(1_000_000);

/** Events of the stream `wallet-<name>`. They are facts: once the log contains one, its meaning never changes. */
export const walletEvents = {
  WalletFilled: event(z.strictObject({ amount })),
  /** The money has left this wallet, and is on its way. An append goes to one stream, so it cannot also arrive here. */
  MoneySent: event(z.strictObject({ to: walletName, amount })),
  /** `transfer` is the revision of `MoneySent` in the sender's stream. */
  MoneyReceived: event(
    z.strictObject({ from: walletName, transfer: z.number().int().nonnegative(), amount }),
  ),
} as const;

export type WalletEvent = EventsOf<typeof walletEvents>;

export type WalletCommand =
  | { readonly kind: 'fill'; readonly amount: number }
  | { readonly kind: 'send'; readonly to: string; readonly amount: number }
  | { readonly kind: 'receive'; readonly from: string; readonly transfer: number; readonly amount: number };

/** Only what decisions need. What readers see is the read model. */
export interface Wallet {
  readonly balance: number;
  /** The newest transfer from each sender. Transfers arrive in the order in which they were sent, so one number is enough. */
  readonly received: ReadonlyMap<string, number>;
}

const walletErrors = declareErrors({
  MUSTER_E_WALLET_EMPTY: {
    status: 409,
    template: 'the wallet contains {balance}, which is less than {amount}',
  },
});

/** Both functions are pure: they know no clock, no log and no network, so a test is a call. */
const walletDecider: Decider<WalletCommand, WalletEvent, Wallet> = {
  initialState: { balance: 0, received: new Map() },

  decide: (command, { balance, received }) => {
    switch (command.kind) {
      case 'fill':
        return [{ type: 'WalletFilled', data: { amount: command.amount } }];
      case 'send': {
        const { to, amount } = command;
        if (amount > balance) throw new MusterError(walletErrors.MUSTER_E_WALLET_EMPTY, { balance, amount });
        return [{ type: 'MoneySent', data: { to, amount } }];
      }
      case 'receive': {
        const { from, transfer, amount } = command;
        // The saga may deliver a transfer more than once. Here it takes effect only once.
        if (transfer <= (received.get(from) ?? -1)) return [];
        return [{ type: 'MoneyReceived', data: { from, transfer, amount } }];
      }
      default:
        return assertNever(command);
    }
  },

  evolve: ({ balance, received }: Wallet, { type, data }: Recorded<WalletEvent>) => {
    switch (type) {
      case 'WalletFilled':
        return { received, balance: balance + data.amount };
      case 'MoneySent':
        return { received, balance: balance - data.amount };
      case 'MoneyReceived':
        return {
          received: new Map(received).set(data.from, data.transfer),
          balance: balance + data.amount,
        };
      default:
        return assertNever(type);
    }
  },
};

export const wallets = aggregate({
  category: 'wallet',
  owner: 'bare',
  events: walletEvents,
  errors: walletErrors,
  decider: walletDecider,
});
