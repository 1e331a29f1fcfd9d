import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { organizationOf, type Role } from '../../src/tls/identity.ts';
import { issue, newAuthority, newKey, type Pair } from '../../src/tls/issue.ts';

const hourMs = 3_600_000;

export interface CardOptions {
  readonly authority?: Pair;
  readonly organization?: string;
  readonly uses?: readonly ('server' | 'client')[];
  readonly hosts?: readonly string[];
  /** When it is made, against now. */
  readonly agoMs?: number;
  readonly lifetimeMs?: number;
}

/** An authority, and whatever certificates an attacker may come with. */
export class Pki {
  readonly authority: Pair;

  constructor(name = 'berth-ca') {
    this.authority = newAuthority({ name, now: Date.now() - 48 * hourMs, lifetimeMs: 1_000 * hourMs });
  }

  card(role: Role, name: string, options: CardOptions = {}): Pair {
    const { authority = this.authority, organization = organizationOf(role), uses = ['client'], hosts = [] } = options;
    const { agoMs = 0, lifetimeMs = hourMs } = options;
    const key = newKey();
    const now = Date.now() - agoMs;
    return { key, cert: issue({ authority, subject: { name, organization }, uses, hosts, key, now, lifetimeMs }) };
  }

  node(name: string, options: CardOptions = {}): Pair {
    return this.card('node', name, { uses: ['server', 'client'], hosts: [name, '127.0.0.1', 'localhost'], ...options });
  }
}

/** Writes the three files as a daemon looks for them. */
export function writePki(folder: string, { authority }: Pki, { cert, key }: Pair): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.crt'), authority.cert);
  writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
  writeFileSync(join(folder, 'tls.crt'), cert);
}
