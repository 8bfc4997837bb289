import { isIP } from 'node:net';
import { httpUrl } from '#domain/drivers/index.js';
import { carriedAddress, kindOfAddress } from '../../platform/address.js';
import { AllowedEndpoints, endpointOf } from '../../platform/allowed-endpoints.js';
import type { EndpointList } from '../../platform/endpoint-list.js';
import type { OwnParts } from './own-parts.js';
import type { Resolve } from './resolve.js';

/** Explains to the task's user why a call was refused or failed. The only part of the URL that it contains is the origin. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

export class UnknownHostError extends CallError {}

export class ForbiddenTargetError extends CallError {}

const NOT_ALLOWED = 'its address is not allowed (MUSTER_HTTP_ALLOW on the node)';
const UNRESOLVED = 'its name cannot be resolved';

/** The cause, which may contain internal names and addresses, is for the operator. The agent logs it. */
export function unreachable(
  url: Pick<URL, 'origin'>,
  problem: string,
  reason: string,
  cause?: unknown,
  Kind: typeof CallError = CallError,
): CallError {
  return new Kind(`${url.origin} cannot be reached: ${problem}`, { cause: new Error(reason, { cause }) });
}

/** A name that does not exist and one with a forbidden address get the same message, so users cannot probe which internal names exist. */
const nameProblem = (host: string): string =>
  isIP(host) === 0 ? `${UNRESOLVED}, or ${NOT_ALLOWED}` : NOT_ALLOWED;

/** Names that only a private network resolves (RFC 6761, 6762, 8375 and ICANN's `.internal`). */
const PRIVATE_NAME = /^[^.]+$|\.(internal|local|localhost|home\.arpa)$/;

export interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** Empty if only the proxy can resolve the name. */
  readonly addresses: readonly string[];
}

/** What callers need of {@link Reach}. */
export type Targets = Pick<Reach, 'look' | 'check'>;

/** Decides which targets tasks may call: the Internet and targets that an operator allows, but never Muster's own components. */
export class Reach {
  readonly #allowed: AllowedEndpoints;

  constructor(
    allowed: EndpointList,
    private readonly own: OwnParts,
    private readonly resolve: Resolve,
  ) {
    this.#allowed = new AllowedEndpoints(allowed);
  }

  /**
   * Resolves a URL. Throws {@link ForbiddenTargetError} if one of its addresses is forbidden, else {@link CallError}.
   *
   * @param isProxied whether a proxy makes the connection. It may know names that this machine does not know.
   */
  async look(text: string, isProxied = false): Promise<Target> {
    const parsed = httpUrl.safeParse(text);
    if (!parsed.success) throw new CallError(`its URL ${parsed.error.issues[0]?.message ?? 'is malformed'}`);
    const url = new URL(text);
    const { host, port } = endpointOf(url);
    const addresses = isIP(host) === 0 ? await this.#addressesOf(url, host, isProxied) : [host];
    const target = { url, host, port, addresses };
    for (const address of addresses) this.#refuse(target, address);
    if (addresses.length === 0 && PRIVATE_NAME.test(host) && !this.#allowed.includes(host, port, ''))
      throw this.#forbidden(target, 'its name is private, and only the proxy could resolve it');
    if (await this.own.listenAt(host, addresses, port))
      throw this.#forbidden(target, 'it is a component of Muster, which tasks may not call');
    return target;
  }

  check(target: Target, address: string | undefined): void {
    if (
      address === undefined ||
      !target.addresses.some((each) => carriedAddress(each) === carriedAddress(address))
    )
      throw this.#forbidden(target, 'the connection went to an address other than the resolved ones');
    this.#refuse(target, address);
  }

  async #addressesOf(url: URL, host: string, isProxied: boolean): Promise<readonly string[]> {
    // The operator named this host for tasks, so its name is no secret.
    const problem = this.#allowed.names(host) ? UNRESOLVED : nameProblem(host);
    let addresses: readonly string[];
    try {
      addresses = await this.resolve(host);
    } catch (error) {
      if (isProxied) return [];
      throw unreachable(url, problem, `${UNRESOLVED} (${codeOf(error)})`, error, UnknownHostError);
    }
    if (addresses.length === 0 && !isProxied) throw unreachable(url, problem, 'its name has no address');
    return addresses;
  }

  #forbidden({ url, host }: Target, reason: string): CallError {
    return unreachable(url, nameProblem(host), reason, undefined, ForbiddenTargetError);
  }

  #refuse(target: Target, address: string): void {
    const kind = kindOfAddress(address);
    if (kind === undefined || this.#allowed.includes(target.host, target.port, address)) return;
    throw this.#forbidden(target, `its address is not on the public Internet: ${kind}`);
  }
}

/** Returns whether no address of the target is known to be in a private network, so that a proxy may have to make the connection. */
export function leadsOut({ addresses }: Target): boolean {
  return addresses.every((address) => kindOfAddress(address) === undefined);
}

export function shown({ url }: Pick<Target, 'url'>): string {
  return url.origin;
}

export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
