import type { Me } from '../api/types.js';
import { useSession } from './session.js';

export interface Rights {
  /** May change jobs, nodes and allocations of the cluster. */
  readonly cluster: boolean;
  /** May change objects of the account's tenant: tasks, services, claims. */
  readonly tenant: boolean;
  /** May ask what changes to the cluster would cause. Asking changes nothing. */
  readonly whatIf: boolean;
}

/** Returns what the user may do. Auditors may not change anything, and the operator of the machine has no tenant. */
export function useRights(): Rights {
  const { me } = useSession();
  const { account, operator, rights } = me;
  return {
    cluster: account === null ? operator : rights.includes('administer'),
    tenant: account !== null && account.role !== 'auditor',
    whatIf: mayAskWhatIf(me),
  };
}

/** True for the operator of the machine, administrators and auditors. */
export function mayAskWhatIf({ account, operator }: Pick<Me, 'account' | 'operator'>): boolean {
  return account === null ? operator : account.role === 'admin' || account.role === 'auditor';
}
