import { type Asker, askerOf, mayHaveKept, placeOfAsker } from '../../ipam/bind/asker.ts';
import { type Identity, isApplication, isAskedToStay, virtualMachineKind } from '../../ipam/bind/identity.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface KeptForParts {
  readonly shared: Pick<SharedClaims, 'everybodys'>;
  readonly options: Pick<DaemonOptions, 'enableStatefulSet' | 'enableKubevirtStaticIP'>;
}

/** For whom do addresses stay, by what is set and by what is known? */
export class KeptFor {
  readonly #parts: KeptForParts;

  constructor(parts: KeptForParts) {
    this.#parts = parts;
  }

  /** What is asked for is kept; what a StatefulSet's Pods and virtual machines have unless that is turned off. */
  keeps(identity: Identity | undefined): boolean {
    const { enableStatefulSet = true, enableKubevirtStaticIP = true } = this.#parts.options;
    if (identity?.owner.kind === virtualMachineKind) return enableKubevirtStaticIP;
    if (identity !== undefined && (isApplication(identity.owner) || isAskedToStay(identity.owner))) return true;
    return enableStatefulSet;
  }

  /** Does an address that is given now stay with whom it is for, beyond its container? */
  keepsFor({ identity }: Claimant): boolean {
    return identity !== undefined && identity.stay !== 'container' && this.keeps(identity);
  }

  /** Whoever asks, if anything may be kept for him. Costs nothing; for what is not, nobody need wait. */
  askerWithKept(claimant: Claimant): Asker | undefined {
    const asker = askerOf(claimant);
    if (asker === undefined || !this.keeps(asker.identity)) return undefined;
    const { everybodys } = this.#parts.shared;
    // To ask the store for each Pod of which nothing is ever kept would cost more than its claim.
    if (everybodys.areAsked && !mayHaveKept(claimant)) return undefined;
    return everybodys.mayBeKeptAt(placeOfAsker(asker)) ? asker : undefined;
  }
}
