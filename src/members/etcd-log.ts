import { ownValue } from '../resources/own-value.ts';

/** One line that etcd printed, as our log takes it. */
export interface EtcdLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const levels: Readonly<Record<string, EtcdLine['level']>> = {
  debug: 'debug',
  // What etcd tells in the course of its work interests whoever looks for a fault in it.
  info: 'debug',
  warn: 'warn',
  error: 'error',
  dpanic: 'error',
  panic: 'error',
  fatal: 'error',
};

/**
 * Said at every start (of tokens that we do not use), or once a second and more while another member is unreachable, which the
 * member list says better; or told by the audit.
 */
const chatter =
  /^(simple token is not cryptographically signed|prober detected unhealthy status|lost TCP streaming connection|peer became inactive|failed to reach the peer URL|failed to get version|health check for peer failed|rejected connection)/;

/** Reads a line of etcd's JSON log; anything else, a panic's trace, is an error of its own. */
export function parseEtcdLine(line: string): EtcdLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { level: 'error', message: line, fields: {} };
  }
  if (typeof parsed !== 'object' || parsed === null) return { level: 'error', message: line, fields: {} };
  const { level, msg, ts: _ts, caller: _caller, stacktrace: _trace, ...fields } = parsed as Record<string, unknown>;
  const message = String(msg ?? '');
  return { level: chatter.test(message) ? 'debug' : (ownValue(levels, String(level)) ?? 'warn'), message, fields };
}

/** The cluster no longer has this member: starting it again would end in the same way. */
export function saysRemoved({ message, fields }: EtcdLine): boolean {
  return /member has been permanently removed|member was removed|has been removed from the cluster/.test(
    `${message} ${String(fields.error ?? '')}`,
  );
}

/** A connection of somebody who is no member. */
export interface PeerRejection {
  /** Without a port. */
  readonly address: string;
  /** For the metric: one of few. */
  readonly reason: string;
  readonly message: string;
}

/** Those that go away in the middle are refused nothing. */
const departure = /^(EOF|.*(connection reset|broken pipe|i\/o timeout).*)$/;
const reasons: readonly (readonly [RegExp, string])[] = [
  [/didn't provide a certificate/, 'no-certificate'],
  [/expired or is not yet valid/, 'expired-certificate'],
  [/unknown authority/, 'untrusted-certificate'],
  [/incompatible key usage/, 'wrong-purpose'],
  [/client certificate authentication failed/, 'no-member'],
];

/** Whom etcd has refused on the port of consensus; undefined: the line is about something else. */
export function rejectionOf({ message, fields }: EtcdLine): PeerRejection | undefined {
  const error = String(fields.error ?? '');
  if (!message.startsWith('rejected connection') || departure.test(error)) return undefined;
  const [, reason] = reasons.find(([pattern]) => pattern.test(error)) ?? [];
  return {
    address: String(fields['remote-addr'] ?? '')
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1'),
    reason: reason ?? 'bad-handshake',
    message: `no connection to etcd came about: ${error.slice(0, 200)}`,
  };
}
