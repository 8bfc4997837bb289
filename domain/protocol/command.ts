import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../kernel/plain-name.js';
import { sha256 } from '../kernel/sha256.js';
import { volumeName } from '../jobs/job/volume.js';
import { environmentName } from '../kernel/environment-name.js';
import { allocationId } from './query.js';

/** Maximum size of a command's words, together, in UTF-16 code units. */
export const MAX_COMMAND_LENGTH = 65_536;
const MAX_WORDS = 256;
/** Maximum size of one piece of input, in bytes. It fits in a NATS message. */
export const MAX_INPUT_BYTES = 65_536;

/** The program and its arguments. No shell interprets them, so they may contain anything but NUL characters. */
export const commandWords = z
  .array(z.string().max(MAX_COMMAND_LENGTH).regex(PLAIN_NAME, PLAIN_NAME_RULE))
  .min(1)
  .max(MAX_WORDS)
  .refine(([program]) => program !== '', { message: 'must not be empty', path: [0] })
  .refine(
    (words) => words.reduce((sum, word) => sum + word.length, 0) <= MAX_COMMAND_LENGTH,
    `is longer than ${MAX_COMMAND_LENGTH} characters`,
  )
  .meta({
    description: `The program and its arguments, together at most ${MAX_COMMAND_LENGTH} characters. No shell interprets them. The program must not be empty`,
    examples: [['cat', '/etc/os-release']],
  });

const cells = z.number().int().min(1).max(10_000);
export const terminalSize = z
  .strictObject({
    rows: cells.meta({ description: 'Height in characters' }),
    columns: cells.meta({ description: 'Width in characters' }),
  })
  .meta({ id: 'TerminalSize', description: 'Size of a terminal', examples: [{ rows: 24, columns: 80 }] });
export type TerminalSize = z.infer<typeof terminalSize>;

/** Base64 of at most {@link MAX_INPUT_BYTES} bytes. */
export const inputBytes = z
  .base64()
  .max(Math.ceil(MAX_INPUT_BYTES / 3) * 4)
  .meta({ description: `At most ${MAX_INPUT_BYTES} bytes, in base64` });

const session = z
  .string()
  .max(64)
  .meta({ description: 'Id of the running command, as chosen by the server. Returns 404 if it has ended' });

/** Whose share of the node a command or a copy uses. The server takes it from the caller's credential. */
const nodeShare = z
  .union([
    z.literal('operators'),
    z
      .strictObject({
        tenant: z.string().min(1).max(300).meta({ description: 'Tenant of the caller' }),
        self_registered: z.boolean().meta({
          description: 'Whether no administrator has given the caller a role or the right to execute',
        }),
      })
      .meta({ id: 'TenantShare', description: 'The share of a tenant' }),
  ])
  .meta({
    description:
      'Whose share of the places on the node is used. Default: that of a tenant that is not known, so the bound of all tenants together applies',
    examples: ['operators', { tenant: 'acme', self_registered: false }],
  });
export type NodeShare = z.infer<typeof nodeShare>;

/** Fields of each request about a running command. */
const running = {
  session,
  caller: z
    .string()
    .max(300)
    .meta({ description: 'Who started the command. Returns 404 for the command of another caller' }),
};

/** Requests about commands in running tasks, as their messages have them. */
export const COMMAND_REQUESTS = {
  open: {
    ...running,
    share: nodeShare.optional(),
    allocation_id: allocationId,
    task: z.string().max(64).meta({ description: 'Task name' }),
    command: commandWords,
    env: z.record(environmentName, z.string().max(MAX_COMMAND_LENGTH)).optional().meta({
      description:
        'Variables that the command has in addition to those of its task. Only tasks of the docker driver support them',
    }),
    input: z.boolean().meta({ description: 'Whether the command gets input. Otherwise its input is empty' }),
    terminal: terminalSize
      .optional()
      .meta({ description: 'Runs the command in a terminal of this size. Default: no terminal' }),
  },
  next: {
    ...running,
    chunk: z
      .number()
      .int()
      .min(0)
      .meta({ description: 'Zero-based chunk number. The same number returns the same output again' }),
  },
  input: {
    ...running,
    number: z.number().int().min(0).meta({
      description: 'Zero-based number of this piece of input. A piece that was sent again is ignored',
    }),
    data: inputBytes.optional(),
    end: z.boolean().optional().meta({ description: 'Whether the input ends after this piece' }),
  },
  resize: { ...running, size: terminalSize },
  close: running,
} as const;

const VOLUME_COPY_KINDS = ['backup', 'restore'] as const;
export type VolumeCopyKind = (typeof VOLUME_COPY_KINDS)[number];

/** Exit codes of a restore that failed: the volume is as it was before, or has only a part of the new content. */
export const RESTORE_UNCHANGED = 1;
export const RESTORE_INCOMPLETE = 2;

/** Fields of the request that copies a volume. Its archive is output or input, as of a command in a task. */
export const VOLUME_COPY_REQUEST = {
  ...running,
  share: nodeShare.optional(),
  volume: volumeName,
  kind: z.enum(VOLUME_COPY_KINDS).meta({
    description: `\`backup\`: the output is an archive (tar) of the volume. \`restore\`: the input is one, and replaces the content of the volume. The exit code is then 0, ${RESTORE_UNCHANGED} if nothing was changed, or ${RESTORE_INCOMPLETE} if the volume is incomplete`,
  }),
} as const;

/** Which volume to copy in which direction, and whose share of the node that uses. */
export interface VolumeCopyOrder {
  readonly volume: string;
  readonly kind: VolumeCopyKind;
  readonly share?: NodeShare | undefined;
}

/** One line of a command's output. The last one has its exit code, or says why there is none. */
export const commandOutput = z.union([
  z.strictObject({ stdout: z.base64() }),
  z.strictObject({ stderr: z.base64() }),
  z.strictObject({
    exit_code: z.number().int().min(0).max(4_294_967_295),
    sha256: sha256.optional().meta({ description: 'Digest of the archive that was sent or restored' }),
  }),
  z.strictObject({ error: z.string().max(2000) }),
]);
export type CommandOutput = z.infer<typeof commandOutput>;

/** Empty if the command had no output for two seconds. */
export const commandChunk = z.object({ chunk: z.number().int(), output: z.array(commandOutput) });
/** `accepted` is false if the command does not read its input. The piece can then be sent again. */
export const inputTaken = z.object({ accepted: z.boolean() });

/** Whether this output is the last of its command. */
export function endsCommand(output: CommandOutput): boolean {
  return 'exit_code' in output || 'error' in output;
}
