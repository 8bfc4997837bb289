import { MusterError } from '#domain/kernel/errors/index.js';
import { jobIdOf, runOf } from '#domain/tasks/task/index.js';
import type { ObjectKind } from '#src/features/visibility/index.js';

/** Read model and document of an object that has a history. */
export interface HistoryObject {
  readonly model: string;
  readonly id: string;
}

const MODELS = {
  job: 'jobs',
  allocation: 'allocations',
  node: 'nodes',
  task: 'tasks',
  run: 'taskRuns',
  environment: 'environments',
  service: 'services',
  claim: 'gpuClaims',
  account: 'users',
} as const satisfies Readonly<Record<ObjectKind, string>>;

export const OBJECT_KINDS = [
  'job',
  'allocation',
  'node',
  'task',
  'run',
  'environment',
  'service',
  'claim',
  'account',
] as const satisfies readonly (keyof typeof MODELS)[];

/** A kind and an id, such as `job:hello`. A run is identified by its task and number, such as `run:7/3`. */
export const OBJECT_PATTERN = `^(?:${OBJECT_KINDS.join('|')}):.{1,300}$`;

export function modelOf(kind: ObjectKind): string {
  return MODELS[kind];
}

export function objectName(kind: ObjectKind, id: string): string {
  const run = kind === 'run' ? runOf(id) : undefined;
  return `${kind}:${run === undefined ? id : `${run.task}/${run.run}`}`;
}

export function objectNamed(name: string): { readonly kind: ObjectKind; readonly id: string } {
  const kind = name.slice(0, name.indexOf(':')) as ObjectKind;
  return { kind, id: name.slice(kind.length + 1) };
}

/** Throws `MUSTER_E_INVALID` if the name of a run does not consist of two numbers. */
export function historyObject(name: string): HistoryObject {
  const { kind, id } = objectNamed(name);
  if (kind !== 'run') return { model: MODELS[kind], id };
  const [, task, run] = /^(\d{1,15})\/(\d{1,15})$/.exec(id) ?? [];
  if (task === undefined || run === undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'of',
      problem: 'a run needs its task and its number, such as run:7/3',
    });
  return { model: MODELS.run, id: jobIdOf(Number(task), Number(run)) };
}
