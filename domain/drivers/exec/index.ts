import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { outputOption, processOutput } from '../output.js';
import { runAsFields, program, rejectTwoUsers } from '../program.js';

/** A process has no terminal and no open input. Who says so is right; who asks for one needs a container. */
const none = z.literal(false).optional();

/** A task that is a process of the host. */
const execConfig = z
  .strictObject({
    /** Runs under `/bin/sh -c`, unless there are `args`. */
    command: program.command,
    /** Present, even empty: `command` is one program's path and no shell is involved. */
    args: program.args.optional(),
    work_dir: program.work_dir.optional(),
    ...runAsFields,
    ...outputOption,
    tty: none,
    open_stdin: none,
  })
  .superRefine(rejectTwoUsers);
export type ExecConfig = z.infer<typeof execConfig>;

export const execDriver: DriverDefinition<ExecConfig> = { name: 'exec', config: execConfig, result: processOutput };
