import { edit, type Mutation } from './mutation.ts';

/** Faults of daemons that know their own claims only, and go by hints of the rest (decision 51). */
export const ownClaimsMutations: readonly Mutation[] = [
  {
    name: 'a page that says that an address is free is believed, though its claim is refused',
    claims: 'own',
    edits: [
      edit(
        'daemon/allocation/claim-taking.ts',
        'const claim = await this.#options.store.create(wanted);',
        "const claim = await this.#options.store.create(wanted).catch((error: unknown) => { if (!this.#claims.everybodys.areAsked || epoch === undefined || !isIpamError(error, 'already-exists')) throw error; const { spec } = wanted; return { ...wanted, metadata: { ...wanted.metadata, uid: spec.node + spec.address, resourceVersion: String(2 ** 40), creationTimestamp: new Date(this.#options.clock.now()).toISOString() } }; });",
      ),
    ],
  },
  {
    name: 'what a daemon has claimed is listed once, and never again',
    claims: 'own',
    needsForgetfulStore: true,
    edits: [edit('daemon/view/own-claims-follower.ts', 'await this.#lists.run();\n    if', 'if')],
  },
  {
    name: 'a part of what is kept for a Pod is taken for all of it',
    claims: 'own',
    edits: [
      edit(
        'daemon/allocation/asked-claims.ts',
        'return items.filter((claim) => placeOfClaim(claim) === place);',
        'return items.slice(1).filter((claim) => placeOfClaim(claim) === place);',
      ),
    ],
  },
];
