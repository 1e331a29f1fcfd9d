/**
 * One interface of one container on one network: what the CNI specification (section 3) calls an
 * attachment. Liveness is judged by this, never by a Pod's name.
 */
export interface Attachment {
  /** The network's name: letters, digits, `_ . -`. */
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
}

/** One text per attachment; none of the three parts may hold a slash. */
export function attachmentKey(attachment: Attachment): string {
  return `${attachment.network}/${attachment.containerId}/${attachment.ifname}`;
}

/** @param one undefined: none, which is no other */
export function isSameAttachment(one: Attachment | undefined, other: Attachment): boolean {
  return one !== undefined && attachmentKey(one) === attachmentKey(other);
}

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  /** Empty when the runtime does not tell. */
  readonly uid: string;
}

/** A Pod in a message. */
export function podSubject({ namespace, name }: PodRef): string {
  return `Pod "${namespace}/${name}"`;
}

/** What container runtimes call the interface of a Pod's default network. */
export const defaultInterface = 'eth0';
