import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { call, order, startPair } from '../../support/agent.js';
import { until } from '../../support/peer-server.js';

const of = (tenant: string, command: string, env: Record<string, string> = {}): AllocationOrder => {
  const { task_group, ...rest } = order({});
  return {
    ...rest,
    task_group: {
      ...task_group,
      tasks: [{ name: 'main', driver: 'exec', config: { command, tenant }, env }],
    },
  };
};

const skip = canBeOthers() ? false : 'needs root';

void t.test("runs a tenant's process as its own user without privileges", { skip }, async (t) => {
  const { agent, peer, dataDir } = await startPair(t, { taskUids: { first: 310_000, last: 319_999 } });
  await chmod(dataDir, 0o711);
  await until(() => peer.registrations.length > 0);
  t.match(peer.registrations[0]?.attributes, { 'exec.users': 'separate' });
  const show =
    'id -u; id -g; id -G; umask; grep NoNewPrivs /proc/self/status; stat -c "%a %u" "$HOME" "$TMPDIR"; touch "$HOME/x" && stat -c %a "$HOME/x"; sh -c "echo > $TMPDIR/y" && echo written';
  const outputs: string[][] = [];
  for (const tenant of ['Tenant One', 'Tenant Two', 'Tenant One']) {
    const subject = of(tenant, show);
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    outputs.push(
      (await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body
        .trim()
        .split('\n'),
    );
  }
  const [one = [], two = [], again = []] = outputs;
  const uid = one[0] ?? '';
  t.ok(Number(uid) >= 310_000 && Number(uid) <= 319_999, uid);
  t.same(one, [uid, uid, uid, '0077', 'NoNewPrivs:\t1', `700 ${uid}`, `700 ${uid}`, '600', 'written']);
  t.not(two[0], uid);
  t.same(again, one);
});

void t.test('runs a command with the interpreter of its first line', { skip }, async (t) => {
  const { agent, peer, dataDir } = await startPair(t);
  await chmod(dataDir, 0o711);
  for (const [command, code, output] of [
    ['#!/bin/bash\nset -o pipefail\nparts=(a b)\necho "${parts[1]}" "$#"\nfalse | true\n', 1, 'b 0'],
    ['#!/usr/bin/env -S python3 -u\nimport sys\nprint(len(sys.argv))\n', 0, '1'],
    ['#!/usr/bin/awk -f\nBEGIN { print 6 * 7 }\n', 0, '42'],
    ['#!/does/not/exist\ntrue\n', 127, '/does/not/exist'],
  ] as const) {
    const subject = of('Tenant One', command);
    peer.want(subject);
    await peer.reported(subject.allocation_id, code === 0 ? 'complete' : 'failed');
    const logs = `${agent.url}/allocations/${subject.allocation_id}/logs?type=${code === 127 ? 'stderr' : 'stdout'}`;
    t.match((await call<string>('GET', logs)).body, output, command);
    const file = path.join(dataDir, 'agent', 'tasks', subject.allocation_id, 'main', 'script');
    const other = of('Tenant Two', `cat ${file} 2>&1; true`);
    peer.want(other);
    await peer.reported(other.allocation_id, 'complete');
    const { body } = await call<string>('GET', `${agent.url}/allocations/${other.allocation_id}/logs`);
    t.match(body, 'Permission denied', 'no other tenant can read the command');
  }
});

void t.test(
  "protects other tenants, the agent and its tasks from a tenant's process",
  { skip },
  async (t) => {
    const { agent, peer, dataDir } = await startPair(t);
    await chmod(dataDir, 0o711);
    const shared = path.join(dataDir, 'shared');
    await mkdir(shared);
    await chmod(shared, 0o777);
    const secret = 'canary-of-tenant-one';
    const victim = of(
      'Tenant One',
      `echo $SECRET; echo $SECRET > "$HOME/file"; echo $SECRET > "$TMPDIR/file"; echo $$ > ${shared}/pid; exec sleep 1000`,
      {
        SECRET: secret,
      },
    );
    peer.want(victim);
    await peer.reported(victim.allocation_id, 'running');
    let pid = '';
    await until(async () => {
      pid = (await readFile(path.join(shared, 'pid'), 'utf8').catch(() => '')).trim();
      return pid !== '';
    });
    const agentFolder = path.join(dataDir, 'agent');
    const task = path.join(agentFolder, 'tasks', victim.allocation_id, 'main');
    t.match(await readFile(path.join(task, 'local', 'file'), 'utf8'), secret);
    const tries = [
      ...['local/file', 'tmp/file', 'logs/stdout', 'state/claim'].map(
        (file) => `cat ${path.join(task, file)}`,
      ),
      ...['local', 'tmp', 'logs', 'state', ''].map((folder) => `ls ${path.join(task, folder)}`),
      ...['', 'tasks', 'journal'].map((folder) => `ls ${path.join(agentFolder, folder)}`),
      ...['journal/records.log', 'tenant-users.json', 'node-id'].map(
        (file) => `cat ${path.join(agentFolder, file)}`,
      ),
      ...['environ', 'mem', 'cwd/file', 'fd/1', 'root/etc/hostname'].map(
        (file) => `cat /proc/${pid}/${file}`,
      ),
      `kill -0 ${pid}`,
      `touch ${task}/local/new`,
      `cat /proc/${process.pid}/environ`,
      'su -c id',
      'setpriv --reuid=0 id',
    ];
    const thief = of(
      'Tenant Two',
      tries.map((words) => `${words} </dev/null && echo "DONE ${words}"`).join('\n') +
        `\ngrep -rs ${secret} /proc/*/environ && echo FOUND\ntrue`,
    );
    peer.want(victim, thief);
    await peer.reported(thief.allocation_id, 'complete');
    const { body } = await call<string>('GET', `${agent.url}/allocations/${thief.allocation_id}/logs`);
    t.notMatch(body, secret);
    t.notMatch(body, /DONE|FOUND/);
    t.equal((await stat(path.join(task, 'local'))).mode & 0o777, 0o700);
  },
);
