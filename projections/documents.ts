import type { AllocationStatusWord, TaskStatusWord } from '#domain/job/allocation-status.js';
import type { DueClaim, StandingClaim } from '#domain/claim/index.js';
import type { BlockedReason, BlockedReasons, ReleaseOutcome, StopReason, Trigger } from '#domain/plan-log/events.js';
import type { AgentProtocol, TaskUsage } from '#domain/node/events.js';
import type { NodeAttributes } from '#domain/resources.js';
import type { JobOwner } from '#domain/job/events.js';
import type { JobSpecification } from '#domain/job/specification.js';
import type { Role } from '#domain/user/role.js';
import type { JobStatus } from '#domain/job/status.js';
import type { TemplateContent } from '#domain/template/events.js';

/** Names of the read models. */
export const MODELS = {
  jobs: 'jobs',
  allocations: 'allocations',
  nodes: 'nodes',
  templates: 'templates',
  evaluations: 'evaluations',
  users: 'users',
  hosts: 'hosts',
  emailReservations: 'emailReservations',
  gpuClaims: 'gpuClaims',
  gpuClaimDecisions: 'gpuClaimDecisions',
} as const;

export type { JobStatus } from '#domain/job/status.js';

/** One slot of a group, as far as the job's status needs it. */
export interface SlotDocument {
  readonly allocationId: string;
  readonly status: AllocationStatusWord;
  /** The slot's outcome stands: nothing will be placed in it again. */
  readonly final: boolean;
  /** It is filled again at this moment (ms since the epoch), not before: after a failure or a loss it pauses. */
  readonly retryAt?: number;
}

