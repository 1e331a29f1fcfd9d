// Original file: proto/ipam.proto

import type { ForecastOutlook as _ipam_ForecastOutlook, ForecastOutlook__Output as _ipam_ForecastOutlook__Output } from '../ipam/ForecastOutlook.ts';
import type { Long } from '@grpc/proto-loader';

export interface Forecast {
  'kind'?: (string);
  'name'?: (string);
  'taken'?: (string);
  'total'?: (string);
  'at_ms'?: (number | string | Long);
  'outlooks'?: (_ipam_ForecastOutlook)[];
  'family'?: (number);
}

export interface Forecast__Output {
  'kind': (string);
  'name': (string);
  'taken': (string);
  'total': (string);
  'at_ms': (string);
  'outlooks': (_ipam_ForecastOutlook__Output)[];
  'family': (number);
}
