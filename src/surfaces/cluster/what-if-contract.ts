import { z } from 'zod';
import { identifier } from '#domain/kernel/identifier.js';
import { jobSpecification } from '#domain/jobs/job/specification.js';
import { blockedReason } from '#domain/scheduling/plan-log/events.js';
import { logMoment } from '#src/http/index.js';
import type { SubmitBody } from './contract.js';

const MAX_CHANGES = 100;
const MAX_ADDED_NODES = 10_000;
/** Maximum number of fits per request. Each one schedules up to 10,000 instances, more than a dozen times. */
const MAX_FITS = 4;
const MAX_HORIZON_SECONDS = 604_800;

const nodeId = identifier.meta({ description: 'Node id', examples: ['node-7'] });
const jobId = identifier.meta({ description: 'Job id', examples: ['hello'] });
const priority = jobSpecification.shape.priority.unwrap();

const changeOf = (submitBody: SubmitBody) =>
  z
    .strictObject({
      drain: nodeId.optional().meta({ description: 'Drain this node' }),
      down: nodeId.optional().meta({ description: 'Simulate the loss of this node' }),
      eligible: z
        .strictObject({ node: nodeId, to: z.boolean() })
        .optional()
        .meta({ description: 'Allow or forbid new placements on a node' }),
      add_nodes: z
        .strictObject({
          like: nodeId,
          count: z
            .number()
            .int()
            .min(1)
            .max(MAX_ADDED_NODES)
            .meta({ examples: [10] }),
        })
        .optional()
        .meta({ description: 'Add nodes with the resources and attributes of an existing one' }),
      submit: submitBody.optional().meta({ description: 'Submit a job, like `POST /jobs`' }),
      stop: jobId.optional().meta({ description: 'Stop this job' }),
      priority: z
        .strictObject({ job: jobId, to: priority })
        .optional()
        .meta({ description: 'Change the priority of a job' }),
      fit: submitBody.optional().meta({
        description:
          'Count how many such jobs would fit after all other changes. This does not change anything',
      }),
    })
    .refine((given) => Object.values(given).filter((each) => each !== undefined).length === 1, {
      message: 'must have exactly one field',
    })
    .meta({
      id: 'WhatIfChange',
      description: 'One change. Exactly one field must be set',
    });

export const whatIfBody = (submitBody: SubmitBody) =>
  z
    .strictObject({
      as_of: logMoment.optional().meta({
        description: 'A position in the log or an RFC 3339 time. Default: now',
        examples: ['2026-11-20T14:32:00Z'],
      }),
      changes: z
        .array(changeOf(submitBody))
        .max(MAX_CHANGES)
        .refine((changes) => changes.filter(({ fit }) => fit !== undefined).length <= MAX_FITS, {
          message: `must contain at most ${MAX_FITS} fits`,
        })
        .refine(
          (changes) =>
            changes.reduce((sum, { add_nodes: added }) => sum + (added?.count ?? 0), 0) <= MAX_ADDED_NODES,
          { message: `must add at most ${MAX_ADDED_NODES} nodes in total` },
        )
        .meta({
          description:
            'Applied together, in this order. At most 4 of them can be a `fit`, and at most 10,000 nodes can be added in total. Without changes, the response shows what will happen anyway',
          examples: [[{ drain: 'node-7' }]],
        }),
      horizon_seconds: z.number().min(0).max(MAX_HORIZON_SECONDS).default(600).meta({
        description:
          'How far to look ahead, in seconds, for stops that take time and retries that become due',
      }),
      limit: z
        .number()
        .int()
        .min(0)
        .max(1000)
        .default(100)
        .meta({ description: 'Maximum length of each list' }),
    })
    .meta({ id: 'WhatIfQuestion', description: 'Changes to simulate' });

export type WhatIfBody = z.output<ReturnType<typeof whatIfBody>>;

const place = {
  job_id: z.string().meta({ description: 'Job id', examples: ['hello'] }),
  task_group: z.string().meta({ examples: ['web'] }),
  slot: z.number().int(),
};
const node = z.string().meta({ description: 'Node id', examples: ['node-7'] });
const score = z
  .number()
  .nullable()
  .meta({ description: '0 to 1: higher for a fuller node', examples: [0.42] });
const allocationId = z.string().meta({ description: 'The allocation that ends' });
const waits = {
  job_id: place.job_id,
  task_group: place.task_group,
  before: z.number().int().meta({ description: 'Number of instances that were waiting before the changes' }),
  after: z.number().int().meta({ description: 'Number of instances that are waiting after the changes' }),
};

