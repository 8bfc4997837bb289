import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { orderToken } from '#agents/platform/order-token.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, startAgent, startPair, statusOf } from './support/agent.js';
import { callProven, proofFor } from './support/prove.js';
import { PeerServer, until } from './support/peer-server.js';

void t.test('responses match the contract byte for byte', async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = order({ command: 'sleep 1000', resources: { cpu: 100, memory: 64 } });
  peer.want(subject);
  const { allocation_id: id } = subject;
  const text = async (method: string, target: string, body?: string) => {
    const answer = await fetch(`${agent.url}${target}`, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  };
  const json = 'application/json; charset=utf-8';
  t.same(await text('POST', '/allocations', JSON.stringify(subject)), [
    200,
    json,
    `{"message":"Allocation accepted","allocation_id":"${id}"}`,
  ]);
  await until(async () => (await statusOf(agent.url, id)).status === 'running');
  const status = await statusOf(agent.url, id);
  t.same(Object.keys(status), [
    'allocation_id',
    'job_id',
    'task_group',
    'status',
    'start_time',
    'end_time',
    'tasks',
    'message',
  ]);
  t.same(Object.keys(status.tasks.main ?? {}).slice(0, 3), ['status', 'start_time', 'end_time']);
  t.equal(status.end_time, null);
  t.same(await text('DELETE', `/allocations/${id}`), [
    200,
    json,
    `{"message":"Allocation ${id} stopped and removed"}`,
  ]);
  t.same(await text('DELETE', `/allocations/${id}`), [404, json, '{"error":"Allocation not found"}']);
  t.same(await text('GET', `/allocations/${id}`), [404, json, '{"error":"Allocation not found"}']);
  t.match(await text('POST', '/allocations', '{}'), [400, json, /^\{"error":"[^"]+"\}$/]);
});

void t.test('without a configured join token, rejects every request that carries a credential', async (t) => {
  const { agent } = await startPair(t);
  for (const authorization of ['Bearer x', 'Basic eDp5', `Bearer ${orderToken('musnode_x')}`]) {
    const answer = await fetch(`${agent.url}/allocations`, { headers: { authorization } });
    t.equal(answer.status, 401, authorization);
  }
  t.equal((await fetch(`${agent.url}/allocations`)).status, 200);
});

void t.test('runs a repeated order exactly once, and does not run it again after it has ended', async (t) => {
  const { agent, peer, dataDir } = await startPair(t);
  const mark = path.join(dataDir, 'starts');
  const subject = order({ command: `echo x >> ${mark}; sleep 0.2` });
  const deleted = order({ command: `touch ${dataDir}/never` });
  peer.want(subject);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call('POST', `${agent.url}/allocations`, subject)),
  );
  t.ok(answers.every((each) => each.status === 200 && each.body.message === 'Allocation accepted'));
  await peer.reported(subject.allocation_id, 'complete');
  t.equal((await call('POST', `${agent.url}/allocations`, subject)).status, 200);
  t.equal(
    (await call('DELETE', `${agent.url}/allocations/${deleted.allocation_id}`)).status,
    404,
    'the allocation does not exist yet',
  );
  t.match(await call('POST', `${agent.url}/allocations`, deleted), {
    status: 400,
    body: { error: /was stopped/ },
  });
  t.match(
    await peer.reported(deleted.allocation_id, 'stopped'),
    { start_time: null },
    'the agent reports the allocation as stopped before any start',
  );
  const { readFile } = await import('node:fs/promises');
  t.equal(await readFile(mark, 'utf8'), 'x\n');
  t.notOk((await readdir(dataDir)).includes('never'));
});

void t.test('replaces an allocation when an order has the same id but another placement time', async (t) => {
  const { agent, peer, dataDir } = await startPair(t);
  const mark = path.join(dataDir, 'starts');
  const { readFile } = await import('node:fs/promises');
  const first = { ...order({ command: `echo first >> ${mark}; echo old` }), placed_at: 1000 };
  const id = first.allocation_id;
  const anew = (command: string, placedAt: number) => ({
    ...first,
    ...order({ command }),
    allocation_id: id,
    placed_at: placedAt,
  });
  peer.want(first);
  t.match(await peer.reported(id, 'complete'), { placed_at: 1000 });

  const second = anew(`echo second >> ${mark}; echo new; exit 7`, 2000);
  t.equal((await call('POST', `${agent.url}/allocations`, second)).status, 200);
  peer.want(second);
  t.match(await peer.reported(id, 'failed'), { placed_at: 2000, tasks: { main: { exit_code: 7 } } });
  t.equal(
    (await call('POST', `${agent.url}/allocations`, second)).status,
    200,
    'a repeated order is accepted and has no further effect',
  );
  t.equal(await (await fetch(`${agent.url}/allocations/${id}/logs?task=main&type=stdout`)).text(), 'new\n');

  const third = anew(`echo third >> ${mark}; exec sleep 1000`, 3000);
  t.equal((await call('POST', `${agent.url}/allocations`, third)).status, 200);
  await peer.reported(id, 'running');
  await until(async () => (await readFile(mark, 'utf8')).includes('third'));
  // The previous placement's task ends first.
  const fourth = anew(`echo fourth >> ${mark}`, 4000);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => call('POST', `${agent.url}/allocations`, fourth)),
  );
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 200],
  );
  peer.want(fourth);
  t.match(await peer.reported(id, 'complete'), { placed_at: 4000 });
  t.equal(await readFile(mark, 'utf8'), 'first\nsecond\nthird\nfourth\n');
});

