import t from 'tap';
import { wasSignalledToEnd, interruptionOf } from '#agents/drivers/docker/interruption.js';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const BOOT = 100_000;

/** A container that started an hour before the moment and ended `finished` seconds after it. */
const ended = (finished: number, code: number, moment: number) => ({
  StartedAt: at(moment - 3600),
  FinishedAt: at(moment + finished),
  ExitCode: code,
});

void t.test(
  'a container that ended when its daemon went away was interrupted, whatever its exit code',
  async (t) => {
    const while_ = (finished: number, code: number) =>
      interruptionOf(ended(finished, code, BOOT), { awaySince: BOOT * 1000, bootedAt: undefined });
    for (const code of [0, 137, 143, 255])
      t.equal(while_(1, code), 'the Docker daemon ended, and the container with it', `${code}`);
    t.equal(while_(-60, 1), undefined, 'not one that had ended before');
    t.equal(
      interruptionOf(ended(0, 143, BOOT), { awaySince: undefined, bootedAt: undefined }),
      undefined,
      'nor while the daemon was there',
    );
  },
);

void t.test('and one that no agent has seen since its machine was started anew', async (t) => {
  const around = { awaySince: undefined, bootedAt: BOOT * 1000 };
  t.equal(
    interruptionOf(ended(5, 255, BOOT), around),
    'the machine was restarted while it ran',
    'as a daemon finds it after a power cut',
  );
  t.equal(
    interruptionOf(ended(-30, 0, BOOT), around),
    'the machine was restarted while it ran',
    'asked to end, it ended with 0',
  );
  t.equal(interruptionOf(ended(-3000, 0, BOOT), around), undefined, 'its work was done long before');
  t.equal(
    interruptionOf({ ...ended(5, 1, BOOT), StartedAt: at(BOOT + 1) }, around),
    undefined,
    'one that was started since',
  );
});

void t.test('a signal that asks for an end is distinguished from others', async (t) => {
  const kill = (signal: number) =>
    JSON.stringify({ Type: 'container', Action: 'kill', Actor: { Attributes: { signal: String(signal) } } });
  for (const signal of [2, 3, 9, 15, 28]) t.ok(wasSignalledToEnd(kill(signal)), `${signal}`);
  for (const signal of [1, 10, 12]) t.notOk(wasSignalledToEnd(kill(signal)), `${signal}`);
  t.ok(wasSignalledToEnd(`${kill(1)}\n${kill(15)}\n`));
  t.notOk(wasSignalledToEnd(''));
});
