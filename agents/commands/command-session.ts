import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AgentInput, CommandOutput } from '#domain/protocol/index.js';
import type { RunningCommand } from '../checks/reach.js';

/** Longest wait for output or for room in the command's input, in milliseconds. */
const SILENCE_MS = 2_000;
const MAX_PART_BYTES = 65_536;

/**
 * A command in a task whose output is being fetched. It holds one piece of output, and reads only on request. A command may be silent for as long as its
 * output is requested: a client that is gone requests nothing.
 */
export class CommandSession {
  /** When the output was requested last. */
  usedAt: number;
  readonly #output: AsyncIterator<CommandOutput>;
  /** A read that did not finish in time for its chunk. Its result belongs to the next chunk. */
  #reading: Promise<IteratorResult<CommandOutput>> | undefined;
  #chunk: { readonly number: number; readonly output: Promise<readonly CommandOutput[]> } | undefined;
  #inputs = 0;
  /** Whether a piece of input waits for room. */
  #isWaiting = false;

  constructor(
    readonly caller: string,
    private readonly command: RunningCommand,
    private readonly abort: AbortController,
    private readonly clock: Clock,
  ) {
    this.#output = outputOf(command)[Symbol.asyncIterator]();
    this.usedAt = clock.monotonic();
    // The programs that a command leaves unread, or that end early, close their input. That is no failure of the command.
    command.input?.on('error', () => undefined);
  }

  /** Returns the same output if it is called again with the same number. Requesting the next number discards it. */
  async next(number: number): Promise<readonly CommandOutput[]> {
    this.usedAt = this.clock.monotonic();
    const before = this.#chunk;
    if (before?.number === number) return await before.output;
    const expected = before === undefined ? 0 : before.number + 1;
    if (number !== expected)
      throw new MusterError('MUSTER_E_INVALID', { field: 'chunk', problem: `must be ${expected}` });
    const output = (async () => {
      await before?.output;
      return await this.#read();
    })();
    // The callers handle the failure. Without a caller, an unhandled rejection must not end the process.
    output.catch(() => undefined);
    this.#chunk = { number, output };
    return await output;
  }

  /** Writes a piece of input. Returns false if the command does not read, so that nothing piles up here. */
  async input({
    number,
    data,
    end,
  }: Pick<AgentInput<'commandInput'>, 'number' | 'data' | 'end'>): Promise<boolean> {
    const { input } = this.command;
    if (input === undefined)
      throw new MusterError('MUSTER_E_INVALID', { field: 'data', problem: 'the command has no input' });
    if (number > this.#inputs)
      throw new MusterError('MUSTER_E_INVALID', { field: 'number', problem: `must be ${this.#inputs}` });
    if (number === this.#inputs && !(await this.#hasRoom(input))) return false;
    // Another request may have written it meanwhile.
    if (number < this.#inputs) return true;
    this.#inputs += 1;
    if (!isOpen(input)) return true;
    if (data !== undefined) input.write(Buffer.from(data, 'base64'));
    if (end === true) input.end();
    return true;
  }

  async resize(size: AgentInput<'resizeCommand'>['size']): Promise<void> {
    await this.command.resize(size);
  }

  close(): void {
    this.abort.abort();
  }

  /** Waits for a moment if there is no room. Of several requests, only one waits, so that they cannot occupy the connections to this node. */
  async #hasRoom(input: Writable): Promise<boolean> {
    const isFull = (): boolean => isOpen(input) && input.writableNeedDrain;
    if (!isFull()) return true;
    if (this.#isWaiting) return false;
    this.#isWaiting = true;
    const over = new AbortController();
    const given = AbortSignal.any([over.signal, this.abort.signal]);
    const room = Promise.race([
      once(input, 'drain', { signal: given }),
      once(input, 'close', { signal: given }),
    ]);
    await Promise.race([room.catch(() => undefined), this.clock.sleep(SILENCE_MS, given)]);
    over.abort();
    this.#isWaiting = false;
    return !isFull();
  }

  async #read(): Promise<readonly CommandOutput[]> {
    this.#reading ??= this.#output.next();
    this.#reading.catch(() => undefined);
    const over = new AbortController();
    const result = await Promise.race([this.#reading, this.clock.sleep(SILENCE_MS, over.signal)]);
    over.abort();
    this.usedAt = this.clock.monotonic();
    if (result === undefined) return [];
    this.#reading = undefined;
    return result.done === true ? [] : [result.value];
  }
}

/** Input that the command no longer reads is dropped, like that of a program in a shell's pipeline. */
function isOpen(input: Writable): boolean {
  return !input.destroyed && !input.writableEnded && !input.errored;
}

/** Yields the output of a command, and finally its exit code or why there is none. Never throws. */
async function* outputOf(command: RunningCommand): AsyncGenerator<CommandOutput> {
  try {
    for await (const { stream, bytes } of command.output)
      for (let start = 0; start < bytes.length; start += MAX_PART_BYTES) {
        const data = Buffer.from(bytes.subarray(start, start + MAX_PART_BYTES)).toString('base64');
        yield stream === 'stdout' ? { stdout: data } : { stderr: data };
      }
    const exit_code = await command.exitCode;
    const sha256 = command.sha256?.();
    yield { exit_code, ...(sha256 !== undefined && { sha256 }) };
  } catch (error) {
    yield { error: (error instanceof Error ? error.message : String(error)).slice(0, 2000) };
  }
}
