import { z } from 'zod';
import { isLoopback } from '#agents/platform/loopback.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';
import { commaSeparated, flag } from '#domain/kernel/settings/kinds.js';

const MAX_WITNESSES = 16;

/** Format: `url key`. The operator chooses the address, so any host is allowed. The data sent is public, but must not be altered in transit. */
const witness = z
  .string()
  .transform((text) => text.split(/\s+/))
  .refine((words) => words.length === 2, 'each must be an address and a key, separated by a space')
  .refine(([url = '']) => isWitnessUrl(url), 'each address must be https://…, or http://… on loopback')
  .refine(
    ([, vkey = '']) => /^[^\s+]+\+[0-9a-f]{8}\+B[A-P][A-Za-z0-9+/]{42}=?=?$/.test(vkey),
    'each key must be the key of a witness, such as witness.example+1a2b3c4d+BA…',
  )
  .transform(([url = '', vkey = '']) => ({ url, vkey }));

export const transparencySettings = section(
  {
    transparency: setting(
      'MUSTER_TRANSPARENCY',
      flag.default(true),
      '`true`: the server maintains and signs a Merkle tree of all events, so that altered events can be detected ([proof](proof.md))',
    ),
    witnesses: setting(
      'MUSTER_WITNESSES',
      commaSeparated.pipe(z.array(witness).max(MAX_WITNESSES)).default([]),
      'witnesses that cosign checkpoints, each as `https://… key`, separated by commas ([witnesses](proof.md#witnesses))',
      { serverOnly: true, unset: 'unset: none' },
    ),
    quorum: setting(
      'MUSTER_WITNESS_QUORUM',
      z.coerce.number().int().min(0).max(MAX_WITNESSES).default(1),
      'how many witnesses must cosign a checkpoint before it is served; 0 means that it is served immediately',
    ),
  },
  ({ transparency, witnesses, quorum }) => ({ transparency, witnesses, witnessQuorum: quorum }),
);

export type TransparencySettings = SectionValue<typeof transparencySettings>;

function isWitnessUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.search !== '' || url.hash !== '') return false;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host));
}
