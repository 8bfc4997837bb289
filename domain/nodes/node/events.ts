import { z } from 'zod';
import { addressDigest } from '../../kernel/address-digest.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { nodeTags } from '../tags.js';
import { MAX_SLOTS, nodeAttributes, nodeResources } from '../../kernel/resources.js';

/** `muster`: our agent, which knows epochs, digests and desired lists. `basic`: only speaks HTTP as in the contract. */
export const agentProtocol = z.enum(['muster', 'basic']);
export type AgentProtocol = z.infer<typeof agentProtocol>;

const node = { nodeId: identifier, epoch: z.number().int().positive() };
/** Repeated in every event, so that no reader has to look it up. */
const allocation = {
  allocationId: z.string(),
  jobId: z.string(),
  group: z.string(),
  slot: z.number().int().nonnegative(),
  nodeId: identifier,
};
/** Unix seconds as agents report them, with fractions. */
const time = z.number().nullable();

/** Fields are absent when the host could not measure them. */
export const taskUsage = z.strictObject({
  memoryPeakMb: z.number().optional(),
  memoryAverageMb: z.number().optional(),
  /** In the units of `cpu`: 1000 is one core. */
  cpuPeak: z.number().optional(),
  cpuAverage: z.number().optional(),
  /** Total CPU time of all cores. */
  cpuSeconds: z.number().optional(),
});
export type TaskUsage = z.infer<typeof taskUsage>;

/** Absent: the agent reported none. */
const containerId = z.string().optional();

const taskStart = {
  startTime: time,
  containerId,
  /** When everything needed for the start was available, above all the image, in Unix seconds; absent: unknown. */
  preparedTime: z.number().optional(),
  /** `repository@sha256:…`, or the id of an image without a registry. */
  imageDigest: z.string().optional(),
  /** The agent runs health checks, so the task is healthy when TaskHealthChanged says so. Absent: healthy while it runs. */
  checked: z.literal(true).optional(),
};

const allocationEnded = z.strictObject({
  ...allocation,
  startTime: time,
  endTime: time,
  message: z.string().nullable(),
});

export const nodeEvents = {
  NodeRegistered: event(
    z.strictObject({
      ...node,
      ipAddress: z.string(),
      resources: nodeResources,
      attributes: nodeAttributes,
      /** Absent: none declared, which means docker and exec. */
      drivers: z.array(z.string()).optional(),
      healthy: z.boolean(),
      endpoint: z.string().nullable(),
      protocol: agentProtocol,
      /** A keyed digest of the address that registered it. Absent: registered by an operator on the server's machine, or over NATS. */
      address: addressDigest.optional(),
    }),
  ),
  /** Health or observed resources changed, or 300 s have passed. */
  NodeHeartbeatReceived: event(z.strictObject({ ...node, healthy: z.boolean(), resources: nodeResources })),
  NodeWentDown: event(z.strictObject({ ...node, reason: z.string() })),
  /** A silent node that never ran anything was removed, because too many of its address were waiting. It may register again. */
  NodeRemoved: event(z.strictObject({ ...node, reason: z.string() })),
  NodeCameBack: event(z.strictObject({ ...node })),
  NodeDrainStarted: event(z.strictObject({ nodeId: identifier })),
  NodeDrainEnded: event(z.strictObject({ nodeId: identifier })),
  /** Whether it accepts new placements, independent of health and drain. */
  NodeEligibilitySet: event(z.strictObject({ nodeId: identifier, eligible: z.boolean() })),
  /** Number of task slots, in place of the registered one. Lowering it stops nothing. */
  NodeSlotsSet: event(z.strictObject({ nodeId: identifier, slots: z.number().int().min(0).max(MAX_SLOTS) })),
  NodeTagsSet: event(z.strictObject({ nodeId: identifier, tags: nodeTags })),

  /** A basic agent acknowledged the order, which is then never sent again. */
  AllocationAccepted: event(z.strictObject(allocation)),
  AllocationStarted: event(
    z.strictObject({
      ...allocation,
      startTime: time,
      tasks: z.record(z.string(), z.strictObject(taskStart)),
    }),
  ),
  TaskStarted: event(z.strictObject({ ...allocation, task: z.string(), ...taskStart })),
  /** A change of a running task's health. `at`: Unix seconds by the node's clock; `message`: the check's output that decided. */
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
      /** The driver's result, sealed for the tenant of the job's owner. Such an event is appended alone. */
      result: sealedText.optional(),
    }),
  ),
  /** The agent reported a status of the allocation or of a task that Muster does not know. */
  AllocationStatusUnknown: event(
    z.strictObject({
      ...allocation,
      status: z.string().max(64),
      /** Absent: the status is the allocation's. */
      task: z.string().optional(),
      /** The node's first use of this status since it registered. */
      newOfNode: z.literal(true).optional(),
    }),
  ),
  AllocationCompleted: event(allocationEnded),
  AllocationFailed: event(allocationEnded),
  AllocationStopped: event(allocationEnded),
  /** The agent is alive and no longer knows the allocation. */
  AllocationLost: event(z.strictObject({ ...allocation, reason: z.string() })),
} as const;

export type NodeEvent = EventsOf<typeof nodeEvents>;
