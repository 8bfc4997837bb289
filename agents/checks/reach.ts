import type { Writable } from 'node:stream';
import type { TerminalSize } from '#domain/protocol/index.js';

export class CheckImpossibleError extends Error {
  override readonly name = 'NotAskedError';
}

export interface TaskReach {
  address(port: number): { readonly host: string; readonly port: number };
  /** Runs a program with the task's user, environment and limits. Resolves to its exit code. The program is killed when the signal aborts. */
  exec(command: readonly string[], signal: AbortSignal): Promise<number>;
  /**
   * Runs a program as `exec` does, with its output, and input if `input` is set. Throws a {@link CommandRefusedError} if it cannot be started. Absent
   * if the driver does not support this.
   */
  open?(command: readonly string[], options: CommandOptions, signal: AbortSignal): Promise<RunningCommand>;
}

/** Explains to the user why a command cannot run in a task. */
export class CommandRefusedError extends Error {
  override readonly name = 'CommandRefusedError';
}

export interface CommandOptions {
  readonly input: boolean;
  readonly terminal?: TerminalSize | undefined;
  /** Variables in addition to the task's. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface OutputPart {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

export interface RunningCommand {
  /** Undefined if the command has no input. */
  readonly input: Writable | undefined;
  /** Read on demand, so that a command whose output is not read blocks. Ends with the command. */
  readonly output: AsyncIterable<OutputPart>;
  /** Resolves to the exit code, or 128 + n after signal n. Rejects if it cannot be determined. */
  readonly exitCode: Promise<number>;
  /** Digest of the whole archive of a copy that is complete. */
  sha256?(): string | undefined;
  resize(size: TerminalSize): Promise<void>;
}
