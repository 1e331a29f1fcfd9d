import { z } from 'zod';
import type { PatchStep } from '../../resources/json-patch.ts';
import { parseWith } from '../../resources/schema.ts';

/** What is echoed or logged of a review is no longer than what an API server sends. */
const text = z.string().max(253);

/** admission.k8s.io/v1, as much of it as anybody here reads; API servers may add fields at any time. */
const reviewSchema = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: text.min(1),
    kind: z.object({ group: text, version: text, kind: text }),
    subResource: text.optional(),
    /** Absent in a create that leaves the name to the server. */
    name: text.optional(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    userInfo: z
      .object({
        username: z.string().max(1024).optional(),
        /** What an authenticator says besides: from Kubernetes 1.31 on the node of a Pod's token. */
        extra: z.record(z.string(), z.array(z.string())).nullish(),
      })
      .optional(),
    /** Null in a delete. */
    object: z.unknown(),
    /** Null in a create. */
    oldObject: z.unknown(),
    dryRun: z.boolean().nullish(),
  }),
});

export type AdmissionRequest = z.output<typeof reviewSchema>['request'];

/** What a handler says to a request. */
export type Verdict =
  | { readonly allowed: true; readonly warnings?: readonly string[]; readonly patch?: readonly PatchStep[] }
  | { readonly allowed: false; readonly status: DenialStatus; readonly warnings?: readonly string[] };

/** The part of the API's `Status` that clients show and act on. */
export interface DenialStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** @throws IpamError invalid-argument: this is no review, or one of a version that we did not ask for */
export function parseReview(body: unknown): AdmissionRequest {
  return parseWith(reviewSchema, body, 'AdmissionReview', 'invalid-argument').request;
}

/** The body that answers a request. */
export function reviewAnswer(uid: string, verdict: Verdict): object {
  const { allowed, warnings = [] } = verdict;
  const more = warnings.length === 0 ? {} : { warnings };
  const response = allowed ? { allowed, ...patchFields(verdict.patch) } : { allowed, status: verdict.status };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, ...response, ...more } };
}

function patchFields(patch: readonly PatchStep[] = []): object {
  if (patch.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}
