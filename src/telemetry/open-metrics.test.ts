import { describe, expect, it } from 'vitest';
import { openMetrics, prefersOpenMetrics } from './open-metrics.ts';

describe('a scrape in the format of OpenMetrics', () => {
  it('calls counters without their ending, marks its end, and says nothing else anew', () => {
    const text = `# HELP a_total How often "a" came
# TYPE a_total counter
a_total{code="x"} 2

# HELP b Bees
# TYPE b gauge
b 1e+21
# HELP c_total Cs
# TYPE c_total untyped
c_total 3

# HELP d Ds
# TYPE d histogram
d_bucket{le="+Inf"} 1
d_sum 1
d_count 1
`;
    expect(openMetrics(text)).toBe(`# HELP a How often \\"a\\" came
# TYPE a counter
a_total{code="x"} 2
# HELP b Bees
# TYPE b gauge
b 1e+21
# HELP c_total Cs
# TYPE c_total unknown
c_total 3
# HELP d Ds
# TYPE d histogram
d_bucket{le="+Inf"} 1
d_sum 1
d_count 1
# EOF
`);
  });
});

describe('who asks', () => {
  it.each<[string | undefined, boolean]>([
    [
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      true,
    ],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', true],
    ['application/openmetrics-text', true],
    ['text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5', false],
    ['application/openmetrics-text;version=2.0.0', false],
    ['application/openmetrics-text;q=0', false],
    ['application/openmetrics-text;q=bad', false],
    ['text/html,*/*', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('with "%s" gets OpenMetrics: %s', (accept, is) => expect(prefersOpenMetrics(accept)).toBe(is));
});
