import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { agentEnvironment } from '#src/process/agent/address.js';
import { fileVariable, secretSetting } from '#src/engine/secret-file.js';
import { SECRET_SETTINGS } from '#src/process/settings/secret-files.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import { readSettings } from '#src/process/settings/settings.js';
import { settingDefaults } from '#src/process/settings/table.js';
import { NOBODY, OTHERS_RUN, othersRunMuster } from '../../../fixtures/other-user.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { MUSTER, runToEnd } from '../../../fixtures/program.js';
import { required } from '../../../fixtures/requirement.js';

/** A valid value for each secret setting. */
const VALUES: Readonly<Record<string, string>> = {
  MUSTER_ADMIN_PASSWORD: 'of-the-administrator',
  MUSTER_API_KEYS: 'key-of-an-operator-1,key-of-an-operator-2',
  MUSTER_CONDA_CREDENTIALS: 'conda.example=reader:password-of-conda',
  MUSTER_DATA_KEY: Buffer.from('0123456789abcdef0123456789abcdef').toString('base64'),
  MUSTER_EVENTSTORE_CREDENTIALS: 'admin:a-password-of-the-store',
  MUSTER_EVENTSTORE_URL: 'esdb://admin:changeit-now@events:2113',
  MUSTER_HTTP_PROXY: 'http://muster:secret-of-the-proxy@proxy.example:3128',
  MUSTER_JOIN_TOKEN: 'a-join-token-0123456789',
  MUSTER_JWT_SECRET: 'a-secret-of-tokens-0123456789-abcdef',
  MUSTER_MONGODB_URL: 'mongodb://muster:secret-of-mongo@views/muster',
  MUSTER_NATS_URL: 'nats://muster:secret-of-nats@127.0.0.1:4222',
  MUSTER_TEST_API_KEY: 'key-of-tests',
  MUSTER_TOKEN: 'token-of-an-account',
};

function valueOf(setting: string): string {
  const value = VALUES[setting];
  if (value === undefined) throw new Error(`${setting} has no value here`);
  return value;
}

