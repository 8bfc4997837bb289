/** A sign of life of a node, which the server that received it shares with the others. */
export interface NodeSeen {
  readonly nodeId: string;
  readonly epoch: number;
  /** Milliseconds between receiving and sharing it. Durations, unlike times, are valid across clocks. */
  readonly ageMs: number;
  /** Observed resources from its heartbeat, including usage. */
  readonly resources: Readonly<Record<string, number>>;
  readonly lists: boolean;
  /** The listed ids, only for third-party agents. */
  readonly listed?: readonly string[];
  /** Unix seconds by the agent's own clock. */
  readonly said?: number;
}

/**
 * Last-seen times shared between servers. This is telemetry: loss, delay and duplicates do no harm. A server does not
 * receive its own signs; of several signs of a node in one batch the newest counts.
 */
export interface PresenceBroadcast {
  publish(seen: Omit<NodeSeen, 'ageMs'>): void;
  /** Subscribes to signs from other servers. Returns the unsubscribe function. */
  onSeen(listener: (seen: readonly NodeSeen[]) => void): () => void;
  /** Whether signs currently leave this process. While they do not, heartbeats must be recorded in the log. */
  readonly connected: boolean;
  /**
   * Round trip to the carrier. True: everything that others published before this call has been delivered. False (never
   * an error): unknown, so no node's silence proves anything.
   */
  check(): Promise<boolean>;
  /** Called after each reconnection, when signs may have been missed. Returns the unsubscribe function. */
  onInterrupted(listener: () => void): () => void;
  close(): Promise<void>;
}
