import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { finds, muster, MUSTER, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { startWitness } from '../fixtures/witness.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';
import { blocksOf, exitOf } from '../docs/page.js';
import { aJob } from '../src/http/support/test-api.js';

t.setTimeout(600_000);

const EXAMPLES = resolve(import.meta.dirname, '../../../examples/verify-log');
const folder = ownFolder(t);
const path = (name: string): string => join(folder, name);

interface Verifier {
  readonly name: string;
  readonly command: readonly string[];
}

/** Returns the example programs that an auditor can run on this machine. */
async function verifiers(t: Test): Promise<Verifier[]> {
  const found: Verifier[] = [];
  if (required(t, finds('python3'), 'python3'))
    found.push({ name: 'Python', command: ['python3', join(EXAMPLES, 'verify_log.py')] });
  if (required(t, finds('go'), 'Go')) {
    execFileSync('go', ['-C', join(EXAMPLES, 'go'), 'build', '-o', path('verify-log'), '.'], {
      stdio: 'inherit',
    });
    found.push({ name: 'Go', command: [path('verify-log')] });
  }
  return found;
}

function verdict({ command: [program = '', ...args] }: Verifier, ...files: readonly string[]): string {
  try {
    return execFileSync(program, [...args, ...files], { encoding: 'utf8' });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

async function succeeds(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await muster(args);
  t.equal(code, 0, `muster ${args.join(' ')}\n${stderr}${stdout}`);
  return stdout;
}

interface Line {
  readonly stream?: string;
  readonly revision: number;
  readonly id: string;
  readonly data: string;
  readonly metadata: string;
}

void t.test('independent programs detect whether the past was altered', async (t) => {
  const programs = await verifiers(t);
  const dataDir = path('data');
  const witness = await startWitness(t, 'witness.example');
  const other = await startWitness(t, 'other.example');
  const server = await startServer(t, {
    dataDir,
    env: {
      MUSTER_EMBEDDED_AGENT: 'false',
      MUSTER_WITNESSES: `${witness.url} ${witness.vkey}`,
    },
    wiring: await embeddedWiring(t, dataDir),
  });
  for (let at = 0; at < 280; at += 1) await server.api.submit(aJob({ job_id: `job-${at}` }));
  const newest = JSON.parse(
    (await succeeds('events', '--data-dir', dataDir, '-n', '1', '-s', 'job-job-279', '-o', 'json')).trim(),
  ) as { readonly position: string; readonly id: string };
  await eventually(
    async () => (await server.api.get(`/audit/events/${newest.position}/evidence`)).status === 200,
    { timeout: 60_000, what: 'a checkpoint that covers all jobs' },
  );
  const remote = ['--address', server.url];
  const key = (await succeeds('tlog', 'key', ...remote)).trim();
  writeFileSync(path('checkpoint'), `${await succeeds('tlog', 'checkpoint', ...remote)}\n`);
  await succeeds('tlog', 'export', path('tiles'), ...remote);
  await succeeds('evidence', newest.id, '--file', path('evidence'), ...remote);
  t.match(JSON.parse(await succeeds('tlog', 'checkpoint', ...remote, '-o', 'json')), {
    origin: key.split('+')[0],
  });
  await succeeds('export', '--data-dir', dataDir, '--file', path('export'));

  await t.test('the commands on the documentation page about proof run as written', async (t) => {
    mkdirSync(path('bin'));
    writeFileSync(path('bin/muster'), `#!/bin/sh\nexec "${process.execPath}" "${MUSTER}" "$@"\n`, {
      mode: 0o755,
    });
    symlinkSync(resolve(EXAMPLES, '..'), path('examples'));
    writeFileSync(path('witness.key'), `${witness.vkey}\n`);
    const env = {
      PATH: `${path('bin')}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      MUSTER_SERVER_URL: server.url,
    };
    for (const command of blocksOf('docs/proof.md').flatMap(({ commands }) => commands)) {
      const args = ['-c', `cd '${folder}' && ${command.replace('18204', newest.position)}`];
      const { code, stdout, stderr } = await runToEnd({ command: '/bin/sh', args, env });
      t.equal(code, exitOf(command), `${command}\n${stderr}${stdout}`);
    }
  });
  await server.stop();
  await succeeds('tlog', 'check', path('evidence'), '--key', key);
  for (const kept of ['checkpoint', 'tiles']) {
    await succeeds('tlog', 'check', path('export'), '--key', key, '--checkpoint', path(kept));
    await succeeds('verify', '--data-dir', dataDir, '--checkpoint', path(kept), '--key', key);
    for (const each of programs)
      t.match(
        verdict(each, key, path('export'), path(kept)),
        /^YES: the first \d+ events/,
        `${each.name}, ${kept}`,
      );
  }
  for (const each of programs)
    t.match(
      verdict(each, key, path('evidence')),
      /^YES: JobSubmitted \(job-job-279, revision 0\)/,
      each.name,
    );

  await t.test(
    "cosignatures of witnesses are verified, and a missing one is reported with the witness's name",
    async (t) => {
      for (const [keys, holds] of [
        [`${key}\n${witness.vkey}`, true],
        [`${key}\n${witness.vkey}\n${other.vkey}`, false],
      ] as const) {
        for (const each of programs)
          for (const files of [[path('evidence')], [path('export'), path('checkpoint')]])
            t.match(verdict(each, keys, ...files), holds ? /^YES: / : /^NO: .*other\.example/, each.name);
        writeFileSync(path('keys'), `${keys}\n`);
        const checked = await muster(['tlog', 'check', path('evidence'), '--key', path('keys')]);
        t.match(
          checked,
          holds ? { code: 0 } : { code: 1, stderr: /not cosigned by the witness other\.example/ },
        );
      }
    },
  );

  await t.test('evidence is rejected if its event, proof, checkpoint or key was altered', async (t) => {
    const text = readFileSync(path('evidence'), 'utf8');
    const { event, proof } = JSON.parse(text) as { event: Line; proof: string };
    const signature = /— muster\/\S+ (\S+)\n/.exec(proof)?.[1] ?? '';
    const altered: Record<string, unknown> = {
      'a bit of the data': { event: { ...event, data: event.data.replace('job-279', 'job-278') }, proof },
      'another time': { event: { ...event, metadata: event.metadata.replace(/"at":1/, '"at":2') }, proof },
      'another revision': { event: { ...event, revision: 1 }, proof },
      'a hash of the proof': { event, proof: proof.replace(/\n[A-Za-z0-9+/](.{43})\n/, '\nz$1\n') },
      'the size': { event, proof: proof.replace(/\n\n(\S+)\n(\d+)/, '\n\n$1\n1$2') },
      'the signature': {
        event,
        proof: proof.replace(signature, `${signature.slice(0, 40)}AAAA${signature.slice(44)}`),
      },
    };
    for (const [how, content] of Object.entries(altered)) {
      writeFileSync(path('altered'), JSON.stringify(content));
      for (const each of programs)
        t.match(verdict(each, key, path('altered')), /^NO: /, `${each.name}: ${how}`);
      t.equal((await muster(['tlog', 'check', path('altered'), '--key', key])).code, 1, how);
    }
    const [name, id, encoded = ''] = key.split('+');
    const other = `${name}+${id}+${encoded.slice(0, 20)}AAAA${encoded.slice(24)}`;
    for (const each of programs) t.match(verdict(each, other, path('evidence')), /^NO: /, each.name);
    t.equal((await muster(['tlog', 'check', path('evidence'), '--key', other])).code, 1);
  });

  await t.test('an altered export is detected, and the tiles show which event differs', async (t) => {
    const lines = readFileSync(path('export'), 'utf8').trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Line);
    const at = parsed.findIndex(({ stream }) => stream === 'job-job-100');
    const line = parsed[at]!;
    const write = (value: object): string => JSON.stringify(value);
    const altered: Record<string, readonly string[]> = {
      'one flipped bit': lines.with(at, write({ ...line, data: line.data.replace('job-100', 'job-101') })),
      'a dropped event': lines.toSpliced(at, 1),
      'two events swapped': lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!),
      'an inserted event': lines.toSpliced(at, 0, write({ ...line, stream: 'job-none' })),
      'an event with another time': lines.with(
        at,
        write({ ...line, metadata: line.metadata.replace(/"at":\d/, '"at":9') }),
      ),
    };
    for (const [how, content] of Object.entries(altered)) {
      writeFileSync(path('altered'), `${content.join('\n')}\n`);
      for (const each of programs) {
        t.match(
          verdict(each, key, path('altered'), path('checkpoint')),
          /^NO: the (?:first|export)/,
          `${each.name}: ${how}`,
        );
        t.match(
          verdict(each, key, path('altered'), path('tiles')),
          /^NO: entry \d+ is not what was signed/,
          how,
        );
      }
      const checked = await muster([
        'tlog',
        'check',
        path('altered'),
        '--key',
        key,
        '--checkpoint',
        path('tiles'),
      ]);
      t.match(checked, { code: 1, stderr: /entry \d+ is not what was signed: now it is / }, how);
    }
  });

  await t.test(
    'a rewritten database with rebuilt read models is detected by verify with a checkpoint',
    async (t) => {
      cpSync(dataDir, path('rewritten'), { recursive: true });
      const db = new Sqlite(join(path('rewritten'), 'events.db'));
      const changed = db
        .prepare(
          "UPDATE events SET data = replace(data, 'job-100', 'job-999') WHERE stream = 'job-job-100' AND revision = 0",
        )
        .run();
      t.equal(changed.changes, 1);
      db.close();
      for (const name of [
        'read-models.db',
        'read-models.db-wal',
        'read-models.db-shm',
        'read-models.db-checked',
      ])
        rmSync(join(path('rewritten'), name), { force: true });
      const checked = async (...args: readonly string[]) =>
        await muster(['verify', '--data-dir', path('rewritten'), ...args]);
      for (const kept of ['checkpoint', 'tiles'])
        t.match(
          await checked('--checkpoint', path(kept), '--key', key),
          {
            code: 1,
            stdout:
              /checkpoint: muster\/\S+ entry \d+ is not what was signed: now it is JobSubmitted \(job-job-100, revision 0\)/,
          },
          kept,
        );
      await succeeds('export', '--data-dir', path('rewritten'), '--file', path('rewritten-export'));
      for (const each of programs)
        t.match(
          verdict(each, key, path('rewritten-export'), path('tiles')),
          /^NO: entry \d+ is not what was signed: now it is JobSubmitted \(job-job-100, revision 0\)/,
          each.name,
        );
      rmSync(join(path('rewritten'), 'tlog.db'));
      t.match(await checked('--checkpoint', path('checkpoint')), {
        code: 1,
        stdout: /not those that were signed/,
        stderr: /is not verified: pass --key/,
      });
    },
  );
});

void t.test('the programs list every stream category', async (t) => {
  for (const file of ['verify_log.py', 'go/main.go']) {
    const source = readFileSync(join(EXAMPLES, file), 'utf8');
    const [, listed = ''] = /"(cluster job [A-Za-z ]+)"/.exec(source) ?? [];
    t.same(new Set(listed.split(' ')), new Set(ALL_CATEGORIES), file);
  }
});