const use = z
  .object({
    status: z.enum(['ready', 'down', 'draining', 'unhealthy', 'ineligible', 'unknown']),
    allocations: z.number().int(),
    cpu: z.number(),
    memory: z.number(),
    gpus: z.number(),
  })
  .meta({ id: 'WhatIfNodeUse', description: 'Status and usage of a node' });

const usage = z
  .object({ used: z.number(), capacity: z.number() })
  .meta({ id: 'WhatIfUsage', description: 'Sums over the nodes that accept placements' });

const clusterUse = z
  .object({
    nodes: z.number().int().meta({ description: 'Number of nodes that accept placements' }),
    allocations: z.number().int(),
    waiting: z
      .number()
      .int()
      .meta({ description: 'Number of instances that are waiting for a node or a quota' }),
    cpu: usage,
    memory: usage,
    gpus: usage,
  })
  .meta({ id: 'WhatIfClusterUse', description: 'The whole cluster' });

export const whatIfView = z
  .object({
    at: z.iso.datetime().meta({ description: 'When the changes happen' }),
    basis: z
      .string()
      .nullable()
      .meta({
        description: 'Position of the latest event considered; null if the log is empty',
        examples: ['42'],
      }),
    since_basis: z
      .object({
        events: z.number().int(),
        more: z.boolean().meta({ description: 'Whether there are more events than were counted' }),
      })
      .meta({ description: 'Events recorded since then, which are not considered' }),
    settled: z.boolean().meta({ description: 'False if the result is incomplete' }),
    unsettled_because: z
      .enum(['events', 'time'])
      .optional()
      .meta({ description: 'Which limit was reached: 200,000 events, or 10 seconds' }),
    seconds: z.number().meta({ description: 'How long it would take until nothing moves, in seconds' }),
    moves: z
      .array(
        z
          .object({ allocation_id: allocationId, ...place, from: node, to: node, score })
          .meta({ id: 'WhatIfMove' }),
      )
      .meta({ description: 'Allocations that end and are placed again' }),
    placed: z
      .array(z.object({ ...place, to: node, score }).meta({ id: 'WhatIfPlacement' }))
      .meta({ description: 'Instances without an allocation that get one' }),
    stopped: z
      .array(z.object({ allocation_id: allocationId, ...place, from: node }).meta({ id: 'WhatIfStop' }))
      .meta({ description: 'Allocations that end permanently' }),
    blocked: z
      .array(z.object({ ...waits, reason: blockedReason.optional() }).meta({ id: 'WhatIfBlocked' }))
      .meta({
        description: 'Groups with more waiting instances than before. The first 100 include the reason',
      }),
    unblocked: z
      .array(z.object(waits).meta({ id: 'WhatIfUnblocked' }))
      .meta({ description: 'Groups with fewer waiting instances than before' }),
    nodes: z
      .array(
        z
          .object({ node_id: node, before: use.nullable(), after: use.nullable() })
          .meta({ id: 'WhatIfNode', description: 'A node that changes; `before` is null for an added one' }),
      )
      .meta({ description: 'Nodes that change' }),
    fits: z
      .array(
        z
          .object({
            count: z.number().int().meta({ description: 'Number of such jobs that fit' }),
            at_least: z
              .boolean()
              .meta({ description: 'True if more may fit, because at most 10,000 instances are tried' }),
            task_group: z.string().optional().meta({ description: 'The group that limits the number' }),
            reason: blockedReason.optional().meta({ description: 'What is missing for one more job' }),
          })
          .meta({ id: 'WhatIfFit', description: 'The result of one `fit`' }),
      )
      .meta({ description: 'In the order of the changes' }),
    sums: z
      .object({
        moves: z.number().int(),
        placed: z.number().int(),
        stopped: z.number().int(),
        blocked: z.number().int(),
        unblocked: z.number().int(),
        nodes: z.number().int(),
        later: z
          .number()
          .int()
          .meta({ description: 'Number of instances that are placed again only after `horizon_seconds`' }),
        before: clusterUse,
        after: clusterUse,
      })
      .meta({
        id: 'WhatIfSums',
        description: 'Lengths of the complete lists, and the cluster before and after the changes',
      }),
    left_out: z.array(z.string()).meta({ description: 'What is not considered' }),
  })
  .meta({
    id: 'WhatIf',
    description: 'What the scheduler would do if nothing else happened. It is not a guarantee',
  });
