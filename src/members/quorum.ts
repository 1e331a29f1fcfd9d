import { IpamError } from '../resources/errors.ts';
import type { ListedMember } from './etcd-admin.ts';

/** Members that must answer for a write of a cluster with so many voters. */
export function majority(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

export interface Attendance {
  readonly members: readonly ListedMember[];
  /** Ids of those that answer. */
  readonly running: ReadonlySet<string>;
}

/**
 * May this member go? What stays must have a majority that runs.
 * @throws IpamError quorum-at-risk
 */
export function checkRemoval({ members, running }: Attendance, gone: ListedMember): void {
  if (gone.isLearner) return;
  const stay = members.filter(({ isLearner, id }) => !isLearner && id !== gone.id);
  if (stay.length === 0) {
    throw new IpamError('quorum-at-risk', `${labelOf(gone)} is the last member that votes`, {
      advice: 'to end the cluster stop its daemon; to move it, join another member first',
    });
  }
  const answer = stay.filter(({ id }) => running.has(id));
  const needed = majority(stay.length);
  if (answer.length >= needed) return;
  const away = stay.filter(({ id }) => !running.has(id)).map(labelOf);
  throw new IpamError(
    'quorum-at-risk',
    `without ${labelOf(gone)} ${stay.length} voters stay, ${needed} of which must run; ${answer.length} do`,
    {
      advice: `start ${away.join(', ')} first, or remove one of those that do not run`,
      facts: { voters: stay.length, needed, running: answer.length },
    },
  );
}

/**
 * May one be added? All voters must run: each that is unreachable is one that the larger cluster can lose no more.
 * @throws IpamError not-ready
 */
export function checkAddition({ members, running }: Attendance): void {
  const voters = members.filter(({ isLearner }) => !isLearner);
  const away = voters.filter(({ id }) => !running.has(id));
  if (voters.length - away.length < majority(voters.length)) {
    throw new IpamError(
      'not-ready',
      `the cluster has no majority: ${voters.length - away.length} of ${voters.length} voters run`,
      {
        advice: `start ${away.map(labelOf).join(', ')}`,
      },
    );
  }
  const learner = members.find(({ isLearner }) => isLearner);
  if (learner === undefined) return;
  throw new IpamError('not-ready', `${labelOf(learner)} is still catching up; members join one after the other`, {
    advice: `if it will never come, ipam-cli members remove ${learner.name || learner.id}`,
  });
}

export function labelOf({ name, id, peerUrl }: ListedMember): string {
  return name === '' ? `${id} (${peerUrl}, not started yet)` : name;
}
