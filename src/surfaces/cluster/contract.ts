import { z } from 'zod';
import { identifier } from '#domain/kernel/identifier.js';
import { name, port } from '#domain/jobs/job/name.js';
import { groupCount, jobConstraints, resources } from '#domain/jobs/job/specification.js';
import { DRAIN_SECONDS, MAX_DRAIN_SECONDS } from '#domain/nodes/node/index.js';
import { nodeAttributes, nodeResources } from '#domain/kernel/resources.js';
import { ALLOCATION_STATUSES } from '#domain/jobs/job/allocation-status.js';
import { contractJob, shownConfig, shownGroup } from '#domain/protocol/index.js';
import { blockedReasons, trigger } from '#domain/scheduling/plan-log/events.js';
import { jobDeployment } from './deployment-contract.js';

export const JOB_STATUSES = [
  'pending',
  'running',
  'complete',
  'failed',
  'dead',
  'lost',
  'degraded',
  'blocked',
] as const;

export const unixTime = z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] });

const nullableTime = unixTime.nullable();
const jobId = z.string().meta({ description: 'Job id', examples: ['hello'] });

export const EXAMPLE_GROUPS = [
  {
    name: 'web',
    tasks: [
      { name: 'serve', config: { image: 'nginx:1.27', port: 8080 }, resources: { cpu: 500, memory: 256 } },
    ],
    constraints: [{ attribute: 'ip_address', operator: 'regex' as const, value: '^10\\.' }],
  },
];

/** @param ownedJobs prefixes of ids that are described as refused */
export const submitBody = (ownedJobs: readonly string[]) =>
  contractJob
    .extend({
      job_id: identifier.optional().meta({
        description: 'Job id. If a job with this id exists, it is updated',
        examples: ['hello'],
        not: { pattern: `^(?:${ownedJobs.map((prefix) => prefix.replace('.', '\\.')).join('|')})` },
      }),
    })
    .meta({
      id: 'JobSubmission',
      description: 'A job to submit',
      examples: [{ job_id: 'hello', task_groups: EXAMPLE_GROUPS, constraints: {} }],
    });
export type SubmitBody = ReturnType<typeof submitBody>;

export const updateBody = contractJob
  .extend({
    job_id: z.string().max(1024).optional().meta({ description: 'Ignored: the path determines the id' }),
  })
  .meta({
    id: 'JobUpdate',
    description: 'The new specification of the job',
    examples: [{ task_groups: EXAMPLE_GROUPS, constraints: {} }],
  });

export const scaleBody = z
  .strictObject({
    group: name
      .optional()
      .meta({ description: 'Group to scale. Required if the job has several', examples: ['web'] }),
    count: groupCount.meta({ description: 'Number of allocations of the group to run', examples: [3] }),
  })
  .meta({ id: 'JobScale', description: 'The new count of a group', examples: [{ group: 'web', count: 3 }] });

export const evaluated = z
  .object({
    job_id: jobId,
    evaluation_id: z.string().meta({
      description: 'Id of the evaluation that the command created',
      examples: ['0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e'],
    }),
    message: z.string().meta({ examples: ['作业评估已创建并加入队列'] }),
  })
  .meta({ id: 'Evaluated', description: 'The command was accepted. An evaluation carries it out' });

const usage = z
  .object({
    memory_peak_mb: z.number(),
    memory_average_mb: z.number(),
    cpu_peak: z.number(),
    cpu_average: z.number(),
    cpu_seconds: z.number(),
  })
  .partial()
  .meta({
    id: 'TaskUsage',
    description:
      'Resource usage of the task, as far as its host could measure it: memory in MiB, CPU in thousandths of a core, and CPU time in core seconds',
  });

const assignedPort = z
  .object({ container: port.meta({ examples: [8080] }), host: port.meta({ examples: [20017] }) })
  .meta({ id: 'GivenPort', description: 'A container port and the node port on which it is published' });

