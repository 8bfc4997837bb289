import { parseNote } from './note.js';
import type { WitnessKey } from './cosignature.js';

/** Address and key of a witness in the settings. */
export interface WitnessAddress {
  /** Base URL of the witness's API, such as `https://witness.example/muster`. */
  readonly url: string;
  readonly vkey: string;
}

/** Returns the body of `add-checkpoint` (https://c2sp.org/tlog-witness). @param old the newest tree size known to the witness. */
export function addCheckpointBody(old: number, proof: readonly Buffer[], note: string): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}

export type WitnessAnswer =
  /** The line to add to the note. */
  | { readonly kind: 'cosigned'; readonly line: string }
  /** The newest tree known to the witness has a different size. */
  | { readonly kind: 'other-size'; readonly size: number }
  /** The witness has cosigned a different tree of this name: the log was altered, or restored from an older copy. */
  | { readonly kind: 'contradicted' }
  | { readonly kind: 'failed'; readonly problem: string };

export function readWitnessAnswer(
  { status, body }: { readonly status: number; readonly body: string },
  note: string,
  key: WitnessKey,
): WitnessAnswer {
  if (status === 409) {
    const [, size] = /^(0|[1-9]\d{0,14})\n?$/.exec(body) ?? [];
    return size === undefined
      ? { kind: 'failed', problem: 'it returned 409 without a size' }
      : { kind: 'other-size', size: Number(size) };
  }
  if (status === 422) return { kind: 'contradicted' };
  if (status !== 200)
    return {
      kind: 'failed',
      problem: `it returned ${status}${status === 404 ? ': this log is not configured there' : ''}`,
    };
  const text = parseNote(note)?.text ?? '';
  for (const line of body.split('\n')) {
    const [signature] = parseNote(`${text}\n${line}\n`)?.signatures ?? [];
    if (signature !== undefined && key.signedAt(text, signature) !== undefined)
      return { kind: 'cosigned', line };
  }
  return { kind: 'failed', problem: 'its cosignature is missing or wrong' };
}
