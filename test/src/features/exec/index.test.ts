import { once } from 'node:events';
import pino from 'pino';
import t from 'tap';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { AgentInput } from '#domain/protocol/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { AgentSession, type CommandParts } from '#src/features/exec/index.js';
import { commandContext } from '../../../fixtures/command-context.js';
import { TestClock } from '../../../fixtures/test-clock.js';

class Session extends AgentSession {
  readonly ends: (readonly [number | null, string | undefined])[] = [];

  protected override async ended(exitCode: number | null, problem: string | undefined): Promise<void> {
    this.ends.push([exitCode, problem]);
  }
}

/** A session with so much output that its client has to read before the end. */
function scene(busy = 0) {
  let left = busy;
  const clock = new TestClock();
  const chunks: number[] = [];
  const command = (async (_agent, operation, input) => {
    if (operation !== 'nextCommandOutput') return { kind: 'done', answer: { message: '' } };
    const { chunk } = input as AgentInput<'nextCommandOutput'>;
    if (left > 0) {
      left -= 1;
      return { kind: 'refused', status: 503, message: 'overloaded: too many messages; try again' };
    }
    chunks.push(chunk);
    const output = chunk === 0 ? [{ stdout: 'A'.repeat(200_000) }] : [{ exit_code: 0 }];
    return { kind: 'done', answer: { chunk, output } };
  }) as AgentChannel['command'];
  const ids = { uuid: () => globalThis.crypto.randomUUID() };
  const parts = {
    agentChannel: { command },
    clock,
    ids,
    logger: pino({ level: 'silent' }),
  } as unknown as CommandParts;
  const agent = { nodeId: 'n1', epoch: 1, endpoint: 'http://127.0.0.1:1' };
  const context: CommandContext = commandContext();
  const session = new Session(
    parts,
    { agent, session: 's1', caller: 'ann', share: 'operators' },
    context,
    new AbortController().signal,
  );
  return { clock, chunks, session, ran: session.run() };
}

void t.test('a client that pauses keeps its command', async (t) => {
  const { clock, chunks, session, ran } = scene();
  await clock.advance(45_000);
  t.same(chunks, [0, 0, 0, 0, 0], 'an agent that is asked again does not end it');
  session.lines.resume();
  await once(session.lines, 'end');
  await ran;
  t.same(chunks, [0, 0, 0, 0, 0, 1]);
  t.same(session.ends, [[0, undefined]]);
  t.equal(clock.sleeping, 0);
});

void t.test('a client that does not read for too long loses it', async (t) => {
  const { clock, session, ran } = scene();
  await clock.advance(301_000);
  await ran;
  t.same(session.ends, [[null, 'ended, because the client did not read its output for 5 minutes']]);
});

void t.test('an agent that is busy for a moment does not end it', async (t) => {
  const { clock, session, ran } = scene(3);
  session.lines.resume();
  await clock.advance(2_000);
  await ran;
  t.same(session.ends, [[0, undefined]]);
});

void t.test('an agent that stays busy ends it, and its words are passed on', async (t) => {
  const { clock, session, ran } = scene(1_000);
  session.lines.resume();
  await clock.advance(25_000);
  await ran;
  t.match(session.ends, [[null, /did not respond: overloaded: too many messages/]]);
});
