import type { OpenAPIV3_1 } from 'openapi-types';
import { OCTET_STREAM } from '#agents/platform/listener/index.js';
import { mapOperations } from './parameters.js';

type Answer = OpenAPIV3_1.ResponseObject;
type Media = OpenAPIV3_1.MediaTypeObject;

const OCTETS: Media = {
  schema: {
    type: 'string',
    format: 'binary',
    description: `The same bytes as by default, if the Accept header prefers \`${OCTET_STREAM}\``,
  },
};

/**
 * Describes each stream as `application/octet-stream` too, before its true media types. openapi-python-client reads the first type that it supports,
 * and decodes `text/*` as a whole string, which it then cannot use as a file. The other generators read any type of this format as a stream.
 */
export function readableStreams(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  return mapOperations(document, (operation) => ({
    ...operation,
    ...(operation.responses !== undefined && {
      responses: Object.fromEntries(
        Object.entries(operation.responses).map(([status, answer]) => [status, readable(answer as Answer)]),
      ),
    }),
  }));
}

function readable(answer: Answer): Answer {
  const { [OCTET_STREAM]: own, ...others } = answer.content ?? {};
  if (!Object.values(others).some(isStream)) return answer;
  return { ...answer, content: { [OCTET_STREAM]: own ?? OCTETS, ...others } };
}

function isStream({ schema }: Media): boolean {
  return schema !== undefined && 'format' in schema && schema.format === 'binary';
}
