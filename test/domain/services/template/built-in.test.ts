import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { BUILT_IN_TEMPLATES } from '#domain/services/template/index.js';
import { ownFolder } from '../../../fixtures/folder.js';

const NEW = String.raw`it's "new" \ $HOME &`;
const OLD = 'old-secret';

interface Call {
  readonly words: readonly string[];
  readonly input: string;
  readonly password: string | undefined;
}

/** Runs the rotate step of a variable with a stand-in for the client of its program, which records how it was called. */
function rotated(
  t: Test,
  template: string,
  variable: string,
  { program, body = '', env = {} }: { program: string; body?: string; env?: Record<string, string> },
): readonly Call[] {
  const folder = ownFolder(t);
  const calls = join(folder, 'calls');
  const stand = join(folder, program);
  writeFileSync(
    stand,
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const [words, password] = [process.argv.slice(2), process.env.MYSQL_PWD];
const record = (input) => appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ words, input, password }) + '\\n');
${body || "record(readFileSync(0, 'utf8'));"}`,
  );
  chmodSync(stand, 0o755);
  const { variables } = BUILT_IN_TEMPLATES.find(({ name }) => name === template) ?? { variables: [] };
  const [command = '', ...words] = variables.find(({ name }) => name === variable)?.rotate ?? [];
  t.notMatch(words.join(' '), NEW, 'the value is in no words');
  const { status, stderr } = spawnSync(command, words, {
    env: { PATH: `${folder}:/usr/bin:/bin`, MUSTER_OLD_VALUE: OLD, MUSTER_NEW_VALUE: NEW, ...env },
    encoding: 'utf8',
  });
  t.equal(status, 0, stderr);
  const recorded = readFileSync(calls, 'utf8').trim().split('\n');
  const made = recorded.map((line) => JSON.parse(line) as Call);
  for (const call of made) t.notOk(call.words.join(' ').includes(NEW));
  return made;
}

void t.test('each password that is read only on an empty volume has a rotate step', async (t) => {
  const without = BUILT_IN_TEMPLATES.flatMap(({ name, variables }) =>
    variables
      .filter((each) => each.initial === true && each.secret === true && each.rotate === undefined)
      .map((each) => `${name}.${each.name}`),
  );
  t.same(without, []);
});

const ALTERED = String.raw`'it\'s "new" \\ $HOME &'`;

void t.test('MySQL gets the new password as an escaped literal on its input', async (t) => {
  // The new password of root is not in force yet.
  const body = `if (password === ${JSON.stringify(NEW)}) process.exit(1);
record(readFileSync(0, 'utf8'));`;
  const env = { MYSQL_ROOT_PASSWORD: 'root-secret', MYSQL_USER: "o'app" };
  t.match(rotated(t, 'mysql', 'DB_PASSWORD', { program: 'mysql', body, env }), [
    {
      password: 'root-secret',
      input: String.raw`SET SESSION sql_mode = '';
ALTER USER 'o\'app'@'%' IDENTIFIED BY ${ALTERED};
`,
    },
  ]);
  t.match(rotated(t, 'mysql', 'ROOT_PASSWORD', { program: 'mysql', body, env }), [
    {
      password: OLD,
      input: `SET SESSION sql_mode = '';
ALTER USER IF EXISTS 'root'@'localhost' IDENTIFIED BY ${ALTERED}, 'root'@'%' IDENTIFIED BY ${ALTERED};
`,
    },
  ]);
  const repeated = rotated(t, 'mysql', 'ROOT_PASSWORD', { program: 'mysql', env });
  t.equal(repeated.at(-1)?.password, NEW, 'a repeated step uses the password that is in force');
});

void t.test('MongoDB changes the password once, also if the step is repeated', async (t) => {
  for (const inForce of [OLD, NEW]) {
    const body = `const admin = {
  auth(user, given) {
    if (given !== ${JSON.stringify(inForce)}) throw new Error('Authentication failed.');
    record('auth ' + user);
  },
  changeUserPassword: (user, value) => record('change ' + user + ' ' + value),
};
new Function('connect', words.at(-1))(() => admin);`;
    const env = { MONGO_INITDB_ROOT_USERNAME: 'root' };
    const calls = rotated(t, 'mongodb', 'DB_PASSWORD', { program: 'mongosh', body, env });
    t.same(
      calls.map(({ input }) => input),
      inForce === OLD ? ['auth root', `change root ${NEW}`] : ['auth root'],
    );
  }
});

void t.test('RabbitMQ and Grafana read the new password from their input', async (t) => {
  t.match(
    rotated(t, 'rabbitmq', 'PASSWORD', { program: 'rabbitmqctl', env: { RABBITMQ_DEFAULT_USER: 'app' } }),
    [{ words: ['--quiet', 'change_password', 'app'], input: `${NEW}\n` }],
  );
  const env = { GF_PATHS_HOME: '/home', GF_PATHS_CONFIG: '/config' };
  t.match(rotated(t, 'grafana', 'ADMIN_PASSWORD', { program: 'grafana', env }), [
    {
      words: [
        ...['cli', '--homepath', '/home', '--config', '/config'],
        ...['admin', 'reset-admin-password', '--password-from-stdin'],
      ],
      input: `${NEW}\n`,
    },
  ]);
});
