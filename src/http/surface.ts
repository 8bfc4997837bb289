import type { Section } from '#domain/kernel/settings/section.js';
import type { Quotas, UsageSource } from '#src/accounts/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';
import type { DocumentSource } from '#src/fleet/nodes/index.js';
import type { AnyOwnedWork, WorkHost } from '#src/fleet/owned-work/index.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { AccountQueues } from './account-queues.js';
import type { ApiDependencies, ApiLimits } from './dependencies.js';
import type { DocumentBase } from './documents.js';
import type { Followers } from './followers.js';
import type { Policy } from './access/policy.js';
import type { Mount } from './mount.js';
import type { Positions } from './positions.js';
import type { Scope } from './scope.js';
import type { ErrorShape } from './surfaces.js';

/**
 * Entry in the list of surfaces, with everything that is needed before the surface is loaded. Projection threads and the command line read only this
 * entry, so it does not import routes.
 */
export interface SurfaceDeclaration<Settings = unknown> {
  readonly name: string;
  readonly projections: readonly Projection[];
  readonly settings?: Section<Settings>;
  load?(): Promise<SurfacePlugin<Settings>>;
}

export interface SurfaceMount extends Mount {
  readonly errorShape?: ErrorShape;
  /** Policy that decides who gets a 404 for a path without a route. Other callers get the policy's error. Default: everyone. */
  readonly unrouted?: Policy;
}

export interface SurfacePlugin<Settings = unknown> {
  readonly mounts: readonly SurfaceMount[];
  readonly errorShape: ErrorShape;
  readonly document: DocumentBase;
  readonly rights?: readonly string[];
  readonly administrators?: readonly string[];
  routes(scope: Scope, host: SurfaceHost, settings: Settings): Promise<void>;
  /** Background loops that drive this surface's jobs. */
  work?(host: WorkHost, settings: Settings): readonly AnyOwnedWork[];
  /**
   * Source of texts that nodes fetch by hash, each at most `MAX_DOCUMENT_BYTES`. Nodes request them from any server as soon as they receive an
   * order, so a text must be available as soon as an event refers to it, even if read models lag.
   */
  documents?(host: DocumentHost): DocumentSource;
  begin?(parts: BeginParts, signal: AbortSignal): Promise<void>;
  /** Usage of a quota that this surface enforces with a setting of its own. */
  quota?(parts: Pick<ApiDependencies, 'executor' | 'readModels'>, settings: Settings): UsageSource;
  measure?(metrics: Metrics, parts: MeasuredParts): void;
}

export type MeasuredParts = Pick<Required<ApiDependencies>, 'readModels' | 'decided' | 'clock'>;

export type BeginParts = Pick<ApiDependencies, 'executor' | 'ids' | 'clock'>;

export type DocumentHost = Pick<ApiDependencies, 'executor' | 'readModels' | 'results' | 'eventStore'>;

/** Queues for work of accounts that a thread does one after another, and for reads of many events, which use the main thread. */
export interface SurfaceQueues {
  readonly dryRuns: AccountQueues;
  readonly logReads: AccountQueues;
}

export interface SurfaceHost {
  readonly parts: ApiDependencies;
  readonly limits: ApiLimits;
  readonly positions: Positions;
  readonly followers: Followers;
  readonly queues: SurfaceQueues;
  readonly quotas: Quotas;
  readonly scopes: readonly string[];
  readonly adminScopes: readonly string[];
}

export interface LoadedSurface {
  readonly declaration: SurfaceDeclaration;
  readonly served: SurfacePlugin;
}