/** Other settings that a setting requires. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MUSTER_EVENTSTORE_CREDENTIALS: { MUSTER_EVENTSTORE_LISTEN: '127.0.0.1:2113' },
};

function secretFile(t: Test, text: string): string {
  const file = join(ownFolder(t), 'secret');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

void t.test('reads each secret setting from a file, without its last newline', (t) => {
  for (const setting of SECRET_SETTINGS) {
    const needed = NEEDED[setting] ?? {};
    const expected = readSettings({ ...needed, [setting]: valueOf(setting) });
    t.not(JSON.stringify(expected), JSON.stringify(readSettings(needed)), `${setting} has an effect`);
    for (const ending of ['', '\n', '\r\n'])
      t.same(
        {
          ...readSettings({
            ...needed,
            [fileVariable(setting)]: secretFile(t, `${valueOf(setting)}${ending}`),
          }),
          joinTokenFile: undefined,
        },
        expected,
        setting,
      );
  }
  t.end();
});

void t.test('every secret setting and every URL with a password can be read from a file', (t) => {
  const secret = [...settingDefaults().keys()].filter((name) =>
    /PASSWORD|TOKEN|SECRET|(?<!WITHOUT_)CREDENTIALS|DATA_KEY|API_KEY|HTTP_PROXY|(EVENTSTORE|MONGODB|NATS)_URL/.test(
      name,
    ),
  );
  t.same(secret.sort(), [...SECRET_SETTINGS]);
  t.end();
});

void t.test('reports all unusable files at once, with their settings', (t) => {
  const folder = ownFolder(t);
  mkdirSync(join(folder, 'directory'));
  writeFileSync(join(folder, 'empty'), '\n', { mode: 0o600 });
  writeFileSync(join(folder, 'large'), 'x'.repeat(65_537), { mode: 0o600 });
  writeFileSync(join(folder, 'open'), 'key-of-an-operator-1');
  chmodSync(join(folder, 'open'), 0o644);
  t.strictSame(
    problemsOf({
      MUSTER_ADMIN_PASSWORD_FILE: join(folder, 'missing'),
      MUSTER_API_KEYS_FILE: join(folder, 'open'),
      MUSTER_CONDA_CREDENTIALS_FILE: '/dev/zero',
      MUSTER_DATA_KEY_FILE: join(folder, 'directory'),
      MUSTER_JOIN_TOKEN_FILE: join(folder, 'empty'),
      MUSTER_JWT_SECRET_FILE: join(folder, 'large'),
    }),
    [
      `MUSTER_ADMIN_PASSWORD_FILE: ${folder}/missing cannot be read: no such file or directory`,
      `MUSTER_API_KEYS_FILE: ${folder}/open may be read or changed by other users of this machine: chmod 600 ${folder}/open`,
      'MUSTER_CONDA_CREDENTIALS_FILE: /dev/zero is not a regular file: write the secret to a file that only its user can read',
      `MUSTER_DATA_KEY_FILE: ${folder}/directory is a directory`,
      `MUSTER_JOIN_TOKEN_FILE: ${folder}/empty is empty`,
      `MUSTER_JWT_SECRET_FILE: ${folder}/large is larger than 65536 bytes`,
    ],
  );
  t.end();
});

void t.test('refuses a setting together with its file', (t) => {
  const file = secretFile(t, valueOf('MUSTER_JOIN_TOKEN'));
  t.strictSame(
    problemsOf({ MUSTER_JOIN_TOKEN_FILE: file, MUSTER_JOIN_TOKEN: valueOf('MUSTER_JOIN_TOKEN') }),
    ['MUSTER_JOIN_TOKEN_FILE: cannot be set together with MUSTER_JOIN_TOKEN'],
  );
  t.equal(
    readSettings({ MUSTER_JOIN_TOKEN_FILE: file, MUSTER_JOIN_TOKEN: '' }).joinToken,
    valueOf('MUSTER_JOIN_TOKEN'),
    'an empty variable is unset',
  );
  t.equal(readSettings({ MUSTER_JOIN_TOKEN_FILE: '' }).joinToken, undefined, 'an empty path is unset too');
  t.end();
});

void t.test('reports the file of an invalid value without repeating the value', (t) => {
  for (const setting of SECRET_SETTINGS) {
    // Only the test key may be any text.
    if (setting === 'MUSTER_TEST_API_KEY') continue;
    const bad = 'bad <1>';
    const file = secretFile(t, bad);
    const [problem = '', ...more] = problemsOf({ ...NEEDED[setting], [fileVariable(setting)]: file });
    t.match(problem, new RegExp(`^${setting}_FILE: ${file}: `), setting);
    t.notMatch([problem, ...more].join('\n'), bad);
  }
  t.end();
});

void t.test('refuses file variables for other settings, so that typos are reported', (t) => {
  t.match(problemsOf({ MUSTER_PORT_FILE: '/etc/hostname' }), ['MUSTER_PORT_FILE: is not a Muster setting']);
  t.end();
});

void t.test('passes no server secrets to the local agent, and passes the join token as a file', (t) => {
  const paths = Object.fromEntries(
    SECRET_SETTINGS.map((setting) => [fileVariable(setting), secretFile(t, valueOf(setting))]),
  );
  const before = { ...process.env };
  t.teardown(() => {
    process.env = before;
  });
  process.env = { ...before, ...paths };
  const settings = readSettings({ MUSTER_JOIN_TOKEN_FILE: paths['MUSTER_JOIN_TOKEN_FILE'] });
  const environment = agentEnvironment(settings, '/data', 'http://127.0.0.1:8080');
  const named = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && name.endsWith('_FILE') && name in paths ? [name] : [],
  );
  t.strictSame(
    named.sort(),
    ['MUSTER_CONDA_CREDENTIALS_FILE', 'MUSTER_HTTP_PROXY_FILE', 'MUSTER_JOIN_TOKEN_FILE'],
    'only the files of settings for nodes are passed',
  );
  t.equal(environment['MUSTER_JOIN_TOKEN'], undefined);
  t.equal(environment['MUSTER_API_KEYS'], undefined);
  t.end();
});

void t.test("reads the store's URL from a file in other commands, too", async (t) => {
  const file = secretFile(t, 'esdb://muster:a-hidden-password@127.0.0.1:1?tls=false\n');
  t.equal(
    secretSetting('MUSTER_EVENTSTORE_URL', { MUSTER_EVENTSTORE_URL_FILE: file }),
    'esdb://muster:a-hidden-password@127.0.0.1:1?tls=false',
  );
  t.equal(secretSetting('MUSTER_EVENTSTORE_URL', {}), undefined);
  t.throws(
    () => secretSetting('MUSTER_EVENTSTORE_URL', { MUSTER_EVENTSTORE_URL_FILE: `${file}.missing` }),
    /MUSTER_EVENTSTORE_URL_FILE: .*no such file/,
  );
  const run = await runToEnd({
    command: process.execPath,
    args: [MUSTER, 'verify'],
    env: { MUSTER_EVENTSTORE_URL_FILE: `${file}.missing`, MUSTER_DATA_DIR: ownFolder(t) },
  });
  t.not(run.code, 0);
  t.match(run.stderr, /MUSTER_EVENTSTORE_URL_FILE: .*no such file or directory/);
});

void t.test('reports missing permission to read the file of another user', async (t) => {
  if (!required(t, othersRunMuster(), OTHERS_RUN)) return;
  const file = secretFile(t, valueOf('MUSTER_JOIN_TOKEN'));
  chmodSync(resolve(file, '..'), 0o711);
  const run = await runToEnd({
    command: 'setpriv',
    args: [`--reuid=${String(NOBODY)}`, '--clear-groups', process.execPath, MUSTER, 'server'],
    env: { MUSTER_JOIN_TOKEN_FILE: file },
  });
  t.equal(run.code, 78);
  t.match(run.stderr, `MUSTER_JOIN_TOKEN_FILE: ${file} cannot be read: permission denied`);
});

void t.test('documents every setting that can be a file', (t) => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../../../docs/operations.md'), 'utf8');
  const section = page.split('\n### Secrets in files\n')[1]?.split('\n## ')[0] ?? '';
  t.same([...new Set([...section.matchAll(/`(MUSTER_\w+?)_FILE`/g)].map(([, name]) => name))].sort(), [
    ...SECRET_SETTINGS,
  ]);
  t.end();
});
