import { IpamError } from '../resources/errors.ts';

/** Released versions of the CNI specification, oldest first. */
export const supportedVersions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;
export type CniVersion = (typeof supportedVersions)[number];

export type Verb = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION';

/** The version that brought each verb. */
const since: Readonly<Record<Verb, CniVersion>> = {
  ADD: '0.1.0',
  DEL: '0.1.0',
  VERSION: '0.2.0',
  CHECK: '0.4.0',
  GC: '1.1.0',
  STATUS: '1.1.0',
};

/** A configuration that names no version is of 0.1.0, which had no such key. @throws IpamError incompatible-version */
export function versionOf(text: string | undefined): CniVersion {
  if (text === undefined || text === '') return '0.1.0';
  const version = supportedVersions.find((supported) => supported === text);
  if (version !== undefined) return version;
  throw new IpamError('incompatible-version', `cniVersion ${JSON.stringify(text)} is not supported`, {
    advice: `supported: ${supportedVersions.join(', ')}`,
  });
}

/** @throws IpamError incompatible-version when the verb came later than the configuration's version */
export function requireVerb(verb: Verb, version: CniVersion): void {
  if (isAtLeast(version, since[verb])) return;
  throw new IpamError(
    'incompatible-version',
    `${verb} needs cniVersion ${since[verb]} or later; the configuration says ${version}`,
  );
}

export function isAtLeast(version: CniVersion, other: CniVersion): boolean {
  return supportedVersions.indexOf(version) >= supportedVersions.indexOf(other);
}
