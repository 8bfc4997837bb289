import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import type { Duplex } from 'node:stream';
import {
  CheckImpossibleError,
  CommandRefusedError,
  type CommandOptions,
  type OutputPart,
  type RunningCommand,
} from '../../checks/reach.js';
import { deadline, systemClock } from '../../platform/clock/system-clock.js';
import { COMMAND_MARK, killCommand } from './command-processes.js';
import { daemonMessage, isUnreachable, statusOf } from './docker-error.js';
import { openStream, readAnswer } from './daemon-stream.js';

const INSPECT_MS = 5000;
/** Longest time for which the processes of a command are looked for and killed. */
const KILL_MS = 10_000;
const LOOK_AGAIN_MS = 50;
const MAX_REASON_BYTES = 4096;
const FRAME_HEADER = 8;
const STDERR = 2;

interface Inspected {
  readonly Running: boolean;
  readonly ExitCode: number | null;
  readonly Pid: number;
}

export class ContainerExec {
  readonly #docker: Docker;
  readonly #container: string;
  /** Marks of programs that timed out and may still be running, because Docker cannot end them, by the id of their exec. */
  readonly #left = new Map<string, string>();

  constructor(docker: Docker, container: string) {
    this.#docker = docker;
    this.#container = container;
  }

  /**
   * Resolves to the exit code. A timed-out program and all that it started are killed if this host can see their processes. Until they have ended, no other
   * program is started.
   */
  async run(command: readonly string[], signal: AbortSignal): Promise<number> {
    try {
      return await this.#run(command, signal);
    } catch (error) {
      throw isUnreachable(error) ? new CheckImpossibleError(daemonMessage(error), { cause: error }) : error;
    }
  }

