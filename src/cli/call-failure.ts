import { type ServiceError, status } from '@grpc/grpc-js';
import { adviceTrailer, errorTrailer, pushbackTrailer } from '../api/status.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

interface Meaning {
  readonly code: string;
  /** After the daemon's address; of one that does not answer, the reason. */
  readonly says: string;
  readonly advice: string;
  readonly exit?: number;
}

const elsewhere = 'name another address with --daemon or IPAM_DAEMON';
const tooNew = 'ipam-cli version shows both versions';
const unreachable = { code: 'unreachable', exit: exitCodes.unreachable } as const;

/** What a status means that no daemon of ours gave: the library's own, or another program's. */
const byStatus: Readonly<Partial<Record<status, Meaning>>> = {
  [status.CANCELLED]: { code: 'cancelled', says: 'ended the call', advice: 'try again' },
  [status.INVALID_ARGUMENT]: { code: 'unsupported', says: 'does not understand the request', advice: tooNew },
  [status.DEADLINE_EXCEEDED]: {
    ...unreachable,
    says: 'it takes too long',
    advice: 'is it busy? --timeout gives it longer',
  },
  [status.PERMISSION_DENIED]: { code: 'permission-denied', says: 'refuses the call', advice: elsewhere },
  [status.UNAUTHENTICATED]: {
    code: 'permission-denied',
    says: 'wants to know who calls',
    advice: 'name --cacert, --cert and --key',
  },
  [status.RESOURCE_EXHAUSTED]: {
    code: 'too-large',
    says: 'sends or gets more than one message holds',
    advice: 'ask for less at once',
  },
  [status.UNIMPLEMENTED]: {
    code: 'unsupported',
    says: 'does not do that',
    advice:
      'it may be of an earlier version (ipam-cli version); members and snapshots of a cluster are of daemons that were started with --bootstrap or --join; of the embedded engine ipam-daemon --backup makes a copy, and --restore takes it',
  },
  [status.INTERNAL]: { code: 'failed', says: 'broke the connection off, or is no ipam-daemon', advice: elsewhere },
  [status.UNKNOWN]: { code: 'failed', says: 'is no ipam-daemon', advice: elsewhere },
};

/** Why there is no connection, by what the system says. */
const byCause: readonly (readonly [pattern: RegExp, says: string, advice: string])[] = [
  [/ENOENT/, 'there is no such socket', `is ipam-daemon running? ${elsewhere}`],
  [/EACCES|EPERM/, 'this user may not use the socket', 'the socket is for its owner, root, and grpc.socketGroup'],
  [/ENOTSOCK|EPROTOTYPE/, 'that is no socket', elsewhere],
  [/ECONNREFUSED/, 'nobody listens there', `is ipam-daemon running? ${elsewhere}`],
  [/ENOTFOUND|EAI_|Name resolution|resolution failed/i, 'the name cannot be resolved', elsewhere],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'the network has no way there', elsewhere],
  [
    /ECONNRESET|EPIPE|dropped|closed|GOAWAY|RST_STREAM|read ECONN/i,
    'it ended the connection',
    'it may be stopping, or have got too many connections from here: try again',
  ],
];
const away = [
  'it may not run',
  `is ipam-daemon running? ${elsewhere} (a socket needs the same user, or root)`,
] as const;

/** After how many milliseconds the daemon says that it would answer; undefined: it does not say that. */
export function toldToWait(error: ServiceError): number | undefined {
  const [text] = error.metadata?.get(pushbackTrailer) ?? [];
  return text === undefined ? undefined : Number(text);
}

/** A failed call in the user's terms: no status names, no texts of the library. */
export function cliError(error: ServiceError | null, address: string): CliError {
  if (error === null) return new CliError(`${address} sent an empty answer`);
  const [code] = error.metadata?.get(errorTrailer) ?? [];
  if (code === undefined) return undecided(error, address);
  const [advice] = error.metadata?.get(adviceTrailer) ?? [];
  return new CliError(error.details, {
    code: String(code),
    advice: advice === undefined ? '' : advice.toString(),
    exit: error.code === status.NOT_FOUND ? exitCodes.notFound : exitCodes.failed,
  });
}

/** No daemon said anything: the call did not come to one, or to something else. */
function undecided({ code, details }: ServiceError, address: string): CliError {
  const meaning = code === status.UNAVAILABLE ? undefined : byStatus[code];
  if (meaning !== undefined && meaning.exit !== exitCodes.unreachable) {
    return new CliError(`${address} ${meaning.says}`, meaning);
  }
  const [, says, advice] = byCause.find(([pattern]) => pattern.test(details)) ?? ['', ...away];
  return new CliError(`ipam-daemon does not answer at ${address}: ${meaning?.says ?? says}`, {
    ...unreachable,
    advice: meaning?.advice ?? advice,
  });
}
