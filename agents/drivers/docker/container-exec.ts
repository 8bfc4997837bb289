import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { CheckImpossibleError } from '../../checks/reach.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { daemonMessage, isUnreachable, statusOf } from './docker-error.js';
import { openStream, readAnswer } from './daemon-stream.js';

const INSPECT_MS = 5000;
const MAX_REASON_BYTES = 4096;
const FRAME_HEADER = 8;

interface Inspected {
  readonly Running: boolean;
  readonly ExitCode: number | null;
  readonly Pid: number;
}

export class ContainerExec {
  readonly #docker: Docker;
  readonly #container: string;
  /** Programs that timed out and may still be running, because Docker cannot end them. */
  readonly #left = new Set<string>();

  constructor(docker: Docker, container: string) {
    this.#docker = docker;
    this.#container = container;
  }

  /** Resolves to the exit code. A timed-out program is killed if this host can see its process. Until it has ended, no other program is started. */
  async run(command: readonly string[], signal: AbortSignal): Promise<number> {
    try {
      return await this.#run(command, signal);
    } catch (error) {
      throw isUnreachable(error) ? new CheckImpossibleError(daemonMessage(error), { cause: error }) : error;
    }
  }

  async #run(command: readonly string[], signal: AbortSignal): Promise<number> {
    for (const id of this.#left) {
      if (await this.#isRunning(id)) throw new Error('an earlier run that timed out is still running');
      this.#left.delete(id);
    }
    const { id } = await this.#docker
      .getContainer(this.#container)
      .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, abortSignal: signal });
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
      this.#left.add(id);
      await this.#kill(id);
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

  async #kill(id: string): Promise<void> {
    try {
      const { Running, Pid } = await this.#inspect(id);
      if (!Running || Pid <= 1) return;
      const groups = await readFile(`/proc/${Pid}/cgroup`, 'utf8');
      if (groups.includes(this.#container)) process.kill(Pid, 'SIGKILL');
    } catch {
      // The process no longer exists, or the daemon is unavailable.
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
