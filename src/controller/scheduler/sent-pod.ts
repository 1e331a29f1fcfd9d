import { z } from 'zod';
import { ownerReferenceSchema } from '../../resources/manifest.ts';

const texts = z.record(z.string(), z.string());

/** As much of a Pod as tells which addresses it gets. */
export const sentPodSchema = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    uid: z.string().default(''),
    labels: texts.nullish(),
    annotations: texts.nullish(),
    ownerReferences: z.array(ownerReferenceSchema).nullish(),
  }),
  spec: z.object({ hostNetwork: z.boolean().nullish() }).nullish(),
});
export type SentPod = z.output<typeof sentPodSchema>;
