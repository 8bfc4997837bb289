import createClient, { type Client } from 'openapi-fetch';
import { UntrustedPeerError } from '#agents/platform/listener/trusted-peers.js';
import type { components as GpuComponents, paths as GpuPaths } from '../generated/gpu.js';
import type { components as CondaComponents, paths as CondaPaths } from '../generated/conda.js';
import type { components as ServiceComponents, paths as ServicePaths } from '../generated/services.js';
import type { components as AuditComponents, paths as AuditPaths } from '../generated/audit.js';
import type { components as TaskComponents, paths as TaskPaths } from '../generated/tasks.js';
import type { components as ClusterComponents, paths as ClusterPaths } from '../generated/cluster.js';
import { addressOfServer, isSocketUrl } from '#agents/platform/transport/server-address.js';
import { Failure, Refusal } from './failure.js';
import { printable } from './output.js';
import { refusalOf } from './refusal.js';

export type Cluster = ClusterComponents['schemas'];
export type Gpu = GpuComponents['schemas'];

export type Tasks = TaskComponents['schemas'];

export type Conda = CondaComponents['schemas'];

export type Audit = AuditComponents['schemas'];

export type Services = ServiceComponents['schemas'];

/**
 * The conda surface repeats some paths of the tasks surface for browsers with a session cookie. The CLI uses tokens, and therefore the paths of the
 * tasks surface.
 */
type OwnCondaPaths = Omit<CondaPaths, keyof TaskPaths>;
/** Typed client. Code that uses paths, parameters or fields that are missing from the OpenAPI descriptions does not compile. */
export type Api = Client<ClusterPaths & GpuPaths & TaskPaths & OwnCondaPaths & ServicePaths & AuditPaths>;

/** Creates a client for the server at `address`. Unsuccessful responses throw a {@link Refusal}, an unreachable server a {@link Failure}. */
export function openApi(address: string, token: string | undefined): Api {
  const api: Api = createClient({
    baseUrl: isSocketUrl(address) ? addressOfServer(address).origin : address,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    fetch: async (request) => await fetchFrom(address, request),
  });
  api.use({
    onResponse: async ({ response }) => {
      const place = response.status < 400 ? response.headers.get('location') : null;
      if (place !== null && !response.ok)
        throw new Refusal(
          `the server at ${address} redirects to ${printable(place)}. Redirects are not followed, because credentials are for one server: use that address if you trust it (${response.status})`,
          response.status,
          undefined,
        );
      if (!response.ok) throw await refusalOf(response);
    },
    onError: ({ error }) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
      const advice = cause instanceof UntrustedPeerError ? '' : '\nIs it running? Start it with: npm start';
      return new Failure(
        `cannot reach the server at ${address}: ${cause?.message ?? String(error)}${advice}`,
      );
    },
  });
  return api;
}

/** Sends a request, with credentials and secrets, only to a server that may receive them. Loads the client for this only when there is a request. */
export async function fetchFrom(address: string, request: Request): Promise<Response> {
  const { sendTo } = await import('./server-connections.js');
  return await sendTo(address, request);
}

/** Returns the body of a successful response. All other responses have already thrown. */
export async function bodyOf<Body>(answer: Promise<{ readonly data?: Body }>): Promise<NonNullable<Body>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new Failure('the server sent an empty response');
  return data;
}

/** Reads all pages of a list. A response without `pagination` has all items. */
export async function everyPage<Item>(
  read: (query: { readonly page: number; readonly size: number }) => Promise<{
    readonly data: readonly Item[];
    readonly pagination?: { readonly pages: number };
  }>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const body = await read({ page, size: 100 });
    found.push(...body.data);
    pages = body.pagination?.pages ?? 1;
  }
  return found;
}

type Streamed = Promise<{ readonly data?: Response['body']; readonly response: Response }>;

/** Returns the bytes of a streamed response. Throws a {@link Failure} if the connection ends early. */
export async function* bytesOf(answer: Streamed): AsyncGenerator<Uint8Array> {
  const { data: body, response } = await answer;
  try {
    if (body !== null && body !== undefined) for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    // Ctrl-C and deadlines also end the stream. The callers handle these errors.
    if (!(error instanceof TypeError)) throw error;
    const id = response.headers.get('x-request-id');
    throw new Failure(
      `the server ended its response early: the output is incomplete${id === null ? '' : `\nFor the reason, see request ${printable(id)} in the server log`}`,
    );
  }
}

export async function* textOf(answer: Streamed): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of bytesOf(answer)) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

/** Returns undefined if the caller may not read this. */
export async function unlessForbidden<Body>(body: Promise<Body>): Promise<Body | undefined> {
  try {
    return await body;
  } catch (error) {
    if (error instanceof Refusal && (error.httpStatus === 401 || error.httpStatus === 403)) return undefined;
    throw error;
  }
}
