import { MAX_RETAINED_JOBS } from '#domain/work/retention.js';
import { bytesOf, textOf, type Api, type Gpu } from '../shared/client.js';
import { Failure, Refusal } from '../shared/failure.js';
import { findClaim } from '../shared/lookup.js';
import { lineTimeQuery, timedLine, type LineTimeOptions } from '../shared/log-stream.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { jsonText, printPiece, type Format, warnLine } from '../shared/output.js';
import { requestLimit } from '../shared/request-limit.js';
import { textLines } from '../shared/text-lines.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface ClaimLogsOptions extends RemoteOptions, LineTimeOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly all?: boolean;
}

type Claim = Gpu['GpuClaim'];

/** The server limits concurrent followers. This lower limit leaves some for other users. */
const MAX_FOLLOWED = 200;

/** Prints the output of a claim's container, byte for byte. With `--all`, prints all stored logs line by line, each with its claim. */
export async function printClaimLogs(given: string | undefined, options: ClaimLogsOptions): Promise<void> {
  if ((given === undefined) !== (options.all === true)) throw new Failure('specify a claim, or pass --all');
  const { api, format } = connect(options);
  const read = new ClaimLogReader(api, {
    ...(options.follow === true && { follow: true }),
    ...(options.tail !== undefined && { tail: wholeNumber(options.tail, '-n') }),
    ...lineTimeQuery(options, format === 'json'),
  });
  if (given === undefined) return await read.all(format);
  const claim = await findClaim(api, given);
  try {
    if (format === 'json') await read.lines(claim, format);
    else await read.bytes(claim);
  } catch (error) {
    throw hasNoLog(error) ? new Failure(`${noLog(claim)}\nSee: muster claim status ${claim.id}`) : error;
  }
}

class ClaimLogReader {
  constructor(
    private readonly api: Api,
    private readonly query: { readonly follow?: boolean; readonly tail?: number } & ReturnType<
      typeof lineTimeQuery
    >,
  ) {}

  async bytes(claim: Claim): Promise<void> {
    for await (const bytes of bytesOf(this.#ask(claim))) await printPiece(bytes);
  }

  async lines(claim: Claim, format: Format): Promise<void> {
    for await (const text of textLines(textOf(this.#ask(claim)))) {
      // The container has a terminal, so its lines end with "\r\n".
      const line = text.replace(/\r$/, '');
      await printPiece(
        format === 'json'
          ? `${jsonText({ claim_id: claim.id, node: claim.status.nodeName, ...timedLine(line) })}\n`
          : `${claim.id} | ${line}\n`,
      );
    }
  }

  async all(format: Format): Promise<void> {
    const { data } = await this.api.GET('/api/gpu-claims');
    const placed = (data?.gpu_claims ?? []).filter(({ status }) => status.nodeName !== '');
    const claims = placed.sort((one, other) => other.updated_at.localeCompare(one.updated_at));
    const results = await Promise.allSettled(
      this.#bounded(claims, async (claim) => await this.lines(claim, format)),
    );
    const problems = results.flatMap((result, index) =>
      result.status === 'rejected' && !hasNoLog(result.reason)
        ? [
            `claim ${claims[index]?.id}: ${result.reason instanceof Error ? result.reason.message : String(result.reason)}`,
          ]
        : [],
    );
    if (results.every(({ status }) => status === 'rejected'))
      throw new Failure(
        problems.length > 0 ? problems.join('\n') : 'none of your claims has a container with a log',
      );
    for (const problem of problems) warnLine(problem);
  }

  /**
   * Reads a few logs at a time, or all of them concurrently when following. The server stores only a limited number of logs of ended claims. Once
   * that many have been read, older claims are skipped.
   */
  #bounded(claims: readonly Claim[], read: (claim: Claim) => Promise<void>): readonly Promise<void>[] {
    const followed = this.query.follow === undefined ? [] : claims.filter((claim) => !isOver(claim));
    if (followed.length > MAX_FOLLOWED)
      throw new Failure(
        `${followed.length} claims are running, but at most ${MAX_FOLLOWED} can be followed at the same time; specify one`,
      );
    const limit = requestLimit();
    const found = new Map<number, number>();
    const readOver = async (claim: Claim): Promise<void> => {
      const before = (): number => found.get(claim.user_id) ?? 0;
      if (before() >= MAX_RETAINED_JOBS) return;
      await read(claim);
      found.set(claim.user_id, before() + 1);
    };
    return claims.map((claim) => {
      if (isOver(claim)) return limit(readOver, claim);
      return this.query.follow === undefined ? limit(read, claim) : read(claim);
    });
  }

  #ask({ id }: Claim) {
    return this.api.GET('/api/gpu-claims/{id}/logs', {
      params: { path: { id }, query: this.query },
      parseAs: 'stream',
    });
  }
}

function isOver({ status: { phase } }: Claim): boolean {
  return phase !== 'Pending' && phase !== 'Running';
}

function hasNoLog(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'MUSTER_E_GPU_CLAIM_NO_LOG';
}

function noLog({ id, status: { phase, reason } }: Claim): string {
  return `claim ${id} is ${phase}${reason === '' ? '' : ` (${reason})`}: it has no container with a log`;
}
