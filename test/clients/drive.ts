import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { makeChannel, modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaTools } from '../fixtures/conda/tools.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { run, type RunOptions } from './toolbox.js';

/**
 * Starts a server with its own agent and runs a driving program against it, whose last arguments are the server's URL and the name of its
 * language. All of these programs do the same: submit a job, wait for its end, read its logs, repeat the submission, ask for a job that is not there.
 */
export async function drive(
  t: Test,
  language: string,
  command: readonly string[],
  options: RunOptions,
): Promise<void> {
  const server = await startServer(t, {
    env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_HEARTBEAT_SECONDS: '0.5' },
  });
  const said = await run([...command, server.url, language], options);
  t.same(
    said.trim().split('\n'),
    [
      'the job: complete',
      `its log: hello from ${language}`,
      'submitted again: the same evaluation',
      'a job that is not there: 404',
    ],
    'what the program saw',
  );
}

/**
 * Starts a server, an agent that makes conda environments and a channel, and runs a program against it as above. All of these do the same with the cookie
 * of a session: make an account, and as that account an environment, look at it, change it, go back,
 * export it, run a task in it, look at that and delete it, delete the environment, and log out.
 */
export async function driveConda(
  t: Test,
  language: string,
  command: readonly string[],
  options: RunOptions,
): Promise<void> {
  const tools = await condaTools();
  if (
    !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'py-rattler') ||
    typeof tools === 'string'
  )
    return;
  const channel = await makeChannel(t, tools.bin, [
    pythonPackage(),
    modulePackage('numpy'),
    modulePackage('matplotlib', { version: '3.7.1' }),
  ]);
  const folder = ownFolder(t);
  // Builds are another user's.
  chmodSync(folder, 0o711);
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
  const env = { PATH: `${tools.bin}:/usr/local/bin:/usr/bin:/bin`, MUSTER_CONDA_CHANNELS: channel.url };
  await startAgent(t, server, { env, dataDir: join(folder, 'agent') });
  const said = await run([...command, server.url, language], options);
  t.same(
    said.trim().replaceAll(/["' ]/g, '').toLowerCase().split('\n'),
    [
      'loggedin:admin',
      `anaccount:${language}`,
      `loggedin:${language}`,
      'anenvironment:data',
      'createdagain:environmentcreatedsuccessfully',
      'thelist:[data]',
      'itspackages:[numpy,python]',
      'installed:[matplotlib>=3.4.0]',
      'itsgenerations:[2,1]',
      'thedifference:[matplotlib]',
      'gonebackto:1',
      'exported:[true,false]',
      'atask:[report,data]',
      'itsexecution:[completed,numpy,1]',
      'thetasks:[report]',
      'thehistory:[completed]',
      'thefigures:[1]',
      'notstopped:400',
      'tasksleft:0',
      'left:0',
      'loggedout:401',
    ],
    'what the program saw',
  );
}

/**
 * Starts a server with a simulated node and runs a program against it as above. All of these do the same with the token of a login: make an account, and as
 * that account a service, twice with one key, start it, wait until it runs, look at the list, delete it, and ask for it again.
 */
export async function driveServices(
  t: Test,
  language: string,
  command: readonly string[],
  options: RunOptions,
): Promise<void> {
  const server = await startServer(t);
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'simulated', interval: 200 });
  const said = await run([...command, server.url, language], options);
  t.same(
    said.trim().toLowerCase().split('\n'),
    [
      `an account: ${language}`,
      'made: stopped',
      'made again, the same: true',
      'started: true',
      'it is: running',
      'the list: 1 completed',
      'deleted: 404',
    ],
    'what the program saw',
  );
}

/**
 * Starts a server, an agent and a site that asks for a secret, and runs a program against the server as above; the site is its third argument. All of these do the
 * same with the token of a login: submit a job with each form of constraint and one that fits nowhere, follow the log of the first and list both; set a secret, make
 * a task of each executor that refers to it, list and run these, and follow their logs; pause a task that fires each second and list what became of its slots;
 * follow events as NDJSON and as server-sent events. They also ask for a job that is not there and submit a task that is refused, and read what the errors say.
 */
export async function driveJobsAndTasks(
  t: Test,
  language: string,
  command: readonly string[],
  options: RunOptions,
): Promise<void> {
  const site = createServer(({ headers: { authorization } }, response) => {
    response.writeHead(authorization === 'kept to ourselves' ? 200 : 401).end('seen by the site');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.teardown(() => site.close());
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
  await startAgent(t, server, {
    env: { MUSTER_HTTP_ALLOW: host, MUSTER_AGENT_RESOURCES: 'slots=40,cpu=4000,memory=4000' },
  });
  const said = await run([...command, server.url, language, `http://${host}/`], options);
  t.same(
    said.trim().replaceAll(host, 'the site').split('\n'),
    [
      'the followed log: line 1 line 2 line 3',
      'fits is complete: cpu 4000 memory {"operator":">","value":1000} os "linux", memory > 1000, ip_address regex "^127"',
      'blocked is blocked: memory {"operator":">","value":1000000}, memory > 1000, ip_address regex "^127"',
      'what blocks it: constraint memory > 1000000',
      'a job that is not there: 404 MUSTER_E_JOB_NOT_FOUND',
      'task a by shell: PLAIN "plain" WORD {"secret":"word"}',
      'task b by http: Authorization {"secret":"word"} X-Plain "plain"',
      'task c by python: PLAIN "plain" WORD {"secret":"word"}',
      'its run: success exit 0 http 0: plain 17; done; event end',
      'its run: success exit 0 http 200: GET http://the site: 200; seen by the site; event end',
      'its run: success exit 0 http 0: plain 17; event end',
      'a slot that ran: success, has an id: true, exited with code 0',
      'a slot that did not: skipped, has an id: false, paused',
      'a task that is refused: 400 schedule: must have five fields (minute, hour, day of month, month, day of week), or six with seconds first; it has 2',
      'events: JobSubmitted AllocationStarted JobFinished',
      'server-sent events: JobSubmitted AllocationStarted JobFinished',
    ],
    'what the program saw',
  );
}