/** `jobs`, id = job id. Indexes: `status`, `owner` (surface; none: the cluster surface's own). */
export interface JobDocument {
  readonly jobId: string;
  /** Revision in `job-<id>` of the newest specification. */
  readonly version: number;
  readonly specification: JobSpecification;
  /** Oldest first: the newest 20, fewer where they are large. */
  readonly former: readonly FormerVersion[];
  readonly owner?: JobOwner;
  readonly status: JobStatus;
  readonly stopped: boolean;
  /** For each group the oldest version whose allocations still count: only `count` changed since. */
  readonly since: Readonly<Record<string, number>>;
  /** For each group its slots, by number; null: nothing was placed in it since that version. */
  readonly slots: Readonly<Record<string, readonly (SlotDocument | null)[]>>;
  readonly blocked: { readonly evaluationId: string; readonly reasons: BlockedReasons; readonly since: number } | null;
  /** The newest evaluation that a user's command made. */
  readonly evaluationId: string;
  /** Set when the plan log has finished this version. */
  readonly finished: { readonly version: number; readonly outcome: 'complete' | 'failed' | 'stopped' | 'deleted' } | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a job was before it was updated or restarted: allocations name the version that they were placed from. */
export interface FormerVersion {
  readonly version: number;
  readonly specification: JobSpecification;
}

export interface AllocationTaskDocument {
  readonly status: TaskStatusWord;
  /** Unix seconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly message: string | null;
  readonly usage?: TaskUsage;
  /** Of the container that it runs or ran in, as its agent names it. */
  readonly containerId?: string;
  /** Where what it gave back stands, sealed: a revision in its node's stream. Documents of a megabyte would come of holding it here. */
  readonly resultAt?: number;
}

/** `allocations`, id = allocation id. Indexes: `job`, `node`, `slot` (`<job>/<group>/<slot>`; 11 newest kept). */
export interface AllocationDocument {
  readonly allocationId: string;
  readonly jobId: string;
  readonly jobVersion: number;
  readonly evaluationId: string;
  readonly group: string;
  readonly slot: number;
  readonly attempt: number;
  readonly nodeId: string;
  readonly status: AllocationStatusWord;
  /** Unix seconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly message: string | null;
  /** Only tasks of which something was heard; the others are pending. */
  readonly tasks: Readonly<Record<string, AllocationTaskDocument>>;
  /** What it holds on its node until it is released. */
  readonly resources: Readonly<Record<string, number>>;
  readonly gpuDevices?: Readonly<Record<string, readonly number[]>>;
  readonly stopRequested: StopReason | null;
  /** Set once the plan log has let go of it. */
  readonly released: ReleaseOutcome | null;
  /** When it did: milliseconds since the epoch. Absent until then. */
  readonly releasedAt?: number;
  /** Its job was deleted: the document leaves when it is released. */
  readonly jobDeleted: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `nodes`, id = node id. */
export interface NodeDocument {
  readonly nodeId: string;
  readonly epoch: number;
  readonly ipAddress: string;
  /** As registered. */
  readonly resources: Readonly<Record<string, number>>;
  readonly attributes: NodeAttributes;
  readonly drivers?: readonly string[];
  readonly endpoint: string | null;
  readonly protocol: AgentProtocol;
  /** What the agent said last. */
  readonly healthy: boolean;
  readonly down: boolean;
  readonly draining: boolean;
  readonly eligible: boolean;
  /** Milliseconds since the epoch of the newest event that proves life; telemetry knows better while the server runs. */
  readonly lastHeartbeat: number;
  readonly registeredAt: number;
}

/** `templates`, id = template id. */
export interface TemplateDocument {
  readonly templateId: string;
  readonly content: TemplateContent;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type EvaluationStatus = 'pending' | 'blocked' | 'complete';

/** `evaluations`, id = evaluation id. Indexes: `job` (20 newest kept), `blocked` (the job's id while it is blocked). */
export interface EvaluationDocument {
  readonly evaluationId: string;
  readonly jobId: string;
  /** Null while only a command that names no version (stop) has spoken. */
  readonly jobVersion: number | null;
  readonly status: EvaluationStatus;
  readonly triggers: readonly Trigger[];
  /** Allocations placed, newest 100. */
  readonly placed: readonly string[];
  readonly placedCount: number;
  readonly reasons: BlockedReasons | null;
  /** The later evaluation of the same job that took its work over. */
  readonly coveredBy: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * `users`, id = user id. Outlives clears. What is personal is sealed; passwords and API keys are not here. Indexes: `tenant`,
 * `unsettled` (`pending`: reserved and not yet registered; `erased`: its key has to be gone).
 */
export interface UserDocument {
  readonly userId: string;
  /** Null while its registration is not complete. */
  readonly number: number | null;
  /** Reservation that holds the name. */
  readonly reservation: string;
  readonly username: string;
  readonly email: string | null;
  readonly fullName: string | null;
  readonly role: Role;
  readonly tenantId: string;
  readonly active: boolean;
  readonly erased: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `hosts`, id = node id. Outlives clears: a machine keeps the id that its name gave it. A node that never said a name has none. */
export interface HostDocument {
  readonly nodeId: string;
  /** As it was sent first. */
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly enrolledAt: number;
}

/** `emailReservations`, id = reservation, a keyed digest of the address. Outlives clears. Gone once it is confirmed or released. */
export interface EmailReservationDocument {
  readonly reservation: string;
  readonly ownerId: string;
  /** Milliseconds since the epoch. */
  readonly reservedAt: number;
}

/**
 * `gpuClaims`, id = claim id. Indexes: `user`, `tenant`, `phase`, `due` (something has yet to follow), `kept` (the account, while the
 * claim is over and its job is kept).
 */
export interface GpuClaimDocument extends StandingClaim, DueClaim {
  readonly userId: string;
  readonly userNumber: number;
  readonly tenantId: string;
  readonly image: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly sealedEnv?: string;
  readonly gpuCount: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One thing that was decided about a claim, or happened to it. */
export type ClaimDecision =
  | { readonly kind: 'claimed'; readonly image: string; readonly gpuCount: number }
  | { readonly kind: 'queued'; readonly jobId: string }
  | { readonly kind: 'waiting'; readonly reason: BlockedReason }
  | { readonly kind: 'placed'; readonly nodeId: string; readonly devices: readonly number[]; readonly attempt: number }
  | { readonly kind: 'started'; readonly nodeId: string }
  | { readonly kind: 'exited'; readonly nodeId: string; readonly status: TaskStatusWord; readonly exitCode: number | null; readonly message: string | null }
  | { readonly kind: 'moving'; readonly nodeId: string; readonly because: 'drain' | 'capacity-shrunk' }
  | { readonly kind: 'gone'; readonly nodeId: string; readonly outcome: ReleaseOutcome; readonly again: boolean }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'released' }
  | { readonly kind: 'ended'; readonly outcome: 'succeeded' | 'failed' };

/** `gpuClaimDecisions`, id = event id. Index: `claim`. */
export interface GpuClaimDecisionDocument {
  readonly claimId: string;
  readonly eventId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly decision: ClaimDecision;
}