void t.test(
  'refuses an order without a placement time that has a known id but different content',
  async (t) => {
    const { agent, peer } = await startPair(t);
    const subject = order({ command: 'exit 0' });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    const other = { ...order({ command: 'exit 7' }), allocation_id: subject.allocation_id };
    t.match(await call('POST', `${agent.url}/allocations`, other), {
      status: 400,
      body: { error: /already requested with different content/ },
    });
    t.equal(
      (await call('POST', `${agent.url}/allocations`, subject)).status,
      200,
      'an identical order is accepted again',
    );
    t.equal(
      (await call('POST', `${agent.url}/allocations`, { ...subject, placed_at: 5 })).status,
      200,
      'an upgraded server may add the placement time to an existing order',
    );
  },
);

void t.test('refuses orders from another epoch', async (t) => {
  const { agent, peer } = await startPair(t);
  await until(() => peer.registrations.length === 1);
  const subject = order({ command: 'sleep 1000' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  for (const epoch of ['0', '2', '99']) {
    t.match(
      await call('POST', `${agent.url}/allocations`, order({ command: 'true' }), { 'x-muster-epoch': epoch }),
      { status: 409, body: { error: /epoch/ } },
    );
    t.equal(
      (
        await call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`, undefined, {
          'x-muster-epoch': epoch,
        })
      ).status,
      409,
    );
  }
  t.equal(
    (await call('POST', `${agent.url}/allocations`, order({ command: 'true' }), { 'x-muster-epoch': 'x' }))
      .status,
    400,
  );
  t.equal(
    (
      await call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`, undefined, {
        'x-muster-epoch': '1',
      })
    ).status,
    200,
  );
});

void t.test('responds to every malformed request with 400 or 404, and starts nothing', async (t) => {
  const { agent, dataDir } = await startPair(t);
  const good = order({ command: 'true' });
  const task = good.task_group.tasks[0];
  const withTask = (change: object) => ({
    ...good,
    task_group: { name: 'g', tasks: [{ ...task, ...change }] },
  });
  const bodies: [string, unknown][] = [
    ['no JSON', '{"allocation_id":'],
    ['nothing', ''],
    ['an array', []],
    ['null', 'null'],
    ['a string', '"x"'],
    ['UTF-8 cut in half', Buffer.from([0x22, 0xe4]).toString('latin1')],
    ['id ..', { ...good, allocation_id: '..' }],
    ['id with a slash', { ...good, allocation_id: 'a/b' }],
    ['id with NUL', { ...good, allocation_id: 'a\0b' }],
    ['id of emoji', { ...good, allocation_id: '🐙'.repeat(1024) }],
    ['an empty id', { ...good, allocation_id: '' }],
    ['a long id', { ...good, allocation_id: 'a'.repeat(101) }],
    ['a numeric id', { ...good, allocation_id: 5 }],
    ['job ..', { ...good, job_id: '../../etc' }],
    ['no group', { ...good, task_group: undefined }],
    ['no tasks', { ...good, task_group: { name: 'g', tasks: [] } }],
    [
      '10,000 tasks',
      {
        ...good,
        task_group: {
          name: 'g',
          tasks: Array.from({ length: 10_000 }, (_, index) => ({ ...task, name: `t${index}` })),
        },
      },
    ],
    ['the same task twice', { ...good, task_group: { name: 'g', tasks: [task, task] } }],
    ['task ..', withTask({ name: '..' })],
    ['task with a slash', withTask({ name: 'a/b' })],
    ['task of emoji', withTask({ name: '🐙' })],
    ['neither image nor command', withTask({ config: {} })],
    ['a privilege', withTask({ privileged: true })],
    ['a mount', withTask({ config: { image: 'busybox', volumes: ['/:/host'] } })],
    ['negative memory', withTask({ resources: { cpu: 1, memory: -1 } })],
    ['fractional cpu', withTask({ resources: { cpu: 1.5 } })],
    ['NUL in the command', withTask({ config: { command: 'a\0b' } })],
    ['NUL in env', withTask({ env: { A: '\0' } })],
    ['a bad env name', withTask({ env: { 'A=B': 'x' } })],
    ['a relative folder', withTask({ work_dir: '../..' })],
    ['a user like an option', withTask({ user: '--reuid=0' })],
    ['port 0', withTask({ config: { command: 'true', port: 0 } })],
    ['an image like an option', withTask({ config: { image: '--privileged' } })],
    ['a large body', { ...good, padding: 'x'.repeat(600_000) }],
    ['a very large body', { ...good, padding: 'x'.repeat(3_000_000) }],
  ];
  for (const [what, body] of bodies) {
    const answer = await call('POST', `${agent.url}/allocations`, body);
    t.equal(answer.status, 400, `${what}: ${JSON.stringify(answer.body).slice(0, 120)}`);
    t.same(Object.keys(answer.body), ['error'], what);
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '']) {
    t.match(
      await call('POST', `${agent.url}/allocations`, good, { 'content-type': type }),
      { status: 400, body: { error: /application\/json/ } },
      `content type ${type}`,
    );
  }
  const emoji = encodeURIComponent('🐙'.repeat(256));
  for (const id of [
    '..%2f..%2fetc',
    '%00',
    '%2e%2e',
    emoji,
    'a'.repeat(101),
    'a'.repeat(5000),
    '',
    ' ',
    '%20',
    'nobody',
  ]) {
    for (const method of ['GET', 'DELETE']) {
      t.match(
        await call(method, `${agent.url}/allocations/${id}`),
        { status: method === 'GET' && id === '' ? /200|404/ : 404, body: {} },
        `${method} ${id.slice(0, 30)}`,
      );
    }
    t.match(await call('GET', `${agent.url}/allocations/${id}/logs`), {
      status: 404,
      body: { error: String },
    });
  }
  t.match(await call('GET', `${agent.url}/allocations/%zz`), { status: 400, body: { error: String } });
  for (const [method, target] of [
    ['GET', '/'],
    ['PUT', '/allocations/a'],
    ['POST', '/allocations/a'],
    ['PATCH', '/allocations'],
    ['GET', '/register'],
  ] as const) {
    t.match(
      await call(method, agent.url + target, method === 'GET' ? undefined : {}),
      { status: 404, body: { error: String } },
      `${method} ${target}`,
    );
  }
  t.same(await readdir(path.join(dataDir, 'agent/tasks')), []);
  t.match(await raw(agent.url, 'NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*\{"error":"[^"]+"\}$/);
});

void t.test('ignores the body and content type of a DELETE request', async (t) => {
  const { agent, peer } = await startPair(t);
  const orders = [
    order({ command: 'sleep 1000' }),
    order({ command: 'sleep 1000' }),
    order({ command: 'sleep 1000' }),
  ];
  peer.want(...orders);
  for (const each of orders) await peer.reported(each.allocation_id, 'running');
  const bodies: [string, string][] = [
    ['{"broken":', 'application/json'],
    ['', 'application/json'],
    ['x'.repeat(700_000), 'no type; at=all'],
  ];
  for (const [index, [body, type]] of bodies.entries()) {
    t.equal(
      (
        await call('DELETE', `${agent.url}/allocations/${orders[index]?.allocation_id}`, body, {
          'content-type': type,
        })
      ).status,
      200,
      type,
    );
  }
});

void t.test('returns the log of the requested task as plain text', async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = order({ command: 'echo one' }, { command: 'echo "<script>"' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'complete');
  const logs = `${agent.url}/allocations/${subject.allocation_id}/logs`;
  const answer = await call('GET', `${logs}?task=side1`);
  t.equal(answer.body, '<script>\n');
  t.match(answer.headers.get('content-type'), /^text\/plain/);
  t.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  const octets = await call('GET', `${logs}?task=side1`, undefined, { accept: 'application/octet-stream' });
  t.same([octets.body, octets.headers.get('content-type')], ['<script>\n', 'application/octet-stream']);
  for (const query of [
    '',
    '?task=nobody',
    '?task=..',
    '?task=main&type=stdin',
    '?task=main&tail=-1',
    '?task=main&tail=x',
    '?task=main&follow=maybe',
    '?task=main&more=1',
    '?task=main&task=side1',
  ]) {
    t.match(await call('GET', logs + query), { status: 400, body: { error: String } }, query);
  }
});

void t.test(
  'accepts only requests that prove its secret, and requires no proof for health checks',
  async (t) => {
    const joinToken = 'the-token-of-this-test';
    const { agent, peer } = await startPair(t, { joinToken });
    peer.joinToken = joinToken;
    await until(() => peer.heartbeats.length > 0);
    t.match(
      await call('GET', `${agent.url}/allocations`, undefined, { authorization: `Bearer ${joinToken}` }),
      {
        status: 401,
        body: { error: /has not joined yet/ },
      },
    );
    peer.secret = 'musnode_bm9kZQ_the-secret-of-this-node';
    const { secret } = peer;
    const listing = { method: 'GET', url: `${agent.url}/allocations` };
    await until(async () => (await callProven(secret, listing)).status === 200);
    const token = orderToken(secret);
    const subject = order({ command: 'true' });
    const placing = { method: 'POST', url: listing.url, body: subject };
    const proof = await proofFor(secret, placing);
    const mutilated = proof.replace(/mac=./, (text) => (text === 'mac=A' ? 'mac=B' : 'mac=A'));
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong',
      `Basic ${token}`,
      token,
      `Bearer ${token}`,
      mutilated,
      proof.replace('Muster-Server', 'Muster-Agent'),
      await proofFor('musnode_bm9kZQ_the-secret-of-another', placing),
      `Bearer ${joinToken}`,
      `Bearer ${peer.secret}`,
    ]) {
      t.match(await call('POST', `${agent.url}/allocations`, subject, { authorization }), {
        status: 401,
        body: { error: String },
      });
      t.equal((await call('GET', `${agent.url}/allocations`, undefined, { authorization })).status, 401);
    }
    t.equal(
      (await call('POST', listing.url, { ...subject, job_id: 'other' }, { authorization: proof })).status,
      401,
      'another body',
    );
    const fresh = await proofFor(secret, placing);
    t.equal((await call('DELETE', `${listing.url}/x`, undefined, { authorization: fresh })).status, 401);
    t.equal((await call('POST', listing.url, subject, { authorization: fresh })).status, 200);
    t.match(await call('POST', listing.url, subject, { authorization: fresh }), {
      status: 401,
      body: { error: /was received before/ },
    });
    const stale = fresh.replace(/challenge=[^,]+/, 'challenge=x.y');
    t.equal((await call('POST', listing.url, subject, { authorization: stale })).status, 401);
    t.equal((await call('GET', `${agent.url}/livez`)).status, 200);
    await until(() => peer.registrations.length > 0);
    await until(async () => (await call('GET', `${agent.url}/readyz`)).status === 200);
  },
);

void t.test(
  'requires a join token when it listens beyond loopback, and a loopback Host header otherwise',
  async (t) => {
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    await t.rejects(
      startAgent(t, { dataDir, serverUrl: peer.url, host: '0.0.0.0' }),
      /requires a join token/,
    );
    await t.rejects(
      startAgent(t, { dataDir, serverUrl: peer.url, advertisedUrl: 'http://169.254.169.254' }),
      /link-local/,
    );
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url });
    const { port } = new URL(agent.url);
    t.match(
      await raw(
        agent.url,
        `GET /allocations HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`,
      ),
      /^HTTP\/1\.1 421/,
      'DNS rebinding',
    );
    t.match(
      await raw(
        agent.url,
        `GET /allocations HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
      ),
      /^HTTP\/1\.1 200/,
    );
    t.match(
      await raw(
        agent.url,
        `GET /allocations HTTP/1.1\r\nHost: localhost:${port}\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n`,
      ),
      /^HTTP\/1\.1 401/,
      'a page of another origin',
    );
  },
);

function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer.replace(/\r\n\r\n[0-9a-f]+\r\n/, '\r\n\r\n')));
    socket.on('error', reject);
  });
}

void t.test('lists its API descriptions, returns error codes in a header, and supports HEAD', async (t) => {
  const { agent } = await startPair(t);
  const overview = (await (await fetch(`${agent.url}/docs`)).json()) as {
    documents: { url: string; title: string }[];
  };
  t.match(overview, { name: 'muster agent', health: ['/livez', '/readyz'] });
  for (const { url, title } of overview.documents)
    t.match(await (await fetch(agent.url + url)).json(), { info: { title } });
  for (const [method, path, status, code] of [
    ['GET', '/nowhere', 404, 'MUSTER_E_ROUTE_NOT_FOUND'],
    ['GET', '/allocations/none', 404, 'MUSTER_E_ALLOCATION_NOT_FOUND'],
    ['HEAD', '/allocations/none', 404, 'MUSTER_E_ALLOCATION_NOT_FOUND'],
    ['POST', '/allocations', 400, 'MUSTER_E_INVALID'],
    ['HEAD', '/allocations', 200, null],
    ['HEAD', '/usage', 200, null],
  ] as const) {
    const answer = await fetch(agent.url + path, { method });
    t.same([answer.status, answer.headers.get('x-muster-error')], [status, code], `${method} ${path}`);
  }
});
