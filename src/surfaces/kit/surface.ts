import type { z } from 'zod';
import type { Quotas } from '#src/accounts/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';
import type { DocumentSource } from '#src/fleet/nodes/index.js';
import type { AnyOwnedWork, WorkHost } from '#src/fleet/owned-work/index.js';
import type { Projection } from '#projections/projection.js';
import type { ApiDependencies, ApiLimits } from './dependencies.js';
import type { DocumentBase } from './documents.js';
import type { Followers } from './followers.js';
import type { Policy } from './access/policy.js';
import type { Mount } from './mount.js';
import type { Positions } from './positions.js';
import type { Scope } from './scope.js';
import type { ErrorShape } from './surfaces.js';

export interface SurfaceSettings<Settings> {
  readonly variables: z.ZodObject;
  of(values: unknown): Settings;
}

/**
 * Entry in the list of surfaces, with all that is known before the surface is loaded. Projection threads and the command line read only this, so it
 * imports no routes.
 */
export interface SurfaceDeclaration<Settings = unknown> {
  /** Used in API key scopes, event metadata, and the name of its OpenAPI file. */
  readonly name: string;
  readonly projections: readonly Projection[];
  readonly settings?: SurfaceSettings<Settings>;
  /** Loads the rest. Absent: the surface serves nothing. */
  load?(): Promise<SurfacePlugin<Settings>>;
}

export interface SurfaceMount extends Mount {
  readonly errorShape?: ErrorShape;
  /** Who learns that a path does not exist; others get the policy's error. Default: everyone. */
  readonly unrouted?: Policy;
}

export interface SurfacePlugin<Settings = unknown> {
  readonly mounts: readonly SurfaceMount[];
  readonly errorShape: ErrorShape;
  readonly document: DocumentBase;
  /** Rights that can limit an API key: the scopes `<name>:<right>`. */
  readonly rights?: readonly string[];
  /** Rights that only an administrator may grant to a key. */
  readonly administrators?: readonly string[];
  routes(scope: Scope, host: SurfaceHost, settings: Settings): Promise<void>;
  /** Background loops that drive this surface's jobs. */
  work?(host: WorkHost, settings: Settings): readonly AnyOwnedWork[];
  /**
   * Source of texts that nodes fetch by hash, each at most `MAX_DOCUMENT_BYTES`. Nodes ask any server as soon as they receive an order, so a text
   * must be available as soon as an event refers to it, even if read models lag.
   */
  documents?(host: DocumentHost): DocumentSource;
  /** Work at the start of the server, until it is done or the signal aborts. */
  begin?(parts: BeginParts, signal: AbortSignal): Promise<void>;
  measure?(metrics: Metrics, host: SurfaceHost): void;
}

export type BeginParts = Pick<ApiDependencies, 'executor' | 'ids' | 'clock'>;

export type DocumentHost = Pick<ApiDependencies, 'executor' | 'readModels' | 'results' | 'eventStore'>;

export interface SurfaceHost {
  readonly parts: ApiDependencies;
  readonly limits: ApiLimits;
  readonly positions: Positions;
  readonly followers: Followers;
  readonly quotas: Quotas;
  readonly scopes: readonly string[];
  readonly adminScopes: readonly string[];
}

export interface LoadedSurface {
  readonly declaration: SurfaceDeclaration;
  readonly served: SurfacePlugin;
}
