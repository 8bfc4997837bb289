import createClient, { type Client } from 'openapi-fetch';
import type { components as GpuComponents, paths as GpuPaths } from './generated/gpu.js';
import type { components as CondaComponents, paths as CondaPaths } from './generated/conda.js';
import type { components as ServiceComponents, paths as ServicePaths } from './generated/services.js';
import type { paths as AuditPaths } from './generated/audit.js';
import type { components as TaskComponents, paths as TaskPaths } from './generated/tasks.js';
import type { components as ClusterComponents, paths as ClusterPaths } from './generated/cluster.js';
import { Failure } from './failure.js';
import { refusalOf } from './refusal.js';

/** Shapes of the cluster surface's bodies, by the names that its document gives them. */
export type Cluster = ClusterComponents['schemas'];
/** Shapes of the bodies of accounts, nodes and GPU claims. */
export type Gpu = GpuComponents['schemas'];

/** Shapes of the bodies of scheduled tasks. */
export type Tasks = TaskComponents['schemas'];

/** Shapes of the bodies of conda environments. */
export type Conda = CondaComponents['schemas'];

/** Shapes of the bodies of services, and of the accounts that have them. */
export type Services = ServiceComponents['schemas'];

/** The API as its documents describe it: a path, parameter or field that they do not have does not compile. */
/** Tasks of conda stand on paths of the tasks surface, for who shows a cookie: nobody does here. */
type OwnCondaPaths = Omit<CondaPaths, keyof TaskPaths>;
export type Api = Client<ClusterPaths & GpuPaths & TaskPaths & OwnCondaPaths & ServicePaths & AuditPaths>;

/** A client of the server at `address`. Whatever is no success throws a {@link Failure} that says why (where the server answered, a `Refusal`). */
export function openApi(address: string, token: string | undefined): Api {
  const api: Api = createClient({ baseUrl: address, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  api.use({
    onResponse: async ({ response }) => {
      if (!response.ok) throw await refusalOf(response);
    },
    onError: ({ error }) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      return new Failure(`cannot reach the server at ${address}: ${cause}\nIs it running? Start it with: npm start`);
    },
  });
  return api;
}

/** The body of an answer: every other answer has thrown. */
export async function bodyOf<Body>(answer: Promise<{ readonly data?: Body }>): Promise<NonNullable<Body>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new Failure('the server answered without a body');
  return data;
}

/** The bytes of a streamed answer, as they come. */
export async function* bytesOf(answer: Promise<{ readonly data?: Response['body'] }>): AsyncGenerator<Uint8Array> {
  const { data: body } = await answer;
  if (body !== null && body !== undefined) for await (const chunk of body) yield chunk as Uint8Array;
}

/** The text of a streamed answer, as it comes. */
export async function* textOf(answer: Promise<{ readonly data?: Response['body'] }>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of bytesOf(answer)) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}