const allocationTask = z
  .object({
    resources: resources.meta({ description: 'Resources as submitted' }),
    config: shownConfig,
    driver: z
      .string()
      .optional()
      .meta({
        description:
          'Extension. Driver of the task, if it is neither docker nor exec. In that case `config` is empty, because the contract does not define it',
        examples: ['http'],
      }),
    status: z.enum(['pending', 'running', 'complete', 'failed', 'stopped']),
    start_time: nullableTime,
    end_time: nullableTime,
    exit_code: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Exit code, once the task has exited', examples: [0] }),
    message: z.string().nullable().meta({ description: 'Message from the agent' }),
    usage: usage.optional(),
    container_id: z
      .string()
      .optional()
      .meta({
        description: "Extension. Id of the task's container, if the agent reports it",
        examples: ['4c01db0b339c4f7a8f6f0a1c3b6d2e9d5b7a0c8e1f2a3b4c5d6e7f8091a2b3c4'],
      }),
    ports: z
      .array(assignedPort)
      .optional()
      .meta({ description: 'Extension. Container ports, and the node ports that the scheduler assigned' }),
    healthy: z.boolean().nullable().optional().meta({
      description:
        'Extension. Health while the task is running; null until its checks have a result. A task without checks is healthy while it is running',
    }),
    health_message: z
      .string()
      .optional()
      .meta({
        description: 'Extension. Result of the check that determined the health',
        examples: ['http 80/healthz: answered 503'],
      }),
    prepared_time: unixTime.optional().meta({
      description:
        'Extension. Time at which everything that the task needs to start, such as its image, was ready, if the agent reports it',
    }),
    image_digest: z
      .string()
      .optional()
      .meta({
        description:
          'Extension. Digest of the image that the task was started from, or its id if it did not come from a registry',
        examples: ['nginx@sha256:0a399eb16751829e1af26fea27b20c3ec28d7ab1fb72182879dcae1cca21206a'],
      }),
  })
  .meta({ id: 'AllocationTask', description: 'One task of an allocation' });

const allocation = {
  allocation_id: z
    .string()
    .meta({ description: 'Allocation id', examples: ['6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11'] }),
  task_group: z.string().meta({ description: 'Name of the task group', examples: ['web'] }),
  status: z.enum(ALLOCATION_STATUSES),
  start_time: nullableTime,
  end_time: nullableTime,
  message: z.string().optional().meta({
    description: 'Message from the agent, or a note that the agent reported an unknown status',
  }),
};

export const jobAllocation = z
  .object({
    ...allocation,
    node_id: z.string().meta({ description: 'Id of the node on which the allocation was placed' }),
    tasks: z
      .record(z.string(), allocationTask)
      .optional()
      .meta({ description: 'Tasks by name. Always present' }),
  })
  .meta({ id: 'JobAllocation', description: 'One allocation of a job' });

export const nodeAllocation = z
  .object({
    ...allocation,
    job_id: jobId,
    ports: z
      .array(assignedPort)
      .optional()
      .meta({ description: 'Extension. Ports of all tasks of the allocation' }),
  })
  .meta({ id: 'NodeAllocation', description: 'One allocation on a node' });

export const jobView = z
  .object({
    job_id: jobId,
    task_groups: z.array(shownGroup).meta({ description: 'Task groups as submitted' }),
    constraints: jobConstraints,
    priority: z
      .number()
      .int()
      .optional()
      .meta({ description: 'Priority as submitted; absent if none was submitted' }),
    status: z.enum(JOB_STATUSES),
    version: z
      .number()
      .int()
      .optional()
      .meta({ description: 'Extension. Latest version, see `GET /jobs/{job_id}/versions`', examples: [3] }),
    deployment: jobDeployment.optional().meta({
      description:
        'Extension. Deployment of the latest version. Present only in the response for a single job',
    }),
    blocked: z
      .object({ evaluation_id: z.string(), since: unixTime, reasons: blockedReasons })
      .optional()
      .meta({ description: 'Why some groups currently cannot be placed' }),
    retry_at: unixTime.optional().meta({
      description: 'During the back-off, the time at which the next failed or lost allocation is replaced',
    }),
    archived: z
      .object({
        at: unixTime,
        ended_at: unixTime,
        allocations_left_out: z.number().int().meta({
          description: 'Number of older allocations that are omitted. The event history contains them',
        }),
      })
      .optional()
      .meta({
        description:
          'Present if the job ended long ago. The job is then no longer listed, and can only be submitted again or deleted',
      }),
    allocations: z.array(jobAllocation).meta({
      description:
        'Allocations in order of placement. Of the ended ones, only the newest ten per slot are included',
    }),
  })
  .meta({ id: 'Job', description: 'A job with its allocations' });

export const jobList = z.object({ jobs: z.array(jobView), count: z.number().int() }).meta({
  id: 'JobList',
  description: 'Jobs in order of creation; `count` is the number of jobs in this response',
});

