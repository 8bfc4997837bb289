import { assertNever } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { MAX_RECORDED_LENGTH, type CommandEvent } from './events.js';

interface About {
  readonly sessionId: string;
  readonly allocationId: string;
  readonly jobId: string;
  readonly nodeId: string;
  readonly task: string;
}

export type CommandCommand =
  | {
      readonly kind: 'start';
      readonly about: About;
      readonly command: readonly string[];
      readonly terminal: boolean;
    }
  | {
      readonly kind: 'end';
      readonly about: About;
      readonly exitCode: number | null;
      readonly problem?: string | undefined;
    };

export type CommandState = 'absent' | 'running' | 'ended';

/** Records each start and each end once. A command that was never started has no end. */
export const commandDecider: Decider<CommandCommand, CommandEvent, CommandState> = {
  initialState: 'absent',
  decide(command, state) {
    switch (command.kind) {
      case 'start':
        return state === 'absent'
          ? [
              {
                type: 'TaskCommandStarted',
                data: { ...command.about, ...recorded(command.command), terminal: command.terminal },
              },
            ]
          : [];
      case 'end':
        return state === 'running'
          ? [
              {
                type: 'TaskCommandEnded',
                data: {
                  ...command.about,
                  exitCode: command.exitCode,
                  ...(command.problem !== undefined && { problem: command.problem.slice(0, 1000) }),
                },
              },
            ]
          : [];
      default:
        return assertNever(command);
    }
  },
  evolve: (_state, event) => (event.type === 'TaskCommandStarted' ? 'running' : 'ended'),
};

function recorded(words: readonly string[]): { readonly command: string[]; readonly truncated?: true } {
  const command: string[] = [];
  let left = MAX_RECORDED_LENGTH;
  for (const word of words) {
    if (left <= 0 && word !== '') break;
    command.push(word.slice(0, left));
    left -= word.length;
  }
  return { command, ...((left < 0 || command.length < words.length) && { truncated: true }) };
}
