import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { readRecorded } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { Program } from '../fixtures/program.js';

t.setTimeout(600_000);

const KILLS = 25;

void t.test('a process killed with -9 while 32 writers append loses no acknowledged append', async (t) => {
  const directory = join(ownFolder(t), 'log');
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const appender = Program.start({
      command: process.execPath,
      args: [join(import.meta.dirname, '../fixtures/appender.js'), directory, String(kill)],
    });
    t.teardown(() => appender.end('SIGKILL'));
    await eventually(
      () => {
        if (appender.status !== undefined) throw new Error(`it ended: ${appender.tail()}`);
        return appender.stdout.length > 1;
      },
      { interval: 2, what: 'the first append' },
    );
    await pause(randomInt(0, 150));
    await appender.end('SIGKILL');
    // Ignores the last line, which may be truncated.
    acknowledged.push(
      ...appender.stdout
        .slice(1)
        .filter((line) => /^\S+ \d+ \d+$/.test(line))
        .slice(0, -1),
    );
  }
  const events = await readRecorded(directory);
  const stored = new Map(events.map((event) => [`${event.stream} ${event.revision}`, event.position]));
  t.ok(acknowledged.length > KILLS, `${acknowledged.length} acknowledged, ${events.length} stored`);
  const lost = acknowledged.filter((line) => {
    const [stream = '', revision = '', position = ''] = line.split(' ');
    return stored.get(`${stream} ${revision}`) !== BigInt(position);
  });
  t.same(lost, []);
  const revisions = new Map<string, number>();
  for (const event of events) {
    if (event.revision !== (revisions.get(event.stream) ?? -1) + 1)
      t.fail(`a gap in ${event.stream} before ${event.revision}`);
    revisions.set(event.stream, event.revision);
  }
  t.ok(
    events.every((event, index) => index === 0 || event.position > (events[index - 1]?.position ?? 0n)),
    'positions rise',
  );
});
