import { z } from 'zod';
import { MusterError } from '../../kernel/errors/index.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import type { Decider } from '../../kernel/event/index.js';
import { serviceType } from './config.js';
import { serviceErrors } from './errors.js';
import { serviceId } from './identifier.js';

const ofService = { tenantId: z.string(), serviceId, type: serviceType };

/**
 * The stream `tenantServices-<tenant>` lists a tenant's services. It enforces one service per type and the total number, since each append expects an
 * exact revision. A service is recorded here before it is created. This is a separate stream from the tenant's own, because clearing the cluster
 * removes services but not tenants.
 */
export const tenantServiceEvents = {
  ServicePlaceTaken: event(z.strictObject(ofService)),
  ServicePlaceGiven: event(z.strictObject(ofService)),
} as const;

export type TenantServiceEvent = EventsOf<typeof tenantServiceEvents>;

export interface TenantService {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export type TenantServices = ReadonlyMap<string, TenantService>;

export type TenantServiceCommand =
  | {
      readonly kind: 'take';
      readonly tenantId: string;
      readonly serviceId: string;
      readonly type: string;
      readonly most: number;
      readonly strays: readonly string[];
    }
  | { readonly kind: 'give'; readonly tenantId: string; readonly serviceId: string };

/** Throws `MUSTER_E_SERVICE_EXISTS` or `MUSTER_E_SERVICE_TOO_MANY`. `strays`: recorded services that were never created. */
export const tenantServiceDecider: Decider<TenantServiceCommand, TenantServiceEvent, TenantServices> = {
  initialState: new Map(),
  decide(command, places) {
    const given = (id: string): TenantServiceEvent[] => {
      const place = places.get(id);
      return place === undefined
        ? []
        : [
            {
              type: 'ServicePlaceGiven',
              data: { tenantId: command.tenantId, serviceId: id, type: place.type },
            },
          ];
    };
    if (command.kind === 'give') return given(command.serviceId);
    const { tenantId, serviceId: wanted, type, most, strays } = command;
    if (places.has(wanted)) return [];
    const left = strays.flatMap(given);
    const stray = new Set(strays);
    const others = [...places].filter(([id]) => !stray.has(id));
    if (others.some(([, place]) => place.type === type))
      throw new MusterError(serviceErrors.MUSTER_E_SERVICE_EXISTS);
    if (others.length >= most) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_TOO_MANY);
    return [...left, { type: 'ServicePlaceTaken', data: { tenantId, serviceId: wanted, type } }];
  },
  evolve(places, { type, data, metadata }) {
    const next = new Map(places);
    if (type === 'ServicePlaceTaken') next.set(data.serviceId, { type: data.type, since: metadata.at });
    else next.delete(data.serviceId);
    return next;
  },
};
