/** What the webhook's server shows, and what API servers must trust to believe it; all PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Empty: somebody else tells the API servers. */
  readonly caBundle: string;
}

/** Where certificates come from. Asked again and again, so that a new one is served without a restart. */
export interface TlsSource {
  /** @throws IpamError when there is none just now; the former one stays in service */
  read(): Promise<TlsMaterial>;
}
