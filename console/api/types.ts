/** Types of the console's own API: list rows, overview counts, and the signed-in account. */

export interface Page<Row> {
  readonly total: number;
  /** Null for reads of a past moment; the response headers contain its position. */
  readonly position: string | null;
  readonly rows: readonly Row[];
}

export interface Me {
  readonly account: {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly tenant: string;
  } | null;
  readonly operator: boolean;
  readonly rights: readonly string[];
  readonly rooms: readonly string[];
  readonly server: { readonly name: string; readonly version: string };
  readonly head: { readonly position: string; readonly at: string };
}

export interface Change {
  readonly position: string;
  readonly at: string;
  /** Null if the object has no page. */
  readonly kind: string | null;
  readonly id: string | null;
  /** All objects that the event changed, such as `job:hello`. */
  readonly of: readonly string[];
  readonly type: string;
  readonly failed: boolean;
  readonly actor: string | null;
  /** Name of the actor, with the API key that it used. */
  readonly actor_name: string | null;
  readonly words: string;
}

export interface Overview {
  /** `position` and `at` are null for reads of a past moment; the response headers contain them. */
  readonly position: string | null;
  readonly at: string | null;
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly failures: readonly {
    readonly kind: string;
    readonly id: string;
    readonly at: string;
    readonly words: string;
  }[];
  readonly waiting: readonly { readonly job: string; readonly since: string; readonly words: string }[];
}

export interface JobRow {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly priority: number | string;
  readonly owner: string | null;
  readonly groups: number;
  readonly wanted: number;
  readonly running: number;
  readonly healthy: number;
  readonly waits: string | null;
  readonly created_at: string | null;
  readonly changed_at: string | null;
}

export interface Amount {
  readonly total: number;
  readonly used: number;
}

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly eligible: boolean;
  readonly draining: boolean;
  readonly cpu: Amount;
  readonly memory: Amount;
  readonly gpus: Amount;
  readonly allocations: number;
  readonly labels: Readonly<Record<string, unknown>> | readonly string[];
  readonly since: string | null;
}

export interface AllocationRow {
  readonly id: string;
  readonly job: string;
  readonly group: string;
  readonly node: string;
  readonly node_name: string;
  readonly status: string;
  readonly since: string | null;
  readonly ended_at: string | null;
  readonly reason: string | null;
}

export interface RunRow {
  readonly task: number | string;
  readonly task_name: string;
  readonly number: number;
  readonly status: string;
  readonly trigger: string;
  readonly node: string | null;
  readonly queued_at: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly reason: string | null;
}

export interface TaskRow {
  readonly id: number | string;
  readonly name: string;
  readonly status: string;
  readonly kind: string;
  readonly schedule: string | null;
  readonly next_at: string | null;
  readonly last: readonly {
    readonly number: number;
    readonly status: string;
    readonly at: string;
    readonly reason: string | null;
  }[];
  readonly skipped: readonly {
    readonly slot: string;
    readonly until: string;
    readonly reason: string;
    readonly missed: boolean;
    readonly at: string;
  }[];
  readonly owner: string | null;
}

export interface ServiceRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly template: string | null;
  readonly url: string | null;
  readonly instances: number;
  readonly wanted: number;
  readonly changed_at: string | null;
  readonly owner: string | null;
}

export interface EnvironmentRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly generation: number | null;
  readonly packages: number | null;
  readonly last_build: {
    readonly id: string | number;
    readonly status: string;
    readonly at: string | null;
  } | null;
  readonly owner: string | null;
}

export interface ClaimRow {
  readonly id: string;
  readonly node: string | null;
  readonly gpus: number;
  readonly phase: string;
  readonly owner: string | null;
  readonly since: string | null;
  readonly waits: string | null;
}
