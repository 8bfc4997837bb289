import { z } from 'zod';
import { environmentName } from '../../kernel/environment-name.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';

const text = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** Arguments for the image's entrypoint that replace the image's command. They are not run by a shell. */
export const claimCommand = text(32_768)
  .min(1)
  .meta({
    description:
      "Extension. Arguments for the image's entrypoint, split like a shell command line. Default: the image's command",
    examples: ['python3 train.py'],
  });

export const claimArguments = z
  .array(text(32_768))
  .max(256)
  .meta({ description: 'Extension. Additional arguments, passed unchanged', examples: [['--epochs', '3']] });

export const claimEnvironment = z.record(environmentName, text(32_768)).meta({
  description:
    'Extension. Environment of the container. It is encrypted at rest and shown only to users who may release the claim',
  examples: [{ LANG: 'C.UTF-8' }],
});

/** Maximum total size of command, arguments and environment as JSON, in bytes. It ensures that the sealed event fits in one append. */
export const MAX_PROGRAM_BYTES = 65_536;
