import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { outputOption, processOutput } from '../output.js';
import { fitsArgument, runAsFields, program, rejectTwoUsers } from '../program.js';
import { textOf } from '../text.js';

export const INLINE = '-c';

/** In characters. `fitsArgument` limits the bytes. */
const MAX_ARGUMENT = 65_536;

export const MAX_ARGUMENTS = 1024;
const argument = textOf(
  z
    .string()
    .max(MAX_ARGUMENT)
    .regex(PLAIN_NAME, PLAIN_NAME_RULE)
    .refine(...fitsArgument),
);
const absolute = program.work_dir.regex(/^[^\r\n]*$/, 'must be one line');

export const pythonCommand = program.command
  .regex(
    /^[^\r\n]*$/,
    'must be the path of a script, on one line; to run code, use -c with the code as the first argument',
  )
  .refine(
    (command) => command === INLINE || !command.startsWith('-'),
    'must be the path of a script, or -c with the code as the first argument',
  );

export function hasInlineCode(config: {
  readonly command: string;
  readonly arguments?: readonly unknown[] | undefined;
}): boolean {
  return config.command !== INLINE || (config.arguments ?? []).length > 0;
}
export const NO_CODE = { path: ['arguments'], message: 'must begin with the code' };

const pythonConfig = z
  .strictObject({
    command: pythonCommand,
    arguments: z.array(argument).max(MAX_ARGUMENTS).optional(),
    python_path: absolute.optional(),
    working_directory: absolute.optional(),
    ...runAsFields,
    ...outputOption,
  })
  .refine(hasInlineCode, NO_CODE)
  .superRefine(rejectTwoUsers);
export type PythonConfig = z.infer<typeof pythonConfig>;

export const pythonDriver: DriverDefinition<PythonConfig> = {
  name: 'python',
  config: pythonConfig,
  result: processOutput,
};
