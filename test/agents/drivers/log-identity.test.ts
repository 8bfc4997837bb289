import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { LogIdentity } from '#agents/drivers/log-identity.js';
import { ownFolder } from '../../fixtures/folder.js';

const [FIRST, SECOND] = ['1'.repeat(32), '2'.repeat(32)];

void t.test('keeps the id that a server sends, also for the next agent on the directory', async (t) => {
  const folder = ownFolder(t);
  const said: string[] = [];
  const write = (_: object, code: string): void => void said.push(code);
  const log = { debug: write, info: write, warn: write, error: write };
  const first = LogIdentity.open(folder, log);
  t.equal(first.id, undefined);
  await first.keep(undefined);
  await first.keep('no id');
  t.equal(first.id, undefined, 'a server of an older release sends none');
  await first.keep(FIRST);
  await first.known;
  t.equal(LogIdentity.open(folder, log).id, FIRST);
  await first.keep(FIRST);
  t.same(said, []);
  await first.keep(SECOND);
  t.same(said, ['agent.other-log'], 'the operator is told');
  t.equal(LogIdentity.open(folder, log).id, SECOND);
  t.equal(readFileSync(join(folder, 'log-id'), 'utf8'), SECOND);
  writeFileSync(join(folder, 'log-id'), 'damaged');
  t.equal(LogIdentity.open(folder, log).id, undefined);
});
