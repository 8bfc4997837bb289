import { MusterError } from '#domain/kernel/errors/index.js';
import {
  exceededBound,
  placesOfAccounts,
  placesOfSelfRegistered,
  type ExceededBound,
  type Occupant,
} from '#domain/kernel/fair-share.js';

/** Whose share of the node a call uses, as the server states it. */
type Share = 'operators' | { readonly tenant: string; readonly self_registered: boolean };

export interface SharedPlacesBounds {
  readonly all: number;
  readonly perTenant: number;
}

/** When to try again if a tenant uses its share, in seconds. */
const RETRY_SECONDS = 10;

/** Places on this node for what tenants may run for long. `what` names it in messages, in the plural. */
export class SharedPlaces {
  readonly #occupants = new Map<string, Occupant>();

  constructor(
    private readonly what: string,
    private readonly bounds: SharedPlacesBounds,
  ) {}

  /** Occupies a place until `leave` is called with the same id. Throws an error that says whose bound is reached. */
  enter(id: string, share: Share | undefined): void {
    const occupant = occupantOf(share);
    const { all, perTenant: perAccount } = this.bounds;
    const exceeded = exceededBound(occupant, this.#occupants.values(), { all, perAccount });
    if (exceeded !== undefined) throw this.#refusal(exceeded, occupant);
    this.#occupants.set(id, occupant);
  }

  leave(id: string): void {
    this.#occupants.delete(id);
  }

  #refusal(exceeded: ExceededBound, occupant: Occupant): MusterError {
    const { all, perTenant } = this.bounds;
    const what = `${this.what} on this node`;
    const limited = (whose: string): MusterError =>
      new MusterError('MUSTER_E_RATE_LIMITED', {
        what: `${what}: ${whose} at a time`,
        retryAfter: RETRY_SECONDS,
      });
    if (exceeded === 'account') return limited(`the members of a tenant can run ${perTenant}`);
    if (exceeded === 'selfRegistered')
      return limited(`all self-registered accounts together can run ${placesOfSelfRegistered(all)}`);
    const whose =
      occupant === 'operator' ? `it runs ${all}` : `all tenants together can run ${placesOfAccounts(all)}`;
    return new MusterError('MUSTER_E_OVERLOADED', { what: `too many ${what}: ${whose} at a time` });
  }
}

/** A call that does not say whose share it uses cannot take the places of operators. */
function occupantOf(share: Share | undefined): Occupant {
  if (share === undefined) return { account: undefined, selfRegistered: false };
  if (share === 'operators') return 'operator';
  return { account: share.tenant, selfRegistered: share.self_registered };
}
