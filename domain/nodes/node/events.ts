import { z } from 'zod';
import { addressDigest } from '../../kernel/address-digest.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { nodeTags } from '../tags.js';
import { MAX_SLOTS, nodeAttributes, nodeResources } from '../../kernel/resources.js';

/** `muster`: Muster's agent, which supports epochs, digests and desired lists. `basic`: supports only the HTTP of the contract. */
export const agentProtocol = z.enum(['muster', 'basic']);
/** One week, the longest time for which a run may be limited. */
export const MAX_DRAIN_SECONDS = 604_800;
/** How long a drain waits unless the operator says otherwise, as with Nomad. */
export const DRAIN_SECONDS = 3600;
export type AgentProtocol = z.infer<typeof agentProtocol>;

const node = { nodeId: identifier, epoch: z.number().int().positive() };
/** Repeated in every event, so that readers do not have to look it up. */
const allocation = {
  allocationId: z.string(),
  jobId: z.string(),
  group: z.string(),
  slot: z.number().int().nonnegative(),
  nodeId: identifier,
};
/** Unix seconds as reported by agents, with fractions. */
const time = z.number().nullable();

/** Fields are absent if the host could not measure them. */
export const taskUsage = z.strictObject({
  memoryPeakMb: z.number().optional(),
  memoryAverageMb: z.number().optional(),
  cpuPeak: z.number().optional(),
  cpuAverage: z.number().optional(),
  cpuSeconds: z.number().optional(),
});
export type TaskUsage = z.infer<typeof taskUsage>;

const containerId = z.string().optional();

const taskStart = {
  startTime: time,
  containerId,
  /** When everything needed for the start was available, most importantly the image, in Unix seconds. Absent if unknown. */
  preparedTime: z.number().optional(),
  imageDigest: z.string().optional(),
  checked: z.literal(true).optional(),
};

const allocationEnded = z.strictObject({
  ...allocation,
  startTime: time,
  endTime: time,
  message: z.string().nullable(),
});

const drainStarted = z.strictObject({
  nodeId: identifier,
  /** For this long, allocations that may not be repeated can still end by themselves. Absent: they are stopped at once, as all others are. */
  deadlineSeconds: z.number().int().min(1).max(MAX_DRAIN_SECONDS).optional(),
});

export const nodeEvents = {
  NodeRegistered: event(
    z.strictObject({
      ...node,
      ipAddress: z.string(),
      resources: nodeResources,
      attributes: nodeAttributes,
      drivers: z.array(z.string()).optional(),
      healthy: z.boolean(),
      endpoint: z.string().nullable(),
      protocol: agentProtocol,
      address: addressDigest.optional(),
      /** Id of the run of the agent's program that holds the node id from then on. Absent for agents that do not send one. */
      instance: z.string().optional(),
    }),
  ),
  /** A second agent asked for the id of a node that is up. Recorded once in a while for as long as it asks. */
  NodeRegistrationRefused: event(
    z.strictObject({
      ...node,
      /** The agent that was refused, and the one that holds the id: the URL, or the address of an agent without one. */
      address: z.string(),
      holder: z.string(),
    }),
  ),
  NodeHeartbeatReceived: event(z.strictObject({ ...node, healthy: z.boolean(), resources: nodeResources })),
  NodeWentDown: event(z.strictObject({ ...node, reason: z.string() }), { failure: 'always' }),
  NodeRemoved: event(z.strictObject({ ...node, reason: z.string() }), { ending: true }),
  NodeCameBack: event(z.strictObject({ ...node })),
  NodeDrainStarted: event(drainStarted, { ending: true }),
  NodeDrainEnded: event(z.strictObject({ nodeId: identifier })),
  NodeEligibilitySet: event(z.strictObject({ nodeId: identifier, eligible: z.boolean() }), { ending: true }),
  NodeSlotsSet: event(z.strictObject({ nodeId: identifier, slots: z.number().int().min(0).max(MAX_SLOTS) })),
  NodeTagsSet: event(z.strictObject({ nodeId: identifier, tags: nodeTags })),

  AllocationAccepted: event(z.strictObject(allocation)),
  AllocationStarted: event(
    z.strictObject({
      ...allocation,
      startTime: time,
      tasks: z.record(z.string(), z.strictObject(taskStart)),
    }),
  ),
  TaskStarted: event(z.strictObject({ ...allocation, task: z.string(), ...taskStart })),
  /** A change of a running task's health. `at`: Unix seconds by the node's clock. `message`: the output of the check that decided it. */
  TaskHealthChanged: event(
    z.strictObject({
      ...allocation,
      task: z.string(),
      healthy: z.boolean(),
      message: z.string().nullable(),
      at: time,
    }),
  ),
  TaskExited: event(
    z.strictObject({
      ...allocation,
      task: z.string(),
      status: z.enum(['complete', 'failed', 'stopped']),
      startTime: time,
      endTime: time,
      exitCode: z.number().int().nullable(),
      error: z.string().nullable(),
      message: z.string().nullable(),
      usage: taskUsage.optional(),
      containerId,
      result: sealedText.optional(),
    }),
    { ending: true },
  ),
  /** The agent reported a status of the allocation or of a task that this version of Muster does not support. */
  AllocationStatusUnknown: event(
    z.strictObject({
      ...allocation,
      status: z.string().max(64),
      task: z.string().optional(),
      newOfNode: z.literal(true).optional(),
    }),
  ),
  AllocationCompleted: event(allocationEnded, { ending: true }),
  AllocationFailed: event(allocationEnded, { ending: true }),
  AllocationStopped: event(allocationEnded, { ending: true }),
  AllocationLost: event(z.strictObject({ ...allocation, reason: z.string() }), { ending: true }),
} as const;

export type NodeEvent = EventsOf<typeof nodeEvents>;
