import { users } from '#domain/accounts/user/index.js';
import { claims, gpusOf } from '#domain/gpu/claim/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { UsageSource } from '#src/accounts/index.js';
import type { GpuSettings } from './settings.js';

/** Counts the GPUs of an account's open claims. The limit depends on the account's role. */
export function gpuUsage(
  { executor }: { readonly executor: Pick<CommandExecutor, 'load'> },
  { quota }: GpuSettings,
): UsageSource {
  return async ({ of, id }) => {
    if (of !== 'account') return undefined;
    const user = await executor.load(users, id);
    if (user.kind !== 'present') return undefined;
    return { quota: 'gpus', used: gpusOf(await executor.load(claims, id)), limit: quota[user.role] };
  };
}
