/** Bodies of `POST /jobs` that reach one of the schema's limits: of tasks, environment variables, a driver's configuration, or constraints. */
export const LIMIT_BODIES = ['tasks', 'env', 'config', 'constraints'] as const;
export type LimitBody = (typeof LIMIT_BODIES)[number];

/** What is wrong with a refused body: the last value, the last character, or an unknown field in every task. */
export const FAULTS = ['its last value', 'its last character', 'every task'] as const;
export type Fault = (typeof FAULTS)[number];

/** Returns the text of a body at a limit. Without a fault it is accepted. No instance is wanted, so that nothing is placed. */
export function limitBody(jobId: string, what: LimitBody, fault?: Fault): string {
  const groups = groupsAt(what).map((tasks, index) => ({
    name: `g${index}`,
    count: 0,
    tasks: tasks.map((task) => (fault === 'every task' ? { ...task, unknown: 1 } : task)),
    ...(what === 'constraints' && {
      constraints: range(40).map((at) => ({ attribute: `a${at}`, operator: '!=', value: `r${at}` })),
    }),
  }));
  const text = JSON.stringify({
    job_id: jobId,
    task_groups: groups,
    priority: fault === 'its last value' ? 'high' : 50,
  });
  return fault === 'its last character' ? `${text.slice(0, -1)}]` : text;
}

/** The tasks of each group. A specification has at most 64 groups of 64 tasks, and 256 KiB. */
function groupsAt(what: LimitBody): readonly (readonly object[])[] {
  const task = (index: number, more: object = {}) => ({
    name: `t${index}`,
    config: { command: 'true' },
    ...more,
  });
  switch (what) {
    case 'tasks':
      return range(64).map(() => range(50).map((index) => task(index)));
    case 'env':
      return [
        [task(0, { env: Object.fromEntries(range(2_000).map((at) => [`NAME_${at}`, 'v'.repeat(60)])) })],
      ];
    case 'config':
      return [[task(0, { config: { command: `true ${'argument '.repeat(7_000)}` } })]];
    case 'constraints':
      return range(64).map(() => [task(0)]);
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Requests that are refused for what callers get wrong every day. */
export const EVERYDAY_FAULTS = [
  ['POST', '/jobs', '{"job_id": "x", '],
  ['POST', '/jobs', '{"job_id": "x", "task_groups": "none"}'],
  [
    'POST',
    '/jobs',
    '{"job_id": "x y", "task_groups": [{"name": "a", "tasks": [{"name": "b", "config": {}, "cpu": 1}]}]}',
  ],
  ['GET', '/jobs/there-is-none', undefined],
  ['GET', '/no/such/path', undefined],
  ['POST', '/jobs/there-is-none/scale', '{"count": -1}'],
] as const;
