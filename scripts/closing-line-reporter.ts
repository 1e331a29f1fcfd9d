import type { Reporter, TestModule } from 'vitest/node';

const mostOfAMessage = 300;

/** Ends the output with one plain line of counts, and says why each skipped test was skipped and what each failed one met. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const failures: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'pending') continue;
        counts[result.state] += 1;
        if (result.state === 'skipped') {
          process.stdout.write(`skipped: ${test.fullName}: ${result.note ?? 'no reason given'}\n`);
        }
        // Whoever sees only the end of a long output reads there what to run again.
        const message = result.errors?.[0]?.message.slice(0, mostOfAMessage);
        if (result.state === 'failed') failures.push(`failed: ${module.moduleId}: ${test.fullName}: ${message}\n`);
      }
      counts.failed += module.errors().length;
    }
    counts.failed += unhandled.length;
    for (const failure of failures) process.stdout.write(failure);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
