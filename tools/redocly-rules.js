// Our own rules for redocly.yaml. Each one enforces a form that all client generators interpret alike. NSwag and Kiota need .NET and do not run in CI, so the
// comments on the rules say what they make of other forms.

const NULL = 'null';
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'options', 'head'];
/** Keywords whose values are data, not schemas. */
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);
const FORMATS = new Set([
  'binary',
  'date',
  'date-time',
  'double',
  'email',
  'float',
  'int32',
  'int64',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
]);
const INT32 = 2 ** 31 - 1;
/** Names of integers that outgrow 32 bits. */
const WIDE = /(^|_)(id|ids|bytes)$|(Id|Ids)$|^(position|revision|epoch|offset|bytes)$/;
/** Types that C# or Java import into every file. */
const TAKEN = new Set(
  'Action Array Attribute Boolean Buffer Byte Char Character Console Convert DateTime Decimal Delegate Double Enum Environment Exception Float Func Guid Integer Iterable Lazy List Long Map Math Module Nullable Number Object Override Package Process Progress Random Range Record Runtime Short Stream String System Task Thread Throwable Timer Tuple Type Uri Version Void'.split(
    ' ',
  ),
);
/** Matches a description that names the default value of a field. */
const NAMES_DEFAULT =
  /(?:^|[;,.] )`?(-?[\w.]+)`?(?: \([^)]*\))? when absent|\bDefault: (?:-?\d[\w.]*|true|false|`[^`]+`)|^`(\w+)` unless it says otherwise|\((default)\)/;
const STREAMS = new Set(['application/x-ndjson', 'text/event-stream']);
const OCTETS = 'application/octet-stream';
const LOG = /\/logs?(\/|$)/;

/** Walks every object of a document, with its path and the name of the property or parameter that it describes. */
function walk(part, visit, path = [], name = '') {
  if (Array.isArray(part)) return part.forEach((each, index) => walk(each, visit, [...path, index], name));
  if (typeof part !== 'object' || part === null) return;
  const own = typeof part.in === 'string' && typeof part.name === 'string' ? part.name : name;
  visit(part, path, own);
  for (const [key, value] of Object.entries(part)) {
    if (DATA.has(key)) continue;
    if (key === 'properties')
      for (const [property, schema] of Object.entries(value))
        walk(schema, visit, [...path, key, property], property);
    else walk(value, visit, [...path, key], own);
  }
}

function typesOf({ type }) {
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}

function resolve(document, schema) {
  const name = schema?.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : resolve(document, document.components?.schemas?.[name]);
}

/** Yields every operation, with its path in the document. */
function* operations(document) {
  for (const [path, item] of Object.entries(document.paths ?? {}))
    for (const method of METHODS)
      if (item[method] !== undefined) yield { path, operation: item[method], at: ['paths', path, method] };
}

/** Returns the components sent or received as JSON: those that `paths` references, directly or not, except the schemas of streamed events. */
function reachable(document) {
  const found = new Set();
  const follow = (part) => {
    if (Array.isArray(part)) return part.forEach(follow);
    if (typeof part !== 'object' || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key === 'contentSchema') continue;
      const name =
        key === '$ref' && typeof value === 'string' ? value.replace('#/components/schemas/', '') : undefined;
      if (name === undefined) follow(value);
      else if (!found.has(name)) {
        found.add(name);
        follow(document.components?.schemas?.[name]);
      }
    }
  };
  follow(document.paths ?? {});
  return found;
}

const checks = {
  /** NSwag reads only the first alternative and throws on the others. Kiota returns an empty wrapper. */
  unions(document, problem) {
    const used = reachable(document);
    walk(document, (schema, path) => {
      if (path[0] === 'components' && path[1] === 'schemas' && !used.has(path[2])) return;
      for (const key of ['oneOf', 'anyOf']) {
        const real = Array.isArray(schema[key]) ? schema[key].filter((each) => each.type !== NULL) : [];
        if (real.length > 1)
          problem(
            [...path, key],
            `${key} has ${real.length} alternatives: publish one schema, or describe a value of any type in the description`,
          );
      }
      if (Array.isArray(schema.type) && schema.type.filter((each) => each !== NULL).length > 1)
        problem([...path, 'type'], 'more than one type');
    });
  },

  /** NSwag parses a stream as one JSON object. A client that buffers text never returns while the stream is followed. */
  streams(document, problem) {
    for (const { path, operation, at } of operations(document))
      for (const [status, { content = {} }] of Object.entries(operation.responses ?? {})) {
        const types = Object.keys(content);
        const here = [...at, 'responses', status, 'content'];
        const streamed = types.filter(
          (type) => STREAMS.has(type) || (type === 'text/plain' && LOG.test(path)),
        );
        for (const type of streamed) {
          const schema = content[type].schema ?? {};
          if (schema.type !== 'string' || schema.format !== 'binary')
            problem([...here, type], `${type} is a stream: type string, format binary`);
        }
        if (streamed.length > 0 && types.includes('application/json'))
          problem(here, 'a stream needs its own route: a typed client cannot distinguish it from JSON');
        const words = streamed.map((type) => content[type].schema?.description);
        if (streamed.length > 1 && (words.includes(undefined) || new Set(words).size < words.length))
          problem(here, 'describe for each media type when it is sent');
        if (streamed.length > 0 && types[0] !== OCTETS)
          problem(here, `${OCTETS} must come first: openapi-python-client reads only the first type`);
        const [ndjson, events] = ['application/x-ndjson', 'text/event-stream'].map((type) =>
          types.indexOf(type),
        );
        if (ndjson > events && events >= 0)
          problem(here, 'application/x-ndjson must come before text/event-stream');
      }
  },

  /** Without a format, Kiota uses 32 bits for every integer, and NSwag for those that can be null. */
  integers(document, problem) {
    walk(document, (schema, path, name) => {
      if (typesOf(schema).includes('integer')) {
        const { format, minimum = 0, maximum = 0, default: value = 0 } = schema;
        if (format !== 'int32' && format !== 'int64') problem(path, 'an integer needs format int32 or int64');
        if (format === 'int32' && [minimum, maximum, value].some((each) => Math.abs(each) > INT32))
          problem(path, 'does not fit in int32');
        if (format === 'int32' && schema.maximum === undefined && WIDE.test(name))
          problem(path, `${name} needs format int64`);
      }
      for (const key of ['exclusiveMinimum', 'exclusiveMaximum'])
        if (schema[key] !== undefined) problem([...path, key], 'use minimum or maximum');
    });
  },

  /** Kiota warns about unknown formats. */
  formats(document, problem) {
    walk(document, ({ format, type }, path) => {
      if (type !== undefined && format !== undefined && !FORMATS.has(format))
        problem([...path, 'format'], `no such format: ${format}`);
    });
  },

  /** Generators turn an enum of true and false into `Follow.True` instead of a bool. */
  switches(document, problem) {
    walk(document, (schema, path) => {
      if (Array.isArray(schema.enum) && [...schema.enum].sort().join() === 'false,true')
        problem(path, 'a switch must have type boolean');
    });
  },

  /** A client that does not know the default sends zero. */
  defaults(document, problem) {
    walk(document, (schema, path) => {
      const named = NAMES_DEFAULT.exec(typeof schema.description === 'string' ? schema.description : '');
      if (named !== null && schema.default === undefined && schema.type !== 'object')
        problem(path, `the description mentions a default: ${named[0].trim()}`);
    });
    for (const { operation, at } of operations(document)) {
      const body = resolve(document, operation.requestBody?.content?.['application/json']?.schema);
      if (body === undefined || !/\bstays\b|\bunchanged\b|\bis to change\b/.test(body.description ?? ''))
        continue;
      for (const [name, schema] of Object.entries(body.properties ?? {}))
        if (schema.default !== undefined)
          problem(at, `${name}: a client would send this default with every change`);
    }
  },

  /** A class `Task` makes `Task.Delay` ambiguous. */
  'schema-names'(document, problem) {
    for (const name of Object.keys(document.components?.schemas ?? {}))
      if (TAKEN.has(name)) problem(['components', 'schemas', name], `${name} shadows a type of C# or Java`);
  },

  /** An inline enum in a query gets a name like `Status2` or `On2`. */
  'query-enums'(document, problem) {
    for (const { operation, at } of operations(document))
      (operation.parameters ?? []).forEach(({ schema = {} }, index) => {
        if (schema.enum !== undefined || schema.items?.enum !== undefined)
          problem([...at, 'parameters', index, 'schema'], 'make the enum a named component');
      });
  },

  /** ogen generates a type of the enum for each operation, and then uses one operation's type in another, which does not compile. */
  'header-enums'(document, problem) {
    for (const { operation, at } of operations(document))
      for (const [status, { headers = {} }] of Object.entries(operation.responses ?? {}))
        for (const [name, { schema = {} }] of Object.entries(headers))
          if (schema.enum !== undefined)
            problem(
              [...at, 'responses', status, 'headers', name, 'schema'],
              'a header must be a boolean, a number or an unrestricted string',
            );
  },

  /** Otherwise argument orders differ: `UpdateTaskAsync(body, task_id)`, but `TriggerTaskAsync(task_id, body)`. */
  'parameter-order'(document, problem) {
    for (const { operation, at } of operations(document)) {
      const places = (operation.parameters ?? []).map((each) => each.in);
      if (
        places.lastIndexOf('path') > places.findIndex((each) => each !== 'path') &&
        places.some((each) => each !== 'path')
      )
        problem([...at, 'parameters'], 'path parameters must come first');
      const inPath = (operation.parameters ?? [])
        .filter((each) => each.in === 'path')
        .map((each) => each['x-position']);
      const others = (operation.parameters ?? [])
        .filter((each) => each.in !== 'path')
        .map((each) => each['x-position']);
      const body = operation.requestBody === undefined ? [] : [operation.requestBody['x-position']];
      const all = [...inPath, ...body, ...others];
      if (all.some((each, index) => each !== index + 1))
        problem(at, 'x-position: path parameters from 1, then the body, then the others');
    }
  },

  /** Typed clients omit null for optional fields, so a field that null clears must also be named in `clear`. */
  clearing(document, problem) {
    for (const { operation, at } of operations(document)) {
      if (!['put', 'patch'].includes(at.at(-1))) continue;
      const body = resolve(document, operation.requestBody?.content?.['application/json']?.schema);
      const names = resolve(document, body?.properties?.clear?.items)?.enum ?? [];
      for (const [name, schema] of Object.entries(body?.properties ?? {})) {
        const alternatives = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
        const nullable = typesOf(schema).includes(NULL) || alternatives.some((each) => each.type === NULL);
        if (nullable && !(body.required ?? []).includes(name) && !names.includes(name))
          problem(at, `${name} can be null: also list it in the enum of the items of \`clear\``);
      }
    }
  },
};

/** Makes a rule that checks the whole document once. */
function rule(check) {
  return () => ({
    Root(document, { report, location }) {
      check(document, (path, message) => report({ message, location: location.child(path) }));
    },
  });
}

const rules = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, rule(check)]));

export default function muster() {
  return { id: 'muster', rules: { oas3: rules, async3: rules } };
}
