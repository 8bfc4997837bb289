import { requestText } from './connection.js';

/** Describes a load as plain data, so that it can be passed to the process that generates it. */
export type Load =
  | {
      readonly kind: 'register';
      readonly count: number;
      readonly resources: Readonly<Record<string, number>>;
      /** In addition to the attributes of every simulated node. */
      readonly attributes?: Readonly<Record<string, boolean>>;
    }
  | {
      readonly kind: 'submit';
      readonly count: number;
      readonly allocations: number;
      readonly prefix: string;
      readonly constrained: boolean;
    }
  | { readonly kind: 'template'; readonly count: number }
  | {
      readonly kind: 'heartbeat';
      readonly count: number;
      /** Number of simulated nodes, which report in turn that nothing has changed. */
      readonly nodes: number;
      readonly resources: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'get'; readonly count: number; readonly among: number; readonly prefix: string }
  | {
      readonly kind: 'task';
      readonly count: number;
      readonly token: string;
      readonly prefix: string;
      readonly task: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'trigger';
      readonly count: number;
      readonly token: string;
      readonly tasks: readonly number[];
    }
  | {
      readonly kind: 'runs';
      readonly count: number;
      readonly token: string;
      readonly task: number;
      readonly pages: readonly number[];
      readonly query: string;
    };

/** Ten constraint shapes over the attributes of simulated nodes. Each matches at least a tenth of the nodes. */
export const SHAPES = [
  [{ attribute: 'disk', operator: '=', value: 'ssd' }],
  [{ attribute: 'zone', operator: '!=', value: 'z0' }],
  [{ attribute: 'rack', operator: 'regex', value: '^r[0-4]' }],
  [{ attribute: 'memory', operator: '>', value: 4096 }],
  [{ attribute: 'kernel', operator: '>', value: 5 }],
  [{ attribute: 'zone', operator: '=', value: 'z1' }],
  [
    { attribute: 'disk', operator: '=', value: 'hdd' },
    { attribute: 'zone', operator: 'regex', value: 'z[1-4]' },
  ],
  [{ attribute: 'kernel', operator: '<', value: 6 }],
  [
    { attribute: 'rack', operator: '!=', value: 'r1' },
    { attribute: 'disk', operator: '!=', value: 'tape' },
  ],
  [{ attribute: 'ip_address', operator: 'regex', value: '^10\\.' }],
] as const;

export function simulatedNode(index: number): {
  node_id: string;
  ip_address: string;
  attributes: Record<string, string | number>;
} {
  return {
    node_id: `sim-${index}`,
    ip_address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    attributes: {
      disk: index % 2 === 0 ? 'ssd' : 'hdd',
      zone: `z${index % 5}`,
      rack: `r${index % 100}`,
      kernel: index % 3 === 0 ? 5.4 : 6.1,
    },
  };
}

/** Returns the text of request number `index`. */
export function requestOf(load: Load, index: number): string {
  switch (load.kind) {
    case 'register': {
      const { attributes, ...node } = simulatedNode(index);
      return requestText(
        'POST',
        '/register',
        JSON.stringify({
          ...node,
          attributes: { ...attributes, ...load.attributes },
          resources: load.resources,
          healthy: true,
          drivers: ['exec', 'docker'],
        }),
        { 'x-muster-agent': '1' },
      );
    }
    case 'submit':
      return requestText('POST', '/jobs', JSON.stringify(submission(load, index)));
    case 'template':
      return requestText(
        'POST',
        '/templates',
        JSON.stringify({ name: `template ${index}`, description: 'made by the benchmark' }),
      );
    case 'heartbeat':
      return requestText(
        'POST',
        '/heartbeat',
        JSON.stringify({
          node_id: simulatedNode(index % load.nodes).node_id,
          resources: { ...load.resources, cpu_used: 0, memory_used: 0 },
          healthy: true,
          timestamp: Math.floor(Date.now() / 1000),
        }),
        { 'x-muster-agent': '1' },
      );
    case 'get':
      // A multiplicative walk requests every job, in an order that defeats caches.
      return requestText('GET', `/jobs/${load.prefix}${(index * 7_919) % load.among}`);
    case 'task':
      return requestText(
        'POST',
        '/api/tasks',
        JSON.stringify({ ...load.task, name: `${load.prefix}${index}` }),
        bearer(load),
      );
    case 'trigger':
      return requestText(
        'POST',
        `/api/tasks/${load.tasks[index % load.tasks.length]}/trigger`,
        undefined,
        bearer(load),
      );
    case 'runs':
      return requestText(
        'GET',
        `/api/tasks/${load.task}/runs?page=${load.pages[index % load.pages.length]}${load.query}`,
        undefined,
        bearer(load),
      );
  }
}

function bearer({ token }: { readonly token: string }): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

function submission(load: Load & { kind: 'submit' }, index: number): unknown {
  return {
    job_id: `${load.prefix}${index}`,
    task_groups: [
      {
        name: 'main',
        ...(load.allocations === 1 ? {} : { count: load.allocations }),
        tasks: [{ name: 'main', config: { command: 'sleep 3600' }, resources: { cpu: 100, memory: 128 } }],
        ...(load.constrained ? { constraints: SHAPES[index % SHAPES.length] } : {}),
      },
    ],
    constraints: {},
  };
}
