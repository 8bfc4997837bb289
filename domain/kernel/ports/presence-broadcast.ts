/** A sign of life from a node, which the receiving server shares with the other servers. */
export interface NodeSeen {
  readonly nodeId: string;
  readonly epoch: number;
  /** Milliseconds between receiving and sharing it. Unlike times, durations are valid across clocks. */
  readonly ageMs: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly lists: boolean;
  readonly listed?: readonly string[];
  /** Time according to the agent's own clock, in Unix seconds. */
  readonly said?: number;
}

/**
 * Last-seen times shared between servers. This is telemetry: loss, delay and duplicates are harmless. A server does not receive its own signs of
 * life. If a batch contains several signs of a node, the latest one is used.
 */
export interface PresenceBroadcast {
  publish(seen: Omit<NodeSeen, 'ageMs'>): void;
  onSeen(listener: (seen: readonly NodeSeen[]) => void): () => void;
  /** Whether signs of life currently leave this process. While they do not, heartbeats must be recorded in the log. */
  readonly connected: boolean;
  /**
   * Makes a round trip to the message broker. True means that everything that other servers published before this call has been delivered. False
   * (never an error) means that this is unknown, so a lack of signs from a node proves nothing.
   */
  check(): Promise<boolean>;
  onInterrupted(listener: () => void): () => void;
  close(): Promise<void>;
}
