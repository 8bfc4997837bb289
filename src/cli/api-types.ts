/** The parts of the API's answers that the commands print. */
export interface TaskView {
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly exit_code: number | null;
  readonly message: string | null;
}

export interface AllocationView {
  readonly allocation_id: string;
  readonly node_id: string;
  readonly job_id?: string;
  readonly task_group: string;
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly tasks?: Readonly<Record<string, TaskView>>;
}

export interface BlockedReasonView {
  readonly unplaced: number;
  readonly nodes: number;
  readonly filtered: Readonly<Record<string, number>>;
  readonly exhausted: Readonly<Record<string, number>>;
  readonly short: Readonly<Record<string, number>>;
}

export interface JobView {
  readonly job_id: string;
  readonly status: string;
  readonly priority?: number;
  readonly task_groups: readonly { readonly name: string; readonly count?: number; readonly tasks: readonly { readonly name: string }[] }[];
  readonly allocations: readonly AllocationView[];
  readonly blocked?: Readonly<Record<string, BlockedReasonView>> | null;
}

export interface NodeView {
  readonly node_id: string;
  readonly ip_address: string;
  readonly healthy: boolean;
  readonly last_heartbeat: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly drivers?: readonly string[];
  readonly down: boolean;
  readonly draining: boolean;
  readonly eligible: boolean;
  readonly allocations: readonly AllocationView[];
}

export interface EvaluationView {
  readonly evaluation_id: string;
  readonly job_id: string;
  readonly status: string;
  readonly triggers?: readonly { readonly kind: string; readonly ref: string }[];
  readonly placed_count?: number;
  readonly reasons?: Readonly<Record<string, BlockedReasonView>> | null;
}
