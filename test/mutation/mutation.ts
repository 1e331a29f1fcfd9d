import type { ClaimsKnown } from '../sim/options.ts';

/** One deliberate fault: what a hurried change could do to the product. */
export interface Mutation {
  /** Found only where the store itself goes back, forgets or is spoilt. */
  readonly needsForgetfulStore?: true;
  /** Last found after more than a million operations (docs/reliability.md): `make mutation-check` looks for it, `make test` says that it does not. */
  readonly isRare?: true;
  /** Found only where daemons know so much of claims; absent: wherever they do. */
  readonly claims?: ClaimsKnown;
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
}

export const edit = (file: string, from: string, to: string) => ({ file: `src/${file}`, from, to });
