/** What lets somebody in: what stands before the `@` of a URL, and tokens as conda writes them into one. */
const IN_URLS = /(\w+:\/\/)[^\s/@]+@|(\/t\/)[^\s/]+(?=\/)/g;

/** Takes secrets out of what a tool says. `secrets`: those that it was given. */
export function masked(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  return clean.replace(IN_URLS, (_, scheme: string | undefined, token: string | undefined) => (scheme === undefined ? `${token ?? ''}***` : `${scheme}***@`));
}
