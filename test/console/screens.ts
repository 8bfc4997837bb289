/**
 * Takes a screenshot of each page, in both themes, live and past, of a server with work in every state:
 * `npm run console:screens -- FOLDER [PART OF A NAME]`
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openBrowser, Window } from './fixtures/browser.js';
import { openWorld, PASSWORD } from './fixtures/world.js';
import { PATIENCE } from '../fixtures/eventually.js';

const [, , folder = 'console-screens'] = process.argv;
t.setTimeout(300_000 * PATIENCE);

const { server, allocation, node, task, before } = await openWorld(t);
const pages: Readonly<Record<string, string>> = {
  overview: '/',
  jobs: '/jobs',
  job: '/jobs/broken',
  'job-waits': '/jobs/waiting',
  'job-log': '/jobs/broken?tab=logs',
  'job-versions': '/jobs/broken?tab=versions',
  allocations: '/allocations',
  allocation: `/allocations/${allocation}`,
  nodes: '/nodes',
  'node-map': '/nodes?view=map',
  run: '/run',
  node: `/nodes/${node}`,
  'what-if': `/what-if?drain=${node}&add=2x${node}&fit=done`,
  tasks: '/tasks',
  task: `/tasks/${task}`,
  services: '/services',
  environments: '/environments',
  gpus: '/gpus',
  events: '/events',
  accounts: '/accounts',
  secrets: '/secrets',
  templates: '/templates',
  volumes: '/volumes',
  system: '/system',
  'jobs-compared': `/jobs?vs=${before}`,
  'job-compared': `/jobs/broken?vs=20`,
  'overview-compared': '/?vs=20',
};

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
t.teardown(async () => await browser.close());
const window = await Window.open(browser, server.url);
// A signed-in account sees more pages than the local operator.
await window.context.request.post(`${server.url}/console/api/session`, {
  headers: { 'X-Muster-Console': '1' },
  data: { username: 'admin', password: PASSWORD },
});
const wanted = process.argv[3] ?? '';
for (const [name, path] of Object.entries(pages).filter(([each]) => each.includes(wanted)))
  for (const [when, at] of [
    ['live', ''],
    ['past', `${path.includes('?') ? '&' : '?'}at=${before}`],
  ] as const)
    for (const theme of ['light', 'dark'] as const) {
      await window.show(`${path}${at}`, theme);
      // Log lines may arrive at any time, so there is no condition to wait for.
      if (name.includes('log') || name === 'allocation') await window.page.waitForTimeout(500);
      await window.page.screenshot({ path: join(folder, `${name}-${when}-${theme}.png`) });
    }
t.same(window.problems, []);
