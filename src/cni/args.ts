import type { PodRef } from '../ipam/attachment.ts';
import { IpamError } from '../resources/errors.ts';

/** What CNI_ARGS may say to us. */
export interface CniArgs {
  /** `IP=`: addresses asked for, comma-separated. */
  readonly ips: readonly string[];
  /** `K8S_POD_NAMESPACE`, `K8S_POD_NAME`, `K8S_POD_UID`; undefined when there is no name. */
  readonly pod: PodRef | undefined;
  /** `IDENTITY`: for whom the address is; undefined: nobody is named. */
  readonly identity: string | undefined;
  /** `KEEP`: whether and how long it stays after its container; undefined: nothing is said. */
  readonly keep: string | undefined;
}

const known = new Set([
  'IgnoreUnknown',
  'IP',
  'IDENTITY',
  'KEEP',
  'GATEWAY',
  'MAC',
  'K8S_POD_NAMESPACE',
  'K8S_POD_NAME',
  'K8S_POD_UID',
  'K8S_POD_INFRA_CONTAINER_ID',
]);

/** Pairs separated by semicolons. Unknown keys need `IgnoreUnknown=1`, as with the reference plugins. @throws IpamError invalid-argument */
export function parseCniArgs(text: string): CniArgs {
  const pairs = new Map<string, string>();
  for (const pair of text.split(';').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw invalid(`CNI_ARGS: ${JSON.stringify(pair)} is not KEY=value`);
    pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const ignoreUnknown = ['1', 'true'].includes((pairs.get('IgnoreUnknown') ?? '').toLowerCase());
  const unknown = [...pairs.keys()].filter((key) => !known.has(key));
  if (unknown.length > 0 && !ignoreUnknown) {
    throw invalid(
      `CNI_ARGS: unknown ${unknown.join(', ')}; known: ${[...known].join(', ')} (IgnoreUnknown=1 allows others)`,
    );
  }
  const name = pairs.get('K8S_POD_NAME') ?? '';
  return {
    identity: pairs.get('IDENTITY'),
    keep: pairs.get('KEEP'),
    ips: (pairs.get('IP') ?? '').split(',').filter((ip) => ip !== ''),
    pod:
      name === ''
        ? undefined
        : { namespace: pairs.get('K8S_POD_NAMESPACE') ?? '', name, uid: pairs.get('K8S_POD_UID') ?? '' },
  };
}

function invalid(message: string): IpamError {
  return new IpamError('invalid-argument', message, { facts: { source: 'environment' } });
}
