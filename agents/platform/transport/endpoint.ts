import { BlockList, isIP } from 'node:net';

/**
 * Addresses that an agent can never have: link-local (cloud instance metadata) and metadata addresses outside that range (AWS over IPv6, Alibaba,
 * Azure, Oracle). All other addresses may be nodes, whether internal or not.
 */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');

const METADATA_NAMES =
  /^(metadata|metadata\.google\.internal|instance-data(\.ec2\.internal)?|metadata\.[a-z0-9-]+\.internal)\.?$/;

/** Explains why an address is forbidden. Returns undefined if it is not. Zone ids are ignored, and embedded IPv4 addresses are checked. */
export function checkAddress(address: string): string | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return undefined;
  if (family === 4)
    return forbidden.check(bare, 'ipv4') ? `${bare} is link-local or a metadata address` : undefined;
  if (forbidden.check(bare, 'ipv6')) return `${bare} is link-local or a metadata address`;
  const inner = embeddedIPv4(bare);
  return inner !== undefined && forbidden.check(inner, 'ipv4')
    ? `${bare} is ${inner}, which is link-local or a metadata address`
    : undefined;
}

/**
 * Explains why an endpoint is rejected. Returns undefined if it is valid. It must be http(s) without path, query or credentials, and not link-local.
 * Names are checked again each time they are resolved (`guarded-pool.ts`).
 */
export function checkEndpoint(endpoint: string): string | undefined {
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    return 'must be a URL such as http://10.0.0.5:9000';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be http or https';
  if (url.username !== '' || url.password !== '') return 'must not contain credentials';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]/.test(endpoint))
    return 'must have no path, query or fragment';
  if (url.port === '0') return 'must not have port 0';
  const host = url.hostname.toLowerCase();
  if (METADATA_NAMES.test(host)) return `${host} is a metadata service`;
  return checkAddress(host);
}

/** Returns the IPv4 address embedded in an IPv6 address: mapped, compatible, NAT64 or 6to4. */
function embeddedIPv4(address: string): string | undefined {
  const words = expand(address);
  const dotted = (high: number, low: number): string =>
    [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const [a = 0, b = 0, c = 0] = words;
  const leading = words.slice(0, 5).every((word) => word === 0);
  if (leading && (words[5] === 0xffff || words[5] === 0)) return dotted(words[6] ?? 0, words[7] ?? 0);
  if (a === 0x64 && b === 0xff9b) return dotted(words[6] ?? 0, words[7] ?? 0);
  if (a === 0x2002) return dotted(b, c);
  return undefined;
}

function expand(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((word) => word.toString(16)).join(':'),
  );
  const [head = '', tail] = plain.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const left = parse(head);
  const right = tail === undefined ? [] : parse(tail);
  return [...left, ...new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
}
