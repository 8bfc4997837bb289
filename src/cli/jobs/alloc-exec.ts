import type { TerminalSize } from '#domain/protocol/index.js';
import { bodyOf, type Api } from '../shared/client.js';
import { Failure, Refusal } from '../shared/failure.js';
import { outputOf, sendPieces } from '../shared/agent-session.js';
import { findRunning, orElse } from '../shared/lookup.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { printPiece, warnPiece } from '../shared/output.js';

export interface ExecOptions extends RemoteOptions {
  readonly stdin?: boolean;
  readonly tty?: boolean;
  readonly task?: string;
}

/** What is run where. `session` sends input to it. */
export interface Exec {
  readonly allocation: string;
  readonly task?: string | undefined;
  readonly command: readonly string[];
  readonly terminal?: TerminalSize | undefined;
  readonly input?: boolean;
}

/**
 * Runs a command and sets its exit code as that of this process.
 * @param words what follows the allocation: the command, after the task if there is one
 * @param afterDashes the number of these that follow `--`
 */
export async function execInAllocation(
  given: string,
  words: readonly string[],
  afterDashes: number | undefined,
  options: ExecOptions,
): Promise<void> {
  const count = Math.min(afterDashes ?? words.length, words.length);
  const command = words.slice(words.length - count);
  const [first, ...others] = words.slice(0, words.length - count);
  if (command.length === 0)
    throw new Failure('name the command to run, after --: muster exec ALLOCATION|JOB [TASK] -- COMMAND');
  if (others.length > 0)
    throw new Failure(
      `only an allocation or job and a task can be named before --, not also ${others.join(' ')}`,
    );
  if (options.tty === true && (!process.stdout.isTTY || (options.stdin === true && !process.stdin.isTTY)))
    throw new Failure('not a terminal: leave out --tty (-t), or run this in a terminal');
  const task = options.task ?? first;
  const { api } = connect(options);
  const input = options.stdin === true;
  const terminal = options.tty === true ? sizeOf(process.stdout) : undefined;
  process.exitCode = await onAllocation(api, { allocation: given, task }, async (allocation) => {
    const answer = await startExec(api, { allocation, task, command, terminal, input });
    return await withTerminal(
      terminal !== undefined && input,
      async () => await follow(api, allocation, answer, { input, terminal }),
    );
  });
}

/** Acts on an allocation by its id, or, where the caller may list jobs, by a unique prefix or the name of its job. */
export async function onAllocation<Result>(
  api: Api,
  { allocation: given, task }: { readonly allocation: string; readonly task?: string | undefined },
  act: (id: string) => Promise<Result>,
): Promise<Result> {
  return await orElse(act, given, async () => {
    try {
      return (await findRunning(api, given, task)).allocation_id;
    } catch (error) {
      if (error instanceof Refusal && error.httpStatus === 403)
        throw new Failure(`no such allocation: ${given} (give its whole id)`);
      throw error;
    }
  });
}

/** Starts a command. Its output is a stream of JSON lines. `signal` ends it, and the command. */
export async function startExec(api: Api, { allocation, ...body }: Exec, signal: AbortSignal | null = null) {
  const { task, command, terminal, input } = body;
  return await api.POST('/allocations/{allocation_id}/exec', {
    params: { path: { allocation_id: allocation } },
    body: {
      command: [...command],
      ...(task !== undefined && { task }),
      ...(terminal !== undefined && { terminal }),
      ...(input === true && { input }),
    },
    parseAs: 'stream',
    signal,
  });
}

/** Prints the output of a command, and sends it the input. Resolves to its exit code. */
async function follow(
  api: Api,
  allocation: string,
  answer: Awaited<ReturnType<typeof startExec>>,
  { input, terminal }: { readonly input: boolean; readonly terminal: TerminalSize | undefined },
): Promise<number> {
  const over = new AbortController();
  let sent: Promise<void> = Promise.resolve();
  let resizes: (() => void) | undefined;
  try {
    const output = outputOf(answer, (session) => {
      if (terminal !== undefined) resizes = followSize(api, allocation, session);
      if (!input) return;
      sent = sendInput(api, allocation, session, process.stdin, over.signal);
      // A failure that matters ends the command's output, too, which says why.
      sent.catch(() => undefined);
    });
    for await (const each of output) {
      if ('exit_code' in each) return each.exit_code;
      if ('error' in each) throw new Failure(each.error);
      if ('stdout' in each) await printPiece(Buffer.from(each.stdout, 'base64'));
      else warnPiece(Buffer.from(each.stderr, 'base64'));
    }
    throw new Failure('the server ended its response early: the exit code is unknown');
  } finally {
    resizes?.();
    over.abort();
    // An open standard input would keep this process running.
    if (input) process.stdin.destroy();
  }
}

/** Sends input to a command. */
export async function sendInput(
  api: Api,
  allocation: string,
  session: string,
  source: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const path = { allocation_id: allocation, session };
  const send: Parameters<typeof sendPieces>[1] = async (body, requestSignal) =>
    await bodyOf(
      api.POST('/allocations/{allocation_id}/exec/{session}/input', {
        params: { path },
        body,
        signal: requestSignal,
      }),
    );
  await sendPieces(source, send, signal);
}

function sizeOf({ rows = 24, columns = 80 }: Pick<NodeJS.WriteStream, 'rows' | 'columns'>): TerminalSize {
  return { rows: Math.max(1, rows), columns: Math.max(1, columns) };
}

/** Tells the command the size of this terminal whenever it changes. Returns a function that ends this. */
function followSize(api: Api, allocation: string, session: string): () => void {
  const resize = (): void => {
    const path = { allocation_id: allocation, session };
    // The command may have ended. Its output says so.
    api
      .POST('/allocations/{allocation_id}/exec/{session}/resize', {
        params: { path },
        body: sizeOf(process.stdout),
      })
      .catch(() => undefined);
  };
  process.stdout.on('resize', resize);
  return () => process.stdout.off('resize', resize);
}

/** Passes each key on, also Ctrl-C, while `work` runs. */
async function withTerminal<Result>(raw: boolean, work: () => Promise<Result>): Promise<Result> {
  if (!raw) return await work();
  process.stdin.setRawMode(true);
  try {
    return await work();
  } finally {
    if (!process.stdin.destroyed) process.stdin.setRawMode(false);
  }
}
