import { Worker } from 'node:worker_threads';
import { transferables } from '#src/engine/event-store/index.js';
import { watchThread } from '#src/engine/metrics/index.js';
import type { FollowerState } from './follower.js';
import { describeFork } from './fork.js';
import type { WitnessState } from './witnesses.js';
import type { FollowerOrder, FollowerReport, FollowerStart } from './worker-messages.js';

export interface FollowerStatus extends FollowerState {
  /** The current problem. Undefined if there is none. */
  readonly problem: string | undefined;
  readonly witnesses: readonly WitnessState[];
}

export interface FollowerEvents {
  /** Called when a new problem occurs. */
  readonly onFailure: (status: FollowerStatus) => void;
  /** Called when a damaged tree was moved to this file and is being rebuilt. */
  readonly onDamage: (file: string) => void;
}

export interface RunningFollower {
  status(): FollowerStatus;
  stop(): Promise<void>;
}

/** Starts a thread that follows the log. */
export function startTransparency(
  start: FollowerStart,
  { onFailure, onDamage }: FollowerEvents,
): RunningFollower {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'transparency',
    execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
    workerData: start,
    transferList: transferables(start.handle),
  });
  watchThread('transparency', worker);
  let status: FollowerStatus = {
    size: 0,
    signed: 0,
    isRebuilding: false,
    fork: undefined,
    moved: undefined,
    problem: undefined,
    witnesses: [],
  };
  let stopping = false;
  const become = (now: FollowerStatus): void => {
    // The description of a fork changes with each new event.
    const isSameFork = now.fork !== undefined && status.fork !== undefined;
    const isNew = now.problem !== undefined && now.problem !== status.problem && !isSameFork;
    status = now;
    if (isNew && !stopping) onFailure(status);
  };
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      become({ ...status, problem: status.problem ?? 'its thread has ended' });
      resolve();
    });
  });
  worker.on('error', (error: Error) => become({ ...status, problem: error.message }));
  worker.on('message', (message: FollowerReport | { readonly kind: 'event-loop' }) => {
    if (message.kind === 'progress') {
      const { fork, moved } = message.state;
      become({ ...status, ...message.state, problem: fork === undefined ? moved : describeFork(fork) });
    } else if (message.kind === 'failed') {
      become({ ...status, problem: message.problem });
    } else if (message.kind === 'witnesses') {
      status = { ...status, witnesses: message.states };
    } else if (message.kind === 'opened' && message.damaged !== undefined) {
      onDamage(message.damaged);
    }
  });
  return {
    status: () => status,
    async stop() {
      stopping = true;
      worker.postMessage('stop' satisfies FollowerOrder);
      await ended;
    },
  };
}
