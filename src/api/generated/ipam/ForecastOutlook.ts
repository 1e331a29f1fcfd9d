// Original file: proto/ipam.proto

import type { Long } from '@grpc/proto-loader';

export interface ForecastOutlook {
  'window'?: (string);
  'needs_ms'?: (number | string | Long);
  'pace_low'?: (number | string);
  'pace_high'?: (number | string);
  'earliest_seconds'?: (number | string);
  'latest_seconds'?: (number | string);
  '_earliest_seconds'?: "earliest_seconds";
  '_latest_seconds'?: "latest_seconds";
}

export interface ForecastOutlook__Output {
  'window': (string);
  'needs_ms': (string);
  'pace_low': (number);
  'pace_high': (number);
  'earliest_seconds'?: (number);
  'latest_seconds'?: (number);
  '_earliest_seconds'?: "earliest_seconds";
  '_latest_seconds'?: "latest_seconds";
}
