import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Attachment, attachmentKey, type PodRef } from '../ipam/attachment.ts';

/** libcni's cache of an ADD (results/NETWORK-CONTAINER-IFNAME): the arguments of the runtime are pairs. */
const entrySchema = z.looseObject({
  containerId: z.string(),
  ifName: z.string(),
  networkName: z.string(),
  cniArgs: z.array(z.tuple([z.string(), z.string()])).nullish(),
});

/** Whose an attachment is, as far as libcni remembers. A file that is no such entry is passed over. */
export function cachedPods(cniCache: string): (attachment: Attachment) => { readonly pod?: PodRef } {
  const directory = join(cniCache, 'results');
  const pods = new Map<string, PodRef>();
  for (const name of namesIn(directory)) {
    const entry = entrySchema.safeParse(jsonOf(join(directory, name)));
    if (!entry.success) continue;
    const { containerId, ifName, networkName, cniArgs } = entry.data;
    const args = new Map(cniArgs ?? []);
    const pod = { namespace: args.get('K8S_POD_NAMESPACE') ?? '', name: args.get('K8S_POD_NAME') ?? '' };
    if (pod.namespace === '' || pod.name === '') continue;
    const key = attachmentKey({ network: networkName, containerId, ifname: ifName });
    pods.set(key, { ...pod, uid: args.get('K8S_POD_UID') ?? '' });
  }
  return (attachment) => {
    const pod = pods.get(attachmentKey(attachment));
    return pod === undefined ? {} : { pod };
  };
}

/** Without the cache nothing is lost but the names of Pods. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // A full disk leaves halves, and other programs their files.
    return undefined;
  }
}
