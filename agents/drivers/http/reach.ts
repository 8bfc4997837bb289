import { isIP } from 'node:net';
import { httpUrl } from '#domain/drivers/index.js';
import { carriedAddress, isWithin, kindOfAddress, parseRange, type Range } from './address.js';
import type { EndpointList } from '../../platform/endpoint-list.js';
import type { OwnParts } from './own-parts.js';
import type { Resolve } from './resolve.js';

/** Explains to the task's user why a call was refused or failed. The only part of the URL that it contains is the origin. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

export class UnknownHostError extends CallError {}

export class ForbiddenTargetError extends CallError {}

/** Returns the same message for all unreachable targets, so users cannot probe internal names and ports. `reason` is only part of the cause. */
export function unreachable(
  url: Pick<URL, 'origin'>,
  reason: string,
  cause?: unknown,
  Kind: typeof CallError = CallError,
): CallError {
  const problem = `${url.origin} cannot be reached: its name cannot be resolved, nothing responds there, or its address is not allowed (MUSTER_HTTP_ALLOW)`;
  return new Kind(problem, { cause: new Error(reason, { cause }) });
}

const forbidden = (url: URL, reason: string): CallError =>
  unreachable(url, reason, undefined, ForbiddenTargetError);

export interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** What callers need of {@link Reach}. */
export type Targets = Pick<Reach, 'look' | 'check'>;

/** Decides which targets tasks may call: the Internet and targets that an operator allows, but never Muster's own components. */
export class Reach {
  readonly #ranges: readonly Range[];

  constructor(
    private readonly allowed: EndpointList,
    private readonly own: OwnParts,
    private readonly resolve: Resolve,
  ) {
    this.#ranges = allowed.ranges.map(parseRange);
  }

  /** Resolves a URL. Throws {@link ForbiddenTargetError} if one of its addresses is forbidden, else {@link CallError}. */
  async look(text: string): Promise<Target> {
    const parsed = httpUrl.safeParse(text);
    if (!parsed.success) throw new CallError(`its URL ${parsed.error.issues[0]?.message ?? 'is malformed'}`);
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const addresses = isIP(host) === 0 ? await this.#addressesOf(url, host) : [host];
    const target = { url, host, port, addresses };
    for (const address of addresses) this.#refuse(target, address);
    if (await this.own.listenAt(host, addresses, port))
      throw forbidden(url, 'it is a component of Muster, which tasks may not call');
    return target;
  }

  check(target: Target, address: string | undefined): void {
    if (
      address === undefined ||
      !target.addresses.some((each) => carriedAddress(each) === carriedAddress(address))
    )
      throw forbidden(target.url, 'the connection went to an address other than the resolved ones');
    this.#refuse(target, address);
  }

  async #addressesOf(url: URL, host: string): Promise<readonly string[]> {
    let addresses: readonly string[];
    try {
      addresses = await this.resolve(host);
    } catch (error) {
      throw unreachable(url, `its name cannot be resolved (${codeOf(error)})`, error, UnknownHostError);
    }
    if (addresses.length === 0) throw unreachable(url, 'its name has no address');
    return addresses;
  }

  #refuse({ url, host, port }: Target, address: string): void {
    const kind = kindOfAddress(address);
    if (kind === undefined || this.#isAllowed(host, port, address)) return;
    throw forbidden(url, `its address is not on the public Internet: ${kind}`);
  }

  #isAllowed(host: string, port: number, address: string): boolean {
    const carried = carriedAddress(address);
    return (
      this.#ranges.some((range) => isWithin(address, range) || isWithin(carried, range)) ||
      this.allowed.hosts.some(
        (each) =>
          (each.host === host || each.host === carried) && (each.port === undefined || each.port === port),
      )
    );
  }
}

export function shown({ url }: Pick<Target, 'url'>): string {
  return url.origin;
}

export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
