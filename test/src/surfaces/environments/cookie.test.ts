import t from 'tap';
import { SessionCookie, isReachable, type Reached } from '#src/surfaces/environments/cookie.js';

const LOCAL: Reached = { host: '127.0.0.1' };

void t.test(
  'a server is reached from elsewhere by its address, or by a name that others know it by',
  async (t) => {
    const reached: readonly (readonly [Reached, boolean])[] = [
      [LOCAL, false],
      [{ host: '::1' }, false],
      [
        {
          host: 'localhost',
          allowedHosts: ['localhost:8080', '127.0.0.1', '[::1]:80'],
          serverUrl: 'http://[::1]:8080',
        },
        false,
      ],
      [{ host: '0.0.0.0' }, true],
      [{ host: '::' }, true],
      [{ host: '192.0.2.1' }, true],
      [{ ...LOCAL, allowedHosts: ['muster.example'] }, true],
      [{ ...LOCAL, allowedHosts: ['localhost', 'muster.example:8443'] }, true],
      [{ ...LOCAL, serverUrl: 'https://muster.example' }, true],
      [{ ...LOCAL, serverUrl: 'http://127.0.0.1:8080' }, false],
    ];
    for (const [settings, expected] of reached)
      t.equal(isReachable(settings), expected, JSON.stringify(settings));
  },
);

function written(
  settings: Reached,
  headers: Record<string, string>,
  value?: string,
): Readonly<Record<string, string>> {
  const set: Record<string, string> = {};
  const reply = { header: (name: string, text: string) => void (set[name] = text) };
  const cookie = new SessionCookie(settings);
  if (value === undefined) cookie.clear({ headers } as never, reply as never);
  else cookie.set({ headers } as never, reply as never, value);
  return set;
}

void t.test(
  'the cookie begins with the text of the contract, and is guarded where others are near',
  async (t) => {
    const plain = 'session=x; Path=/; HttpOnly; Max-Age=900;';
    t.equal(written(LOCAL, {}, 'x')['set-cookie'], plain);
    t.equal(written(LOCAL, { 'x-forwarded-proto': 'http' }, 'x')['set-cookie'], plain);
    t.equal(
      written(LOCAL, { 'x-forwarded-proto': 'https' }, 'x')['set-cookie'],
      `${plain} Secure; SameSite=Lax`,
    );
    t.equal(written({ host: '0.0.0.0' }, {}, 'x')['set-cookie'], `${plain} Secure; SameSite=Lax`);
    t.equal(written(LOCAL, {})['set-cookie'], 'session=; Path=/; HttpOnly; Max-Age=0;');
    t.equal(
      written({ host: '0.0.0.0' }, {})['set-cookie'],
      'session=; Path=/; HttpOnly; Max-Age=0; Secure; SameSite=Lax',
    );
    t.equal(written(LOCAL, {})['cache-control'], 'no-store');
  },
);
