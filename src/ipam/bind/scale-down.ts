import type { Labels } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';

/**
 * What becomes of the addresses of ordinals below which a StatefulSet was scaled down, in the words in which its
 * `persistentVolumeClaimRetentionPolicy` says it of volumes.
 */
export const scaleDownPolicies = ['Delete', 'Retain'] as const;
export type ScaleDownPolicy = (typeof scaleDownPolicies)[number];

/** On a StatefulSet itself: on its template a change would roll its Pods out anew. */
export const whenScaledAnnotation = 'berth.network/addresses-when-scaled';

/**
 * Do addresses stay for ordinals that are scaled away, until the StatefulSet is gone? What cannot be read frees nothing.
 * @param annotations of the StatefulSet @param usual where it does not say
 */
export function keepsWhenScaled(annotations: Labels, usual: ScaleDownPolicy): boolean {
  return (ownValue(annotations, whenScaledAnnotation) ?? usual) !== 'Delete';
}
