import { z } from 'zod';
import { event, type EventsOf } from '../kernel/event/definition.js';

/** Maximum length of the reason for adopting a fork, in characters. */
export const MAX_REASON = 1_000;

const zoneDataVersion = z.string().regex(/^\d{4}[a-z]{1,2}$/);

const tree = z.strictObject({ origin: z.string(), size: z.number().int().nonnegative(), root: z.string() });

export const clusterEvents = {
  ClusterCleared: event(z.strictObject({})),
  /** Events of this level may follow. A server that does not support the level stops. */
  ClusterLevelRaised: event(z.strictObject({ level: z.number().int().positive() })),
  /**
   * Slots of schedules are decided with this release of the time zone database from now on, such as `2026f`. Servers with other data decide none.
   * `before` is absent if no slot of a zone with clock changes was decided before.
   */
  ZoneDataChanged: event(z.strictObject({ version: zoneDataVersion, before: zoneDataVersion.optional() })),
  /**
   * The log was restored, or imported into a different store. Agents, brokers and clients may still hold ids from the previous epoch, so ids that are
   * derived from the log's content are also derived from the epoch.
   */
  LogEpochBegan: event(z.strictObject({ logEpoch: z.uuid(), reason: z.enum(['restored', 'imported']) })),
  /**
   * An administrator accepted that the log does not begin with what was signed, because it was restored from an older copy. `signed`: the tree of the
   * latest checkpoint from before the fork. `log`: the tree of the log when the fork was found. Roots are in base64. Checkpoints that contain this
   * event are named `origin`.
   */
  LogForkAdopted: event(
    z.strictObject({
      reason: z.string().min(1).max(MAX_REASON),
      origin: z.string(),
      signed: tree,
      log: tree,
    }),
  ),
} as const;

export type ClusterEvent = EventsOf<typeof clusterEvents>;
