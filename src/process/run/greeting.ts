import { join, relative } from 'node:path';
import { PACKAGE_FOLDER, TYPED } from '#src/engine/installed.js';
import { reachableUrl } from '../agent/address.js';
import { isOpenToAll } from '../listener/local-access.js';
import type { RunningServer } from './running-server.js';
import type { AgentSettings } from '#agents/settings.js';
import type { EmbeddedAgentSettings } from '../settings/embedded-agent-settings.js';
import type { ListenerSettings } from '../listener/settings.js';
import type { DataDirectorySettings } from '../data-directory/settings.js';

type Greeted = DataDirectorySettings &
  EmbeddedAgentSettings &
  Pick<ListenerSettings, 'host' | 'localAccess'> & {
    readonly agent: Pick<AgentSettings, 'tenantsShareAgentUser'>;
  };

/** Returns the text for the terminal once the server is listening. `uid`: user id of the server process. */
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
    `    console         ${url}/console`,
    `    documentation   ${url}/docs`,
    `    data            ${settings.dataDir}`,
    ...(administrator === undefined ? [] : [`    administrator   ${administrator.username}${password}`]),
    ...(isOpenToAll(settings)
      ? ['    access          every user of this machine has full access (MUSTER_LOCAL_ACCESS)']
      : []),
    ...(tenantsWait(settings, uid)
      ? [
          '    tasks           shell and Python tasks will wait: without root, they would run as this user. To allow this, set MUSTER_TENANTS_SHARE_AGENT_USER=true',
        ]
      : []),
    '  Try:',
    `    ${TYPED} job run${address} ${join(relative(process.cwd(), PACKAGE_FOLDER), 'examples/hello.json')}`,
    `    ${TYPED} job logs${address} hello`,
    '',
    '',
  ].join('\n');
}

/** Whether tenants' processes must wait because the local agent has no users for them. */
function tenantsWait({ embeddedAgent, agent }: Greeted, uid: number): boolean {
  return embeddedAgent && uid !== 0 && !agent.tenantsShareAgentUser;
}
