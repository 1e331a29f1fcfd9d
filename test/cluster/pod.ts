import { busyboxImage } from './image.ts';

/** The part of a Pod that tests look at. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface PodOptions {
  readonly name: string;
  readonly namespace?: string;
  /** Node to run on, past the scheduler; else the scheduler chooses. */
  readonly node?: string;
  readonly image?: string;
  /** What to run; the image's own command when absent, which is to wait. */
  readonly command?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A small Pod that starts and ends within seconds. */
export function podManifest(options: PodOptions): object {
  const { name, namespace = 'default', node, image = busyboxImage, command, labels = {}, annotations = {} } = options;
  const container = { name: 'main', image, imagePullPolicy: 'Never', ...(command === undefined ? {} : { command }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, annotations },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // There is no DNS service, and kubelet would say so in an event of each Pod.
      dnsPolicy: 'Default',
      // With 0 the API server would forget the Pod before kubelet has ended it.
      terminationGracePeriodSeconds: 1,
      containers: [container],
    },
  };
}

/** Whether a condition of a Pod, as `Ready`, is true. */
export function hasCondition({ status }: Pick<Pod, 'status'>, type: string): boolean {
  return status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}
