import type { Emphasis } from '../sim/emphasis.ts';
import type { ClaimsKnown } from '../sim/options.ts';

/** One deliberate fault: what a hurried change could do to the product. */
export interface Mutation {
  /** Found only where the store itself goes back, forgets or is spoilt. */
  readonly needsForgetfulStore?: true;
  /** Found only where daemons know so much of claims; absent: wherever they do. */
  readonly claims?: ClaimsKnown;
  /** Looked for in worlds that have more of what leads to it; absent: of nothing. */
  readonly emphasis?: Emphasis;
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
}

/** Names the fault to plant, in the environment of a simulator. */
export const faultVariable = 'BERTH_PLANTED_FAULT';

export const edit = (file: string, from: string, to: string) => ({ file: `src/${file}`, from, to });

/** The text of a source file with the fault in it. @throws Error when the fault no longer fits */
export function planted({ name, edits }: Mutation, file: string, text: string): string {
  let result = text;
  for (const { from, to } of edits.filter((one) => one.file === file)) {
    if (result.split(from).length !== 2) throw new Error(`"${name}": ${file} does not have exactly once: ${from}`);
    result = result.replace(from, () => to);
  }
  return result;
}
