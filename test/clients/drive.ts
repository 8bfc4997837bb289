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
 * Starts a server with an embedded agent and runs a driver program against it. The program's last arguments are the server's URL and the name of its
 * language. Each such program submits a job, waits for its end, reads its logs, repeats the submission and requests a job that does not exist.
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
    'the driver program prints the expected results',
  );
}

/**
 * Starts a server, a conda channel and an agent that builds conda environments, and runs a driver program as {@link drive} does. Each program uses a
 * session cookie. It creates an account and, as that account, creates, reads, changes, reverts and exports an environment. It then runs, reads and
 * deletes a task in it, deletes the environment and logs out.
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
  // Builds run as another user, who must be able to enter this folder.
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
      'itslog:true',
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
    'the driver program prints the expected results',
  );
}

/**
 * Starts a server with a simulated node and runs a driver program as {@link drive} does. Each program uses a login token. It creates an account and,
 * as that account, creates a service twice with one idempotency key, starts it, waits until it runs, lists services, deletes it and requests it
 * again.
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
    'the driver program prints the expected results',
  );
}

/**
 * Starts a server, an agent and a site that requires a secret, and runs a driver program as {@link drive} does, with the site's URL as a third
 * argument. Each program uses a login token and does the following:
 *
 * - submits a job with every form of constraint and a job that fits nowhere, follows the log of the first and lists both
 * - sets a secret, creates a task of each executor that refers to it, lists and runs these tasks, and follows their logs
 * - pauses a task that fires every second and lists its runs and skipped slots
 * - follows events as NDJSON and as server-sent events
 * - requests a job that does not exist, submits an invalid task, and reads both error messages
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
    'the driver program prints the expected results',
  );
}
