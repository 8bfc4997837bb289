import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { settingDefaults } from '#src/process/settings/table.js';
import { required } from '../fixtures/requirement.js';
import { ROOT } from './compose-file.js';

const FOLDER = join(ROOT, 'deploy/systemd');
const units = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

void t.test('systemd accepts the units', async (t) => {
  if (
    !required(
      t,
      spawnSync('systemd-analyze', ['--version']).status === 0,
      'systemd-analyze (in Debian: package systemd)',
    )
  )
    return;
  const folder = t.testdir();
  for (const { name, text } of units) {
    // `muster` is not installed here, and systemd-analyze requires that the program exists.
    writeFileSync(join(folder, name), text.replace('/usr/local/bin/muster', process.execPath));
    const checked = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, name)], {
      encoding: 'utf8',
    });
    t.same([checked.status, checked.stderr], [0, ''], name);
  }
});

void t.test('the units set only known settings', async (t) => {
  const defaults = settingDefaults();
  for (const { name, text } of units) {
    for (const [, variable = ''] of text.matchAll(/\b(MUSTER_\w+)=/g))
      t.ok(defaults.has(variable), `${name}: ${variable}`);
  }
});

void t.test(
  'the units read secrets from a file, do not restart after permanent errors, and allow at least 30 s to stop',
  async (t) => {
    for (const { name, text } of units) {
      const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '';
      t.match(value('EnvironmentFile'), /^\/etc\/muster\/\w+\.env$/, name);
      t.notMatch(text, /(TOKEN|PASSWORD|SECRET|KEY)=/, name);
      t.match(value('ExecStart'), /^\/usr\/local\/bin\/muster (server|agent)$/, name);
      t.equal(value('Restart'), 'on-failure', name);
      t.equal(value('RestartPreventExitStatus'), '75 78', name);
      t.ok(Number(value('TimeoutStopSec')) >= 30, name);
    }
  },
);
