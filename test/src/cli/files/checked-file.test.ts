import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import t from 'tap';
import { createProgram } from '#src/cli/program.js';
import { Failure } from '#src/cli/shared/failure.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { NOBODY, OTHERS_RUN, othersRunMuster } from '../../../fixtures/other-user.js';
import { Program, MUSTER } from '../../../fixtures/program.js';
import { required } from '../../../fixtures/requirement.js';
import { COMMANDS, EXPLICIT, WRONG_FILES } from './wrong-files.js';

/** Sentences of zod, yaml, V8 and Node, and what a stack looks like. */
const OF_LIBRARIES =
  /Invalid (input|option|discriminator|string|key)|received (undefined|string|number|array|object)|Unrecognized key|Too (small|big)|Alias cannot|Unresolved (alias|tag)|Excessive alias|Map keys must|Missing closing|Flow (sequence|map)|Nested mappings|Plain value|Implicit keys|Merge sources|Unexpected (token|scalar|end)|Source contains multiple|in JSON at|E(ISDIR|NOENT|ACCES|NOTDIR)|illegal operation|no such file or directory|^\s+at .*:\d+:\d+|node:internal|TypeError|undefined|\[object/m;

async function refusal(command: string, file: string, address: string): Promise<Failure> {
  const words = command.split(' ').map((word) => (word === 'FILE' ? file : word));
  const program = await createProgram(words);
  const server = words[1] === 'validate' ? [] : ['--address', address, '--token', 'none'];
  const error: unknown = await program.parseAsync([...words, ...server], { from: 'user' }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw new Error(`${words.join(' ')} was not refused`, { cause: error });
}

await t.test('all mistakes of a wrong file are told at once, before anything is sent', async (t) => {
  const folder = ownFolder(t);
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.ok(WRONG_FILES.length >= 50, `${WRONG_FILES.length} files`);
  for (const [index, { of, name, text, says }] of WRONG_FILES.entries()) {
    mkdirSync(join(folder, String(index)));
    const file = join(folder, String(index), name);
    writeFileSync(file, text);
    for (const command of COMMANDS[of]) {
      const { message, status } = await refusal(command, file, address);
      const shown = message.replaceAll(file, 'FILE');
      t.equal(status, command.startsWith('job plan') ? 255 : 1, `${command} of ${name}`);
      t.notMatch(shown, OF_LIBRARIES, `${command} of ${name}`);
      for (const part of says) t.match(shown, part, `${command} of ${name}`);
    }
  }
  t.equal(requests, 0, 'nothing was sent');
});

await t.test('an explicit list of conda is sent as it is, because the server reads it', async (t) => {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      bodies.push(body);
      response.writeHead(400).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(ownFolder(t), 'explicit.txt');
  for (const text of [EXPLICIT, '# platform: linux-64\n@EXPLICIT\n# pip: six==1.15.0\n']) {
    writeFileSync(file, text);
    await refusal(COMMANDS.env[0], file, address);
    t.match(bodies.at(-1), { name: 'analysis', environment_yml: text });
  }
});

await t.test('what is no readable file is said in plain words', async (t) => {
  const folder = ownFolder(t);
  chmodSync(folder, 0o755);
  const secret = join(folder, 'secret.yaml');
  writeFileSync(secret, 'job_id: a\n', { mode: 0 });
  for (const command of Object.values(COMMANDS).flat()) {
    const given = await refusal(command, join(folder, 'none.yaml'), 'http://127.0.0.1:1');
    t.match(given.message, /^cannot read .*none\.yaml: there is no such file$/, command);
    if (command.startsWith('task apply')) continue;
    const { message } = await refusal(command, folder, 'http://127.0.0.1:1');
    t.equal(message, `cannot read ${folder}: it is a folder; name a file in it`, command);
  }
  if (!required(t, othersRunMuster(), OTHERS_RUN)) return;
  const program = Program.musterAs(NOBODY, ['job', 'validate', secret], { NODE_NO_WARNINGS: '1' });
  t.same(await program.exited, { code: 1, signal: null }, MUSTER);
  t.same(program.stderr, [`cannot read ${secret}: you may not read it`]);
});
