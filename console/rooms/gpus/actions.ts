import type { Action } from '../../actions/action.js';
import { readCount } from '../../actions/read-fields.js';
import type { PlainRow } from '../../app/plain-detail.js';

/** Number of characters at the start of an id that are enough to tell claims apart. */
const TYPED_CHARACTERS = 14;

export function claimActions({ id }: PlainRow): readonly Action[] {
  return [
    {
      id: 'release',
      title: 'Release',
      explanation: "Stops the claim's container and frees its GPUs.",
      typed: String(id).slice(0, TYPED_CHARACTERS),
      method: 'DELETE',
      path: `/api/gpu-claims/${encodeURIComponent(String(id))}`,
    },
  ];
}

export const CLAIM: Action = {
  id: 'claim',
  title: 'Claim GPUs',
  explanation: 'Starts a container with dedicated GPUs on the first node that has enough free GPUs.',
  fields: [
    { name: 'gpuCount', label: 'GPUs', placeholder: '1', initial: '1', read: readCount },
    { name: 'image', label: 'Image', placeholder: 'nvidia/cuda:12.6.2-base-ubuntu22.04' },
    { name: 'command', label: 'Command', placeholder: 'python3 train.py', optional: true },
  ],
  method: 'POST',
  path: '/api/gpu-claims',
  body: ({ gpuCount, image, command }) => ({
    spec: { image, resources: { gpuCount }, ...(command === undefined ? {} : { command }) },
  }),
};
