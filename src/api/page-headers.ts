/** Nothing of others is loaded, nothing of ours is shown inside of others, nothing is run that is not a file of ours. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of every answer. */
export const headersOfAll = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // Not none: a browser would hide the origin of our own forms from us.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Of what is another a moment later, and differs from person to person. */
export const headersOfPage = {
  'cache-control': 'no-store',
  vary: 'accept-language, cookie, accept-encoding',
} as const;
