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
}

/**
 * Last-seen times, shared between servers. Telemetry: what is lost, late or doubled spoils no fact. A server is not told what it told
 * itself. Several signs of one node within a batch count as the newest.
 */
export interface SeenBroadcast {
  /** Told with the next batch. */
  tell(seen: Omit<NodeSeen, 'ageMs'>): void;
  /** Called with what other servers heard. Answers the way to end it. */
  onSeen(listener: (seen: readonly NodeSeen[]) => void): () => void;
  close(): Promise<void>;
}
