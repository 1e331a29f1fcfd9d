/** The part that every resource shares, shaped like a Kubernetes object. */
export interface Metadata {
  readonly name: string;
  /** Only kinds that live in a namespace have one. */
  readonly namespace?: string;
  /** Given by the store at create; identity across delete and re-create under one name. */
  readonly uid?: string;
  /** Opaque to everything above the store; given by it at every write. */
  readonly resourceVersion?: string;
  /** RFC 3339, given by the store at create. */
  readonly creationTimestamp?: string;
  /** RFC 3339, given by the store: it was deleted, and goes when its last finalizer goes. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** The one owner that keeps it as it should be. */
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface Resource<Kind extends string = string, Spec = unknown, Status = unknown> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly spec: Spec;
  readonly status?: Status;
}

/** A resource as a store returned it: the fields that the store gives are there. */
export type Stored<R extends Resource> = R & {
  readonly metadata: Metadata & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
  };
};
