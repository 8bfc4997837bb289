/** One sign of life of a node: what the server that heard it tells the others. */
export interface NodeSeen {
  readonly nodeId: string;
  readonly epoch: number;
  /** Milliseconds since it was heard, when this was told. Durations travel between clocks, moments do not. */
  readonly ageMs: number;
  /** Resources as its heartbeat observed them, usage among them. */
  readonly resources: Readonly<Record<string, number>>;
  /** Its heartbeat named allocations, be it none. */
  readonly lists: boolean;
  /** The ids that it named. Told of third-party agents only: of ours nobody compares them. */
  readonly listed?: readonly string[];
  /** Unix seconds by the agent's own clock, as its newest heartbeat said. */
  readonly said?: number;
}

/**
 * Last-seen times, shared between servers. Telemetry: what is lost, late or doubled spoils no fact. A server is not told what it told
 * itself. Several signs of one node within a batch count as the newest.
 */
export interface PresenceBroadcast {
  /** Told with the next batch. */
  publish(seen: Omit<NodeSeen, 'ageMs'>): void;
  /** Called with what other servers heard. Answers the way to end it. */
  onSeen(listener: (seen: readonly NodeSeen[]) => void): () => void;
  /** Whether what is told now leaves this process, as far as it knows. While it does not, the log has to tell. */
  readonly connected: boolean;
  /**
   * One round trip to the carrier of the signs: true when everything told by others before this call has been delivered to the
   * listeners here. False (never an error) where that cannot be said: then nobody's silence proves anything.
   */
  check(): Promise<boolean>;
  /** Called whenever signs of others may have been missed: after each time that it was cut off. Answers the way to end it. */
  onInterrupted(listener: () => void): () => void;
  close(): Promise<void>;
}
