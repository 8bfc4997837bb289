import t from 'tap';
import { readSettings, SettingsError } from '#src/config/settings.js';

void t.test('defaults serve on loopback with a local agent', async (t) => {
  const settings = readSettings({});
  t.match(settings, { host: '127.0.0.1', port: 8080, embeddedAgent: true, nodeTimeoutSeconds: 30, heartbeatSeconds: 10 });
});

void t.test('all bad settings are named at once', async (t) => {
  try {
    readSettings({ MUSTER_PORT: 'http', MUSTER_LOG_LEVEL: 'loud', MUSTER_PROT: '1' });
    t.fail('must throw');
  } catch (error) {
    t.ok(error instanceof SettingsError);
    t.match((error as SettingsError).problems.map((problem) => problem.split(':')[0]).sort(), ['MUSTER_LOG_LEVEL', 'MUSTER_PORT', 'MUSTER_PROT']);
  }
});

void t.test('listening off loopback requires a join token', async (t) => {
  t.throws(() => readSettings({ MUSTER_HOST: '0.0.0.0' }), /MUSTER_JOIN_TOKEN/);
  t.equal(readSettings({ MUSTER_HOST: '0.0.0.0', MUSTER_JOIN_TOKEN: 'x'.repeat(16) }).host, '0.0.0.0');
});
