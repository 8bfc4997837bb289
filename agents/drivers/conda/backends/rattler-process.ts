import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';
import type { BuildError } from '../tools/build-error.js';
import { ended, sayLines, startTool, type ToolUser } from '../tools/tool.js';
import type { BackEndHost } from './back-end.js';
import { RATTLER_SCRIPT } from './rattler-script.js';

const refused = z.object({ error: z.string(), kind: z.string() });
/** Error that follows a panic in another thread. Only that thread's output contains the cause. */
const CANCELLED = 'the operation was cancelled';

export class RattlerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #errors: () => string;
  readonly #ended: Promise<number>;

  constructor(
    private readonly host: Pick<BackEndHost, 'program' | 'say' | 'clean'>,
    user: ToolUser,
  ) {
    this.#child = startTool(host.program, ['-I', '-c', RATTLER_SCRIPT], user);
    this.#child.stdin.on('error', () => undefined);
    this.#ended = ended(this.#child);
    this.#errors = sayLines(this.#child, (line) => host.say(line));
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async ask(question: object, problem: (said: string, kind: string) => BuildError): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    const answer: unknown = done === true ? undefined : JSON.parse(value);
    const { data } = refused.safeParse(answer);
    if (answer === undefined || data?.error.includes(CANCELLED) === true) {
      this.#child.stdin.end();
      const code = await this.#ended;
      throw problem(
        this.host.clean(`${this.#errors()}\n${this.host.program} ended with exit code ${code}`),
        'ended',
      );
    }
    if (data === undefined) return answer;
    throw problem(this.host.clean(data.error), data.kind);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
    this.#reader.close();
  }
}
