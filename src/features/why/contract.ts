import { z } from 'zod';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { nameOfActor } from '#src/features/visibility/index.js';
import { KINDS } from './objects.js';

export const whyParams = z.object({
  kind: z.enum(KINDS).meta({ title: 'ExplainedKind', description: 'Kind of the object to explain' }),
  id: z
    .string()
    .min(1)
    .max(200)
    .meta({
      description:
        'Id of the object: `<task>/<run>` for a run, `<task>@<time>` for a schedule slot, `<environment>/<build>` for a build, and the `X-Request-Id` for a request',
      examples: ['hello'],
    }),
});

export const whyQuery = z.strictObject({
  not: z
    .string()
    .regex(IDENTIFIER, 'must be a node id')
    .optional()
    .meta({ description: 'Also explain why it is not on this node', examples: ['node-2'] }),
});

const nodeId = z.string().meta({ description: 'Node id', examples: ['node-7'] });
const score = z.number().meta({ description: '0 to 1: higher for fuller nodes', examples: [0.42] });
const counts = z.record(z.string(), z.number());

const survey = z
  .object({
    nodes: z.number().int().meta({ description: 'Number of registered nodes' }),
    fitting: z.number().int().meta({ description: 'Number of nodes on which the group fit' }),
    filtered: counts.meta({ description: 'Number of nodes ruled out, by filter' }),
    exhausted: counts.meta({ description: 'Number of remaining nodes that lacked resources, by dimension' }),
    short: counts.meta({ description: 'Smallest shortfall per dimension' }),
    verdicts: z
      .array(
        z
          .object({
            node_id: nodeId,
            verdict: z.enum(['fits', 'keeps', 'exhausted', 'filtered']),
            score: score.optional(),
            filter: z.string().optional().meta({ description: 'The first filter that the node failed' }),
            short: counts.optional().meta({ description: 'Shortfall per dimension that the node lacks' }),
            sentence: z.string().meta({ examples: ['lacked cpu (short by 300)'] }),
          })
          .meta({ id: 'ExplainedNode', description: 'One node at the time of the decision' }),
      )
      .meta({ description: 'The first 50 nodes, fitting nodes first, and the node named in `not`' }),
  })
  .meta({ id: 'NodeSurvey', description: 'All nodes at the time of the decision' });

const placement = z
  .object({
    node_id: nodeId,
    score: score.nullable().meta({ description: 'Recorded score; null for placements by older releases' }),
    chosen: z
      .object({ node_id: nodeId, score })
      .meta({ id: 'ChosenNode', description: 'The node that is chosen when the decision is repeated' })
      .nullable()
      .meta({ description: 'The node that is chosen when the decision is repeated; null if there is none' }),
    reproduced: z.boolean().meta({ description: 'Whether repeating the decision gives the same placement' }),
    differs: z
      .array(z.enum(['rules', 'state', 'node', 'score', 'ports', 'devices']))
      .meta({ description: 'What differs when the decision is repeated' }),
    rules: z.number().int().meta({ description: 'Version of the filter and scoring rules that were used' }),
    basis_recorded: z.boolean().meta({
      description:
        'False if the plan was made by an older release, which did not record the state that the plan was based on',
    }),
    window: z.number().int().meta({ description: 'Number of fitting nodes after which the search stops' }),
    earlier_in_plan: z.number().int().meta({ description: 'Number of earlier placements in the same plan' }),
    considered: z
      .array(
        z
          .object({
            node_id: nodeId,
            score,
            packing: score.meta({ description: 'How well the job fills the node' }),
            apart: z
              .number()
              .optional()
              .meta({ description: '0 to -1: the more allocations of the job are on the node, the lower' }),
          })
          .meta({ id: 'ComparedNode', description: 'A suitable node that was compared' }),
      )
      .meta({ description: 'In search order' }),
    survey: survey.optional(),
  })
  .meta({
    id: 'ExplainedPlacement',
    description: 'A placement, repeated with the state that the decision was based on',
  });

/** When an event was recorded, and who caused it. */
const recorded = {
  position: z.string().meta({ description: 'Position in the log', examples: ['42'] }),
  at: z.iso.datetime().meta({ description: 'Time of the decision' }),
  actor: z
    .string()
    .nullable()
    .meta({ examples: ['user:alice', 'saga:scheduler'] }),
  actor_name: nameOfActor,
};

const link = z
  .object({
    ...recorded,
    surface: z.string().nullable(),
    type: z.string().meta({ examples: ['AllocationPlaced'] }),
    stream: z.string().meta({ examples: ['scheduler'] }),
    revision: z.number().int(),
    correlation_id: z.string().meta({ description: 'Id of the request that caused the event' }),
    sentence: z.string().meta({ examples: ['job hello was submitted'] }),
    because: z.array(z.string()).meta({
      description: 'Causes and referenced objects, nearest cause first',
      examples: [['job:hello@0', 'evaluation:6f0d…']],
    }),
  })
  .meta({ id: 'CausalLink', description: 'One event in the chain from request to effect' });

const since = z
  .object(recorded)
  .meta({ id: 'StatusEvent', description: 'An event that set the status of an object' });

export const whyView = z
  .object({
    object: z.string().meta({ examples: ['job:hello'] }),
    sentence: z.string().meta({ examples: ['It is waiting: 1 instance of group web cannot be placed: …'] }),
    evidence: z.array(z.string()).meta({ description: 'Facts that support the sentence' }),
    since: since
      .nullable()
      .meta({ description: 'The event since which the sentence holds. Null if it is not known' }),
    placement: placement.optional(),
    waiting: z
      .array(
        z
          .object({ task_group: z.string(), survey: survey.optional() })
          .meta({ id: 'ExplainedGroup', description: 'A group that could not be placed on any node' }),
      )
      .optional(),
    chain: z.array(link).meta({ description: 'At most 200 events, in log order' }),
    chain_complete: z.boolean().meta({ description: 'False if there may be more events' }),
  })
  .meta({ id: 'Why', description: 'An explanation of an object' });
