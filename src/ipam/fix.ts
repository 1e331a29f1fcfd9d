import type { Attachment } from './attachment.ts';

/**
 * What a daemon can do about something that `check` has found, and that can be taken back. All else is refused: a repair that
 * destroys what cannot be had again is for somebody who knows why.
 */
export type Fix =
  /** Of a container whose network namespace is gone. */
  | { readonly kind: 'release'; readonly attachment: Attachment; readonly undo: string }
  /** Of a block that its pool does not have; handed back when it is empty, and not otherwise. */
  | { readonly kind: 'return-block'; readonly node: string; readonly cidr: string; readonly pool: string }
  /** A claim that no record stands behind: by the rules of garbage collection. */
  | { readonly kind: 'collect' }
  /** An address on record that no claim stands for: claimed again. */
  | { readonly kind: 'secure'; readonly address: string };

/** A command that puts on record again what a release takes from it. */
export function undoOfRelease(
  { network, containerId, ifname }: Attachment,
  addresses: readonly string[],
  pod: { readonly namespace: string; readonly name: string } | undefined,
): string {
  const of = `--container ${containerId} --network ${network} --ifname ${ifname} --force --reason undo`;
  return `ipam-cli set ${addresses.join(' ')} --pod ${pod === undefined ? 'NAMESPACE/NAME' : `${pod.namespace}/${pod.name}`} ${of}`;
}
