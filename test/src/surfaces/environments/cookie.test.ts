import t from 'tap';
import { SessionCookie } from '#src/surfaces/environments/cookie.js';
import type { Reached } from '#src/http/reachable.js';

const LOCAL: Reached = { host: '127.0.0.1' };

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
  "sets the contract's cookie, and adds Secure and SameSite if the server is reachable",
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
  },
);
