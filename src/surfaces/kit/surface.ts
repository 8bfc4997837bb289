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

/** What a surface can be told by the environment. */
export interface SurfaceSettings<Settings> {
  /** Every variable, `MUSTER_…`, with its schema and default. */
  readonly variables: z.ZodObject;
  /** What the surface makes of their values. */
  of(values: unknown): Settings;
}

/**
 * An entry in the list of surfaces: all that is known of a surface before it is loaded. Threads that fold the log and the command line
 * read only this. So it imports no route, and nothing that serves.
 */
export interface SurfaceDeclaration<Settings = unknown> {
  /** As scopes of API keys, metadata of events and its document's file name it. */
  readonly name: string;
  /** Its read models. */
  readonly projections: readonly Projection[];
  readonly settings?: SurfaceSettings<Settings>;
  /** The rest of it. Absent: it serves nothing of its own. */
  load?(): Promise<ServedSurface<Settings>>;
}

/** Where a surface is, and how it answers there. */
export interface SurfaceMount extends Mount {
  /** Absent: the surface's. */
  readonly errorShape?: ErrorShape;
  /** Who is told that there is nothing, where no route was reached; others are told what the policy tells them. Absent: everybody. */
  readonly unrouted?: Policy;
}

/** What a surface is when it serves. */
export interface ServedSurface<Settings = unknown> {
  /** Paths that are its own. */
  readonly mounts: readonly SurfaceMount[];
  readonly errorShape: ErrorShape;
  /** What its OpenAPI document says in addition to its routes. */
  readonly document: DocumentBase;
  /** Rights within it that an API key can be limited to: the scopes `<name>:<right>`. */
  readonly rights?: readonly string[];
  /** Those of them that only an administrator gives to a key. */
  readonly administrators?: readonly string[];
  routes(scope: Scope, host: SurfaceHost, settings: Settings): Promise<void>;
  /** What its jobs follow. */
  work?(host: WorkHost, settings: Settings): readonly AnyOwnedWork[];
  /**
   * Where it keeps texts that nodes fetch by their hash, each of at most `MAX_DOCUMENT_BYTES`. A node asks as soon as an order that names one has reached
   * it, of any server: a text is found from the moment that an event names it, also where this server's read models are behind.
   */
  documents?(host: DocumentHost): DocumentSource;
  /** What it does once the server takes requests, until it is done or the signal says that the server ends. */
  begin?(parts: BeginParts, signal: AbortSignal): Promise<void>;
  /** Adds figures of its own. */
  measure?(metrics: Metrics, host: SurfaceHost): void;
}

/** What a surface may use when its server begins. */
export type BeginParts = Pick<ApiDependencies, 'executor' | 'ids' | 'clock'>;

/** What a surface finds its texts for nodes in. */
export type DocumentHost = Pick<ApiDependencies, 'executor' | 'readModels' | 'results' | 'eventStore'>;

/** What the server gives to each surface that it serves. */
export interface SurfaceHost {
  readonly parts: ApiDependencies;
  readonly limits: ApiLimits;
  readonly positions: Positions;
  readonly followers: Followers;
  readonly quotas: Quotas;
  /** What an API key can be for: names of the surfaces that serve, and of their rights. */
  readonly scopes: readonly string[];
  /** Those of them that only an administrator gives to a key. */
  readonly adminScopes: readonly string[];
}

/** A surface that was loaded, and its entry in the list. */
export interface LoadedSurface {
  readonly declaration: SurfaceDeclaration;
  readonly served: ServedSurface;
}
