// Original file: proto/store.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { StoreAnnounceRequest as _ipam_StoreAnnounceRequest, StoreAnnounceRequest__Output as _ipam_StoreAnnounceRequest__Output } from '../ipam/StoreAnnounceRequest.ts';
import type { StoreAnnounced as _ipam_StoreAnnounced, StoreAnnounced__Output as _ipam_StoreAnnounced__Output } from '../ipam/StoreAnnounced.ts';
import type { StoreCreateRequest as _ipam_StoreCreateRequest, StoreCreateRequest__Output as _ipam_StoreCreateRequest__Output } from '../ipam/StoreCreateRequest.ts';
import type { StoreDeleteRequest as _ipam_StoreDeleteRequest, StoreDeleteRequest__Output as _ipam_StoreDeleteRequest__Output } from '../ipam/StoreDeleteRequest.ts';
import type { StoreDeleteResponse as _ipam_StoreDeleteResponse, StoreDeleteResponse__Output as _ipam_StoreDeleteResponse__Output } from '../ipam/StoreDeleteResponse.ts';
import type { StoreEvent as _ipam_StoreEvent, StoreEvent__Output as _ipam_StoreEvent__Output } from '../ipam/StoreEvent.ts';
import type { StoreKey as _ipam_StoreKey, StoreKey__Output as _ipam_StoreKey__Output } from '../ipam/StoreKey.ts';
import type { StoreListPresentRequest as _ipam_StoreListPresentRequest, StoreListPresentRequest__Output as _ipam_StoreListPresentRequest__Output } from '../ipam/StoreListPresentRequest.ts';
import type { StoreListRequest as _ipam_StoreListRequest, StoreListRequest__Output as _ipam_StoreListRequest__Output } from '../ipam/StoreListRequest.ts';
import type { StorePage as _ipam_StorePage, StorePage__Output as _ipam_StorePage__Output } from '../ipam/StorePage.ts';
import type { StorePresent as _ipam_StorePresent, StorePresent__Output as _ipam_StorePresent__Output } from '../ipam/StorePresent.ts';
import type { StoreUpdateRequest as _ipam_StoreUpdateRequest, StoreUpdateRequest__Output as _ipam_StoreUpdateRequest__Output } from '../ipam/StoreUpdateRequest.ts';
import type { StoreWatchRequest as _ipam_StoreWatchRequest, StoreWatchRequest__Output as _ipam_StoreWatchRequest__Output } from '../ipam/StoreWatchRequest.ts';
import type { StoredObject as _ipam_StoredObject, StoredObject__Output as _ipam_StoredObject__Output } from '../ipam/StoredObject.ts';

