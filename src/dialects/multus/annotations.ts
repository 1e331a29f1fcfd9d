import { z } from 'zod';
import { IpamError } from '../../resources/errors.ts';
import { foldKeys } from '../../resources/go-json.ts';
import { parseJsonText } from '../../resources/json-text.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { systemNamespace } from '../../resources/names.ts';
import { parseWith } from '../../resources/schema.ts';

const networksAnnotation = 'k8s.v1.cni.cncf.io/networks';
const defaultNetworkAnnotation = 'v1.multus-cni.io/default-network';

/** A NetworkAttachmentDefinition that a Pod asks for. */
export interface NetworkSelection {
  readonly namespace: string;
  readonly name: string;
  /** The interface asked for; Multus calls the others net1, net2 … by their place in the list. */
  readonly interface: string | undefined;
}

/** The annotation belongs to Multus, which checks it: only what is needed here is looked at. */
const selectionSchema = z
  .array(
    z.preprocess(
      foldKeys(['name', 'namespace', 'interface']),
      z.looseObject({
        name: z.string().min(1),
        namespace: z.string().nullish(),
        interface: z.string().nullish(),
      }),
    ),
  )
  .max(64);

/** The networks that a Pod asks for beside its default one, in order. @throws IpamError invalid-config */
export function networksOf(annotations: Labels, podNamespace: string, subject: string): readonly NetworkSelection[] {
  return selections(annotations, networksAnnotation, podNamespace, subject);
}

/** The network that a Pod asks for in place of the cluster's default one. @throws IpamError invalid-config */
export function defaultNetworkOf(annotations: Labels, subject: string): NetworkSelection | undefined {
  return selections(annotations, defaultNetworkAnnotation, systemNamespace, subject)[0];
}

function selections(
  annotations: Labels,
  annotation: string,
  namespace: string,
  subject: string,
): readonly NetworkSelection[] {
  const text = Object.hasOwn(annotations, annotation) ? (annotations[annotation] ?? '').trim() : '';
  if (text === '') return [];
  const where = `${subject}: annotation ${annotation}`;
  const value = /[[{"]/.test(text) ? parseJsonText(text, where) : text.split(',').map((item) => shortForm(item, where));
  return parseWith(selectionSchema, value, where).map((selection) => ({
    namespace: selection.namespace ? selection.namespace : namespace,
    name: selection.name,
    interface: selection.interface ? selection.interface : undefined,
  }));
}

/** `namespace/name@interface`, of which only the name must be there. */
function shortForm(text: string, where: string): object {
  const [, namespace, name, interfaceName] = /^(?:([^/@]+)\/)?([^/@]+)(?:@([^/@]+))?$/.exec(text.trim()) ?? [];
  if (name === undefined) {
    throw new IpamError(
      'invalid-config',
      `${where}: ${JSON.stringify(text.slice(0, 80))} is not namespace/name@interface`,
    );
  }
  return { name: name.trim(), namespace: namespace?.trim(), interface: interfaceName?.trim() };
}
