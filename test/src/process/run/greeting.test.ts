import t from 'tap';
import { greeting } from '#src/process/run/greeting.js';

const server = { url: 'http://127.0.0.1:8080', administrator: { username: 'admin', password: 'p' } };
const settings = {
  dataDir: '/data',
  host: '127.0.0.1',
  localAccess: 'same-user',
  embeddedAgent: true,
  agent: { tenantsShareAgentUser: false },
} as const;
const WAIT = /shell and Python tasks will wait.*MUSTER_TENANTS_SHARE_AGENT_USER=true/;

void t.test('prints the address and the generated password once', async (t) => {
  t.match(
    greeting(server, settings, 0),
    /listens on http:\/\/127\.0\.0\.1:8080[^]*data +\/data[^]*admin, password p \(shown this once\)/,
  );
  t.notMatch(
    greeting({ ...server, administrator: { username: 'admin', password: undefined } }, settings, 0),
    /password/,
  );
});

void t.test("explains why tenants' tasks wait if the server does not run as root", async (t) => {
  t.match(greeting(server, settings, 1000), WAIT);
  t.notMatch(
    greeting(server, settings, 0),
    WAIT,
    'an agent that runs as root gives each tenant its own user',
  );
  t.notMatch(
    greeting(server, { ...settings, agent: { tenantsShareAgentUser: true } }, 1000),
    WAIT,
    'tasks of all tenants run as the user of the agent',
  );
  t.match(
    greeting(server, { ...settings, localAccess: 'token' }, 1000),
    WAIT,
    'a token does not protect the files of this user from tasks',
  );
  t.notMatch(
    greeting(server, { ...settings, embeddedAgent: false }, 1000),
    WAIT,
    'separate agents report this themselves',
  );
});

void t.test('prints a loopback address for a server that listens on all addresses', async (t) => {
  for (const [listening, shown] of [
    ['http://0.0.0.0:8080', 'http://127.0.0.1:8080'],
    ['http://0.0.0.0:9000', 'http://127.0.0.1:9000'],
    ['http://[::]:8080', 'http://[::1]:8080'],
  ] as const) {
    const text = greeting(
      { ...server, url: listening },
      { ...settings, host: new URL(listening).hostname },
      0,
    );
    t.ok(
      text.includes(`Muster listens on ${shown}, and on all other addresses of this machine\n`),
      listening,
    );
    t.ok(text.includes(`${shown}/docs`));
    t.notMatch(text, new URL(listening).host);
  }
  t.notMatch(
    greeting({ ...server, url: 'http://0.0.0.0:8080' }, settings, 0),
    /--address/,
    'the commands use this address by default',
  );
  t.match(
    greeting({ ...server, url: 'http://10.0.0.7:8080' }, settings, 0),
    /listens on http:\/\/10\.0\.0\.7:8080\n/,
  );
});
