import { bindMutations } from './bind-mutations.ts';
import { clusterMutations } from './cluster-mutations.ts';
import { conflictMutations } from './conflict-mutations.ts';
import { historyMutations } from './history-mutations.ts';
import { machineMutations } from './machine-mutations.ts';
import { edit, type Mutation } from './mutation.ts';
import { ownClaimsMutations } from './own-claims-mutations.ts';
import { reclaimMutations } from './reclaim-mutations.ts';

export type { Mutation };

/** A claim that no store ever saw. */
const invented =
  'const claim = ((claim: Claim) => ({ ...claim, metadata: { ...claim.metadata, uid: claim.spec.node + claim.spec.address, resourceVersion: String(2 ** 40), creationTimestamp: new Date(this.#options.clock.now()).toISOString() } }) as Stored<Claim>)(claimFor(claimant, pool, address, this.#options.daemon));';

export const mutations: readonly Mutation[] = [
  {
    name: 'an address of a shared pool is claimed without the store',
    edits: [
      edit('daemon/allocation/claim-taking.ts', 'const claim = await this.#options.store.create(wanted);', invented),
    ],
  },
  {
    name: "a claim that somebody else was faster to make is taken for one's own",
    edits: [
      edit(
        'daemon/allocation/claim-taking.ts',
        'onRefused();\n      return undefined;',
        invented.replace('const claim =', 'return'),
      ),
    ],
  },
  {
    name: 'a release goes by the name of the Pod',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'const allocation = this.ledger.find(attachment);\n    const now',
        'const named = this.ledger.find(attachment)?.pod?.name;\n    const allocation = [...this.ledger.all()].find(({ pod }) => pod?.name === named);\n    const now',
      ),
    ],
  },
  {
    name: 'a pool for other Pods is given',
    edits: [edit('ipam/select/affinity.ts', 'if (selected) return undefined;', 'return undefined;')],
  },
  {
    name: 'ADD is answered before its record is durable',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'await this.#parts.journal.commit([hold, ...wakes]);',
        'void this.#parts.journal.commit([hold, ...wakes]).catch(() => {});',
      ),
    ],
  },
  {
    name: 'DEL is answered without a record',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        "await journal.commit([{ type: 'drop', allocation, cause }, ...cooldowns]);",
        'await journal.commit(cooldowns);',
      ),
    ],
  },
  {
    name: 'a second ADD gets other addresses',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'if (!this.#isQuarantined(present)) {',
        'this.ledger.remove(request.attachment);\n      if (!this.#isQuarantined(present) && this.ledger.size < 0) {',
      ),
    ],
  },
  {
    name: 'an ADD that a runtime repeats is answered although its interface is there',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'if (isDuplicateAdd(present, request.execution)) throw duplicateAdd(present, request.execution);',
        'isDuplicateAdd(present, request.execution);',
      ),
    ],
  },
  {
    name: 'an ADD that a runtime repeats is refused, and what the container has is released',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'if (isDuplicateAdd(present, request.execution)) throw duplicateAdd(present, request.execution);',
        'if (isDuplicateAdd(present, request.execution)) {\n          await this.#release(request.attachment);\n          throw duplicateAdd(present, request.execution);\n        }',
      ),
    ],
  },
  {
    name: 'which execution an address was given to is not on record',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'const executionId = execution?.id || undefined;',
        'const executionId = undefined;',
      ),
    ],
  },
  {
    name: 'calls about one attachment do not wait for each other',
    edits: [
      edit(
        'platform/keyed-lock.ts',
        'else await new Promise<void>((resolve) => void others.push(resolve));',
        'else await Promise.resolve();',
      ),
    ],
  },
  {
    name: 'an ADD that failed keeps what it had taken',
    emphasis: 'failing-disks',
    edits: [edit('daemon/allocation/node-ipam.ts', 'await grant.undo();', 'await Promise.resolve(grant);')],
  },
  {
    name: 'the gateway of a block is given out',
    edits: [
      edit(
        'ipam/claim/layout.ts',
        'rangeSet([...subnetEdges(block).ranges, { first: gateway, last: gateway }])',
        'rangeSet([...subnetEdges(block).ranges])',
      ),
    ],
  },
  {
    name: 'a shared pool gives out all of its subnet',
    edits: [
      edit(
        'ipam/claim/layout.ts',
        'usable: subtract(pool.usable, reserved),\n    fixed',
        'usable: rangeSet([prefixRange(pool.subnet)]),\n    fixed',
      ),
    ],
  },
  {
    name: 'the cool-down is ignored',
    edits: [
      edit(
        'allocator/block-allocator.ts',
        'if (owner !== undefined && this.cooldownMs > 0)',
        'if (owner !== undefined && this.cooldownMs < 0)',
      ),
    ],
  },
  {
    name: 'what cools down is not on record',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'const cooldowns: JournalChange[] = coolingDown.map(',
        'const cooldowns: JournalChange[] = coolingDown.slice(0, 0).map(',
      ),
    ],
  },
  {
    name: 'what cools down is forgotten when its pool changes',
    edits: [
      edit(
        'ipam/claim/address-space.ts',
        'for (const { address, until } of coolingDown) this.allocator.coolDown(parseAddress(address), until);',
        'void coolingDown;',
      ),
    ],
  },
  {
    name: 'an empty block is handed back without another look',
    emphasis: 'returned-blocks',
    edits: [
      edit('daemon/maintenance.ts', '(block.space?.used ?? 0) > 0 || ', ''),
      edit('daemon/allocation/block-leases.ts', 'if (used > 0) {', 'if (used < 0) {'),
    ],
  },
  {
    name: 'a start without the store goes by a last known state without reservations',
    edits: [
      edit('daemon/view/follow-store.ts', 'lastKnown: lastKnown?.reservations }', 'lastKnown: lastKnown && [] }'),
    ],
  },
  {
    name: 'GC does not read the list of what is valid',
    edits: [edit('ipam/reclaim/garbage.ts', ' || live.has(attachmentKey(attachment))', '')],
  },
  {
    name: 'orphaned claims are never reclaimed',
    edits: [edit('ipam/reclaim/garbage.ts', '> deadlineMs,', '> deadlineMs * 1e6,')],
  },
  {
    name: 'a restart does not mark the addresses on record',
    edits: [
      edit(
        'daemon/allocation/leased-source.ts',
        'return blocks.spaceOfHeld(held)?.adopt(parseAddress(held.address), key, clock.now()) ?? false;',
        'return blocks.spaceOfHeld(held) !== undefined && key.length + clock.now() > 0;',
      ),
    ],
  },
  {
    name: 'a changed file changes the pool that the former one made',
    edits: [edit('resources/range-pool.ts', 'cidr, router ?? null, ips, ...more]', 'cidr]')],
  },
  {
    name: 'the pool of ranges goes while something of it is held',
    edits: [
      edit(
        'ipam/reclaim/idle-range-pools.ts',
        'return isOurs && !inUse.has(name) ? [name] : [];',
        'return isOurs ? [name] : [];',
      ),
      edit(
        'resources/rules/pool-rules.ts',
        '  if (rangesOwner(before)?.node === undefined) return;\n  const held',
        '  if (findings.warnings.length >= 0) return;\n  const held',
      ),
    ],
  },
  {
    name: 'networks that never meet are one',
    edits: [
      edit(
        'resources/scope.ts',
        'export function addressKey({ address, pool }: { readonly address: string; readonly pool: string }): string {\n  return inScope(address, scopeOf(pool));',
        'export function addressKey({ address }: { readonly address: string; readonly pool: string }): string {\n  return address;',
      ),
    ],
  },
  {
    name: 'an address in quarantine is given out again',
    edits: [
      edit(
        'daemon/view/catalog.ts',
        'this.#reserved = union(addressesOf([...this.#reservations.values()]), this.#withheld);',
        'this.#reserved = union(this.planned, this.#withheld);',
      ),
    ],
  },
  {
    name: 'whoever holds an address in quarantine is forgotten',
    emphasis: 'conflicts',
    edits: [
      edit(
        'ipam/claim/address-space.ts',
        "if (outcome !== 'claimed') this.#unbacked.set(formatAddress(address), [address, owner]);",
        '',
      ),
    ],
  },
  {
    name: 'a store that went back is not noticed',
    emphasis: 'forgetful-store',
    needsForgetfulStore: true,
    edits: [
      edit('store/history.ts', 'if (proof !== undefined) this.#listener?.wentBack(this.#kind, proof);', 'void proof;'),
      edit('store/history.ts', 'if (evidence !== undefined) listener.wentBack(this.#kind, evidence);', ''),
      edit('daemon/recovery/vanished.ts', 'if (isEndOf(lost, known, listed)) history', 'if (lost.length < 0) history'),
    ],
  },
  {
    name: 'that all is gone proves that the store went back',
    edits: [
      edit(
        'store/history.ts',
        'const evidence = !isKept ? hint : missing.size > 0 ? unexplained : undefined;',
        'const evidence = unexplained === undefined ? undefined : hint;',
      ),
    ],
  },
  {
    name: 'what is on record is not claimed again after the store went back',
    emphasis: 'forgetful-store',
    needsForgetfulStore: true,
    edits: [
      edit('daemon/recovery/record-keeper.ts', 'if (isSettling()) this.lookAtAll();', ''),
      edit(
        'daemon/recovery/record-keeper.ts',
        'sources.all.flatMap((source) => source.takeLost())',
        'sources.all.flatMap((source) => source.takeLost()).slice(0, 0)',
      ),
    ],
  },
  {
    name: 'a journal is opened without the record that cannot be read',
    needsForgetfulStore: true,
    edits: [
      edit(
        'daemon/recovery/restore.ts',
        'const { allocations, coolingDown } = journal.load();',
        'let contents: ReturnType<typeof journal.load>;\n  try {\n    contents = journal.load();\n  } catch (error) {\n    contents = (error as { facts: { contents: typeof contents } }).facts.contents;\n  }\n  const { allocations, coolingDown } = contents;',
      ),
    ],
  },
  {
    name: 'what an object that could not be used stood for is free once it is deleted',
    emphasis: 'spoilt-objects',
    needsForgetfulStore: true,
    edits: [edit('daemon/daemon.ts', 'history.holdBack(ranges);', '')],
  },
  {
    name: 'a block on record is not leased again',
    needsForgetfulStore: true,
    edits: [
      edit(
        'daemon/allocation/leased-source.ts',
        'if (pool !== undefined && blocks.find(block) === undefined) {',
        'if (pool !== undefined && block.length === 0) {',
      ),
    ],
  },
  {
    name: 'a pool of ranges that the store forgot is not made again',
    emphasis: 'forgetful-store',
    needsForgetfulStore: true,
    edits: [
      edit(
        'daemon/recovery/record-keeper.ts',
        'if (ranges.isForgotten(held.pool)) await ranges.makeAgain(held.pool);',
        '',
      ),
    ],
  },
  ...bindMutations,
  ...clusterMutations,
  ...conflictMutations,
  ...machineMutations,
  ...ownClaimsMutations,
  ...reclaimMutations,
  ...historyMutations,
];
