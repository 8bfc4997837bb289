import type { RouteAccess } from '#src/http/access/table.js';
import type { EveryObject } from './every-object.js';
import type { TestApi } from './test-api.js';

/** Fields of the response itself, and those that are not recorded, or depend on the time of the request. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'timestamp',
  'at',
  'position',
  'last_heartbeat',
  'last_seen',
  'uptime_seconds',
]);

/**
 * A response without its own fields, and with sorted keys, because the console lists counts in the order in which it learned of the objects.
 * @param lacks further fields to leave out
 */
export function essence(body: string, lacks: readonly string[] = []): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key]) => !OWN_FIELDS.has(key) && !lacks.includes(key))
            .sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : value;
  try {
    return JSON.stringify(JSON.parse(body), sorted);
  } catch {
    return body;
  }
}

interface Seen {
  readonly position: bigint;
  readonly answers: ReadonlyMap<
    string,
    { readonly path: string; readonly status: number; readonly body: string }
  >;
}

const asOf = (position: bigint) => ({ 'x-muster-as-of': String(position) });

/** Records what all GETs return at some moments, and compares it with what they return later as of these moments. */
export class Replay {
  readonly #api: TestApi;
  readonly #objects: Pick<EveryObject, 'pathOf' | 'headersOf'>;
  readonly #gets: ReadonlyMap<string, RouteAccess>;
  readonly #seen: Seen[] = [];

  constructor(
    api: TestApi,
    objects: Pick<EveryObject, 'pathOf' | 'headersOf'>,
    routes: readonly RouteAccess[],
  ) {
    this.#api = api;
    this.#objects = objects;
    this.#gets = new Map(routes.filter(({ method }) => method === 'GET').map((route) => [route.url, route]));
  }

  /** Records the responses as of now. */
  async look(): Promise<void> {
    await this.#api.caughtUp();
    const position = this.#api.models.position();
    const answers = new Map<string, { path: string; status: number; body: string }>();
    for (const { url, policy } of this.#gets.values()) {
      const [path, headers] = [this.#objects.pathOf(url), this.#objects.headersOf(policy)];
      // The page on history lists the routes that have no past, and a test compares it. Some of them follow what happens, without an end.
      const { status } = await this.#api.say('GET', path, undefined, { ...headers, ...asOf(position) });
      if (status !== 200 && status !== 404) continue;
      const now = await this.#api.say('GET', path, undefined, headers);
      answers.set(url, { path, status: now.status, body: essence(now.body) });
    }
    this.#seen.push({ position, answers });
  }

  /** Returns the responses that differ from the recorded ones, and how often each route was compared. */
  async compare(): Promise<{
    readonly wrong: readonly string[];
    readonly told: ReadonlyMap<string, number>;
  }> {
    const told = new Map<string, number>();
    const wrong: string[] = [];
    for (const { position, answers } of this.#seen)
      for (const [url, { path, status, body }] of answers) {
        const headers = { ...this.#objects.headersOf(this.#gets.get(url)?.policy), ...asOf(position) };
        const past = await this.#api.say('GET', path, undefined, headers);
        told.set(url, (told.get(url) ?? 0) + 1);
        if (
          past.status !== status ||
          (past.headers['x-muster-as-of-lacks'] === undefined && essence(past.body) !== body)
        )
          wrong.push(
            `${path} as of ${position}: ${past.status} ${essence(past.body)}, not ${status} ${body}`,
          );
      }
    return { wrong, told };
  }
}
