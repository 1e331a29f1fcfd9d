/** Exit statuses of ipam-cli; `--help` and docs/cli.md print this table. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  violations: 3,
  notFound: 4,
  unreachable: 5,
  partial: 6,
  differs: 7,
} as const;

export const exitCodeHelp = `Exit status:
  0  done
  1  the daemon refused, or something failed
  2  wrong arguments or manifest
  3  check found violations, scan strangers
  4  not found
  5  the daemon cannot be reached
  6  the answer is partial: some daemons did not answer, and what they alone know is unknown; or nobody can tell who has an address
  7  diff found that an apply would change something`;
