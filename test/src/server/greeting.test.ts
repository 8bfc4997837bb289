import t from 'tap';
import { greeting } from '#src/server/greeting.js';

const server = { url: 'http://127.0.0.1:8080', administrator: { username: 'admin', password: 'p' } };
const settings = {
  dataDir: '/data',
  host: '127.0.0.1',
  localAccess: 'same-user',
  embeddedAgent: true,
  tenantsShareAgentUser: false,
} as const;
const WAIT = /shell and Python wait.*MUSTER_TENANTS_SHARE_AGENT_USER=true/;

void t.test('a server says where it is, and the password that it made, once', async (t) => {
  t.match(
    greeting(server, settings, 0),
    /listens on http:\/\/127\.0\.0\.1:8080[^]*data +\/data[^]*admin, password p \(shown this once\)/,
  );
  t.notMatch(
    greeting({ ...server, administrator: { username: 'admin', password: undefined } }, settings, 0),
    /password/,
  );
});

void t.test('who is not root is told why tasks of tenants wait, and what to set', async (t) => {
  t.match(greeting(server, settings, 1000), WAIT);
  t.notMatch(greeting(server, settings, 0), WAIT, 'an agent of root gives each tenant a user of its own');
  t.notMatch(
    greeting(server, { ...settings, tenantsShareAgentUser: true }, 1000),
    WAIT,
    'they run as this user',
  );
  t.match(
    greeting(server, { ...settings, localAccess: 'token' }, 1000),
    WAIT,
    'a token does not keep this user’s files from them',
  );
  t.notMatch(
    greeting(server, { ...settings, embeddedAgent: false }, 1000),
    WAIT,
    'the agents say for themselves',
  );
});

void t.test('a server on all addresses names one that a program can connect to', async (t) => {
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
    'the address of the commands is the default',
  );
  t.match(
    greeting({ ...server, url: 'http://10.0.0.7:8080' }, settings, 0),
    /listens on http:\/\/10\.0\.0\.7:8080\n/,
  );
});
