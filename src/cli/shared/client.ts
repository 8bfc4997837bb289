import createClient, { type Client } from 'openapi-fetch';
import type { components as GpuComponents, paths as GpuPaths } from '../generated/gpu.js';
import type { components as CondaComponents, paths as CondaPaths } from '../generated/conda.js';
import type { components as ServiceComponents, paths as ServicePaths } from '../generated/services.js';
import type { paths as AuditPaths } from '../generated/audit.js';
import type { components as TaskComponents, paths as TaskPaths } from '../generated/tasks.js';
import type { components as ClusterComponents, paths as ClusterPaths } from '../generated/cluster.js';
import { Failure } from './failure.js';
import { printable } from './output.js';
import { refusalOf } from './refusal.js';

export type Cluster = ClusterComponents['schemas'];
export type Gpu = GpuComponents['schemas'];

export type Tasks = TaskComponents['schemas'];

export type Conda = CondaComponents['schemas'];

export type Services = ServiceComponents['schemas'];

/** The typed API client: a path, parameter or field that the OpenAPI descriptions do not have does not compile. */
/**
 * The conda surface repeats some paths of the tasks surface for browsers with a session cookie. The CLI uses
 * tokens, so it takes the variant of the tasks surface.
 */
type OwnCondaPaths = Omit<CondaPaths, keyof TaskPaths>;
export type Api = Client<ClusterPaths & GpuPaths & TaskPaths & OwnCondaPaths & ServicePaths & AuditPaths>;

/** Creates a client of the server at `address`. An unsuccessful response throws a {@link Refusal}, an unreachable server a {@link Failure}. */
export function openApi(address: string, token: string | undefined): Api {
  const api: Api = createClient({
    baseUrl: address,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  api.use({
    onResponse: async ({ response }) => {
      if (!response.ok) throw await refusalOf(response);
    },
    onError: ({ error }) => {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      return new Failure(
        `cannot reach the server at ${address}: ${cause}\nIs it running? Start it with: npm start`,
      );
    },
  });
  return api;
}

/** Returns the body of a successful response; all others have thrown already. */
export async function bodyOf<Body>(answer: Promise<{ readonly data?: Body }>): Promise<NonNullable<Body>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new Failure('the server sent an empty response');
  return data;
}

/** An answer that is read as it comes. */
type Streamed = Promise<{ readonly data?: Response['body']; readonly response: Response }>;

/** The bytes of a streamed answer, as they come. Throws a {@link Failure} where the connection ends before the answer does. */
export async function* bytesOf(answer: Streamed): AsyncGenerator<Uint8Array> {
  const { data: body, response } = await answer;
  try {
    if (body !== null && body !== undefined) for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    // Ctrl-C ends what is followed, and so does a deadline: callers know why.
    if (!(error instanceof TypeError)) throw error;
    const id = response.headers.get('x-request-id');
    throw new Failure(
      `the server broke off its answer: what was printed is incomplete${id === null ? '' : `\nThe server's log says why, under the request ${printable(id)}`}`,
    );
  }
}

/** The text of a streamed answer, as it comes. */
export async function* textOf(answer: Streamed): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of bytesOf(answer)) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}
