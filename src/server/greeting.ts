import { join, relative } from 'node:path';
import { PACKAGE_FOLDER, TYPED } from '#src/engine/installed.js';
import { reachableUrl } from './address.js';
import { isOpenToAll } from './local-access.js';
import type { RunningServer } from './running-server.js';
import type { Settings } from './settings/settings.js';

type Greeted = Pick<Settings, 'dataDir' | 'host' | 'localAccess' | 'embeddedAgent' | 'tenantsShareAgentUser'>;

/** Text for the terminal once the server listens. `uid`: its user. */
export function greeting(
  { url: listening, administrator }: Pick<RunningServer, 'url' | 'administrator'>,
  settings: Greeted,
  uid: number,
): string {
  const url = reachableUrl(listening);
  const address = url === 'http://127.0.0.1:8080' ? '' : ` --address ${url}`;
  const password =
    administrator?.password === undefined ? '' : `, password ${administrator.password} (shown this once)`;
  return [
    '',
    `  Muster listens on ${url}${url === listening ? '' : ', and on all other addresses of this machine'}`,
    `    documentation   ${url}/docs`,
    `    data            ${settings.dataDir}`,
    ...(administrator === undefined ? [] : [`    administrator   ${administrator.username}${password}`]),
    ...(isOpenToAll(settings)
      ? ['    access          every user of this machine may do everything (MUSTER_LOCAL_ACCESS)']
      : []),
    ...(tenantsWait(settings, uid)
      ? [
          '    tasks           those of shell and Python wait: without root they would run as this user. To let them: MUSTER_TENANTS_SHARE_AGENT_USER=true',
        ]
      : []),
    '  Try:',
    `    ${TYPED} job run${address} ${join(relative(process.cwd(), PACKAGE_FOLDER), 'examples/hello.json')}`,
    `    ${TYPED} job logs${address} hello`,
    '',
    '',
  ].join('\n');
}

/** Whether tenants' processes wait, because the local agent has no users for tenants and no setting lets them share its own. */
function tenantsWait({ embeddedAgent, tenantsShareAgentUser }: Greeted, uid: number): boolean {
  return embeddedAgent && uid !== 0 && !tenantsShareAgentUser;
}
