import t from 'tap';
import { canBeOthers, NOBODY, requestAs } from '../fixtures/other-user.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

const PASSWORD = 'password-of-the-scenario';
const PROXY = '127.0.0.2';
const possible = required(t, canBeOthers(), 'root, and setpriv');

for (const [named, believed] of [
  ['www-data', false],
  ['nobody', true],
] as const)
  void t.test(
    `with the proxy's user ${named}, nobody is ${believed ? '' : 'not '}believed about the client's address`,
    async (t) => {
      if (!possible) return;
      const server = await startServer(t, {
        env: {
          MUSTER_TRUSTED_PROXIES: PROXY,
          MUSTER_TRUSTED_PROXY_USER: named,
          MUSTER_ADMIN_PASSWORD: PASSWORD,
        },
      });
      const logIn = async (uid: number, client: string, password: string): Promise<number> =>
        (
          await requestAs(uid, {
            method: 'POST',
            url: `${server.url}/api/auth/login`,
            body: { username: 'admin', password },
            headers: { 'x-forwarded-for': client },
            from: PROXY,
          })
        ).status;
      const victim = '192.0.2.7';
      for (let tries = 0; tries < 11; tries += 1) await logIn(NOBODY, victim, 'a wrong password');
      t.equal(
        await logIn(NOBODY, '192.0.2.8', PASSWORD),
        believed ? 200 : 429,
        'the address of the connection counts',
      );
      t.equal(
        await logIn(0, victim, PASSWORD),
        believed ? 429 : 200,
        'a client of the proxy, which root runs',
      );
      t.equal(
        /"code":"proxy-untrusted","user":"nobody \(uid 65534\)","address":"127\.0\.0\.2"/.test(
          server.program.tail(1000),
        ),
        !believed,
      );
      t.equal((await requestAs(NOBODY, { url: `${server.url}/jobs`, from: PROXY })).status, 401);
    },
  );
