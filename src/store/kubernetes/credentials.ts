/** What proves to an API server who asks: PEM texts, and a bearer token. */
export interface Credentials {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}
