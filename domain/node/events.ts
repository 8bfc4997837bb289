import { z } from 'zod';
import { addressDigest } from '../address-digest.js';
import { sealedText } from '../sealing/sealed-text.js';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { nodeTags } from '../node-tags.js';
import { MAX_SLOTS, nodeAttributes, nodeResources } from '../resources.js';

/** `muster`: our agent, which understands epochs, digests and desired lists. `basic`: speaks only the contract's HTTP. */
export const agentProtocol = z.enum(['muster', 'basic']);
export type AgentProtocol = z.infer<typeof agentProtocol>;

const node = { nodeId: identifier, epoch: z.number().int().positive() };
/** Which slot of which job an allocation fills: carried along so that no reader has to look it up. */
const allocation = { allocationId: z.string(), jobId: z.string(), group: z.string(), slot: z.number().int().nonnegative(), nodeId: identifier };
/** Unix seconds, as agents report them; fractional. */
const time = z.number().nullable();

/** What a task used while it ran. Absent values could not be measured on that host. */
export const taskUsage = z.strictObject({
  memoryPeakMb: z.number().optional(),
  memoryAverageMb: z.number().optional(),
  /** In the units of `cpu`: 1000 is one core. */
  cpuPeak: z.number().optional(),
  cpuAverage: z.number().optional(),
  /** All of it, of all cores together. */
  cpuSeconds: z.number().optional(),
});
export type TaskUsage = z.infer<typeof taskUsage>;

/** Absent: its agent named no container. */
const containerId = z.string().optional();

/** What is heard of a task with its start. */
const taskStart = {
  startTime: time,
  containerId,
  /** When all that its start needs was there: its image, above all. Unix seconds; absent: its agent does not say. */
  preparedTime: z.number().optional(),
  /** The image that it was started from: `repository@sha256:…`, or the id of one that came from no registry. */
  imageDigest: z.string().optional(),
  /** Its agent checks its health: it is healthy when TaskHealthChanged says so. Absent: while it runs. */
  checked: z.literal(true).optional(),
};

const allocationEnded = z.strictObject({ ...allocation, startTime: time, endTime: time, message: z.string().nullable() });

export const nodeEvents = {
  /** A new epoch begins; what an older one still sends is refused. */
  NodeRegistered: event(
    z.strictObject({
      ...node,
      ipAddress: z.string(),
      resources: nodeResources,
      attributes: nodeAttributes,
      /** Absent: the node declared none and is taken to run docker and exec. */
      drivers: z.array(z.string()).optional(),
      healthy: z.boolean(),
      endpoint: z.string().nullable(),
      protocol: agentProtocol,
      /** A keyed digest of the address that registered it. Absent: an operator of the server's machine did, or it came over NATS. */
      address: addressDigest.optional(),
    }),
  ),
  /** Health or observed resources changed, or 300 s have passed. */
  NodeHeartbeatReceived: event(z.strictObject({ ...node, healthy: z.boolean(), resources: nodeResources })),
  NodeWentDown: event(z.strictObject({ ...node, reason: z.string() })),
  /** It never ran anything, is not heard, and too many such of its address were there. It is unknown then, until it registers again. */
  NodeRemoved: event(z.strictObject({ ...node, reason: z.string() })),
  NodeCameBack: event(z.strictObject({ ...node })),
  NodeDrainStarted: event(z.strictObject({ nodeId: identifier })),
  NodeDrainEnded: event(z.strictObject({ nodeId: identifier })),
  /** Whether new placements may come; apart from health and drain. */
  NodeEligibilitySet: event(z.strictObject({ nodeId: identifier, eligible: z.boolean() })),
  /** How many slots it has for tasks, whatever it registers. Fewer than are held stop nothing. */
  NodeSlotsSet: event(z.strictObject({ nodeId: identifier, slots: z.number().int().min(0).max(MAX_SLOTS) })),
  /** All that it has. */
  NodeTagsSet: event(z.strictObject({ nodeId: identifier, tags: nodeTags })),

  /** A basic agent acknowledged the order: it is never sent again. */
  AllocationAccepted: event(z.strictObject(allocation)),
  AllocationStarted: event(
    z.strictObject({
      ...allocation,
      startTime: time,
      /** Tasks that run by now, with their start times. */
      tasks: z.record(z.string(), z.strictObject(taskStart)),
    }),
  ),
  /** A task that began after its allocation did. */
  TaskStarted: event(z.strictObject({ ...allocation, task: z.string(), ...taskStart })),
  /** What its agent's checks say of a task that runs, where that has changed. `at`: by the node's clock, Unix seconds; `message`: the answer that decided. */
  TaskHealthChanged: event(z.strictObject({ ...allocation, task: z.string(), healthy: z.boolean(), message: z.string().nullable(), at: time })),
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
      /** What its driver gave back, sealed for the tenant of the job's owner. The event is then appended alone. */
      result: sealedText.optional(),
    }),
  ),
  /** Its agent reports a status that Muster does not know, of itself or of a task: nothing else can be made of it. */
  AllocationStatusUnknown: event(
    z.strictObject({
      ...allocation,
      /** The agent's word. */
      status: z.string().max(64),
      /** Absent: it is the status of the allocation. */
      task: z.string().optional(),
      /** The node had not used this word since it registered. */
      newOfNode: z.literal(true).optional(),
    }),
  ),
  AllocationCompleted: event(allocationEnded),
  AllocationFailed: event(allocationEnded),
  AllocationStopped: event(allocationEnded),
  /** Its agent lives and no longer knows it. */
  AllocationLost: event(z.strictObject({ ...allocation, reason: z.string() })),
} as const;

export type NodeEvent = EventsOf<typeof nodeEvents>;