export const nodeView = z
  .object({
    node_id: z.string(),
    ip_address: z.string(),
    resources: nodeResources.meta({
      description: 'Capacity as registered',
      examples: [{ cpu: 4000, memory: 8192 }],
    }),
    attributes: nodeAttributes
      .optional()
      .meta({ description: 'Attributes for constraints', examples: [{ disk: 'ssd' }] }),
    drivers: z.array(z.string()).optional().meta({ description: 'Drivers that the node registered' }),
    healthy: z
      .boolean()
      .meta({ description: 'Whether the node sends heartbeats regularly and reports that it is healthy' }),
    down: z.boolean().optional().meta({
      description:
        'Whether the node is down: it sent no heartbeat for the node timeout, or was declared down',
    }),
    draining: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the node is draining: its allocations are moved to other nodes' }),
    drain_until: unixTime.optional().meta({
      description:
        'Extension. Until when allocations that may not be repeated can still run on the draining node. Absent if they cannot',
      examples: [1763629200],
    }),
    eligible: z.boolean().optional().meta({ description: 'Whether the node accepts new placements' }),
    unknown_statuses: z
      .object({
        reported: z
          .array(z.string())
          .meta({ description: 'Statuses as sent by the agent, at most 16', examples: [['completed']] }),
        known: z
          .array(z.string())
          .meta({ description: 'Valid statuses', examples: [[...ALLOCATION_STATUSES]] }),
      })
      .optional()
      .meta({
        description:
          'Extension. Unknown statuses that the agent has reported since its registration. They do not change allocations',
      }),
    refused_agent: z
      .object({
        address: z.string().meta({
          description: 'URL or address of the agent that was refused',
          examples: ['http://10.0.0.6:9000'],
        }),
        holder: z.string().meta({
          description: 'URL or address of the agent that holds the node id',
          examples: ['http://10.0.0.5:9000'],
        }),
        at: unixTime.meta({
          description:
            'When it was last recorded as refused. It is recorded every five minutes while it asks',
        }),
      })
      .optional()
      .meta({
        description:
          "Extension. A second agent with this node's id, as from a copied data directory, that was refused since the node registered",
      }),
    last_heartbeat: unixTime,
    registered_at: unixTime.optional().meta({
      description: 'Extension. Time of the latest registration. An agent registers whenever it starts',
      examples: [1763625600.25],
    }),
    allocated: nodeResources.optional().meta({
      description: 'Extension. Resources reserved for allocations that are starting, running or stopping',
      examples: [{ cpu: 500, memory: 256 }],
    }),
    allocations: z
      .array(nodeAllocation)
      .meta({ description: 'Current allocations, and the 50 most recent ones that ended in the last hour' }),
  })
  .meta({ id: 'Node', description: 'A node with its allocations' });

export const nodeAllocationList = z
  .object({ allocations: z.array(nodeAllocation), count: z.number().int() })
  .meta({
    id: 'NodeAllocationList',
    description: 'Allocations in order of placement; `count` is the number of allocations in this response',
  });

export const nodeList = z.object({ nodes: z.array(nodeView), count: z.number().int() }).meta({
  id: 'NodeList',
  description: 'Nodes in order of their first registration; `count` is the number of nodes in this response',
});

export const drainBody = z
  .strictObject({
    enable: z
      .boolean()
      .meta({ description: '`true` moves all allocations to other nodes; `false` stops draining' }),
    deadline_seconds: z.number().int().min(0).max(MAX_DRAIN_SECONDS).default(DRAIN_SECONDS).meta({
      description:
        'Extension. How long allocations that may not be repeated (`lost: fail`, and all runs of tasks) can still run, in seconds. Then they are stopped too. 0: at once',
    }),
  })
  .meta({ id: 'Drain', description: 'Whether to drain the node', examples: [{ enable: true }] });

export const downBody = z
  .strictObject({
    reason: z.string().min(1).max(500).meta({ description: 'Reason, recorded in the history' }),
  })
  .meta({
    id: 'Down',
    description: 'Reason for declaring a node down',
    examples: [{ reason: 'rack 7 has no power' }],
  });

export const eligibilityBody = z
  .strictObject({ eligible: z.boolean().meta({ description: 'Whether the node accepts new placements' }) })
  .meta({
    id: 'Eligibility',
    description: 'Whether the node accepts new placements',
    examples: [{ eligible: false }],
  });

export const evaluationView = z
  .object({
    evaluation_id: z.string(),
    job_id: jobId,
    status: z.enum(['pending', 'blocked', 'complete']),
    triggers: z.array(trigger).meta({ description: 'What caused the evaluation' }),
    placed: z.array(z.string()).meta({ description: 'The latest 100 allocations that it placed' }),
    placed_count: z.number().int(),
    reasons: blockedReasons.nullable().meta({
      description:
        'Last recorded reasons why groups could not be placed, even if they have been placed since then; null if no group had to wait',
    }),
    created_at: unixTime,
    updated_at: unixTime,
  })
  .meta({ id: 'Evaluation', description: 'An evaluation with its cause and result' });

export const cleared = z
  .object({
    message: z.string().meta({ examples: ['所有数据已清空'] }),
    cleared_items: z.object({
      jobs: z.string(),
      nodes: z.string(),
      allocations: z.string(),
      task_status: z.string(),
    }),
  })
  .meta({ id: 'Cleared', description: 'Everything was cleared, except the event history' });

export const params = {
  job: z.object({ job_id: jobId }),
  node: z.object({ node_id: z.string().meta({ description: 'Node id' }) }),
  template: z.object({ template_id: z.string().meta({ description: 'Template id' }) }),
  evaluation: z.object({ evaluation_id: z.string().meta({ description: 'Evaluation id' }) }),
  logs: z.object({ job_id: jobId, allocation_id: z.string().meta({ description: 'Allocation id' }) }),
};
