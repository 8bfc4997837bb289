import { randomUUID } from 'node:crypto';
import type { AgentAddress, AgentChannel } from '#domain/protocol/agent-channel.js';
import {
  endsCommand,
  type CommandOutput,
  type NodeShare,
  type TerminalSize,
} from '#domain/protocol/index.js';

export interface Asked {
  readonly task?: string;
  readonly input?: boolean;
  readonly terminal?: TerminalSize;
  readonly caller?: string;
  readonly share?: NodeShare | undefined;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: CommandOutput;
}

/** A command that a test runs in a task, over either carrier. */
export class TestCommand {
  #chunk = 0;
  #input = 0;

  private constructor(
    private readonly channel: AgentChannel,
    private readonly agent: AgentAddress,
    readonly about: { readonly session: string; readonly caller: string },
  ) {}

  static async open(
    channel: AgentChannel,
    agent: AgentAddress,
    allocation_id: string,
    command: readonly string[],
    { task = 'main', input = false, terminal, caller = 'user:1', share }: Asked = {},
  ): Promise<TestCommand> {
    const about = { session: randomUUID(), caller };
    const opened = await channel.command(agent, 'openCommand', {
      ...about,
      allocation_id,
      task,
      command: [...command],
      input,
      terminal,
      share,
    });
    if (opened.kind !== 'done') throw new Error(JSON.stringify(opened));
    return new TestCommand(channel, agent, about);
  }

  async next(chunk = this.#chunk++) {
    return await this.channel.command(this.agent, 'nextCommandOutput', { ...this.about, chunk });
  }

  /** Returns whether the piece was accepted. */
  async send(text: string | undefined, end = false): Promise<boolean> {
    const outcome = await this.channel.command(this.agent, 'commandInput', {
      ...this.about,
      number: this.#input,
      ...(text !== undefined && { data: Buffer.from(text).toString('base64') }),
      ...(end && { end }),
    });
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    if (outcome.answer.accepted) this.#input += 1;
    return outcome.answer.accepted;
  }

  async resize(size: TerminalSize): Promise<void> {
    await this.channel.command(this.agent, 'resizeCommand', { ...this.about, size });
  }

  async close() {
    return await this.channel.command(this.agent, 'closeCommand', this.about);
  }

  /** Reads output until `seen` accepts what came so far, or to the end. */
  async read(seen: (stdout: string) => boolean = () => false): Promise<Ran> {
    const bytes: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    const text = (stream: 'stdout' | 'stderr'): string => Buffer.concat(bytes[stream]).toString();
    for (;;) {
      const outcome = await this.next();
      if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
      for (const each of outcome.answer.output) {
        if ('stdout' in each) bytes.stdout.push(Buffer.from(each.stdout, 'base64'));
        if ('stderr' in each) bytes.stderr.push(Buffer.from(each.stderr, 'base64'));
        if (endsCommand(each) || seen(text('stdout')))
          return { stdout: text('stdout'), stderr: text('stderr'), end: each };
      }
    }
  }
}

export async function runCommand(...words: Parameters<typeof TestCommand.open>): Promise<Ran> {
  return await (await TestCommand.open(...words)).read();
}
