/** Share of everything that accounts can occupy for long that is reserved for operators, so that they can always monitor and repair the cluster. */
const OPERATORS_SHARE = 0.25;
/**
 * Share of what accounts can occupy that self-registered ones can occupy together, so that many registrations cannot keep out other accounts.
 */
const SELF_REGISTERED_SHARE = 0.25;

/** Who occupies a place. `account` is undefined if it is not known which account it is. */
export type Occupant =
  'operator' | { readonly account: string | undefined; readonly selfRegistered: boolean };

export interface PlaceBounds {
  readonly all: number;
  readonly perAccount: number;
}

/** The bound that would be exceeded: the occupant's own, that of all self-registered accounts together, or that of everyone. */
export type ExceededBound = 'account' | 'selfRegistered' | 'all';

/** Returns the number of places that accounts can occupy together. */
export function placesOfAccounts(all: number): number {
  return all - Math.floor(all * OPERATORS_SHARE);
}

/** Returns the number of places that self-registered accounts can occupy together. */
export function placesOfSelfRegistered(all: number): number {
  return Math.max(1, Math.floor(all * SELF_REGISTERED_SHARE));
}

/** Returns which bound keeps `next` from a place, or undefined if there is one. */
export function exceededBound(
  next: Occupant,
  occupants: Iterable<Occupant>,
  { all, perAccount }: PlaceBounds,
): ExceededBound | undefined {
  const present = [...occupants];
  const ofAccounts = present.filter((each) => each !== 'operator');
  if (next !== 'operator') {
    const own = ofAccounts.filter(({ account }) => account !== undefined && account === next.account);
    if (own.length >= perAccount) return 'account';
    const selfRegistered = ofAccounts.filter((each) => each.selfRegistered);
    if (next.selfRegistered && selfRegistered.length >= placesOfSelfRegistered(all)) return 'selfRegistered';
    if (ofAccounts.length >= placesOfAccounts(all)) return 'all';
  }
  return present.length >= all ? 'all' : undefined;
}
