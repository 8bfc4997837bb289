import { createParser } from 'eventsource-parser';
import { ApiError, send } from './client.js';
import { serverNow } from './server-time.js';
import type { Change } from './types.js';

/**
 * State of the change feed. `off` means not connected yet, `polling` that a proxy holds streams back, `signed-out` that the session has ended, and
 * `missing` that the server has no feed because its version differs.
 */
export type FeedState = 'off' | 'live' | 'polling' | 'reconnecting' | 'signed-out' | 'missing';

export interface FeedStatus {
  readonly state: FeedState;
  readonly position: string | undefined;
  /** Time at which the latest event was written, by the server's clock. */
  readonly at: string | undefined;
  /** Milliseconds between the latest change and its arrival in the browser. */
  readonly lagMs: number | undefined;
  /** When the current state began, in milliseconds by the browser's clock. */
  readonly since: number;
}

type Outcome = 'ended' | 'silent' | 'failed' | 'signed-out' | 'missing';

type Message =
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'status'; readonly status: FeedStatus }
  | { readonly kind: 'hello' };

const PATH = '/console/api/changes';
const CHANNEL = 'muster-console-changes';
/** A stream counts as silent after this long. The server writes at least every 15 seconds. */
const SILENCE_MS = 30_000;
/** The server writes at once when a stream begins. */
const FIRST_MS = 10_000;
/** A stream that ends earlier was cut off. */
const SHORT_MS = 5_000;
/** A proxy may refuse streams or cut them off, although the server responds to other requests. After this many failures, the page polls. */
const MOST_FAILURES = 2;
const POLL_MS = 5000;
/** Changes are delivered in batches, because rendering hundreds per second one by one would block the page. */
const GATHER_MS = 100;
/** How long polling continues before streaming is tried again, in milliseconds. */
const POLLING_MS = 60_000;
const RETRY_MS = [500, 1000, 2000, 5000, 10_000] as const;

/**
 * The change feed, shared by all tabs of a browser. One tab holds the stream and forwards changes to the other tabs (Web Locks, BroadcastChannel).
 * Web Locks require a secure context, so each tab opens its own stream over plain HTTP from another machine.
 */
