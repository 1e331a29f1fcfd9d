import { formatAddress, parseAddress } from '../ip/address.ts';
import { formatPrefix, parsePrefix, prefixContains, prefixesOverlap } from '../ip/prefix.ts';
import { formatRangeSet, intersect } from '../ip/range-set.ts';
import { readable } from '../ip/readable.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import {
  bornText,
  createdAnnotation,
  heldStillBy,
  migrationAnnotation,
  unmarked,
} from '../resources/migration-marks.ts';
import { poolKind } from '../resources/pool.ts';
import { brief } from '../resources/refusal.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { keyText, movedKinds } from './holdings.ts';
import { asItWas, heldStill, joined, markOf, readPool } from './pools.ts';
import { saysTheSame } from './same.ts';

/** One write to the target. */
export type Step =
  | { readonly action: 'create'; readonly resource: Resource; readonly isGoing: boolean }
  | { readonly action: 'update'; readonly resource: Stored<Resource> }
  | { readonly action: 'delete'; readonly resource: Stored<Resource> };

/** Why a migration cannot be: what the source has and what the target has exclude each other. */
export interface Conflict {
  readonly subject: string;
  readonly reason: string;
  readonly advice: string;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
  /** Objects of the source that the target has already. */
  readonly kept: number;
}

/**
 * What it takes for the target to hold all that the source holds. The target itself is the record of how far the
 * migration is: what is there already needs no step, so an interrupted migration goes on where it was.
 * @param id the migration's name: what it made it may change and delete, and nothing else
 */
export function planMigration(source: readonly Resource[], target: readonly Resource[], id: string): Plan {
  const present = new Map(target.map((resource) => [keyText(resource), resource as Stored<Resource>]));
  const wanted = new Set(source.map(keyText));
  // A pool that another migration moved away from here gives nothing out any more: what it has is history.
  const history = new Set(
    target.filter((one) => heldStillBy(one)?.phase === 'moved').map(({ metadata }) => metadata.name),
  );
  const isOurs = (resource: Resource): boolean =>
    resource.metadata.annotations?.[migrationAnnotation] === id || history.has(poolOf(resource));
  const steps: Step[] = [];
  const conflicts: Conflict[] = [];
  let kept = 0;
  for (const original of source) {
    const there = present.get(keyText(original));
    if (there === undefined) {
      steps.push({ action: 'create', resource: copyOf(original, id), isGoing: isGoing(original) });
    } else if (saysTheSame(asItWas(original), asItWas(there))) {
      kept += 1;
      const update = takenOver(there, id, history);
      if (update !== undefined) steps.push({ action: 'update', resource: update });
    } else if (
      isOurs(there) &&
      isGoing(original) &&
      !isGoing(there) &&
      saysTheSame(asItWas(staying(original)), asItWas(there))
    ) {
      steps.push({ action: 'delete', resource: there });
    } else if (isOurs(there)) {
      steps.push({ action: 'update', resource: overwritten(there, original, id) });
    } else {
      conflicts.push(differs(original, there));
    }
  }
  const others = target.filter((resource) => !wanted.has(keyText(resource)));
  for (const resource of others) {
    if (resource.kind !== poolKind && isOurs(resource))
      steps.push({ action: 'delete', resource: present.get(keyText(resource)) as Stored<Resource> });
  }
  conflicts.push(
    ...collisions(
      source,
      others.filter((resource) => !isOurs(resource)),
    ),
  );
  return { steps: inOrder(steps, history), conflicts, kept };
}

/**
 * What is deleted comes first; then what others refer to. A pool that was moved away from here gives nothing out until it
 * is taken over, and says until then that what it has is history: it comes last.
 */
function inOrder(steps: readonly Step[], history: ReadonlySet<string>): readonly Step[] {
  const rank = ({ action, resource }: Step): number => {
    const place = movedKinds.indexOf(resource.kind);
    if (action === 'delete') return -place - 1;
    return resource.kind === poolKind && history.has(resource.metadata.name) ? movedKinds.length : place;
  };
  return steps.toSorted((a, b) => rank(a) - rank(b));
}

function copyOf(original: Resource, id: string): Resource {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = original.metadata;
  const born = bornText(original.metadata);
  const copy: Resource = {
    apiVersion: original.apiVersion,
    kind: original.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      annotations: {
        ...unmarked(annotations),
        ...(born === undefined ? {} : { [createdAnnotation]: born }),
        [migrationAnnotation]: id,
      },
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: asItWas(original).spec,
  };
  return original.kind === poolKind ? heldStill(copy, id, 'copying') : copy;
}

/** A pool that was there already and is not ours: it says which migration joined it. Undefined: nothing to write. */
function takenOver(there: Stored<Resource>, id: string, history: ReadonlySet<string>): Stored<Resource> | undefined {
  if (there.kind !== poolKind || markOf(there, id) !== undefined) return undefined;
  return history.has(there.metadata.name) ? heldStill(asItWas(there), id, 'copying') : joined(there, id);
}

