import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { IntegrityCheck } from '#src/engine/integrity-check.js';
import { ownFolder } from '../../fixtures/folder.js';
import { required } from '../../fixtures/requirement.js';

const bootIds = existsSync('/proc/sys/kernel/random/boot_id');

void t.test('is not repeated after its process was killed', (t) => {
  if (!required(t, bootIds, 'a boot id')) return t.end();
  const file = aFile(t);
  const mark = new IntegrityCheck(file);
  t.notOk(mark.holds(), 'nothing was checked yet');
  mark.opened();
  writeFileSync(file, 'what it wrote itself');
  t.ok(new IntegrityCheck(file).holds());
  t.equal(statSync(`${file}-checked`).mode & 0o777, 0o600);
  t.end();
});

void t.test('is repeated after the machine was restarted', (t) => {
  const file = aFile(t);
  new IntegrityCheck(file).opened();
  writeFileSync(
    `${file}-checked`,
    readFileSync(`${file}-checked`, 'utf8').replace(/"boot":"[^"]*"/, '"boot":"another"'),
  );
  t.notOk(new IntegrityCheck(file).holds());
  t.end();
});

void t.test('is repeated if the file was replaced', (t) => {
  const file = aFile(t);
  new IntegrityCheck(file).opened();
  writeFileSync(`${file}.other`, 'of another');
  renameSync(`${file}.other`, file);
  t.notOk(new IntegrityCheck(file).holds());
  t.end();
});

void t.test('is repeated if the file was changed after it was closed', (t) => {
  if (!required(t, bootIds, 'a boot id')) return t.end();
  const file = aFile(t);
  const mark = new IntegrityCheck(file);
  mark.opened();
  mark.closed();
  t.ok(mark.holds(), 'the file is unchanged since it was closed');
  writeFileSync(file, 'by another hand');
  t.notOk(mark.holds());
  t.end();
});

void t.test('is repeated if the mark was removed, is torn or belongs to another file', (t) => {
  const file = aFile(t);
  const mark = new IntegrityCheck(file);
  mark.opened();
  mark.drop();
  t.notOk(mark.holds(), 'the mark was dropped');
  mark.opened();
  writeFileSync(`${file}-checked`, readFileSync(`${file}-checked`, 'utf8').slice(0, 20));
  t.notOk(mark.holds(), 'the mark is torn');
  mark.opened();
  rmSync(file);
  t.notOk(mark.holds(), 'the file is missing');
  mark.opened();
  t.notOk(existsSync(`${file}-checked`), 'no mark is written for a missing file');
  t.end();
});

function aFile(t: Parameters<typeof ownFolder>[0]): string {
  const file = join(ownFolder(t), 'some.db');
  writeFileSync(file, 'a database');
  return file;
}
