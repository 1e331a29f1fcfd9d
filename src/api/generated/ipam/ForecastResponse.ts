// Original file: proto/ipam.proto

import type { Forecast as _ipam_Forecast, Forecast__Output as _ipam_Forecast__Output } from '../ipam/Forecast.ts';
import type { UnansweredNode as _ipam_UnansweredNode, UnansweredNode__Output as _ipam_UnansweredNode__Output } from '../ipam/UnansweredNode.ts';

export interface ForecastResponse {
  'forecasts'?: (_ipam_Forecast)[];
  'unanswered'?: (_ipam_UnansweredNode)[];
}

export interface ForecastResponse__Output {
  'forecasts': (_ipam_Forecast__Output)[];
  'unanswered': (_ipam_UnansweredNode__Output)[];
}
