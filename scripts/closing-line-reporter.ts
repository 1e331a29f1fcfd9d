import type { Reporter, TestCase, TestModule } from 'vitest/node';

const mostOfAMessage = 300;

/** Ends the output with one plain line of counts, and says why each skipped test was skipped and what each failed one met. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const failures: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'pending' || !isChosen(test)) continue;
        counts[result.state] += 1;
        if (result.state === 'skipped') {
          process.stdout.write(`skipped: ${test.fullName}: ${result.note ?? 'no reason given'}\n`);
        }
        // Whoever sees only the end of a long output reads there what to run again.
        if (result.state === 'failed') failures.push(line(module, test.fullName, result.errors[0]?.message));
      }
      // What fails before or after its tests, which then count as skipped.
      const suites = [...module.children.allSuites()].map((suite) => ({
        name: suite.fullName,
        errors: suite.errors(),
      }));
      for (const { name, errors } of [{ name: 'the file', errors: module.errors() }, ...suites]) {
        counts.failed += errors.length;
        for (const { message } of errors) failures.push(line(module, name, message));
      }
    }
    counts.failed += unhandled.length;
    for (const failure of failures) process.stdout.write(failure);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}

/** With `-t` all other tests are skipped as well: of these nobody asks why. */
function isChosen({ project, fullName }: TestCase): boolean {
  const { testNamePattern } = project.config;
  return testNamePattern === undefined || fullName.search(testNamePattern) >= 0;
}

function line({ moduleId }: TestModule, name: string, message = ''): string {
  return `failed: ${moduleId}: ${name}: ${message.slice(0, mostOfAMessage)}\n`;
}