export interface StoreClient extends grpc.Client {
  Announce(argument: _ipam_StoreAnnounceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreAnnounced__Output>;
  Announce(argument: _ipam_StoreAnnounceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreAnnounced__Output>;
  announce(argument: _ipam_StoreAnnounceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreAnnounced__Output>;
  announce(argument: _ipam_StoreAnnounceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreAnnounced__Output>;
  
  Create(argument: _ipam_StoreCreateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Create(argument: _ipam_StoreCreateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Create(argument: _ipam_StoreCreateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Create(argument: _ipam_StoreCreateRequest, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  create(argument: _ipam_StoreCreateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  create(argument: _ipam_StoreCreateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  create(argument: _ipam_StoreCreateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  create(argument: _ipam_StoreCreateRequest, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  
  Delete(argument: _ipam_StoreDeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _ipam_StoreDeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _ipam_StoreDeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _ipam_StoreDeleteRequest, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_StoreDeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_StoreDeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_StoreDeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _ipam_StoreDeleteRequest, callback: grpc.requestCallback<_ipam_StoreDeleteResponse__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _ipam_StoreKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Get(argument: _ipam_StoreKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Get(argument: _ipam_StoreKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Get(argument: _ipam_StoreKey, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_StoreKey, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_StoreKey, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_StoreKey, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  get(argument: _ipam_StoreKey, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  
  List(argument: _ipam_StoreListRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StorePage__Output>;
  List(argument: _ipam_StoreListRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StorePage__Output>;
  list(argument: _ipam_StoreListRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StorePage__Output>;
  list(argument: _ipam_StoreListRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StorePage__Output>;
  
  ListPresent(argument: _ipam_StoreListPresentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  ListPresent(argument: _ipam_StoreListPresentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  ListPresent(argument: _ipam_StoreListPresentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  ListPresent(argument: _ipam_StoreListPresentRequest, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  listPresent(argument: _ipam_StoreListPresentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  listPresent(argument: _ipam_StoreListPresentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  listPresent(argument: _ipam_StoreListPresentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  listPresent(argument: _ipam_StoreListPresentRequest, callback: grpc.requestCallback<_ipam_StorePresent__Output>): grpc.ClientUnaryCall;
  
  Update(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Update(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Update(argument: _ipam_StoreUpdateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  Update(argument: _ipam_StoreUpdateRequest, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  update(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  update(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  update(argument: _ipam_StoreUpdateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  update(argument: _ipam_StoreUpdateRequest, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  
  UpdateStatus(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  UpdateStatus(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  UpdateStatus(argument: _ipam_StoreUpdateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  UpdateStatus(argument: _ipam_StoreUpdateRequest, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  updateStatus(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  updateStatus(argument: _ipam_StoreUpdateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  updateStatus(argument: _ipam_StoreUpdateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  updateStatus(argument: _ipam_StoreUpdateRequest, callback: grpc.requestCallback<_ipam_StoredObject__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _ipam_StoreWatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreEvent__Output>;
  Watch(argument: _ipam_StoreWatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreEvent__Output>;
  watch(argument: _ipam_StoreWatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreEvent__Output>;
  watch(argument: _ipam_StoreWatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_ipam_StoreEvent__Output>;
  
}

export interface StoreHandlers extends grpc.UntypedServiceImplementation {
  Announce: grpc.handleServerStreamingCall<_ipam_StoreAnnounceRequest__Output, _ipam_StoreAnnounced>;
  
  Create: grpc.handleUnaryCall<_ipam_StoreCreateRequest__Output, _ipam_StoredObject>;
  
  Delete: grpc.handleUnaryCall<_ipam_StoreDeleteRequest__Output, _ipam_StoreDeleteResponse>;
  
  Get: grpc.handleUnaryCall<_ipam_StoreKey__Output, _ipam_StoredObject>;
  
  List: grpc.handleServerStreamingCall<_ipam_StoreListRequest__Output, _ipam_StorePage>;
  
  ListPresent: grpc.handleUnaryCall<_ipam_StoreListPresentRequest__Output, _ipam_StorePresent>;
  
  Update: grpc.handleUnaryCall<_ipam_StoreUpdateRequest__Output, _ipam_StoredObject>;
  
  UpdateStatus: grpc.handleUnaryCall<_ipam_StoreUpdateRequest__Output, _ipam_StoredObject>;
  
  Watch: grpc.handleServerStreamingCall<_ipam_StoreWatchRequest__Output, _ipam_StoreEvent>;
  
}

export interface StoreDefinition extends grpc.ServiceDefinition {
  Announce: MethodDefinition<_ipam_StoreAnnounceRequest, _ipam_StoreAnnounced, _ipam_StoreAnnounceRequest__Output, _ipam_StoreAnnounced__Output>
  Create: MethodDefinition<_ipam_StoreCreateRequest, _ipam_StoredObject, _ipam_StoreCreateRequest__Output, _ipam_StoredObject__Output>
  Delete: MethodDefinition<_ipam_StoreDeleteRequest, _ipam_StoreDeleteResponse, _ipam_StoreDeleteRequest__Output, _ipam_StoreDeleteResponse__Output>
  Get: MethodDefinition<_ipam_StoreKey, _ipam_StoredObject, _ipam_StoreKey__Output, _ipam_StoredObject__Output>
  List: MethodDefinition<_ipam_StoreListRequest, _ipam_StorePage, _ipam_StoreListRequest__Output, _ipam_StorePage__Output>
  ListPresent: MethodDefinition<_ipam_StoreListPresentRequest, _ipam_StorePresent, _ipam_StoreListPresentRequest__Output, _ipam_StorePresent__Output>
  Update: MethodDefinition<_ipam_StoreUpdateRequest, _ipam_StoredObject, _ipam_StoreUpdateRequest__Output, _ipam_StoredObject__Output>
  UpdateStatus: MethodDefinition<_ipam_StoreUpdateRequest, _ipam_StoredObject, _ipam_StoreUpdateRequest__Output, _ipam_StoredObject__Output>
  Watch: MethodDefinition<_ipam_StoreWatchRequest, _ipam_StoreEvent, _ipam_StoreWatchRequest__Output, _ipam_StoreEvent__Output>
}
