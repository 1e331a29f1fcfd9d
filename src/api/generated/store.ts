import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { StoreClient as _ipam_StoreClient, StoreDefinition as _ipam_StoreDefinition } from './ipam/Store.ts';
import type { StoreAnnounceRequest as _ipam_StoreAnnounceRequest, StoreAnnounceRequest__Output as _ipam_StoreAnnounceRequest__Output } from './ipam/StoreAnnounceRequest.ts';
import type { StoreAnnounced as _ipam_StoreAnnounced, StoreAnnounced__Output as _ipam_StoreAnnounced__Output } from './ipam/StoreAnnounced.ts';
import type { StoreCreateRequest as _ipam_StoreCreateRequest, StoreCreateRequest__Output as _ipam_StoreCreateRequest__Output } from './ipam/StoreCreateRequest.ts';
import type { StoreDeleteRequest as _ipam_StoreDeleteRequest, StoreDeleteRequest__Output as _ipam_StoreDeleteRequest__Output } from './ipam/StoreDeleteRequest.ts';
import type { StoreDeleteResponse as _ipam_StoreDeleteResponse, StoreDeleteResponse__Output as _ipam_StoreDeleteResponse__Output } from './ipam/StoreDeleteResponse.ts';
import type { StoreEvent as _ipam_StoreEvent, StoreEvent__Output as _ipam_StoreEvent__Output } from './ipam/StoreEvent.ts';
import type { StoreKey as _ipam_StoreKey, StoreKey__Output as _ipam_StoreKey__Output } from './ipam/StoreKey.ts';
import type { StoreListPresentRequest as _ipam_StoreListPresentRequest, StoreListPresentRequest__Output as _ipam_StoreListPresentRequest__Output } from './ipam/StoreListPresentRequest.ts';
import type { StoreListRequest as _ipam_StoreListRequest, StoreListRequest__Output as _ipam_StoreListRequest__Output } from './ipam/StoreListRequest.ts';
import type { StorePage as _ipam_StorePage, StorePage__Output as _ipam_StorePage__Output } from './ipam/StorePage.ts';
import type { StorePresent as _ipam_StorePresent, StorePresent__Output as _ipam_StorePresent__Output } from './ipam/StorePresent.ts';
import type { StoreUpdateRequest as _ipam_StoreUpdateRequest, StoreUpdateRequest__Output as _ipam_StoreUpdateRequest__Output } from './ipam/StoreUpdateRequest.ts';
import type { StoreWatchRequest as _ipam_StoreWatchRequest, StoreWatchRequest__Output as _ipam_StoreWatchRequest__Output } from './ipam/StoreWatchRequest.ts';
import type { StoredObject as _ipam_StoredObject, StoredObject__Output as _ipam_StoredObject__Output } from './ipam/StoredObject.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  ipam: {
    Store: SubtypeConstructor<typeof grpc.Client, _ipam_StoreClient> & { service: _ipam_StoreDefinition }
    StoreAnnounceRequest: MessageTypeDefinition<_ipam_StoreAnnounceRequest, _ipam_StoreAnnounceRequest__Output>
    StoreAnnounced: MessageTypeDefinition<_ipam_StoreAnnounced, _ipam_StoreAnnounced__Output>
    StoreCreateRequest: MessageTypeDefinition<_ipam_StoreCreateRequest, _ipam_StoreCreateRequest__Output>
    StoreDeleteRequest: MessageTypeDefinition<_ipam_StoreDeleteRequest, _ipam_StoreDeleteRequest__Output>
    StoreDeleteResponse: MessageTypeDefinition<_ipam_StoreDeleteResponse, _ipam_StoreDeleteResponse__Output>
    StoreEvent: MessageTypeDefinition<_ipam_StoreEvent, _ipam_StoreEvent__Output>
    StoreKey: MessageTypeDefinition<_ipam_StoreKey, _ipam_StoreKey__Output>
    StoreListPresentRequest: MessageTypeDefinition<_ipam_StoreListPresentRequest, _ipam_StoreListPresentRequest__Output>
    StoreListRequest: MessageTypeDefinition<_ipam_StoreListRequest, _ipam_StoreListRequest__Output>
    StorePage: MessageTypeDefinition<_ipam_StorePage, _ipam_StorePage__Output>
    StorePresent: MessageTypeDefinition<_ipam_StorePresent, _ipam_StorePresent__Output>
    StoreUpdateRequest: MessageTypeDefinition<_ipam_StoreUpdateRequest, _ipam_StoreUpdateRequest__Output>
    StoreWatchRequest: MessageTypeDefinition<_ipam_StoreWatchRequest, _ipam_StoreWatchRequest__Output>
    StoredObject: MessageTypeDefinition<_ipam_StoredObject, _ipam_StoredObject__Output>
  }
}

