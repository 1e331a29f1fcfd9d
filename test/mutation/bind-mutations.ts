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
        'if (isParked(claim)) return;',
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
];