export class ChangeFeed {
  #status: FeedStatus = {
    state: 'off',
    position: undefined,
    at: undefined,
    lagMs: undefined,
    since: Date.now(),
  };
  readonly #statusListeners = new Set<() => void>();
  readonly #changeListeners = new Set<(change: Change) => void>();
  readonly #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : undefined;
  #leads = false;
  #gathered: Change[] = [];
  #passing: ReturnType<typeof setTimeout> | undefined;
  #passedAt = 0;
  #retry = new AbortController();

  readonly status = (): FeedStatus => this.#status;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  onChange(listener: (change: Change) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Starts the feed from this position, unless the feed already has one. */
  start(position: string, at: string): void {
    if (this.#status.position === undefined) this.#become({ position, at });
    if (this.#channel !== undefined)
      this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#channel?.postMessage({ kind: 'hello' } satisfies Message);
    const locks = 'locks' in navigator ? navigator.locks : undefined;
    if (this.#channel === undefined || locks === undefined) void this.#lead();
    else void locks.request(CHANNEL, () => this.#lead());
  }

  /** Retries immediately, for example after the user has signed in. */
  retry(): void {
    this.#retry.abort();
    this.#retry = new AbortController();
  }

  #hear(message: Message): void {
    if (message.kind === 'hello') {
      if (this.#leads) this.#channel?.postMessage({ kind: 'status', status: this.#status } satisfies Message);
    } else if (!this.#leads && message.kind === 'changes') this.#deliver(message.changes);
    else if (!this.#leads && message.kind === 'status') this.#set(message.status);
  }

  async #lead(): Promise<never> {
    this.#leads = true;
    for (let failures = 0; ;) {
      const outcome = await this.#stream();
      failures = outcome === 'ended' ? 0 : failures + 1;
      const isBlocked = outcome === 'silent' || (outcome === 'failed' && failures >= MOST_FAILURES);
      if (isBlocked && (await this.#poll())) {
        failures = MOST_FAILURES - 1;
        continue;
      }
      if (outcome === 'signed-out' || outcome === 'missing') this.#become({ state: outcome });
      else if (this.#status.state !== 'reconnecting') this.#become({ state: 'reconnecting' });
      await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? POLL_MS, this.#retry.signal);
    }
  }

  async #stream(): Promise<Outcome> {
    const controller = new AbortController();
    let silent = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
    };
    const stop = (): void => {
      silent = true;
      controller.abort();
    };
    const began = Date.now();
    timer = setTimeout(stop, FIRST_MS);
    try {
      const response = await send(`${PATH}?from=${this.#status.position ?? '0'}`, {
        signal: controller.signal,
      });
      const parser = createParser({ onEvent: ({ event, data }) => this.#receive(event, data) });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (reader === undefined) return 'failed';
      this.#become({ state: 'live' });
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return Date.now() - began < SHORT_MS ? 'failed' : 'ended';
        heard();
        parser.feed(value);
      }
    } catch (error) {
      if (silent) return 'silent';
      const status = error instanceof ApiError ? error.status : undefined;
      return status === 401 ? 'signed-out' : status === 404 ? 'missing' : 'failed';
    } finally {
      clearTimeout(timer);
      // The next stream begins after the last delivered change, so deliver pending changes first.
      this.#pass();
    }
  }

  /** Returns false if polling failed too. */
  async #poll(): Promise<boolean> {
    const until = Date.now() + POLLING_MS;
    while (Date.now() < until) {
      try {
        const response = await send(`${PATH}?from=${this.#status.position ?? '0'}&limit=1000`, {});
        const { changes, position } = (await response.json()) as {
          readonly changes: readonly Change[];
          readonly position: string;
        };
        this.#gathered.push(...changes);
        this.#pass();
        this.#become({ state: 'polling', position });
      } catch {
        // The next stream will report the problem.
        return false;
      }
      await pause(POLL_MS, this.#retry.signal);
    }
    return true;
  }

  #receive(event: string | undefined, data: string): void {
    if (event === 'change') this.#gather(JSON.parse(data) as Change);
    else if (event === 'position') {
      this.#pass();
      const { position, at } = JSON.parse(data) as { readonly position: string; readonly at: string };
      this.#become({ position, at });
    }
  }

  #gather(change: Change): void {
    this.#gathered.push(change);
    // Browsers throttle timers in hidden pages, but other tabs may depend on this one for changes.
    if (document.hidden || performance.now() - this.#passedAt >= GATHER_MS) this.#pass();
    else this.#passing ??= setTimeout(() => this.#pass(), GATHER_MS);
  }

  #pass(): void {
    clearTimeout(this.#passing);
    this.#passing = undefined;
    const newest = this.#gathered.at(-1);
    if (newest === undefined) return;
    const changes = this.#gathered;
    this.#gathered = [];
    this.#passedAt = performance.now();
    this.#channel?.postMessage({ kind: 'changes', changes } satisfies Message);
    this.#deliver(changes);
    const lagMs = Math.max(0, serverNow().getTime() - new Date(newest.at).getTime());
    this.#become({ position: newest.position, at: newest.at, lagMs });
  }

  #deliver(changes: readonly Change[]): void {
    for (const change of changes) for (const listener of this.#changeListeners) listener(change);
  }

  #become(now: Partial<FeedStatus>): void {
    const since =
      now.state === undefined || now.state === this.#status.state ? this.#status.since : Date.now();
    this.#set({ ...this.#status, ...now, since });
    if (this.#leads) this.#channel?.postMessage({ kind: 'status', status: this.#status } satisfies Message);
  }

  #set(status: FeedStatus): void {
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
