import { useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback } from 'react';

/** URL parameters that are preserved between pages. All other parameters belong to one page. */
export interface MomentSearch {
  readonly at?: string;
  readonly vs?: string;
}

const MOMENT = /^(\d{1,19}|\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2}))$/;

export function momentOf(search: Readonly<Record<string, unknown>>): MomentSearch {
  const { at, vs } = search;
  return {
    ...(typeof at === 'string' && MOMENT.test(at) ? { at } : {}),
    ...(typeof vs === 'string' && MOMENT.test(vs) ? { vs } : {}),
  };
}

export function useSearch(): Readonly<Record<string, string | undefined>> {
  return useRouterState({
    select: ({ location }) => location.search as Readonly<Record<string, string | undefined>>,
  });
}

/** Returns the selected moment, or undefined for now. */
export function useAt(): string | undefined {
  return useSearch()['at'];
}

const POSITION = /^\d+$/;

/** The two moments that the page compares, the earlier one first. */
export interface Range {
  readonly before: string;
  /** Undefined means now. */
  readonly after: string | undefined;
}

/** Returns undefined if nothing is compared, or while a time in the URL is not yet replaced with its position. */
export function rangeOf(at: string | undefined, vs: string | undefined): Range | undefined {
  if (vs === undefined || !POSITION.test(vs)) return undefined;
  if (at === undefined) return { before: vs, after: undefined };
  if (!POSITION.test(at)) return undefined;
  return BigInt(vs) <= BigInt(at) ? { before: vs, after: at } : { before: at, after: vs };
}

export function useRange(): Range | undefined {
  const { at, vs } = useSearch();
  return rangeOf(at, vs);
}

export interface SetSearchOptions {
  /** Changes the current entry of the browser's history instead of adding one. */
  readonly replace?: boolean;
  /** One of many steps through time. All steps until the next other navigation share one entry, so that Back leads to where they began. */
  readonly scrubs?: boolean;
}

export type SetSearch = (
  change: Readonly<Record<string, string | undefined>>,
  options?: SetSearchOptions,
) => void;

/** Returns a function that changes URL parameters of this page. A value of undefined removes the parameter. */
export function useSetSearch(): SetSearch {
  const navigate = useNavigate();
  const { history } = useRouter();
  return useCallback(
    (change, { replace = false, scrubs = false } = {}) => {
      const hasScrubbed = (history.location.state as { readonly scrubs?: boolean }).scrubs === true;
      const staysIn = replace || (scrubs && hasScrubbed);
      void navigate({
        to: '.',
        search: ((former: Record<string, unknown>) => ({ ...former, ...change })) as never,
        replace: staysIn,
        state: { scrubs: scrubs || (staysIn && hasScrubbed) } as never,
      });
    },
    [navigate, history],
  );
}
