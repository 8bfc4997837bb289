import type { Middleware } from 'openapi-fetch';
import { bodyOf, type Api } from './client.js';

/** Lists that the API can return in pages: the field with the items, and the field that identifies an item. */
export const LISTS: Readonly<Record<string, { readonly items: string; readonly id: string } | undefined>> = {
  '/jobs': { items: 'jobs', id: 'job_id' },
  '/nodes': { items: 'nodes', id: 'node_id' },
  '/templates': { items: 'templates', id: 'template_id' },
  '/api/gpu-claims': { items: 'gpu_claims', id: 'id' },
  '/api/auth/users': { items: 'users', id: 'id' },
};
/** The maximum `limit` of a list as of a moment. */
const PAGE = 1000;

type Item = Readonly<Record<string, string>>;
type Page = Readonly<Record<string, readonly Item[]>>;

/**
 * Reads whole lists in pages, because a server refuses a past list that is too long to be folded for one request. Must be added before the middleware
 * that sets the moment, which sees the response first, so that all pages are of the same moment.
 */
export function wholeLists(api: Api): Middleware {
  const get = api.GET as (path: string, init: object) => Promise<{ readonly data?: Page }>;
  return {
    onRequest: ({ request, schemaPath, params }) => {
      if (LISTS[schemaPath] === undefined || params.query?.['limit'] !== undefined) return undefined;
      const url = new URL(request.url);
      url.searchParams.set('limit', String(PAGE));
      return new Request(url, request);
    },
    onResponse: async ({ response, schemaPath, params }) => {
      const list = LISTS[schemaPath];
      if (list === undefined || params.query?.['limit'] !== undefined || !response.ok) return undefined;
      let page = ((await response.clone().json()) as Page)[list.items]!;
      const items = [...page];
      while (page.length === PAGE) {
        const query = { ...params.query, limit: PAGE, after: page.at(-1)![list.id] };
        page = (await bodyOf(get(schemaPath, { params: { query } })))[list.items]!;
        items.push(...page);
      }
      return Response.json({ [list.items]: items, count: items.length });
    },
  };
}
