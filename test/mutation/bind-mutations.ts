import { edit, type Mutation } from './mutation.ts';

/** Faults of addresses that stay. */
export const bindMutations: readonly Mutation[] = [
  {
    name: 'an address that stays is freed at DEL',
    edits: [
      edit(
        'ipam/bind/at-del.ts',
        'if (isApplication(identity.owner) || recorded.some((held) => addressKey(held) === key)) return',
        'if (key === "") return',
      ),
    ],
  },
  {
    name: 'what an ADD that fails had taken over is freed',
    emphasis: 'failing-disks',
    edits: [
      edit(
        'daemon/allocation/shared-source.ts',
        '() => this.#options.fixed.park(claim)',
        '() => this.#options.shared.release(claim)',
      ),
    ],
  },
  {
    name: 'an ordinal that is scaled away is given up at once',
    edits: [edit('ipam/bind/owner-gone.ts', 'return now - since >= graceMs;', 'return now - since >= graceMs * 0;')],
  },
  {
    name: "a Pod has an application's address without asking for it",
    edits: [
      edit(
        'ipam/claim/address-space.ts',
        'this.open = layout.fixed.ranges.length === 0 ? layout.usable : subtract(layout.usable, layout.fixed);',
        'this.open = layout.usable;',
      ),
    ],
  },
  {
    name: 'what is kept for a Pod is not looked for at its ADD',
    edits: [edit('ipam/bind/at-add.ts', 'if (!isFor(asker, claim)) continue;', 'if (isFor(asker, claim)) continue;')],
  },
  {
    name: 'a fresh address is given before all is known that is kept',
    edits: [
      edit(
        'daemon/allocation/kept-taking.ts',
        'if (await comesInTime(shared.untilShown(claim), shownMs, clock)) {',
        'if (claim !== undefined) return undefined; else {',
      ),
    ],
  },
  {
    name: 'what is kept is taken from a container that has it still',
    edits: [
      edit(
        'ipam/bind/at-add.ts',
        "if (isParked(claim)) return heldSince < bornAt(claim) ? held : { type: 'take', claim, pool };",
        "return heldSince < bornAt(claim) ? held : { type: 'take', claim, pool };",
      ),
    ],
  },
  {
    name: 'a late DEL frees what is kept',
    edits: [
      edit(
        'ipam/claim/claim-machine.ts',
        'return holder === undefined ? undefined : attachmentKey(holder);',
        'return attachmentKey(holder ?? claim.spec);',
      ),
      edit(
        'daemon/allocation/kept-returns.ts',
        'if (isParked(claim)) return false;',
        'if (isParked(claim)) return shared.release(claim);',
      ),
    ],
  },
  {
    name: 'the lessee of a block gives what is kept out of it',
    edits: [
      edit(
        'ipam/claim/claimed-in-block.ts',
        'const within = [...addresses].filter((address) => prefixContains(block, address));',
        'const within = [...addresses].filter((address) => !prefixContains(block, address));',
      ),
    ],
  },
  {
    name: 'what is kept in a block is forgotten when a node starts without the store',
    edits: [edit('daemon/view/last-known-state.ts', 'claims: claims(),', 'claims: [],')],
  },
  {
    name: "what another node keeps in a daemon's blocks is forgotten with its list of its own claims",
    claims: 'own',
    edits: [
      edit(
        'daemon/allocation/asked-claims.ts',
        'const before = own().filter((claim) => toKnow.isOfRecord(claim));',
        'const before = own();',
      ),
    ],
  },
  {
    name: 'a virtual machine that starts anew takes its address from a Pod that has it, as if it moved',
    edits: [
      edit(
        'ipam/bind/at-add.ts',
        'if (identity?.migrates !== true || isHeldBy(claim, attachmentKey(attachment))) return false;',
        'if (identity === undefined || isHeldBy(claim, attachmentKey(attachment))) return false;',
      ),
    ],
  },
  {
    name: 'the target of a live migration gets an address of its own',
    edits: [
      edit(
        'ipam/bind/at-add.ts',
        "if (isMovingFrom(claim, asker)) return { type: 'take', claim, pool };",
        'if (isMovingFrom(claim, asker)) continue;',
      ),
    ],
  },
  {
    name: 'a quota is looked at before the claim, and not after it',
    edits: [
      edit(
        'daemon/allocation/quota-guard.ts',
        'if (quota === undefined || !isLimited(pool, quota)) return;\n    if (!(await comesInTime',
        'if (quota !== undefined || claim === undefined) return;\n    if (!(await comesInTime',
      ),
    ],
  },
  {
    name: 'an address is in the pools of two applications',
    edits: [
      edit(
        'controller/applications/automatic-pools.ts',
        'free = subtract(free, union(value.usable, heldIn(state, resource.metadata.name)));',
        'free = subtract(union(free, free), heldIn(state, resource.metadata.name));',
      ),
    ],
  },
  {
    name: 'the pool of an application does not shrink',
    edits: [
      edit('ipam/bind/automatic-plan.ts', 'const dropped = least < has ?', 'const dropped = least < has && has < 0n ?'),
    ],
  },
];
