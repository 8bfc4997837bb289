import t from 'tap';
import { wasSignalledToEnd, interruptionOf } from '#agents/drivers/docker/interruption.js';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const BOOT = 100_000;

/** A container that started an hour before the given time and ended `finished` seconds after it. */
const ended = (finished: number, code: number, moment: number) => ({
  StartedAt: at(moment - 3600),
  FinishedAt: at(moment + finished),
  ExitCode: code,
});

void t.test('reports a container that stopped together with the daemon as interrupted', async (t) => {
  const while_ = (finished: number, code: number) =>
    interruptionOf(ended(finished, code, BOOT), { awaySince: BOOT * 1000, bootedAt: undefined });
  for (const code of [0, 137, 143, 255])
    t.equal(while_(1, code), 'the Docker daemon stopped, and the container stopped with it', `${code}`);
  t.equal(while_(-60, 1), undefined, 'a container that ended before the daemon was not interrupted');
  t.equal(
    interruptionOf(ended(0, 143, BOOT), { awaySince: undefined, bootedAt: undefined }),
    undefined,
    'a container that ended while the daemon ran was not interrupted',
  );
});

void t.test('reports a container that ended in a reboot as interrupted', async (t) => {
  const around = { awaySince: undefined, bootedAt: BOOT * 1000 };
  t.equal(
    interruptionOf(ended(5, 255, BOOT), around),
    'the machine was restarted while the task was running',
    'a container that the daemon finds dead after a power cut was interrupted',
  );
  t.equal(
    interruptionOf(ended(-30, 0, BOOT), around),
    'the machine was restarted while the task was running',
    'a container that exited with 0 at the shutdown was interrupted',
  );
  t.equal(
    interruptionOf(ended(-3000, 0, BOOT), around),
    undefined,
    'a container that ended long before the reboot was not interrupted',
  );
  t.equal(
    interruptionOf({ ...ended(5, 1, BOOT), StartedAt: at(BOOT + 1) }, around),
    undefined,
    'a container started after the reboot was not interrupted',
  );
});

void t.test('recognizes signals that ask a container to end', async (t) => {
  const kill = (signal: number) =>
    JSON.stringify({ Type: 'container', Action: 'kill', Actor: { Attributes: { signal: String(signal) } } });
  for (const signal of [2, 3, 9, 15, 28]) t.ok(wasSignalledToEnd(kill(signal)), `${signal}`);
  for (const signal of [1, 10, 12]) t.notOk(wasSignalledToEnd(kill(signal)), `${signal}`);
  t.ok(wasSignalledToEnd(`${kill(1)}\n${kill(15)}\n`));
  t.notOk(wasSignalledToEnd(''));
});
