import type { Section } from '#domain/kernel/settings/section.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { UsageSource } from '#src/accounts/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';
import type { AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import type { DocumentBase, ErrorShape, Mount, Policy, Scope, SurfaceHost } from '#src/http/index.js';

/**
 * Entry in the list of surfaces, with everything that is needed before the surface is loaded. Projection threads and the command line read only this
 * entry, so it does not import routes.
 */
export interface SurfaceDeclaration<Settings, Parts> {
  readonly name: string;
  readonly projections: readonly Projection[];
  readonly settings?: Section<Settings>;
  load?(): Promise<SurfacePlugin<Settings, Parts>>;
}

export interface SurfaceMount extends Mount {
  readonly errorShape?: ErrorShape;
  /** Policy that decides who gets a 404 for a path without a route. Other callers get the policy's error. Default: everyone. */
  readonly unrouted?: Policy;
}

/**
 * `Parts`: the parts of the server that the surface uses, by the names under which the server makes them. It is marked as an input, so that the
 * compiler refuses a surface whose parts are not all in the type of the list.
 */
export interface SurfacePlugin<Settings, in Parts> {
  readonly mounts: readonly SurfaceMount[];
  readonly errorShape: ErrorShape;
  readonly document: DocumentBase;
  readonly rights?: readonly string[];
  readonly administrators?: readonly string[];
  routes(scope: Scope, host: SurfaceHost<Parts>, settings: Settings): Promise<void>;
  /** Background loops that drive this surface's jobs. */
  work?(parts: Parts, settings: Settings): readonly AnyOwnedWork[];
  /**
   * Looks up a text that nodes fetch by its hash, of at most `MAX_TEXT_BLOB_BYTES`. Nodes request it from any server as soon as they receive an
   * order, so a text must be available as soon as an event refers to it, even if read models lag. Resolves to undefined if it is not this surface's.
   */
  documents?(parts: Parts): (hash: string) => Promise<string | undefined>;
  begin?(parts: Parts, signal: AbortSignal): Promise<void>;
  /** Usage of a quota that this surface enforces with a setting of its own. */
  quota?(parts: Parts, settings: Settings): UsageSource;
  measure?(metrics: Metrics, parts: Parts): void;
}

export interface LoadedSurface<Parts> {
  readonly declaration: SurfaceDeclaration<unknown, Parts>;
  readonly served: SurfacePlugin<unknown, Parts>;
}
