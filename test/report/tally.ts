export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export interface FileReport {
  readonly file: string;
  readonly tally: Tally;
  /** Names of the tests that failed, from the outermost inwards, with what TAP says about each. */
  readonly failures: readonly { readonly name: string; readonly diagnostics: readonly string[] }[];
  readonly seconds: number;
  /** Seconds of processor time, if the file reported them because it shares its process. */
  readonly worked?: number;
}

/** Prefix of the comment in which a file reports its seconds of processor time. */
export const PROCESSOR_TIME = 'seconds of processor time: ';

interface Block {
  readonly name: string;
  /** Results that are not blocks: assertions and skipped tests. */
  readonly plain: {
    readonly ok: boolean;
    readonly skipped: boolean;
    readonly name: string;
    readonly diagnostics: string[];
  }[];
  readonly blocks: Finished[];
  /** Comments that the test printed. */
  readonly comments: string[];
}
interface Finished extends Block {
  readonly ok: boolean;
  readonly skipped: boolean;
  readonly diagnostics: string[];
  readonly seconds: number;
}

const RESULT = /^(not )?ok \d+(?: - (.*?))?(?: # (?:time=([\d.]+)(ms|s)|(SKIP|TODO)\b.*))?(?: \{)?$/i;

/**
 * Reads TAP 14 line by line and counts tests. A test is a subtest without subtests. It is skipped if it or anything in it is marked SKIP or TODO.
 * A file or group that fails although no test in it does (a timeout, a crash, an unmet plan) counts as one more failed test.
 */
export class TapTally {
  readonly total: Tally = { passed: 0, failed: 0, skipped: 0 };
  readonly #open: Block[] = [{ name: '', plain: [], blocks: [], comments: [] }];
  #diagnostics: { readonly indent: number; readonly into: string[] } | undefined;
  #last: string[] = [];
  /** A failed file that is not reported yet, because TAP gives the reason after its result. */
  #held: Finished | undefined;
  #bailedOut: string | undefined;

  /** Whether a test aborted the run. */
  get bailedOut(): boolean {
    return this.#bailedOut !== undefined;
  }

  /** Processes one line. Returns the reports of files that ended with it. */
  line(text: string): readonly FileReport[] {
    const indent = text.length - text.trimStart().length;
    const body = text.trim();
    if (this.#diagnostics !== undefined) {
      if (indent === this.#diagnostics.indent && body === '...') this.#diagnostics = undefined;
      else this.#diagnostics.into.push(text.slice(this.#diagnostics.indent));
      return [];
    }
    if (body === '---') {
      this.#diagnostics = { indent, into: this.#last };
      return [];
    }
    const failed = this.#told();
    const ended = this.#result(indent, body);
    if (ended === undefined) return failed;
    this.#held = ended;
    return ended.ok ? [...failed, ...this.#told()] : failed;
  }

  /** Processes a line outside of a result's details. Returns the file that ended with it. */
  #result(indent: number, body: string): Finished | undefined {
    if (body.startsWith('Bail out!')) this.#bailedOut = body;
    const depth = Math.floor(indent / 4);
    const begun = /^# Subtest(?:: (.*))?$/.exec(body);
    if (begun !== null) {
      this.#open.splice(depth + 1);
      this.#open.push({ name: begun[1] ?? '', plain: [], blocks: [], comments: [] });
      return undefined;
    }
    if (body.startsWith('# ')) this.#open[depth]?.comments.push(body.slice(2));
    const result = RESULT.exec(body);
    if (result === null || depth >= this.#open.length) return undefined;
    const [, not, name = '', time, unit, mark] = result;
    const diagnostics: string[] = [];
    this.#last = diagnostics;
    const outcome = {
      ok: not === undefined,
      skipped: mark !== undefined,
      name: name.replace(/\s+$/, ''),
      diagnostics,
    };
    const ended = depth + 1 < this.#open.length ? this.#open[depth + 1] : undefined;
    this.#open.splice(depth + 1);
    const parent = this.#open[depth];
    if (parent === undefined) return undefined;
    if (ended === undefined) {
      parent.plain.push(outcome);
      return depth === 0 ? { ...outcome, plain: [], blocks: [], comments: [], seconds: 0 } : undefined;
    }
    const finished = {
      ...ended,
      ...outcome,
      seconds: time === undefined ? 0 : Number(time) / (unit === 's' ? 1 : 1000),
    };
    parent.blocks.push(finished);
    return depth === 0 ? finished : undefined;
  }

  /** Returns the remaining reports at the end of the input. Counts an aborted run as failed. */
  end(): readonly FileReport[] {
    if (this.#bailedOut !== undefined) this.total.failed += 1;
    return this.#told();
  }

  #told(): readonly FileReport[] {
    const ended = this.#held;
    this.#held = undefined;
    return ended === undefined ? [] : [this.#file(ended)];
  }

  #file(ended: Finished): FileReport {
    const block = withExpiredName(ended);
    const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
    const failures: { name: string; diagnostics: readonly string[] }[] = [];
    count(block, [], tally, failures);
    this.total.passed += tally.passed;
    this.total.failed += tally.failed;
    this.total.skipped += tally.skipped;
    const worked = block.comments
      .find((comment) => comment.startsWith(PROCESSOR_TIME))
      ?.slice(PROCESSOR_TIME.length);
    return {
      file: block.name,
      tally,
      failures,
      seconds: block.seconds,
      ...(worked !== undefined && { worked: Number(worked) }),
    };
  }
}

/** Names the file that a timeout ended: tap reports this as one more result, whose details name the file. */
function withExpiredName(block: Finished): Finished {
  const [expired] = block.diagnostics.flatMap((line) => /^expired: (.+)$/.exec(line)?.[1] ?? []);
  return expired === undefined ? block : { ...block, name: expired };
}

function count(
  block: Finished,
  path: readonly string[],
  tally: Tally,
  failures: { name: string; diagnostics: readonly string[] }[],
): void {
  const name = [...path, block.name].join(' > ');
  const fail = (diagnostics: readonly string[]): void => {
    tally.failed += 1;
    failures.push({
      name,
      diagnostics: block.blocks.length === 0 ? [...diagnostics, ...block.comments] : diagnostics,
    });
  };
  if (block.blocks.length === 0) {
    const failed = block.plain.filter((each) => !each.ok && !each.skipped);
    if (block.skipped || (block.ok && block.plain.some((each) => each.skipped))) tally.skipped += 1;
    else if (!block.ok)
      fail([
        ...failed.flatMap((each) => [each.name, ...each.diagnostics]),
        ...(failed.length === 0 ? block.diagnostics : []),
      ]);
    else tally.passed += 1;
    return;
  }
  const before = tally.failed;
  for (const inner of block.blocks)
    count(inner, path.length === 0 && block.name === '' ? [] : [...path, block.name], tally, failures);
  for (const each of block.plain) {
    if (each.skipped) tally.skipped += 1;
    else if (!each.ok) fail([each.name, ...each.diagnostics]);
  }
  if (!block.ok && !block.skipped && tally.failed === before) fail(block.diagnostics);
}