  async #run(command: readonly string[], signal: AbortSignal): Promise<number> {
    for (const [id, mark] of this.#left) {
      const isLeft = killCommand({ container: this.#container, mark, first: undefined }) > 0;
      if (isLeft || (await this.#isRunning(id)))
        throw new Error('an earlier run that timed out is still running');
      this.#left.delete(id);
    }
    const mark = randomUUID();
    const { id } = await this.#docker.getContainer(this.#container).exec({
      Cmd: [...command],
      Env: [`${COMMAND_MARK}=${mark}`],
      AttachStdout: true,
      AttachStderr: true,
      abortSignal: signal,
    });
    let output = Buffer.alloc(0);
    try {
      // The stream ends when the program ends. A program's output is discarded, because it may contain secrets.
      for await (const chunk of await openStream(this.#docker, 'POST', `/exec/${id}/start`, {}, signal, {
        Detach: false,
        Tty: false,
      }))
        if (output.length < MAX_REASON_BYTES) output = Buffer.concat([output, chunk as Uint8Array]);
      signal.throwIfAborted();
    } catch (error) {
      this.#left.set(id, mark);
      await this.#kill(id, mark);
      throw forgotten(error);
    }
    const { Running, ExitCode, Pid } = await this.#inspect(id).catch((error: unknown) => {
      throw forgotten(error);
    });
    if (Running || ExitCode === null) throw new Error('Docker reported no exit code');
    // Docker makes up an exit code if nothing ran, and then the output is its own reason (docker.io 20.10.24).
    if (Pid === 0 && ExitCode !== 0) throw new Error(`could not be started: ${startReason(output)}`);
    return ExitCode;
  }

  /**
   * Runs a program with its input and output, as the container's user and with the container's environment. Throws a {@link CommandRefusedError} if
   * Docker does not start it. When `signal` aborts, it and all that it started are killed if this host can see their processes.
   */
  async open(
    command: readonly string[],
    options: CommandOptions,
    signal: AbortSignal,
  ): Promise<RunningCommand> {
    try {
      return await this.#open(command, options, signal);
    } catch (error) {
      throw isUnreachable(error) ? error : new CommandRefusedError(daemonMessage(error), { cause: error });
    }
  }

  async #open(
    command: readonly string[],
    { env = {}, input, terminal }: CommandOptions,
    signal: AbortSignal,
  ): Promise<RunningCommand> {
    const Tty = terminal !== undefined;
    const mark = randomUUID();
    const exec = await this.#docker.getContainer(this.#container).exec({
      Cmd: [...command],
      Env: Object.entries({ ...env, [COMMAND_MARK]: mark }).map(([name, value]) => `${name}=${value}`),
      AttachStdin: input,
      AttachStdout: true,
      AttachStderr: true,
      Tty,
      abortSignal: signal,
    });
    const stream = await exec.start({ hijack: true, stdin: true, Tty });
    const end = (): void => {
      stream.destroy();
      void this.#kill(exec.id, mark);
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const resize: RunningCommand['resize'] = async ({ rows, columns }) => {
      await exec.resize({ h: rows, w: columns });
    };
    // A program that has ended already has no size.
    if (terminal !== undefined) await resize(terminal).catch(() => undefined);
    const exitCode = this.#ended(exec.id, stream).finally(() => signal.removeEventListener('abort', end));
    exitCode.catch(() => undefined);
    return {
      input: input ? stream : undefined,
      output: Tty ? shownOutput(stream) : framedOutput(stream),
      exitCode,
      resize,
    };
  }

  async #ended(id: string, stream: Duplex): Promise<number> {
    await new Promise<void>((resolve) => stream.once('close', resolve).once('end', resolve));
    const { Running, ExitCode } = await this.#inspect(id);
    if (Running || ExitCode === null) throw new Error('Docker reported no exit code');
    return ExitCode;
  }

  /** Kills all that the command started, also what it starts meanwhile, and what Docker has yet to start. */
  async #kill(id: string, mark: string): Promise<void> {
    const container = this.#container;
    // By the clock, because a daemon that hangs takes seconds for each look.
    for (const began = systemClock.monotonic(); systemClock.monotonic() - began < KILL_MS;) {
      // Its processes are found without the daemon, too.
      const state = await this.#inspect(id).catch(() => undefined);
      const first = state?.Running === true && state.Pid > 1 ? state.Pid : undefined;
      const found = killCommand({ container, mark, first });
      if (found === 0 && (state === undefined || first !== undefined || state.ExitCode !== null)) return;
      await systemClock.sleep(LOOK_AGAIN_MS);
    }
  }

  /** Returns false for a program that a restarted daemon no longer lists, because there is no way to determine whether it is still running. */
  async #isRunning(id: string): Promise<boolean> {
    try {
      return (await this.#inspect(id)).Running;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  async #inspect(id: string): Promise<Inspected> {
    return (await readAnswer(this.#docker, 'GET', `/exec/${id}/json`, {}, deadline(INSPECT_MS))) as Inspected;
  }
}

async function* shownOutput(stream: Duplex): AsyncGenerator<OutputPart> {
  for await (const bytes of stream) yield { stream: 'stdout', bytes: bytes as Uint8Array };
}

/** Parses the output of a program without a terminal: frames with an 8-byte header (stream number, three zeros, big-endian length). */
async function* framedOutput(source: Duplex): AsyncGenerator<OutputPart> {
  let header = Buffer.alloc(0);
  let left = 0;
  let stream: OutputPart['stream'] = 'stdout';
  for await (const piece of source) {
    let bytes = piece as Buffer;
    while (bytes.length > 0) {
      if (left > 0) {
        yield { stream, bytes: bytes.subarray(0, left) };
        const rest = bytes.subarray(left);
        left -= bytes.length - rest.length;
        bytes = rest;
        continue;
      }
      const missing = FRAME_HEADER - header.length;
      header = Buffer.concat([header, bytes.subarray(0, missing)]);
      bytes = bytes.subarray(missing);
      if (header.length < FRAME_HEADER) break;
      stream = header[0] === STDERR ? 'stderr' : 'stdout';
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}

/** Returns the last part of the daemon's message, which names the program's problem, without the header of its frame. */
function startReason(output: Buffer): string {
  const text = output
    .subarray(FRAME_HEADER)
    .toString('utf8')
    .trim()
    .replace(/: unknown$/, '');
  return text
    .replace(/^OCI runtime exec failed: (exec failed: )?(unable to start container process: )?/, '')
    .slice(0, 500);
}

/** A 404 means that a restarted daemon no longer lists the program. It does not mean that the container no longer exists. */
function forgotten(error: unknown): unknown {
  return statusOf(error) === 404 ? new CheckImpossibleError(daemonMessage(error), { cause: error }) : error;
}
