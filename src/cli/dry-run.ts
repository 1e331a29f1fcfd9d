/** Of every command that changes something and can say what would come of it. */
export const dryRun = ['--dry-run', 'say what would come of it, and change nothing'] as const;

/** Behind what would have come of it, as kubectl writes it. */
export const dryRunMark = ' (dry run)';
