import { toYaml } from '../../parts/editor/yaml.js';
import type { components } from '../../generated/cluster.js';

export const EXAMPLE = `job_id: hello
task_groups:
  - name: greeting
    count: 1
    tasks:
      - name: hello
        config:
          command: echo "Hello from $(hostname)"
        resources: { cpu: 100, memory: 32 }
`;

/** Returns a job as YAML, with only the fields that a submission accepts. */
export function textOf({ job_id, priority, constraints, task_groups }: components['schemas']['Job']): string {
  const empty = constraints === undefined || Object.keys(constraints).length === 0;
  return toYaml({ job_id, priority, ...(empty ? {} : { constraints }), task_groups }).trimStart();
}

/** Returns a draft. Drafts survive a reload and a sign-in, but only in this tab. */
export function draftOf(name: string): string | undefined {
  return sessionStorage.getItem(`muster.draft.${name}`) ?? undefined;
}

export function keepDraft(name: string, text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(`muster.draft.${name}`);
  else sessionStorage.setItem(`muster.draft.${name}`, text);
}
