import type { Action } from '../../actions/action.js';
import type { NodeRow } from '../../api/types.js';

export function nodeActions({ id, name, draining, eligible }: NodeRow): readonly Action[] {
  const path = `/nodes/${encodeURIComponent(id)}`;
  return [
    draining
      ? {
          id: 'end-drain',
          title: 'Stop draining',
          explanation:
            'The node accepts placements again if it is eligible. Allocations do not move back automatically.',
          method: 'POST',
          path: `${path}/drain`,
          body: () => ({ enable: false }),
        }
      : {
          id: 'drain',
          title: 'Drain',
          explanation: 'Moves all allocations to other nodes. No new allocations are placed on this node.',
          typed: name === '' ? id : name,
          drains: id,
          method: 'POST',
          path: `${path}/drain`,
          body: () => ({ enable: true }),
        },
    {
      id: 'eligibility',
      title: eligible ? 'Forbid placements' : 'Allow placements',
      explanation: eligible
        ? 'No new allocations are placed on this node. Running allocations are not affected.'
        : 'New allocations can be placed on this node again.',
      method: 'POST',
      path: `${path}/eligibility`,
      body: () => ({ eligible: !eligible }),
    },
  ];
}
