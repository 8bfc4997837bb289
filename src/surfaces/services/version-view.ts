import type { z } from 'zod';
import type { ServiceVersionDocument } from '#projections/services/service-versions.js';
import { differences, MASK, wireTime, type Difference } from '#src/http/index.js';
import { unsentDifferences } from './unsent-differences.js';
import type { SecretPart, VersionContent } from './configurations.js';
import type { versionList } from './contract/service.js';
import { configView } from './service-view.js';

type View = z.input<typeof versionList>['versions'][number];

/** Returns the view of a version and its differences from the previous one. Secret values are compared but never shown. */
export function viewVersion(
  version: ServiceVersionDocument,
  createdByName: string | null,
  content: VersionContent,
  former: VersionContent | undefined,
): View {
  const config = configView(version.config, undefined);
  const changes = former === undefined ? [] : changesBetween(former, content);
  return {
    version: version.version,
    because: version.because,
    from: version.from,
    created_by: version.by,
    created_by_name: createdByName,
    created_at: wireTime(version.at),
    config,
    image_digest: version.imageDigest ?? null,
    changes,
  };
}

/** Returns the differences of what was sent, then those of what runs that follow from something else, such as a changed template. */
export function changesBetween(before: VersionContent, after: VersionContent): Difference[] {
  const found = [
    ...differences(configView(before.config, undefined), configView(after.config, undefined)),
    ...secretDifferences(before.secret, after.secret),
    ...unsentDifferences(before, after),
  ];
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function secretDifferences(before: SecretPart, after: SecretPart): Difference[] {
  const [former, file] = [before.nomad_job_file, after.nomad_job_file];
  const isOther = former !== undefined && file !== undefined && former !== file;
  const found: Difference[] = isOther ? [{ path: 'nomad_job_file', before: MASK, after: MASK }] : [];
  for (const part of ['environment', 'custom_variables'] as const)
    for (const [name, value] of Object.entries(after[part] ?? {}))
      if (Object.hasOwn(before[part] ?? {}, name) && before[part]?.[name] !== value)
        found.push({ path: `${part}.${name}`, before: MASK, after: MASK });
  return found;
}
