import t from 'tap';
import { MAX_RECORDED_LENGTH } from '#domain/allocations/command/events.js';
import { taskCommands } from '#domain/allocations/command/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(taskCommands);
const about = { sessionId: 's1', allocationId: 'a1', jobId: 'hello', nodeId: 'n1', task: 'serve' };
const command = ['sh', '-c', 'echo "<b>\n"'];
const started = {
  type: 'TaskCommandStarted' as const,
  data: { ...about, command, terminal: false },
};

void t.test('records the words of a command as they are', async (t) => {
  given().when({ kind: 'start', about, command, terminal: false }).then(t, started);
});

void t.test('records at most a few KiB of a command, and says so', async (t) => {
  const long = ['sh', 'x'.repeat(MAX_RECORDED_LENGTH), 'y'];
  given()
    .when({ kind: 'start', about, command: long, terminal: true })
    .then(t, {
      type: 'TaskCommandStarted',
      data: {
        ...about,
        command: ['sh', 'x'.repeat(MAX_RECORDED_LENGTH - 2)],
        truncated: true,
        terminal: true,
      },
    });
});

void t.test('records an end once, with the exit code or why there is none', async (t) => {
  const end = { kind: 'end' as const, about, exitCode: null, problem: 'the client went away' };
  const ended = {
    type: 'TaskCommandEnded' as const,
    data: { ...about, exitCode: null, problem: 'the client went away' },
  };
  given(started).when(end).then(t, ended);
  given(started, ended).when({ kind: 'end', about, exitCode: 0 }).then(t);
  given().when(end).then(t);
});
