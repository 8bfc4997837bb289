import type { ReactNode } from 'react';
import { AllocationList } from '../../app/allocation-list.js';

export function AllocationsPage(): ReactNode {
  return <AllocationList />;
}
