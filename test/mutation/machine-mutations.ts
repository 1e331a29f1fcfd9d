import { edit, type Mutation } from './mutation.ts';

/** Faults of the machines that say who has which block and which claim (`src/ipam/claim`). */
export const machineMutations: readonly Mutation[] = [
  {
    name: 'a block whose return was not answered is used again',
    emphasis: 'returned-blocks',
    edits: [
      edit(
        'ipam/claim/block-machine.ts',
        '// Another node may have it by now, or nobody: so it stays unused, and the store is told again.\n',
        'this.#writes.undeleted(event.block.metadata.uid);\n        this.#returning.delete(event.block.metadata.uid);\n        this.#put(event.block);\n',
      ),
    ],
  },
  {
    name: "another daemon's blocks are taken for one's own",
    edits: [
      edit(
        'ipam/claim/block-machine.ts',
        'return resource.spec.daemon === this.#daemon;',
        'return resource.spec.daemon.length > 0;',
      ),
    ],
  },
  {
    name: 'a block that is gone is counted on',
    edits: [
      edit(
        'ipam/claim/block-machine.ts',
        'this.#blocks.delete(cidr);\n    if (!this.isOwn(leased))',
        'if (!this.isOwn(leased))',
      ),
    ],
  },
  {
    name: 'what is held in a block that went is forgotten',
    emphasis: 'forgetful-store',
    needsForgetfulStore: true,
    edits: [
      edit(
        'ipam/claim/block-machine.ts',
        'this.unbacked.add(resource.spec.cidr, formatAddress(address), owner);',
        'void formatAddress(address).concat(owner);',
      ),
    ],
  },
  {
    name: 'what is parked counts as its last holder’s',
    edits: [
      edit('ipam/claim/claim-state.ts', 'return spec.parkedAt === undefined ? spec : undefined;', 'return spec;'),
    ],
  },
  {
    name: 'a claim that is gone is counted on',
    edits: [edit('ipam/claim/claim-machine.ts', 'this.#claims.remove(claim);\n', '')],
  },
  {
    name: 'what another daemon releases does not cool down here',
    claims: 'all',
    edits: [
      edit(
        'daemon/allocation/shared-spaces.ts',
        'for (const space of this.at(spec)) space.release(parseAddress(spec.address), now);',
        'for (const space of this.at(spec)) space.forget(parseAddress(spec.address));',
      ),
    ],
  },
];
