import { execFile } from 'node:child_process';
import { chownSync, closeSync, constants, openSync, readSync, rmSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket, type ConnectOpts, type SocketConstructorOpts } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { BothLogs } from '../../logs/both-logs.js';
import { TASK_PATH } from './environment.js';
import type { TaskUser } from './user.js';
import { hasCode } from '../../platform/error-code.js';

const run = promisify(execFile);
const STREAMS = ['stdout', 'stderr'] as const;
/** Capacity of a pipe on Linux. */
const PIPE_BYTES = 65_536;
const MAX_PIPE_BYTES = 1_048_576;
/** The agent waits a moment after reads smaller than this if they become too frequent, so that a task that writes line by line does not keep it busy. */
const SMALL_BYTES = 16_384;
const MAX_SMALL_READS = 200;
const SMALL_READS_PER_MS = 0.5;
const PAUSE_MS = 1;
/** All pipes share it, because the output of each read is written before the next read. */
const buffer = Buffer.allocUnsafe(PIPE_BYTES);

export type PipeFiles = Readonly<Record<LogStream, string>>;

export function pipeFiles(state: string): PipeFiles {
  return { stdout: path.join(state, 'stdout'), stderr: path.join(state, 'stderr') };
}

/** Returns whether the task's pipes are there: they are removed after its end. */
export function hasPipes(files: PipeFiles): boolean {
  return statSync(files.stdout, { throwIfNoEntry: false })?.isFIFO() === true;
}

/** Creates the pipes. They belong to the task's user, because a program may open its own output by path (`/dev/stdout`, `/proc/self/fd/1`). */
export async function makePipes(files: PipeFiles, { owner }: Pick<TaskUser, 'owner'>): Promise<void> {
  await run('mkfifo', ['-m', '600', files.stderr, files.stdout], { env: { PATH: TASK_PATH } }).catch(
    (error: unknown) => {
      // A concurrent or earlier start may have made them.
      if (!hasPipes(files)) throw error;
    },
  );
  if (owner !== undefined) for (const stream of STREAMS) chownSync(files[stream], owner.uid, owner.gid);
}

/** Descriptors for a supervisor: the task's stdout and stderr, then both pipes to hold open. */
export function supervisorEnds(files: PipeFiles): number[] {
  const opened: number[] = [];
  try {
    // Opening a pipe only for writing would wait for a reader, which an agent that is ending has closed.
    for (const mode of [constants.O_RDWR, constants.O_WRONLY])
      for (const stream of STREAMS) opened.push(openSync(files[stream], mode));
    return [...opened.slice(STREAMS.length), ...opened.slice(0, STREAMS.length)];
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  }
}

export interface OutputPipesParts {
  readonly files: PipeFiles;
  readonly log: BothLogs;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

/**
 * Copies a task's output from its pipes to its log, with the time at which it arrived. A supervisor holds the pipes open, so a task can write while
 * no agent runs, until a pipe is full. The next agent continues.
 *
 * Each read is followed immediately by its write. An agent that is killed in between loses the output of one read, at most 64 KiB.
 */
export class OutputPipes {
  readonly #parts: OutputPipesParts;
  readonly #pipes: { readonly stream: LogStream; readonly descriptor: number; readonly socket: Socket }[] =
    [];
  readonly #leaving: AbortSignal;
  readonly #leave = (): void => this.#close();
  #smallReads = 0;
  #readAt: number;
  #isOpen = true;

  /** Opens stdout last: a supervisor whose task has ended waits for that, and what it holds open is lost when it ends. */
  constructor(parts: OutputPipesParts) {
    this.#parts = parts;
    this.#readAt = parts.clock.monotonic();
    this.#leaving = AbortSignal.any([parts.life]);
    try {
      const stderr = this.#open('stderr');
      this.#read('stdout', this.#open('stdout'));
      this.#read('stderr', stderr);
    } catch (error) {
      this.#close();
      throw error;
    }
    this.#leaving.addEventListener('abort', this.#leave, { once: true });
    if (this.#leaving.aborted) this.#close();
  }

  /** Reads what is left after the task's end, and removes the pipes. */
  end(): void {
    this.#close();
    for (const stream of STREAMS) rmSync(this.#parts.files[stream], { force: true });
  }

  /** Resolves when the pipes are watched. From then on, the order in which the streams are read is that in which they are written. */
  async ready(): Promise<void> {
    // The event loop begins to watch them before it looks for the results of other calls.
    await stat(this.#parts.files.stdout);
  }

  #open(stream: LogStream): number {
    return openSync(this.#parts.files[stream], constants.O_RDWR | constants.O_NONBLOCK);
  }

  #read(stream: LogStream, descriptor: number): void {
    const callback = (length: number): boolean => this.#took(stream, length);
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: descriptor,
      readable: true,
      writable: false,
      onread: { buffer, callback },
    };
    const socket = new Socket(options);
    // The supervisor is not what this process waits for.
    socket.unref();
    this.#pipes.push({ stream, descriptor, socket });
  }

  #took(stream: LogStream, length: number): boolean {
    this.#append(stream, length);
    if (length >= SMALL_BYTES) return true;
    const now = this.#parts.clock.monotonic();
    this.#smallReads = Math.max(0, this.#smallReads - (now - this.#readAt) * SMALL_READS_PER_MS) + 1;
    this.#readAt = now;
    if (this.#smallReads <= MAX_SMALL_READS) return true;
    void this.#pause();
    return false;
  }

  async #pause(): Promise<void> {
    for (const { socket } of this.#pipes) socket.pause();
    await this.#parts.clock.sleep(PAUSE_MS, this.#leaving);
    if (this.#isOpen) for (const { socket } of this.#pipes) socket.resume();
  }

  /** On a full disk, output is lost. The log shows how much. */
  #append(stream: LogStream, length: number): void {
    const { log, clock } = this.#parts;
    const before = log.logs[stream].end;
    try {
      log.append(stream, buffer.subarray(0, length), clock.now());
    } catch {
      log.logs[stream].skip(before + length - log.logs[stream].end);
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#leaving.removeEventListener('abort', this.#leave);
    for (const stream of STREAMS) this.#drain(stream);
    for (const { socket } of this.#pipes) socket.destroy();
    this.#parts.log.close();
  }

  #drain(stream: LogStream): void {
    const descriptor = this.#pipes.find((pipe) => pipe.stream === stream)?.descriptor;
    if (descriptor === undefined) return;
    // A process that survived the task may still write, so this reads no more than the largest pipe that a user may have.
    for (let left = MAX_PIPE_BYTES; left > 0;) {
      const length = readNow(descriptor);
      if (length === 0) return;
      this.#append(stream, length);
      left -= length;
    }
  }
}

/** Returns 0 if the pipe is empty. */
function readNow(descriptor: number): number {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return 0;
    throw error;
  }
}
