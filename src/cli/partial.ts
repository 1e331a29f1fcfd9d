import type { Command } from 'commander';
import type { UnansweredNode__Output } from '../api/generated/ipam/UnansweredNode.ts';
import { exitCodes } from './exit-codes.ts';
import type { Run } from './run.ts';

export interface Local {
  /** Only what the daemon knows that is asked. */
  readonly local?: boolean;
}

/** The option of every command that answers for the whole cluster. */
export function withLocal(command: Command): Command {
  return command.option('--local', 'only what this daemon knows itself; no other is asked');
}

/** Names the daemons that did not answer, and has the exit status say that something is missing. */
export function tellMissing(run: Run, unanswered: readonly UnansweredNode__Output[]): void {
  if (unanswered.length === 0) return;
  run.setExit(exitCodes.partial);
  for (const one of unanswered) run.warn(missingText(one));
}

export function missingText({ node_id: node, reason }: UnansweredNode__Output): string {
  if (node === '') return `what others have changed since is not seen: ${reason}`;
  return `node "${node}" did not answer, and what it alone knows is missing: ${reason}`;
}