function overwritten(there: Stored<Resource>, original: Resource, id: string): Stored<Resource> {
  const { metadata, spec } = copyOf(original, id);
  const { uid, resourceVersion, creationTimestamp } = there.metadata;
  const finalizers = [...new Set([...(there.metadata.finalizers ?? []), ...(metadata.finalizers ?? [])])];
  return {
    ...there,
    metadata: {
      ...metadata,
      labels: { ...there.metadata.labels, ...metadata.labels },
      ...(finalizers.length === 0 ? {} : { finalizers }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec,
  };
}

function differs(original: Resource, there: Resource): Conflict {
  const subject = subjectOf(original);
  if (original.kind === claimKind) {
    const [a, b] = [original, there] as Claim[];
    return {
      subject,
      reason: `held by ${holder(a)} in the source, by ${holder(b)} in the target`,
      advice: 'delete one of the two Pods, and repeat',
    };
  }
  if (original.kind === blockKind) {
    const [a, b] = [original, there] as Block[];
    return {
      subject,
      reason: `leased to node "${a?.spec.node}" in the source, to node "${b?.spec.node}" in the target`,
      advice: 'empty one of the two nodes and hand the block back (ipam-cli release), and repeat',
    };
  }
  return {
    subject,
    reason: 'the target has one of the same name that says something else',
    advice: `compare ipam-cli get ${original.kind.toLowerCase()} ${original.metadata.name} of both, and make them agree`,
  };
}

/** Things of different names that cannot be in one store. */
function* collisions(source: readonly Resource[], others: readonly Resource[]): Generator<Conflict> {
  if (others.length === 0) return;
  const poolsOf = (resources: readonly Resource[]) =>
    resources.filter(({ kind }) => kind === poolKind).flatMap((one) => readPool(asItWas(one)) ?? []);
  for (const pool of poolsOf(source)) {
    for (const other of poolsOf(others)) {
      const shared = formatRangeSet(intersect(pool.usable, other.usable));
      if (shared.length === 0) continue;
      yield {
        subject: `${poolKind} "${pool.name}"`,
        reason: `offers ${brief(shared)}, as ${poolKind} "${other.name}" of the target does`,
        advice: 'give the two different ranges (spec.ips, spec.excludeIPs), or migrate to an empty target',
      };
    }
  }
  const blocks = [...blocksOf(source), ...blocksOf(others)];
  for (const [mine, theirs] of [
    [source, others],
    [others, source],
  ] as const) {
    for (const { block, prefix } of blocksOf(mine)) {
      for (const claim of theirs.filter((one): one is Claim => one.kind === claimKind)) {
        const address = readable(claim.spec.address, parseAddress);
        if (address === undefined || !prefixContains(prefix, address)) continue;
        yield {
          subject: `${claimKind} "${formatAddress(address)}"`,
          reason: `held by ${holder(claim)}, and inside block ${formatPrefix(prefix)} of node "${block.spec.node}"`,
          advice: 'empty the node and hand the block back, or delete the Pod, and repeat',
        };
      }
    }
  }
  const foreign = new Set(blocksOf(others).map(({ block }) => block.spec.cidr));
  for (const { block, prefix } of blocks) {
    const other = blocks.find(
      (one) =>
        one.prefix.length < prefix.length &&
        foreign.has(one.block.spec.cidr) !== foreign.has(block.spec.cidr) &&
        prefixesOverlap(one.prefix, prefix),
    );
    if (other === undefined) continue;
    yield {
      subject: `${blockKind} "${block.spec.cidr}"`,
      reason: `leased to node "${block.spec.node}", and inside ${other.block.spec.cidr} of node "${other.block.spec.node}"`,
      advice: 'empty one of the two nodes and hand the block back, and repeat',
    };
  }
}

function blocksOf(resources: readonly Resource[]) {
  return resources
    .filter((one): one is Block => one.kind === blockKind)
    .flatMap((block) => {
      const prefix = readable(block.spec.cidr, parsePrefix);
      return prefix === undefined ? [] : [{ block, prefix }];
    });
}

function poolOf({ kind, metadata, spec }: Resource): string {
  if (kind === poolKind) return metadata.name;
  return kind === claimKind || kind === blockKind ? (spec as Claim['spec'] | Block['spec']).pool : '';
}

function holder(claim: Claim | undefined): string {
  if (claim === undefined) return 'nobody';
  const { podNamespace, podName, node } = claim.spec;
  const pod = podName === undefined ? attachmentKey(claim.spec) : `Pod ${podNamespace}/${podName}`;
  return `${pod} on node "${node}"`;
}

function subjectOf(resource: Resource): string {
  return `${resource.kind} "${resource.metadata.name}"`;
}

function staying({ metadata: { deletionTimestamp: _, ...metadata }, ...rest }: Resource): Resource {
  return { ...rest, metadata };
}

function isGoing({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp !== undefined;
}
