import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addressLimitOf } from '#src/http/index.js';
import { openTestApi } from '../src/http/support/test-api.js';
import { ROOT } from './compose-file.js';

/** Returns the paths that nginx rate-limits, as regular expressions. */
function limitedPaths(): RegExp[] {
  const site = readFileSync(join(ROOT, 'deploy/nginx/muster.conf'), 'utf8');
  const blocks = [...site.matchAll(/location (=|~) (\S+) \{([^}]*)\}/g)].filter(([, , , body]) =>
    /limit_req zone=/.test(body ?? ''),
  );
  return blocks.map(([, kind, path = '']) => (kind === '=' ? new RegExp(`^${path}$`) : new RegExp(path)));
}

void t.test('the nginx site rate-limits exactly the routes that the server limits by address', async (t) => {
  const byAddress = new Set<string>();
  const others = new Set<string>();
  await openTestApi(t, {}, (app) => {
    app.addHook('onRoute', ({ url, onRequest }) => {
      const hooks = [onRequest ?? []].flat();
      (hooks.some((hook) => addressLimitOf(hook) !== undefined) ? byAddress : others).add(url);
    });
  });
  const limits = limitedPaths();
  const isLimited = (path: string): boolean => limits.some((limit) => limit.test(path));
  t.ok(byAddress.size >= 7, [...byAddress].join(' '));
  t.strictSame(
    [...byAddress].filter((path) => !isLimited(path)),
    [],
  );
  t.strictSame(
    [...others].filter((path) => !byAddress.has(path) && isLimited(path)),
    [],
  );
  for (const path of others)
    if (/(login|register|refresh)$/.test(path) && !byAddress.has(path))
      t.match(path, /^\/register$/, '/register is not limited, because agents register with a token');
});
