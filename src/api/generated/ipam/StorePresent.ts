// Original file: proto/store.proto


export interface _ipam_StorePresent_Daemon {
  'node'?: (string);
  'endpoint'?: (string);
}

export interface _ipam_StorePresent_Daemon__Output {
  'node': (string);
  'endpoint': (string);
}

export interface StorePresent {
  'daemons'?: (_ipam_StorePresent_Daemon)[];
}

export interface StorePresent__Output {
  'daemons': (_ipam_StorePresent_Daemon__Output)[];
}
