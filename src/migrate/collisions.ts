import { formatAddress, parseAddress } from '../ip/address.ts';
import { formatPrefix, parsePrefix, prefixContains, prefixesOverlap } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import type { Resource } from '../resources/resource.ts';
import { defaultScope, scopeOf } from '../resources/scope.ts';
import type { Conflict } from './conflict.ts';
import { keyText } from './holdings.ts';

/** One object of the source, and one of the target that has its name and says something else. */
export function differs(original: Resource, there: Resource): Conflict {
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

/** Two objects of the source that would be one here. */
export function* repeated(source: readonly Resource[]): Generator<Conflict> {
  const seen = new Map<string, Resource>();
  for (const resource of source) {
    const key = keyText(resource);
    const former = seen.get(key);
    if (former === undefined) seen.set(key, resource);
    else if (resource.kind === claimKind) {
      const [a, b] = [former, resource] as Claim[];
      yield {
        subject: subjectOf(resource),
        reason: `held by ${holder(a)}, and by ${holder(b)}`,
        advice: 'delete one of the two Pods, and repeat',
      };
    } else {
      yield {
        subject: subjectOf(resource),
        reason: 'the source has two that would be named so here',
        advice: 'delete or rename one of them, and repeat',
      };
    }
  }
}

/** Claims and blocks of different names that cannot be in one store. */
export function* collisions(source: readonly Resource[], others: readonly Resource[]): Generator<Conflict> {
  if (others.length === 0) return;
  const blocks = [...blocksOf(source), ...blocksOf(others)];
  for (const [mine, theirs] of [
    [source, others],
    [others, source],
  ] as const) {
    for (const { block, prefix } of blocksOf(mine)) {
      for (const claim of theirs.filter(isClaimBesideBlocks)) {
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

/** Blocks are in the default scope: what is claimed in another is another address. */
function isClaimBesideBlocks(resource: Resource): resource is Claim {
  return resource.kind === claimKind && scopeOf((resource as Claim).spec.pool) === defaultScope;
}

function blocksOf(resources: readonly Resource[]) {
  return resources
    .filter((one): one is Block => one.kind === blockKind)
    .flatMap((block) => {
      const prefix = readable(block.spec.cidr, parsePrefix);
      return prefix === undefined ? [] : [{ block, prefix }];
    });
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
