// Made of openapi/audit.json by openapi-typescript; after a change run: node dist/test/generated/write.js
export interface paths {
    "/audit/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the history
         * @description Events of the whole log or a part of it, in log order, one JSON object a line, or as server-sent events whose ids are positions: a client that comes back with `Last-Event-ID` misses nothing.
         */
        get: operations["audit_readEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description AllocationAccepted, as it was written */
        AllocationAcceptedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationAccepted";
            data: components["schemas"]["AllocationAcceptedEventData"];
        };
        /** @description What happened: AllocationAccepted */
        AllocationAcceptedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
        };
        /** @description AllocationCompleted, as it was written */
        AllocationCompletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationCompleted";
            data: components["schemas"]["AllocationCompletedEventData"];
        };
        /** @description What happened: AllocationCompleted */
        AllocationCompletedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            startTime: number | null;
            endTime: number | null;
            message: string | null;
        };
        /** @description AllocationFailed, as it was written */
        AllocationFailedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationFailed";
            data: components["schemas"]["AllocationFailedEventData"];
        };
        /** @description What happened: AllocationFailed */
        AllocationFailedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            startTime: number | null;
            endTime: number | null;
            message: string | null;
        };
        /** @description AllocationLost, as it was written */
        AllocationLostEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationLost";
            data: components["schemas"]["AllocationLostEventData"];
        };
        /** @description What happened: AllocationLost */
        AllocationLostEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            reason: string;
        };
        /** @description AllocationPlaced, as it was written */
        AllocationPlacedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationPlaced";
            data: components["schemas"]["AllocationPlacedEventData"];
        };
        /** @description What happened: AllocationPlaced */
        AllocationPlacedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            /** Format: int32 */
            jobVersion: number;
            /** Format: int32 */
            attempt: number;
            /** Format: int64 */
            epoch: number;
            evaluationId: string;
            resources: components["schemas"]["Resources"];
            ports?: number[];
            assignedPorts?: {
                [key: string]: components["schemas"]["AllocationPlacedEventDataAssignedPortsValueItem"][];
            };
            volumes?: string[];
            readOnlyVolumes?: string[];
            gpuDevices?: {
                [key: string]: number[];
            };
        };
        AllocationPlacedEventDataAssignedPortsValueItem: {
            /**
             * Format: int32
             * @description Port in the container
             */
            container: number;
            /**
             * Format: int32
             * @description Port of the node that is published to it
             */
            host: number;
        };
        /** @description AllocationReleased, as it was written */
        AllocationReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationReleased";
            data: components["schemas"]["AllocationReleasedEventData"];
        };
        /** @description What happened: AllocationReleased */
        AllocationReleasedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            /** @enum {string} */
            outcome: "complete" | "failed" | "stopped" | "lost";
            /** Format: int64 */
            retryAt?: number;
            volumes?: string[];
            rescheduled?: boolean;
        };
        /** @description AllocationStarted, as it was written */
        AllocationStartedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationStarted";
            data: components["schemas"]["AllocationStartedEventData"];
        };
        /** @description What happened: AllocationStarted */
        AllocationStartedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            startTime: number | null;
            tasks: {
                [key: string]: components["schemas"]["AllocationStartedEventDataTasksValue"];
            };
        };
        AllocationStartedEventDataTasksValue: {
            startTime: number | null;
            containerId?: string;
            preparedTime?: number;
            imageDigest?: string;
            checked?: boolean;
        };
        /** @description AllocationStatusUnknown, as it was written */
        AllocationStatusUnknownEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationStatusUnknown";
            data: components["schemas"]["AllocationStatusUnknownEventData"];
        };
        /** @description What happened: AllocationStatusUnknown */
        AllocationStatusUnknownEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            status: string;
            task?: string;
            newOfNode?: boolean;
        };
        /** @description AllocationStopRequested, as it was written */
        AllocationStopRequestedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationStopRequested";
            data: components["schemas"]["AllocationStopRequestedEventData"];
        };
        /** @description What happened: AllocationStopRequested */
        AllocationStopRequestedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            /** @enum {string} */
            reason: "job-stopped" | "job-updated" | "job-deleted" | "scaled-down" | "drain" | "capacity-shrunk";
        };
        /** @description AllocationStopped, as it was written */
        AllocationStoppedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "AllocationStopped";
            data: components["schemas"]["AllocationStoppedEventData"];
        };
        /** @description What happened: AllocationStopped */
        AllocationStoppedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            startTime: number | null;
            endTime: number | null;
            message: string | null;
        };
        /** @description ApiKeyIssued, as it was written */
        ApiKeyIssuedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ApiKeyIssued";
            data: components["schemas"]["ApiKeyIssuedEventData"];
        };
        /** @description What happened: ApiKeyIssued */
        ApiKeyIssuedEventData: {
            userId: string;
            keyId: string;
            name: string;
            hash: string;
            scopes: string[];
            /** Format: int64 */
            expiresAt?: number;
        };
        /** @description ApiKeyRevoked, as it was written */
        ApiKeyRevokedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ApiKeyRevoked";
            data: components["schemas"]["ApiKeyRevokedEventData"];
        };
        /** @description What happened: ApiKeyRevoked */
        ApiKeyRevokedEventData: {
            userId: string;
            keyId: string;
        };
        /** @description An event, as it was written */
        AuditEvent: components["schemas"]["ClusterClearedEvent"] | components["schemas"]["ClusterLevelRaisedEvent"] | components["schemas"]["LogEpochBeganEvent"] | components["schemas"]["JobSubmittedEvent"] | components["schemas"]["JobUpdatedEvent"] | components["schemas"]["JobRestartedEvent"] | components["schemas"]["JobStoppedEvent"] | components["schemas"]["JobDeletedEvent"] | components["schemas"]["JobArchivedEvent"] | components["schemas"]["JobDeploymentStartedEvent"] | components["schemas"]["JobDeploymentAdvancedEvent"] | components["schemas"]["JobDeploymentSettledEvent"] | components["schemas"]["LeaseTakenEvent"] | components["schemas"]["LeaseRenewedEvent"] | components["schemas"]["LeaseReleasedEvent"] | components["schemas"]["NodeRegisteredEvent"] | components["schemas"]["NodeHeartbeatReceivedEvent"] | components["schemas"]["NodeWentDownEvent"] | components["schemas"]["NodeRemovedEvent"] | components["schemas"]["NodeCameBackEvent"] | components["schemas"]["NodeDrainStartedEvent"] | components["schemas"]["NodeDrainEndedEvent"] | components["schemas"]["NodeEligibilitySetEvent"] | components["schemas"]["NodeSlotsSetEvent"] | components["schemas"]["NodeTagsSetEvent"] | components["schemas"]["AllocationAcceptedEvent"] | components["schemas"]["AllocationStartedEvent"] | components["schemas"]["TaskStartedEvent"] | components["schemas"]["TaskHealthChangedEvent"] | components["schemas"]["TaskExitedEvent"] | components["schemas"]["AllocationStatusUnknownEvent"] | components["schemas"]["AllocationCompletedEvent"] | components["schemas"]["AllocationFailedEvent"] | components["schemas"]["AllocationStoppedEvent"] | components["schemas"]["AllocationLostEvent"] | components["schemas"]["NodeCapacitySetEvent"] | components["schemas"]["AllocationPlacedEvent"] | components["schemas"]["AllocationStopRequestedEvent"] | components["schemas"]["AllocationReleasedEvent"] | components["schemas"]["VolumeDroppedEvent"] | components["schemas"]["EvaluationBlockedEvent"] | components["schemas"]["EvaluationCompletedEvent"] | components["schemas"]["QuotaExceededEvent"] | components["schemas"]["JobFinishedEvent"] | components["schemas"]["TemplateCreatedEvent"] | components["schemas"]["TemplateUpdatedEvent"] | components["schemas"]["TemplateDeletedEvent"] | components["schemas"]["UserRegisteredEvent"] | components["schemas"]["UserRoleChangedEvent"] | components["schemas"]["ExecutionGrantedEvent"] | components["schemas"]["ExecutionRevokedEvent"] | components["schemas"]["UserProfileChangedEvent"] | components["schemas"]["UserPasswordSetEvent"] | components["schemas"]["UserDeactivatedEvent"] | components["schemas"]["UserReactivatedEvent"] | components["schemas"]["UserErasedEvent"] | components["schemas"]["ApiKeyIssuedEvent"] | components["schemas"]["ApiKeyRevokedEvent"] | components["schemas"]["TenantCreatedEvent"] | components["schemas"]["NameReservedEvent"] | components["schemas"]["NameConfirmedEvent"] | components["schemas"]["NameReleasedEvent"] | components["schemas"]["SessionOpenedEvent"] | components["schemas"]["SessionRenewedEvent"] | components["schemas"]["SessionRefreshedEvent"] | components["schemas"]["SessionRevokedEvent"] | components["schemas"]["NumberTakenEvent"] | components["schemas"]["NodeEnrolledEvent"] | components["schemas"]["NodeForgottenEvent"] | components["schemas"]["NodeSecretUsedEvent"] | components["schemas"]["NodeSecretRevokedEvent"] | components["schemas"]["GpuClaimedEvent"] | components["schemas"]["GpuReleasedEvent"] | components["schemas"]["GpuClaimEndedEvent"] | components["schemas"]["TaskCreatedEvent"] | components["schemas"]["TaskUpdatedEvent"] | components["schemas"]["TaskStatusSetEvent"] | components["schemas"]["TaskDeletedEvent"] | components["schemas"]["TaskSlotDecidedEvent"] | components["schemas"]["TaskBackfilledEvent"] | components["schemas"]["TaskChainDecidedEvent"] | components["schemas"]["TaskTriggeredEvent"] | components["schemas"]["TaskRunRetriedEvent"] | components["schemas"]["TaskRunEndedEvent"] | components["schemas"]["TaskRunsCancelledEvent"] | components["schemas"]["TaskRunsDroppedEvent"] | components["schemas"]["TaskNoticeDecidedEvent"] | components["schemas"]["TaskNoticeRetriedEvent"] | components["schemas"]["TaskNoticeEndedEvent"] | components["schemas"]["TaskNameReservedEvent"] | components["schemas"]["TaskNameReleasedEvent"] | components["schemas"]["TaskPlaceTakenEvent"] | components["schemas"]["TaskPlaceGivenEvent"] | components["schemas"]["SecretSetEvent"] | components["schemas"]["SecretRemovedEvent"] | components["schemas"]["RegistryCredentialSetEvent"] | components["schemas"]["RegistryCredentialRemovedEvent"] | components["schemas"]["EnvironmentCreatedEvent"] | components["schemas"]["EnvironmentRenamedEvent"] | components["schemas"]["EnvironmentBuildRequestedEvent"] | components["schemas"]["EnvironmentBuiltEvent"] | components["schemas"]["EnvironmentPlannedEvent"] | components["schemas"]["EnvironmentBuildFailedEvent"] | components["schemas"]["EnvironmentBuildCancelledEvent"] | components["schemas"]["EnvironmentRolledBackEvent"] | components["schemas"]["EnvironmentReferredEvent"] | components["schemas"]["EnvironmentLetGoEvent"] | components["schemas"]["EnvironmentDeletedEvent"] | components["schemas"]["EnvironmentNameReservedEvent"] | components["schemas"]["EnvironmentNameReleasedEvent"] | components["schemas"]["VolumeTakenEvent"] | components["schemas"]["VolumeLeftEvent"] | components["schemas"]["VolumeDeleteAskedEvent"] | components["schemas"]["VolumeDeletedEvent"] | components["schemas"]["ServiceTemplateAddedEvent"] | components["schemas"]["ServiceTemplateRemovedEvent"] | components["schemas"]["EnvironmentRoomTakenEvent"] | components["schemas"]["EnvironmentRoomLeftEvent"] | components["schemas"]["ServiceCreatedEvent"] | components["schemas"]["ServiceDescribedEvent"] | components["schemas"]["ServiceConfiguredEvent"] | components["schemas"]["DeploymentRequestedEvent"] | components["schemas"]["ServiceImagePinnedEvent"] | components["schemas"]["ServiceImageReleasedEvent"] | components["schemas"]["DeploymentAdvancedEvent"] | components["schemas"]["DeploymentSettledEvent"] | components["schemas"]["ServiceRestartedEvent"] | components["schemas"]["ServiceStopRequestedEvent"] | components["schemas"]["ServiceFailedEvent"] | components["schemas"]["ServiceDeletedEvent"] | components["schemas"]["ServicePlaceTakenEvent"] | components["schemas"]["ServicePlaceGivenEvent"] | components["schemas"]["QuotaSetEvent"] | components["schemas"]["QuotaResetEvent"] | components["schemas"]["QuotaRefusedEvent"];
        /** @description ClusterCleared, as it was written */
        ClusterClearedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ClusterCleared";
            data: components["schemas"]["ClusterClearedEventData"];
        };
        /** @description What happened: ClusterCleared */
        ClusterClearedEventData: Record<string, never>;
        /** @description ClusterLevelRaised, as it was written */
        ClusterLevelRaisedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ClusterLevelRaised";
            data: components["schemas"]["ClusterLevelRaisedEventData"];
        };
        /** @description What happened: ClusterLevelRaised */
        ClusterLevelRaisedEventData: {
            /** Format: int32 */
            level: number;
        };
        /** @description What a node must fulfil to be given the group */
        Constraint: {
            /**
             * @description `node_id`, `ip_address`, any resource or any custom attribute of a node
             * @example ip_address
             */
            attribute: string;
            /**
             * @description `>` and `<` compare numbers where both sides are, else code points; `regex` is unanchored; `!=` holds where the attribute is missing
             * @enum {string}
             */
            operator: "=" | "!=" | ">" | "<" | "regex";
            /**
             * @description One of: string, number
             * @example 10.0.0.1
             */
            value: unknown;
        };
        /** @description DeploymentAdvanced, as it was written */
        DeploymentAdvancedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "DeploymentAdvanced";
            data: components["schemas"]["DeploymentAdvancedEventData"];
        };
        /** @description What happened: DeploymentAdvanced */
        DeploymentAdvancedEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            number: number;
            /** Format: int32 */
            healthy: number;
        };
        /** @description DeploymentRequested, as it was written */
        DeploymentRequestedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "DeploymentRequested";
            data: components["schemas"]["DeploymentRequestedEventData"];
        };
        /** @description What happened: DeploymentRequested */
        DeploymentRequestedEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            number: number;
            /** Format: uuid */
            deploymentId: string;
            /** Format: int32 */
            version: number;
            label: string;
            /** @enum {string} */
            because: "created" | "started" | "updated" | "rolled_back" | "reverted";
            by: string;
            plan: components["schemas"]["DeploymentRequestedEventDataPlan"];
            ports?: {
                [key: string]: number;
            };
            image?: components["schemas"]["DeploymentRequestedEventDataImage"];
        };
        DeploymentRequestedEventDataImage: {
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        DeploymentRequestedEventDataPlan: {
            /** Format: int32 */
            count: number;
            /** Format: int32 */
            maxParallel: number;
            minHealthySeconds: number;
            /** @description More than 0 */
            progressDeadlineSeconds: number;
            stopFirst: boolean;
        };
        /** @description DeploymentSettled, as it was written */
        DeploymentSettledEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "DeploymentSettled";
            data: components["schemas"]["DeploymentSettledEventData"];
        };
        /** @description What happened: DeploymentSettled */
        DeploymentSettledEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            number: number;
            /** @enum {string} */
            outcome: "completed" | "failed" | "cancelled";
            reason: components["schemas"]["DeploymentSettledEventDataReason"];
            /** Format: int32 */
            revertedBy?: number;
        };
        DeploymentSettledEventDataReason: {
            /** @enum {string} */
            code: "healthy" | "failed" | "deadline" | "stopped" | "deleted" | "superseded";
            message: string;
        };
        /** @description EnvironmentBuildCancelled, as it was written */
        EnvironmentBuildCancelledEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentBuildCancelled";
            data: components["schemas"]["EnvironmentBuildCancelledEventData"];
        };
        /** @description What happened: EnvironmentBuildCancelled */
        EnvironmentBuildCancelledEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
            /** @enum {string} */
            reason: "requested" | "deleted";
        };
        /** @description EnvironmentBuildFailed, as it was written */
        EnvironmentBuildFailedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentBuildFailed";
            data: components["schemas"]["EnvironmentBuildFailedEventData"];
        };
        /** @description What happened: EnvironmentBuildFailed */
        EnvironmentBuildFailedEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
            worker?: string;
            /** Format: int64 */
            resultAt?: number;
            /** @enum {string} */
            step: "solve" | "fetch" | "install" | "pip" | "not_run" | "timeout" | "lost" | "no_room";
            failed: components["schemas"]["EnvironmentBuildFailedEventDataFailedItem"][];
        };
        EnvironmentBuildFailedEventDataFailedItem: {
            name: string;
            /** @enum {string} */
            why: "not_found" | "conflict" | "not_installed" | "broken";
        };
        /** @description EnvironmentBuildRequested, as it was written */
        EnvironmentBuildRequestedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentBuildRequested";
            data: components["schemas"]["EnvironmentBuildRequestedEventData"];
        };
        /** @description What happened: EnvironmentBuildRequested */
        EnvironmentBuildRequestedEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
            tenantId: string;
            change: components["schemas"]["EnvironmentBuildRequestedEventDataChange"];
            requestedBy: string;
            behind: number[];
            plan?: boolean;
        };
        EnvironmentBuildRequestedEventDataChange: {
            /** @enum {string} */
            kind: "create" | "install" | "remove" | "require" | "lock";
            /** @description Only with `kind` create, install. Required with create, install */
            specs?: string[];
            /** @description Only with `kind` create, require. Required with create, require */
            pip?: string[];
            /** @description Only with `kind` create */
            channels?: string[];
            /** @description Only with `kind` remove. Required with remove */
            names?: string[];
            lock?: components["schemas"]["EnvironmentBuildRequestedEventDataChangeLock"];
        };
        /** @description Only with `kind` lock. Required with lock */
        EnvironmentBuildRequestedEventDataChangeLock: {
            /** Format: int32 */
            version: number;
            platform: string;
            python?: string;
            channels: string[];
            packages: components["schemas"]["EnvironmentBuildRequestedEventDataChangeLockPackagesItem"][];
            pip: components["schemas"]["EnvironmentBuildRequestedEventDataChangeLockPipItem"][];
        };
        EnvironmentBuildRequestedEventDataChangeLockPackagesItem: {
            name: string;
            version: string;
            build: string;
            /** Format: int32 */
            channel: number;
            subdir: string;
            file?: string;
            sha256: string;
            /** Format: int32 */
            size: number;
        };
        EnvironmentBuildRequestedEventDataChangeLockPipItem: {
            name: string;
            version: string;
            url: string;
            sha256: string;
            /** Format: int32 */
            size: number;
        };
        /** @description EnvironmentBuilt, as it was written */
        EnvironmentBuiltEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentBuilt";
            data: components["schemas"]["EnvironmentBuiltEventData"];
        };
        /** @description What happened: EnvironmentBuilt */
        EnvironmentBuiltEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
            worker?: string;
            /** Format: int64 */
            resultAt?: number;
            tenantId: string;
            /** @enum {string} */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
            hash: string;
            lock: components["schemas"]["EnvironmentBuiltEventDataLock"];
            /** Format: int64 */
            keptFrom: number;
            /** Format: int64 */
            disk: number | null;
        };
        EnvironmentBuiltEventDataLock: {
            /** Format: int32 */
            version: number;
            platform: string;
            python?: string;
            channels: string[];
            packages: components["schemas"]["EnvironmentBuiltEventDataLockPackagesItem"][];
            pip: components["schemas"]["EnvironmentBuiltEventDataLockPipItem"][];
        };
        EnvironmentBuiltEventDataLockPackagesItem: {
            name: string;
            version: string;
            build: string;
            /** Format: int32 */
            channel: number;
            subdir: string;
            file?: string;
            sha256: string;
            /** Format: int32 */
            size: number;
        };
        EnvironmentBuiltEventDataLockPipItem: {
            name: string;
            version: string;
            url: string;
            sha256: string;
            /** Format: int32 */
            size: number;
        };
        /** @description EnvironmentCreated, as it was written */
        EnvironmentCreatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentCreated";
            data: components["schemas"]["EnvironmentCreatedEventData"];
        };
        /** @description What happened: EnvironmentCreated */
        EnvironmentCreatedEventData: {
            /** Format: uuid */
            environmentId: string;
            name: string;
            nameReservation: string;
            tenantId: string;
            createdBy: string;
        };
        /** @description EnvironmentDeleted, as it was written */
        EnvironmentDeletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentDeleted";
            data: components["schemas"]["EnvironmentDeletedEventData"];
        };
        /** @description What happened: EnvironmentDeleted */
        EnvironmentDeletedEventData: {
            /** Format: uuid */
            environmentId: string;
            /** @enum {string} */
            reason: "requested" | "not_built";
        };
        /** @description EnvironmentLetGo, as it was written */
        EnvironmentLetGoEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentLetGo";
            data: components["schemas"]["EnvironmentLetGoEventData"];
        };
        /** @description What happened: EnvironmentLetGo */
        EnvironmentLetGoEventData: {
            /** Format: uuid */
            environmentId: string;
            taskIds: number[];
        };
        /** @description EnvironmentNameReleased, as it was written */
        EnvironmentNameReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentNameReleased";
            data: components["schemas"]["EnvironmentNameReleasedEventData"];
        };
        /** @description What happened: EnvironmentNameReleased */
        EnvironmentNameReleasedEventData: {
            reservation: string;
            /** Format: uuid */
            environmentId: string;
        };
        /** @description EnvironmentNameReserved, as it was written */
        EnvironmentNameReservedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentNameReserved";
            data: components["schemas"]["EnvironmentNameReservedEventData"];
        };
        /** @description What happened: EnvironmentNameReserved */
        EnvironmentNameReservedEventData: {
            reservation: string;
            /** Format: uuid */
            environmentId: string;
        };
        /** @description EnvironmentPlanned, as it was written */
        EnvironmentPlannedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentPlanned";
            data: components["schemas"]["EnvironmentPlannedEventData"];
        };
        /** @description What happened: EnvironmentPlanned */
        EnvironmentPlannedEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
            worker?: string;
            /** Format: int64 */
            resultAt?: number;
        };
        /** @description EnvironmentReferred, as it was written */
        EnvironmentReferredEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentReferred";
            data: components["schemas"]["EnvironmentReferredEventData"];
        };
        /** @description What happened: EnvironmentReferred */
        EnvironmentReferredEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int64 */
            taskId: number;
        };
        /** @description EnvironmentRenamed, as it was written */
        EnvironmentRenamedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentRenamed";
            data: components["schemas"]["EnvironmentRenamedEventData"];
        };
        /** @description What happened: EnvironmentRenamed */
        EnvironmentRenamedEventData: {
            /** Format: uuid */
            environmentId: string;
            name: string;
            nameReservation: string;
            before: string;
        };
        /** @description EnvironmentRolledBack, as it was written */
        EnvironmentRolledBackEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentRolledBack";
            data: components["schemas"]["EnvironmentRolledBackEventData"];
        };
        /** @description What happened: EnvironmentRolledBack */
        EnvironmentRolledBackEventData: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            generation: number;
            /** Format: int64 */
            before: number;
            requestedBy: string;
        };
        /** @description EnvironmentRoomLeft, as it was written */
        EnvironmentRoomLeftEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentRoomLeft";
            data: components["schemas"]["EnvironmentRoomLeftEventData"];
        };
        /** @description What happened: EnvironmentRoomLeft */
        EnvironmentRoomLeftEventData: {
            tenantId: string;
            generations: components["schemas"]["EnvironmentRoomLeftEventDataGenerationsItem"][];
        };
        EnvironmentRoomLeftEventDataGenerationsItem: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
        };
        /** @description EnvironmentRoomTaken, as it was written */
        EnvironmentRoomTakenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EnvironmentRoomTaken";
            data: components["schemas"]["EnvironmentRoomTakenEventData"];
        };
        /** @description What happened: EnvironmentRoomTaken */
        EnvironmentRoomTakenEventData: {
            tenantId: string;
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            build: number;
            hash: string;
            /** Format: int64 */
            disk: number;
        };
        /** @description An error: exactly this key */
        Error: {
            /**
             * @description What is wrong, naming the field where there is one
             * @example task_groups: needs at least one task group
             */
            error: string;
        };
        /** @description EvaluationBlocked, as it was written */
        EvaluationBlockedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EvaluationBlocked";
            data: components["schemas"]["EvaluationBlockedEventData"];
        };
        /** @description What happened: EvaluationBlocked */
        EvaluationBlockedEventData: {
            evaluationId: string;
            jobId: string;
            /** Format: int32 */
            jobVersion: number;
            triggers: components["schemas"]["EvaluationBlockedEventDataTriggersItem"][];
            reasons: {
                [key: string]: components["schemas"]["EvaluationBlockedEventDataReasonsValue"];
            };
        };
        EvaluationBlockedEventDataReasonsValue: {
            /** Format: int32 */
            unplaced: number;
            /** Format: int32 */
            nodes: number;
            filtered: {
                [key: string]: number;
            };
            exhausted: {
                [key: string]: number;
            };
            short: {
                [key: string]: number;
            };
            /** Format: int32 */
            oversized?: number;
            volumes?: {
                [key: string]: string | null;
            };
            quota?: components["schemas"]["EvaluationBlockedEventDataReasonsValueQuota"];
        };
        EvaluationBlockedEventDataReasonsValueQuota: {
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            /** @enum {string} */
            of: "tenant" | "account";
            holder: string;
            limit: number;
            used: number;
        };
        EvaluationBlockedEventDataTriggersItem: {
            /** @enum {string} */
            kind: "job-submitted" | "job-updated" | "job-stopped" | "job-restarted" | "job-deleted" | "allocation-ended" | "allocation-lost" | "retry-due" | "capacity-freed" | "nodes-changed";
            ref: string;
        };
        /** @description EvaluationCompleted, as it was written */
        EvaluationCompletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "EvaluationCompleted";
            data: components["schemas"]["EvaluationCompletedEventData"];
        };
        /** @description What happened: EvaluationCompleted */
        EvaluationCompletedEventData: {
            evaluationId: string;
            jobId: string;
            /** Format: int32 */
            jobVersion: number;
            triggers: components["schemas"]["EvaluationCompletedEventDataTriggersItem"][];
        };
        EvaluationCompletedEventDataTriggersItem: {
            /** @enum {string} */
            kind: "job-submitted" | "job-updated" | "job-stopped" | "job-restarted" | "job-deleted" | "allocation-ended" | "allocation-lost" | "retry-due" | "capacity-freed" | "nodes-changed";
            ref: string;
        };
        /** @enum {string} */
        EventFormat: "ndjson" | "sse";
        /** @description Correlation, causation, actor, surface, time and version */
        EventMetadata: {
            $correlationId: string;
            $causationId: string;
            /** Format: int64 */
            at: number;
            /** Format: int32 */
            v: number;
            commandId?: string;
            bodyDigest?: string;
            actor?: string;
            surface?: string;
        };
        /** @description ExecutionGranted, as it was written */
        ExecutionGrantedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ExecutionGranted";
            data: components["schemas"]["ExecutionGrantedEventData"];
        };
        /** @description What happened: ExecutionGranted */
        ExecutionGrantedEventData: {
            userId: string;
        };
        /** @description ExecutionRevoked, as it was written */
        ExecutionRevokedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ExecutionRevoked";
            data: components["schemas"]["ExecutionRevokedEventData"];
        };
        /** @description What happened: ExecutionRevoked */
        ExecutionRevokedEventData: {
            userId: string;
        };
        /** @description GpuClaimEnded, as it was written */
        GpuClaimEndedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "GpuClaimEnded";
            data: components["schemas"]["GpuClaimEndedEventData"];
        };
        /** @description What happened: GpuClaimEnded */
        GpuClaimEndedEventData: {
            claimId: string;
            userId: string;
            /** @enum {string} */
            outcome: "succeeded" | "failed";
        };
        /** @description GpuClaimed, as it was written */
        GpuClaimedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "GpuClaimed";
            data: components["schemas"]["GpuClaimedEventData"];
        };
        /** @description What happened: GpuClaimed */
        GpuClaimedEventData: {
            claimId: string;
            userId: string;
            /** Format: int64 */
            userNumber: number;
            tenantId: string;
            /**
             * @description Reference of a Docker image: `[registry/]path[:tag][@digest]`
             * @example nvidia/cuda:11.8.0-base-ubuntu22.04
             */
            image: string;
            /**
             * @description Ours. Words for the image's entrypoint, split as a shell would; absent: what the image runs
             * @example python3 train.py
             */
            command?: string;
            /**
             * @description Ours. Further words, each as it is
             * @example [
             *       "--epochs",
             *       "3"
             *     ]
             */
            args?: string[];
            ports?: number[];
            sealedEnv?: string;
            /** Format: int32 */
            gpuCount: number;
            /** Format: int32 */
            cpu: number;
            /** Format: int32 */
            memory: number;
        };
        /** @description GpuReleased, as it was written */
        GpuReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "GpuReleased";
            data: components["schemas"]["GpuReleasedEventData"];
        };
        /** @description What happened: GpuReleased */
        GpuReleasedEventData: {
            claimId: string;
            userId: string;
        };
        /** @description JobArchived, as it was written */
        JobArchivedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobArchived";
            data: components["schemas"]["JobArchivedEventData"];
        };
        /** @description What happened: JobArchived */
        JobArchivedEventData: {
            jobId: string;
            /** Format: int32 */
            version: number;
            /** @enum {string} */
            status: "dead" | "complete" | "failed";
            /** Format: int64 */
            endedAt: number;
            allocations: components["schemas"]["JobArchivedEventDataAllocationsItem"][];
            /** Format: int32 */
            leftOut: number;
        };
        JobArchivedEventDataAllocationsItem: {
            allocationId: string;
            /** Format: int32 */
            jobVersion: number;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            /** @enum {string} */
            status: "pending" | "running" | "complete" | "failed" | "stopped" | "lost";
            startTime: number | null;
            endTime: number | null;
            message: string | null;
            tasks: {
                [key: string]: components["schemas"]["JobArchivedEventDataAllocationsItemTasksValue"];
            };
        };
        JobArchivedEventDataAllocationsItemTasksValue: {
            /** @enum {string} */
            status: "pending" | "running" | "complete" | "failed" | "stopped";
            startTime: number | null;
            endTime: number | null;
            /** Format: int32 */
            exitCode: number | null;
            error: string | null;
            message: string | null;
        };
        /**
         * @description Constraints that hold for every group: attribute → value (meaning `=`), or attribute → `{operator, value}`
         * @example {}
         */
        JobConstraints: {
            [key: string]: unknown;
        };
        /** @description JobDeleted, as it was written */
        JobDeletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobDeleted";
            data: components["schemas"]["JobDeletedEventData"];
        };
        /** @description What happened: JobDeleted */
        JobDeletedEventData: {
            jobId: string;
            evaluationId: string;
        };
        /** @description JobDeploymentAdvanced, as it was written */
        JobDeploymentAdvancedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobDeploymentAdvanced";
            data: components["schemas"]["JobDeploymentAdvancedEventData"];
        };
        /** @description What happened: JobDeploymentAdvanced */
        JobDeploymentAdvancedEventData: {
            jobId: string;
            /** Format: int32 */
            version: number;
            groups: components["schemas"]["JobDeploymentAdvancedEventDataGroupsItem"][];
        };
        JobDeploymentAdvancedEventDataGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /** Format: int32 */
            open: number;
        };
        /** @description JobDeploymentSettled, as it was written */
        JobDeploymentSettledEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobDeploymentSettled";
            data: components["schemas"]["JobDeploymentSettledEventData"];
        };
        /** @description What happened: JobDeploymentSettled */
        JobDeploymentSettledEventData: {
            jobId: string;
            /** Format: int32 */
            version: number;
            /** @enum {string} */
            outcome: "completed" | "failed" | "cancelled";
            reason: components["schemas"]["JobDeploymentSettledEventDataReason"];
        };
        JobDeploymentSettledEventDataReason: {
            /** @enum {string} */
            code: "healthy" | "failed" | "deadline" | "stopped" | "deleted" | "superseded";
            message: string;
        };
        /** @description JobDeploymentStarted, as it was written */
        JobDeploymentStartedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobDeploymentStarted";
            data: components["schemas"]["JobDeploymentStartedEventData"];
        };
        /** @description What happened: JobDeploymentStarted */
        JobDeploymentStartedEventData: {
            jobId: string;
            groups: components["schemas"]["JobDeploymentStartedEventDataGroupsItem"][];
            /** Format: int32 */
            former: number | null;
            /** Format: int32 */
            reverts?: number;
        };
        JobDeploymentStartedEventDataGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /** Format: int32 */
            count: number;
            /** Format: int32 */
            maxParallel: number;
            minHealthySeconds: number;
            /** @description More than 0 */
            progressDeadlineSeconds: number;
            autoRevert: boolean;
            /** Format: int32 */
            open: number;
        };
        /** @description JobFinished, as it was written */
        JobFinishedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobFinished";
            data: components["schemas"]["JobFinishedEventData"];
        };
        /** @description What happened: JobFinished */
        JobFinishedEventData: {
            jobId: string;
            /** Format: int32 */
            jobVersion: number;
            /** @enum {string} */
            outcome: "complete" | "failed" | "stopped" | "deleted";
        };
        /** @description JobRestarted, as it was written */
        JobRestartedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobRestarted";
            data: components["schemas"]["JobRestartedEventData"];
        };
        /** @description What happened: JobRestarted */
        JobRestartedEventData: {
            jobId: string;
            evaluationId: string;
            specification: components["schemas"]["JobRestartedEventDataSpecification"];
            owner?: components["schemas"]["JobRestartedEventDataOwner"];
        };
        JobRestartedEventDataOwner: {
            surface: string;
            tenant: string | null;
            principal: string;
        };
        JobRestartedEventDataSpecification: {
            task_groups: components["schemas"]["JobRestartedEventDataSpecificationTaskGroupsItem"][];
            constraints?: components["schemas"]["JobConstraints"];
            /**
             * Format: int32
             * @description 0 to 100, higher first; 50 when absent
             * @default 50
             */
            priority?: number;
        };
        JobRestartedEventDataSpecificationTaskGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["JobRestartedEventDataSpecificationTaskGroupsItemTasksItem"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; absent: the group has failed */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            /** @description Ours. A new version replaces what runs step by step, each time waiting until that is healthy; absent: all at once */
            update?: components["schemas"]["UpdatePolicy"];
            /**
             * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
             * @default replace
             * @enum {string}
             */
            lost?: "replace" | "fail";
        };
        JobRestartedEventDataSpecificationTaskGroupsItemTasksItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver: string;
            config: components["schemas"]["JobRestartedEventDataSpecificationTaskGroupsItemTasksItemConfig"];
            /** @description Ports of the node that it listens on, or that are published to its container */
            ports?: components["schemas"]["JobRestartedEventDataSpecificationTaskGroupsItemTasksItemPortsItem"][];
            resources?: components["schemas"]["Resources"];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            sealed_env?: string;
            stored_in?: components["schemas"]["JobRestartedEventDataSpecificationTaskGroupsItemTasksItemStoredIn"];
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        /** @description What the driver is told. The driver says what that may be */
        JobRestartedEventDataSpecificationTaskGroupsItemTasksItemConfig: Record<string, never>;
        JobRestartedEventDataSpecificationTaskGroupsItemTasksItemPortsItem: {
            /**
             * Format: int32
             * @description Port of the node. No other task there has it
             */
            host?: number;
            /**
             * Format: int32
             * @description Port in the container, where that is neither the image's only exposed TCP port nor the same number
             */
            container?: number;
            /** @description The scheduler gives it a host port of its range. Only for a container, and with `container` */
            dynamic?: boolean;
            /**
             * Format: int32
             * @description The host port of that range that it is given where that is free
             */
            prefer?: number;
        };
        JobRestartedEventDataSpecificationTaskGroupsItemTasksItemStoredIn: {
            /** Format: int32 */
            task: number;
            /** Format: int32 */
            environment?: number;
            /** Format: int32 */
            program?: number;
        };
        /** @description JobStopped, as it was written */
        JobStoppedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobStopped";
            data: components["schemas"]["JobStoppedEventData"];
        };
        /** @description What happened: JobStopped */
        JobStoppedEventData: {
            jobId: string;
            evaluationId: string;
        };
        /** @description JobSubmitted, as it was written */
        JobSubmittedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobSubmitted";
            data: components["schemas"]["JobSubmittedEventData"];
        };
        /** @description What happened: JobSubmitted */
        JobSubmittedEventData: {
            jobId: string;
            evaluationId: string;
            specification: components["schemas"]["JobSubmittedEventDataSpecification"];
            owner?: components["schemas"]["JobSubmittedEventDataOwner"];
        };
        JobSubmittedEventDataOwner: {
            surface: string;
            tenant: string | null;
            principal: string;
        };
        JobSubmittedEventDataSpecification: {
            task_groups: components["schemas"]["JobSubmittedEventDataSpecificationTaskGroupsItem"][];
            constraints?: components["schemas"]["JobConstraints"];
            /**
             * Format: int32
             * @description 0 to 100, higher first; 50 when absent
             * @default 50
             */
            priority?: number;
        };
        JobSubmittedEventDataSpecificationTaskGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["JobSubmittedEventDataSpecificationTaskGroupsItemTasksItem"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; absent: the group has failed */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            /** @description Ours. A new version replaces what runs step by step, each time waiting until that is healthy; absent: all at once */
            update?: components["schemas"]["UpdatePolicy"];
            /**
             * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
             * @default replace
             * @enum {string}
             */
            lost?: "replace" | "fail";
        };
        JobSubmittedEventDataSpecificationTaskGroupsItemTasksItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver: string;
            config: components["schemas"]["JobSubmittedEventDataSpecificationTaskGroupsItemTasksItemConfig"];
            /** @description Ports of the node that it listens on, or that are published to its container */
            ports?: components["schemas"]["JobSubmittedEventDataSpecificationTaskGroupsItemTasksItemPortsItem"][];
            resources?: components["schemas"]["Resources"];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            sealed_env?: string;
            stored_in?: components["schemas"]["JobSubmittedEventDataSpecificationTaskGroupsItemTasksItemStoredIn"];
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        /** @description What the driver is told. The driver says what that may be */
        JobSubmittedEventDataSpecificationTaskGroupsItemTasksItemConfig: Record<string, never>;
        JobSubmittedEventDataSpecificationTaskGroupsItemTasksItemPortsItem: {
            /**
             * Format: int32
             * @description Port of the node. No other task there has it
             */
            host?: number;
            /**
             * Format: int32
             * @description Port in the container, where that is neither the image's only exposed TCP port nor the same number
             */
            container?: number;
            /** @description The scheduler gives it a host port of its range. Only for a container, and with `container` */
            dynamic?: boolean;
            /**
             * Format: int32
             * @description The host port of that range that it is given where that is free
             */
            prefer?: number;
        };
        JobSubmittedEventDataSpecificationTaskGroupsItemTasksItemStoredIn: {
            /** Format: int32 */
            task: number;
            /** Format: int32 */
            environment?: number;
            /** Format: int32 */
            program?: number;
        };
        /** @description JobUpdated, as it was written */
        JobUpdatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "JobUpdated";
            data: components["schemas"]["JobUpdatedEventData"];
        };
        /** @description What happened: JobUpdated */
        JobUpdatedEventData: {
            jobId: string;
            evaluationId: string;
            specification: components["schemas"]["JobUpdatedEventDataSpecification"];
            owner?: components["schemas"]["JobUpdatedEventDataOwner"];
            /** Format: int64 */
            from?: number;
        };
        JobUpdatedEventDataOwner: {
            surface: string;
            tenant: string | null;
            principal: string;
        };
        JobUpdatedEventDataSpecification: {
            task_groups: components["schemas"]["JobUpdatedEventDataSpecificationTaskGroupsItem"][];
            constraints?: components["schemas"]["JobConstraints"];
            /**
             * Format: int32
             * @description 0 to 100, higher first; 50 when absent
             * @default 50
             */
            priority?: number;
        };
        JobUpdatedEventDataSpecificationTaskGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["JobUpdatedEventDataSpecificationTaskGroupsItemTasksItem"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; absent: the group has failed */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            /** @description Ours. A new version replaces what runs step by step, each time waiting until that is healthy; absent: all at once */
            update?: components["schemas"]["UpdatePolicy"];
            /**
             * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
             * @default replace
             * @enum {string}
             */
            lost?: "replace" | "fail";
        };
        JobUpdatedEventDataSpecificationTaskGroupsItemTasksItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver: string;
            config: components["schemas"]["JobUpdatedEventDataSpecificationTaskGroupsItemTasksItemConfig"];
            /** @description Ports of the node that it listens on, or that are published to its container */
            ports?: components["schemas"]["JobUpdatedEventDataSpecificationTaskGroupsItemTasksItemPortsItem"][];
            resources?: components["schemas"]["Resources"];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            sealed_env?: string;
            stored_in?: components["schemas"]["JobUpdatedEventDataSpecificationTaskGroupsItemTasksItemStoredIn"];
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        /** @description What the driver is told. The driver says what that may be */
        JobUpdatedEventDataSpecificationTaskGroupsItemTasksItemConfig: Record<string, never>;
        JobUpdatedEventDataSpecificationTaskGroupsItemTasksItemPortsItem: {
            /**
             * Format: int32
             * @description Port of the node. No other task there has it
             */
            host?: number;
            /**
             * Format: int32
             * @description Port in the container, where that is neither the image's only exposed TCP port nor the same number
             */
            container?: number;
            /** @description The scheduler gives it a host port of its range. Only for a container, and with `container` */
            dynamic?: boolean;
            /**
             * Format: int32
             * @description The host port of that range that it is given where that is free
             */
            prefer?: number;
        };
        JobUpdatedEventDataSpecificationTaskGroupsItemTasksItemStoredIn: {
            /** Format: int32 */
            task: number;
            /** Format: int32 */
            environment?: number;
            /** Format: int32 */
            program?: number;
        };
        /** @description LeaseReleased, as it was written */
        LeaseReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "LeaseReleased";
            data: components["schemas"]["LeaseReleasedEventData"];
        };
        /** @description What happened: LeaseReleased */
        LeaseReleasedEventData: {
            name: string;
            holder: string;
        };
        /** @description LeaseRenewed, as it was written */
        LeaseRenewedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "LeaseRenewed";
            data: components["schemas"]["LeaseRenewedEventData"];
        };
        /** @description What happened: LeaseRenewed */
        LeaseRenewedEventData: {
            name: string;
            holder: string;
        };
        /** @description LeaseTaken, as it was written */
        LeaseTakenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "LeaseTaken";
            data: components["schemas"]["LeaseTakenEventData"];
        };
        /** @description What happened: LeaseTaken */
        LeaseTakenEventData: {
            name: string;
            holder: string;
        };
        /** @description LogEpochBegan, as it was written */
        LogEpochBeganEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "LogEpochBegan";
            data: components["schemas"]["LogEpochBeganEventData"];
        };
        /** @description What happened: LogEpochBegan */
        LogEpochBeganEventData: {
            /** Format: uuid */
            logEpoch: string;
            /** @enum {string} */
            reason: "restored" | "imported";
        };
        /** @description NameConfirmed, as it was written */
        NameConfirmedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NameConfirmed";
            data: components["schemas"]["NameConfirmedEventData"];
        };
        /** @description What happened: NameConfirmed */
        NameConfirmedEventData: {
            reservation: string;
            ownerId: string;
        };
        /** @description NameReleased, as it was written */
        NameReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NameReleased";
            data: components["schemas"]["NameReleasedEventData"];
        };
        /** @description What happened: NameReleased */
        NameReleasedEventData: {
            reservation: string;
            ownerId: string;
        };
        /** @description NameReserved, as it was written */
        NameReservedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NameReserved";
            data: components["schemas"]["NameReservedEventData"];
        };
        /** @description What happened: NameReserved */
        NameReservedEventData: {
            reservation: string;
            ownerId: string;
            /** @enum {string} */
            space: "username" | "email";
            registration?: components["schemas"]["NameReservedEventDataRegistration"];
        };
        NameReservedEventDataRegistration: {
            userId: string;
            usernameReservation: string;
            username: string;
            password: string;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            tenantId: string;
            execute?: boolean;
            emailReservation?: string;
            email?: string;
            fullName?: string;
            firstName?: string;
            lastName?: string;
        };
        /** @description NodeCameBack, as it was written */
        NodeCameBackEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeCameBack";
            data: components["schemas"]["NodeCameBackEventData"];
        };
        /** @description What happened: NodeCameBack */
        NodeCameBackEventData: {
            nodeId: string;
            /** Format: int64 */
            epoch: number;
        };
        /** @description NodeCapacitySet, as it was written */
        NodeCapacitySetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeCapacitySet";
            data: components["schemas"]["NodeCapacitySetEventData"];
        };
        /** @description What happened: NodeCapacitySet */
        NodeCapacitySetEventData: {
            nodeId: string;
            /** Format: int64 */
            epoch: number;
            resources: components["schemas"]["Resources"];
            schedulable: boolean;
            devices?: components["schemas"]["NodeCapacitySetEventDataDevicesItem"][];
        };
        NodeCapacitySetEventDataDevicesItem: {
            /** Format: int32 */
            index: number;
            uuid: string;
        };
        /** @description NodeDrainEnded, as it was written */
        NodeDrainEndedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeDrainEnded";
            data: components["schemas"]["NodeDrainEndedEventData"];
        };
        /** @description What happened: NodeDrainEnded */
        NodeDrainEndedEventData: {
            nodeId: string;
        };
        /** @description NodeDrainStarted, as it was written */
        NodeDrainStartedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeDrainStarted";
            data: components["schemas"]["NodeDrainStartedEventData"];
        };
        /** @description What happened: NodeDrainStarted */
        NodeDrainStartedEventData: {
            nodeId: string;
        };
        /** @description NodeEligibilitySet, as it was written */
        NodeEligibilitySetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeEligibilitySet";
            data: components["schemas"]["NodeEligibilitySetEventData"];
        };
        /** @description What happened: NodeEligibilitySet */
        NodeEligibilitySetEventData: {
            nodeId: string;
            eligible: boolean;
        };
        /** @description NodeEnrolled, as it was written */
        NodeEnrolledEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeEnrolled";
            data: components["schemas"]["NodeEnrolledEventData"];
        };
        /** @description What happened: NodeEnrolled */
        NodeEnrolledEventData: {
            nodeId: string;
            /**
             * @description Name of the machine; its case does not matter
             * @example gpu-node-01
             */
            hostname: string;
            address?: string;
        };
        /** @description NodeForgotten, as it was written */
        NodeForgottenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeForgotten";
            data: components["schemas"]["NodeForgottenEventData"];
        };
        /** @description What happened: NodeForgotten */
        NodeForgottenEventData: {
            nodeId: string;
        };
        /** @description NodeHeartbeatReceived, as it was written */
        NodeHeartbeatReceivedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeHeartbeatReceived";
            data: components["schemas"]["NodeHeartbeatReceivedEventData"];
        };
        /** @description What happened: NodeHeartbeatReceived */
        NodeHeartbeatReceivedEventData: {
            nodeId: string;
            /** Format: int64 */
            epoch: number;
            healthy: boolean;
            resources: {
                [key: string]: number;
            };
        };
        /** @description NodeRegistered, as it was written */
        NodeRegisteredEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeRegistered";
            data: components["schemas"]["NodeRegisteredEventData"];
        };
        /** @description What happened: NodeRegistered */
        NodeRegisteredEventData: {
            nodeId: string;
            /** Format: int64 */
            epoch: number;
            ipAddress: string;
            resources: {
                [key: string]: number;
            };
            attributes: {
                [key: string]: unknown;
            };
            drivers?: string[];
            healthy: boolean;
            endpoint: string | null;
            /** @enum {string} */
            protocol: "muster" | "basic";
            address?: string;
        };
        /** @description NodeRemoved, as it was written */
        NodeRemovedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeRemoved";
            data: components["schemas"]["NodeRemovedEventData"];
        };
        /** @description What happened: NodeRemoved */
        NodeRemovedEventData: {
            nodeId: string;
            /** Format: int64 */
            epoch: number;
            reason: string;
        };
        /** @description NodeSecretRevoked, as it was written */
        NodeSecretRevokedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeSecretRevoked";
            data: components["schemas"]["NodeSecretRevokedEventData"];
        };
        /** @description What happened: NodeSecretRevoked */
        NodeSecretRevokedEventData: {
            nodeId: string;
        };
        /** @description NodeSecretUsed, as it was written */
        NodeSecretUsedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeSecretUsed";
            data: components["schemas"]["NodeSecretUsedEventData"];
        };
        /** @description What happened: NodeSecretUsed */
        NodeSecretUsedEventData: {
            nodeId: string;
        };
        /** @description NodeSlotsSet, as it was written */
        NodeSlotsSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeSlotsSet";
            data: components["schemas"]["NodeSlotsSetEventData"];
        };
        /** @description What happened: NodeSlotsSet */
        NodeSlotsSetEventData: {
            nodeId: string;
            /** Format: int32 */
            slots: number;
        };
        /** @description NodeTagsSet, as it was written */
        NodeTagsSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeTagsSet";
            data: components["schemas"]["NodeTagsSetEventData"];
        };
        /** @description What happened: NodeTagsSet */
        NodeTagsSetEventData: {
            nodeId: string;
            tags: string[];
        };
        /** @description NodeWentDown, as it was written */
        NodeWentDownEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NodeWentDown";
            data: components["schemas"]["NodeWentDownEventData"];
        };
        /** @description What happened: NodeWentDown */
        NodeWentDownEventData: {
            nodeId: string;
            /** Format: int64 */
            epoch: number;
            reason: string;
        };
        /** @description NumberTaken, as it was written */
        NumberTakenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "NumberTaken";
            data: components["schemas"]["NumberTakenEventData"];
        };
        /** @description What happened: NumberTaken */
        NumberTakenEventData: {
            counter: string;
            for: string;
        };
        /** @description QuotaExceeded, as it was written */
        QuotaExceededEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "QuotaExceeded";
            data: components["schemas"]["QuotaExceededEventData"];
        };
        /** @description What happened: QuotaExceeded */
        QuotaExceededEventData: {
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            /** @enum {string} */
            of: "tenant" | "account";
            holder: string;
            limit: number;
            used: number;
            jobId: string;
            tenant: string | null;
        };
        /** @description QuotaRefused, as it was written */
        QuotaRefusedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "QuotaRefused";
            data: components["schemas"]["QuotaRefusedEventData"];
        };
        /** @description What happened: QuotaRefused */
        QuotaRefusedEventData: {
            tenantId: string;
            account?: string;
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            limit: number;
            used: number;
        };
        /** @description QuotaReset, as it was written */
        QuotaResetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "QuotaReset";
            data: components["schemas"]["QuotaResetEventData"];
        };
        /** @description What happened: QuotaReset */
        QuotaResetEventData: {
            tenantId: string;
            account?: string;
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
        };
        /** @description QuotaSet, as it was written */
        QuotaSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "QuotaSet";
            data: components["schemas"]["QuotaSetEventData"];
        };
        /** @description What happened: QuotaSet */
        QuotaSetEventData: {
            tenantId: string;
            account?: string;
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            limit: string;
        };
        /** @enum {string} */
        ReadDirection: "forwards" | "backwards";
        /** @description RegistryCredentialRemoved, as it was written */
        RegistryCredentialRemovedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "RegistryCredentialRemoved";
            data: components["schemas"]["RegistryCredentialRemovedEventData"];
        };
        /** @description What happened: RegistryCredentialRemoved */
        RegistryCredentialRemovedEventData: {
            tenantId: string;
            /**
             * @description Registry as `host[:port]`, in small letters; `docker.io` is Docker Hub
             * @example registry.example:5000
             */
            host: string;
        };
        /** @description RegistryCredentialSet, as it was written */
        RegistryCredentialSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "RegistryCredentialSet";
            data: components["schemas"]["RegistryCredentialSetEventData"];
        };
        /** @description What happened: RegistryCredentialSet */
        RegistryCredentialSetEventData: {
            tenantId: string;
            /**
             * @description Registry as `host[:port]`, in small letters; `docker.io` is Docker Hub
             * @example registry.example:5000
             */
            host: string;
            sealed: string;
            setBy: string;
        };
        /** @description What follows when the restarts of a group are used up: another placement, after a delay that grows */
        ReschedulePolicy: {
            /**
             * Format: int32
             * @description How often within `interval`; without end when absent
             */
            attempts?: number;
            /**
             * @description Seconds within which `attempts` are counted; 86400 when absent. More than 0
             * @default 86400
             */
            interval?: number;
            /**
             * @description Seconds before the first; 30 when absent
             * @default 30
             */
            delay?: number;
            /**
             * @description How the delay grows from one to the next; `exponential` (each twice the one before) when absent
             * @default exponential
             * @enum {string}
             */
            delay_function?: "constant" | "exponential" | "fibonacci";
            /**
             * @description The longest delay, in seconds; 3600 when absent
             * @default 3600
             */
            max_delay?: number;
        };
        /**
         * @description Non-negative integers by name: `cpu` (1000 is one core), `memory` and `disk` (MiB), `gpus`, any other that nodes declare
         * @example {
         *       "cpu": 500,
         *       "memory": 256
         *     }
         */
        Resources: {
            [key: string]: number;
        };
        /** @description What follows when an allocation of the group fails */
        RestartPolicy: {
            /**
             * Format: int32
             * @description Restarts within `interval`
             */
            attempts: number;
            /**
             * @description Ours. Seconds within which failures are counted; 1800 when absent. More than 0
             * @default 1800
             */
            interval?: number;
            /**
             * @description Seconds between tries
             * @default 5
             */
            delay: number;
            /**
             * @description When `attempts` are used up: `fail` goes on by `reschedule`, or gives up where there is none; `delay` waits until the interval is over and goes on
             * @default fail
             * @enum {string}
             */
            mode: "fail" | "delay";
            /**
             * @description Ours. `double`: each delay is twice the one before; a run of ten minutes begins with the first again
             * @enum {string}
             */
            backoff?: "constant" | "double";
            /** @description Ours. Of `double`: the longest delay, in seconds */
            max_delay?: number;
        };
        /** @description SecretRemoved, as it was written */
        SecretRemovedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "SecretRemoved";
            data: components["schemas"]["SecretRemovedEventData"];
        };
        /** @description What happened: SecretRemoved */
        SecretRemovedEventData: {
            tenantId: string;
            name: string;
        };
        /** @description SecretSet, as it was written */
        SecretSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "SecretSet";
            data: components["schemas"]["SecretSetEventData"];
        };
        /** @description What happened: SecretSet */
        SecretSetEventData: {
            tenantId: string;
            name: string;
            sealed: string;
            setBy: string;
        };
        /** @description ServiceConfigured, as it was written */
        ServiceConfiguredEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceConfigured";
            data: components["schemas"]["ServiceConfiguredEventData"];
        };
        /** @description What happened: ServiceConfigured */
        ServiceConfiguredEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            version: number;
            config: components["schemas"]["ServiceConfiguredEventDataConfig"];
            digest: string;
            sealed?: string;
            template?: string;
            work: components["schemas"]["ServiceConfiguredEventDataWork"];
            imageDigest?: string;
            /** @enum {string} */
            because: "created" | "started" | "updated" | "rolled_back" | "reverted";
            /** Format: int64 */
            from?: number;
            by: string;
        };
        ServiceConfiguredEventDataConfig: {
            /**
             * @description Reference of a Docker image: `[registry/]path[:tag][@digest]`
             * @example nvidia/cuda:11.8.0-base-ubuntu22.04
             */
            image?: string;
            /**
             * @description Ports of the container; each is reached under an address of its node: see `endpoints`
             * @example [
             *       5432
             *     ]
             */
            ports?: number[];
            resources?: components["schemas"]["ServiceConfiguredEventDataConfigResources"];
            /** @description Name of a job file of a template, or the text of one (HCL or JSON) */
            nomad_job_file?: string;
            /**
             * Format: int32
             * @description Ours. Instances that run at once; absent: what its template or its job file says, else 1
             */
            count?: number;
            /** @description Ours. Folders that outlive containers, versions and, unless they are deleted with it, the service */
            volumes?: components["schemas"]["ServiceConfiguredEventDataConfigVolumesItem"][];
            health?: components["schemas"]["ServiceConfiguredEventDataConfigHealth"];
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; when absent an instance is begun again without end, after 30 s, 1 min … 1 h */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            update?: components["schemas"]["ServiceConfiguredEventDataConfigUpdate"];
            /** @description Ours. Words for the image’s entrypoint, split without a shell */
            command?: string;
            /** @description Ours. Seconds between SIGTERM and SIGKILL when an instance ends; absent: what its template or its job file says, else 5 */
            kill_timeout?: number;
            /** @description Ours. Further words, each as it is */
            args?: string[];
            environment?: string[];
            custom_variables?: string[];
        };
        /** @description Ours. How an instance is known to be well; absent: while it runs */
        ServiceConfiguredEventDataConfigHealth: {
            /**
             * @description `tcp`: the port takes a connection. `http`: a GET is answered with 2xx or 3xx. `exec`: a program in the task ends with 0
             * @enum {string}
             */
            type: "tcp" | "http" | "exec";
            /**
             * Format: int32
             * @description Port of the container; absent: the first of `ports`
             */
            port?: number;
            /**
             * @description Of `http`: what is asked for
             * @example /healthz
             */
            path?: string;
            /**
             * @description Of `exec`, needed: a program and its arguments; no shell is involved
             * @example [
             *       "pg_isready"
             *     ]
             */
            command?: string[];
            /** @description Seconds between two checks */
            interval_seconds?: number;
            /** @description Seconds after which a check has failed */
            timeout_seconds?: number;
            /** @description Seconds after its start in which failures do not count */
            grace_seconds?: number;
        };
        ServiceConfiguredEventDataConfigResources: {
            /**
             * Format: int32
             * @description Of each instance; 1000 is one core. 100 when absent
             * @default 100
             * @example 500
             */
            cpu?: number;
            /**
             * Format: int32
             * @description MiB of each instance; 128 when absent
             * @default 128
             * @example 1024
             */
            memory?: number;
            /**
             * Format: int32
             * @description MiB of each instance
             * @example 2048
             */
            disk?: number;
        };
        /** @description Ours. How one version takes the place of another */
        ServiceConfiguredEventDataConfigUpdate: {
            /**
             * Format: int32
             * @description Instances that are replaced at once; 1 when absent
             * @default 1
             */
            max_parallel?: number;
            /**
             * Format: int32
             * @description An instance counts once it was healthy for so long; 5 when absent
             * @default 5
             */
            min_healthy_seconds?: number;
            /**
             * Format: int32
             * @description A deployment that is not done by then has failed; 300 when absent
             * @default 300
             */
            progress_deadline_seconds?: number;
            /**
             * @description A version that fails gives way to the former one; true when absent
             * @default true
             */
            auto_revert?: boolean;
        };
        ServiceConfiguredEventDataConfigVolumesItem: {
            name: string;
            /**
             * @description Absolute path in the container; absent: that of the volume of this name in its template
             * @example /var/lib/data
             */
            path?: string;
            /**
             * @description Id of a kept volume that it is to be, of this tenant: `GET /api/v1/volumes`. Absent: one of the service’s own
             * @example service.770e8400-e29b-41d4-a716-446655440000.data
             */
            from?: string;
        };
        ServiceConfiguredEventDataWork: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["ServiceConfiguredEventDataWorkTasksItem"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; absent: the group has failed */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            /** @description Ours. A new version replaces what runs step by step, each time waiting until that is healthy; absent: all at once */
            update?: components["schemas"]["UpdatePolicy"];
            /**
             * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
             * @default replace
             * @enum {string}
             */
            lost?: "replace" | "fail";
        };
        ServiceConfiguredEventDataWorkTasksItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver: string;
            config: components["schemas"]["ServiceConfiguredEventDataWorkTasksItemConfig"];
            /** @description Ports of the node that it listens on, or that are published to its container */
            ports?: components["schemas"]["ServiceConfiguredEventDataWorkTasksItemPortsItem"][];
            resources?: components["schemas"]["Resources"];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            sealed_env?: string;
            stored_in?: components["schemas"]["ServiceConfiguredEventDataWorkTasksItemStoredIn"];
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        /** @description What the driver is told. The driver says what that may be */
        ServiceConfiguredEventDataWorkTasksItemConfig: Record<string, never>;
        ServiceConfiguredEventDataWorkTasksItemPortsItem: {
            /**
             * Format: int32
             * @description Port of the node. No other task there has it
             */
            host?: number;
            /**
             * Format: int32
             * @description Port in the container, where that is neither the image's only exposed TCP port nor the same number
             */
            container?: number;
            /** @description The scheduler gives it a host port of its range. Only for a container, and with `container` */
            dynamic?: boolean;
            /**
             * Format: int32
             * @description The host port of that range that it is given where that is free
             */
            prefer?: number;
        };
        ServiceConfiguredEventDataWorkTasksItemStoredIn: {
            /** Format: int32 */
            task: number;
            /** Format: int32 */
            environment?: number;
            /** Format: int32 */
            program?: number;
        };
        /** @description ServiceCreated, as it was written */
        ServiceCreatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceCreated";
            data: components["schemas"]["ServiceCreatedEventData"];
        };
        /** @description What happened: ServiceCreated */
        ServiceCreatedEventData: {
            /** Format: uuid */
            serviceId: string;
            name: string;
            description: string | null;
            type: string;
            tenantId: string;
            createdBy: string;
        };
        /** @description ServiceDeleted, as it was written */
        ServiceDeletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceDeleted";
            data: components["schemas"]["ServiceDeletedEventData"];
        };
        /** @description What happened: ServiceDeleted */
        ServiceDeletedEventData: {
            /** Format: uuid */
            serviceId: string;
            volumes: boolean;
            by: string;
        };
        /** @description ServiceDescribed, as it was written */
        ServiceDescribedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceDescribed";
            data: components["schemas"]["ServiceDescribedEventData"];
        };
        /** @description What happened: ServiceDescribed */
        ServiceDescribedEventData: {
            /** Format: uuid */
            serviceId: string;
            name: string;
            description: string | null;
            by: string;
        };
        /** @description ServiceFailed, as it was written */
        ServiceFailedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceFailed";
            data: components["schemas"]["ServiceFailedEventData"];
        };
        /** @description What happened: ServiceFailed */
        ServiceFailedEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            number: number;
            reason: components["schemas"]["ServiceFailedEventDataReason"];
        };
        ServiceFailedEventDataReason: {
            /** @enum {string} */
            code: "healthy" | "failed" | "deadline" | "stopped" | "deleted" | "superseded";
            message: string;
        };
        /** @description ServiceImagePinned, as it was written */
        ServiceImagePinnedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceImagePinned";
            data: components["schemas"]["ServiceImagePinnedEventData"];
        };
        /** @description What happened: ServiceImagePinned */
        ServiceImagePinnedEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            number: number;
            /** Format: int32 */
            version: number;
            imageDigest: string;
        };
        /** @description ServiceImageReleased, as it was written */
        ServiceImageReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceImageReleased";
            data: components["schemas"]["ServiceImageReleasedEventData"];
        };
        /** @description What happened: ServiceImageReleased */
        ServiceImageReleasedEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            version: number;
            imageDigest: string;
            by: string;
        };
        /** @description ServicePlaceGiven, as it was written */
        ServicePlaceGivenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServicePlaceGiven";
            data: components["schemas"]["ServicePlaceGivenEventData"];
        };
        /** @description What happened: ServicePlaceGiven */
        ServicePlaceGivenEventData: {
            tenantId: string;
            /** Format: uuid */
            serviceId: string;
            type: string;
        };
        /** @description ServicePlaceTaken, as it was written */
        ServicePlaceTakenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServicePlaceTaken";
            data: components["schemas"]["ServicePlaceTakenEventData"];
        };
        /** @description What happened: ServicePlaceTaken */
        ServicePlaceTakenEventData: {
            tenantId: string;
            /** Format: uuid */
            serviceId: string;
            type: string;
        };
        /** @description ServiceRestarted, as it was written */
        ServiceRestartedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceRestarted";
            data: components["schemas"]["ServiceRestartedEventData"];
        };
        /** @description What happened: ServiceRestarted */
        ServiceRestartedEventData: {
            /** Format: uuid */
            serviceId: string;
            /** Format: int32 */
            number: number;
            /** Format: int32 */
            restarts: number;
            pull?: boolean;
            by: string;
        };
        /** @description ServiceStopRequested, as it was written */
        ServiceStopRequestedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceStopRequested";
            data: components["schemas"]["ServiceStopRequestedEventData"];
        };
        /** @description What happened: ServiceStopRequested */
        ServiceStopRequestedEventData: {
            /** Format: uuid */
            serviceId: string;
            by: string;
        };
        /** @description ServiceTemplateAdded, as it was written */
        ServiceTemplateAddedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceTemplateAdded";
            data: components["schemas"]["ServiceTemplateAddedEventData"];
        };
        /** @description What happened: ServiceTemplateAdded */
        ServiceTemplateAddedEventData: {
            /** Format: uuid */
            templateId: string;
            content: components["schemas"]["ServiceTemplateAddedEventDataContent"];
            /** Format: int32 */
            builtIn?: number;
            addedBy?: string;
        };
        ServiceTemplateAddedEventDataContent: {
            name: string;
            type: string;
            description: string;
            icon: string;
            category: string;
            tags: string[];
            isPublic: boolean;
            config: components["schemas"]["ServiceTemplateAddedEventDataContentConfig"];
            variables: components["schemas"]["TemplateVariable"][];
            connection?: string;
            jobFiles?: {
                [key: string]: string;
            };
        };
        ServiceTemplateAddedEventDataContentConfig: Record<string, never>;
        /** @description ServiceTemplateRemoved, as it was written */
        ServiceTemplateRemovedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "ServiceTemplateRemoved";
            data: components["schemas"]["ServiceTemplateRemovedEventData"];
        };
        /** @description What happened: ServiceTemplateRemoved */
        ServiceTemplateRemovedEventData: {
            /** Format: uuid */
            templateId: string;
            removedBy: string;
        };
        /** @description SessionOpened, as it was written */
        SessionOpenedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "SessionOpened";
            data: components["schemas"]["SessionOpenedEventData"];
        };
        /** @description What happened: SessionOpened */
        SessionOpenedEventData: {
            sessionId: string;
            userId: string;
            /** Format: int32 */
            credentials: number;
            /** Format: int64 */
            expiresAt: number;
            refreshId?: string;
        };
        /** @description SessionRefreshed, as it was written */
        SessionRefreshedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "SessionRefreshed";
            data: components["schemas"]["SessionRefreshedEventData"];
        };
        /** @description What happened: SessionRefreshed */
        SessionRefreshedEventData: {
            sessionId: string;
            userId: string;
            refreshId: string;
            /** Format: int64 */
            expiresAt: number;
        };
        /** @description SessionRenewed, as it was written */
        SessionRenewedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "SessionRenewed";
            data: components["schemas"]["SessionRenewedEventData"];
        };
        /** @description What happened: SessionRenewed */
        SessionRenewedEventData: {
            sessionId: string;
            userId: string;
            /** Format: int64 */
            expiresAt: number;
        };
        /** @description SessionRevoked, as it was written */
        SessionRevokedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "SessionRevoked";
            data: components["schemas"]["SessionRevokedEventData"];
        };
        /** @description What happened: SessionRevoked */
        SessionRevokedEventData: {
            sessionId: string;
            userId: string;
        };
        /** @description TaskBackfilled, as it was written */
        TaskBackfilledEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskBackfilled";
            data: components["schemas"]["TaskBackfilledEventData"];
        };
        /** @description What happened: TaskBackfilled */
        TaskBackfilledEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            run: number;
            /** Format: int64 */
            keptFrom: number;
            tenantId?: string;
            /** Format: int32 */
            attempts: number;
            /** Format: int64 */
            from: number;
            /** Format: int64 */
            until: number;
            slots: number[];
        };
        /** @description TaskChainDecided, as it was written */
        TaskChainDecidedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskChainDecided";
            data: components["schemas"]["TaskChainDecidedEventData"];
        };
        /** @description What happened: TaskChainDecided */
        TaskChainDecidedEventData: {
            /** Format: int64 */
            taskId: number;
            /**
             * Format: int64
             * @description Only with `decision` run. Required with run
             */
            run?: number;
            /**
             * Format: int64
             * @description Only with `decision` run. Required with run
             */
            keptFrom?: number;
            /** @description Only with `decision` run */
            tenantId?: string;
            after: components["schemas"]["TaskChainDecidedEventDataAfter"];
            /** @enum {string} */
            decision: "run" | "skipped";
            /**
             * Format: int32
             * @description Only with `decision` run. Required with run
             */
            attempts?: number;
            /**
             * @description Only with `decision` skipped. Required with skipped
             * @enum {string}
             */
            reason?: "paused" | "disabled" | "forbidden" | "missed" | "too_many" | "not_permitted" | "no_environment" | "over_quota";
        };
        TaskChainDecidedEventDataAfter: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            run: number;
            /** Format: int64 */
            revision: number;
            /** Format: int64 */
            at: number;
        };
        /** @description Ours. One way to ask whether a task does its work */
        TaskCheck: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name?: string;
            /**
             * @description `tcp`: the port takes a connection. `http`: a GET is answered with 2xx or 3xx. `exec`: a program in the task ends with 0
             * @enum {string}
             */
            type: "tcp" | "http" | "exec";
            /**
             * Format: int32
             * @description Of `tcp` and `http`, needed: the port that the task listens on, in its container
             * @example 80
             */
            port?: number;
            /**
             * @description Of `http`: what is asked for
             * @example /healthz
             */
            path?: string;
            /**
             * @description Of `exec`, needed: a program and its arguments; no shell is involved
             * @example [
             *       "pg_isready"
             *     ]
             */
            command?: string[];
            /** @description Seconds between two checks */
            interval_seconds?: number;
            /** @description Seconds after which a check has failed */
            timeout_seconds?: number;
            /** @description Seconds after its start in which failures do not count */
            grace_seconds?: number;
            /**
             * Format: int32
             * @description So many failures in a row make the task fail
             */
            failures?: number;
        };
        /** @description TaskCreated, as it was written */
        TaskCreatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskCreated";
            data: components["schemas"]["TaskCreatedEventData"];
        };
        /** @description What happened: TaskCreated */
        TaskCreatedEventData: {
            /** Format: int64 */
            taskId: number;
            nameReservation: string;
            definition: components["schemas"]["TaskCreatedEventDataDefinition"];
            /** Format: int64 */
            timedFrom?: number;
            tenantId: string;
            createdBy: string;
        };
        TaskCreatedEventDataDefinition: {
            name: string;
            description?: string;
            work: components["schemas"]["TaskCreatedEventDataDefinitionWork"];
            timing: components["schemas"]["TaskCreatedEventDataDefinitionTiming"];
            after?: components["schemas"]["TaskCreatedEventDataDefinitionAfter"];
            notify?: components["schemas"]["TaskCreatedEventDataDefinitionNotify"];
            /** @enum {string} */
            priority: "low" | "normal" | "high" | "critical";
            /** Format: int32 */
            retryCount: number;
            /** Format: int32 */
            retryDelaySeconds: number;
            /** Format: int32 */
            timeoutSeconds: number;
            /** @enum {string} */
            onLost: "retry" | "fail";
            tags?: string[];
            labels: {
                [key: string]: string;
            };
            /** Format: int32 */
            keepRuns: number;
            resources: components["schemas"]["Resources"];
        };
        TaskCreatedEventDataDefinitionAfter: {
            tasks: number[];
            /** @enum {string} */
            on: "success" | "failure" | "always";
        };
        TaskCreatedEventDataDefinitionNotify: {
            on: ("failure" | "recovery" | "missed" | "success")[];
            to: components["schemas"]["TaskCreatedEventDataDefinitionNotifyTo"];
        };
        TaskCreatedEventDataDefinitionNotifyTo: {
            origin?: string;
            sealedUrl?: string;
            url?: string;
        };
        TaskCreatedEventDataDefinitionTiming: {
            pattern?: string;
            timezone: string;
            /** Format: int64 */
            runAt?: number;
            /** Format: int64 */
            startAt?: number;
            /** Format: int64 */
            endAt?: number;
            /** @enum {string} */
            concurrency: "allow" | "forbid" | "replace";
            /** @enum {string} */
            misfire: "skip" | "once";
            /** Format: int32 */
            jitterSeconds: number;
        };
        TaskCreatedEventDataDefinitionWork: {
            /** @enum {string} */
            executor: "shell" | "python" | "http" | "conda";
            /** @description Only with `executor` shell, python. Required with shell, python */
            command?: string;
            /** @description Only with `executor` shell, python */
            workingDirectory?: string;
            sealedEnvironment?: string;
            references?: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Only with `executor` python. Required with python
             */
            arguments?: number;
            /** @description Only with `executor` python */
            pythonPath?: string;
            /** @description Only with `executor` http. Required with http */
            url?: string;
            /**
             * @description Only with `executor` http. Required with http
             * @enum {string}
             */
            method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
            /** @description Only with `executor` http. Required with http */
            headers?: string[];
            /**
             * Format: int32
             * @description Only with `executor` http. Required with http
             */
            bodyPieces?: number;
            expect?: components["schemas"]["TaskCreatedEventDataDefinitionWorkExpect"];
            /**
             * Format: uuid
             * @description Only with `executor` conda. Required with conda
             */
            environmentId?: string;
            /** @description Only with `executor` conda. Required with conda */
            called?: string;
            script?: components["schemas"]["TaskCreatedEventDataDefinitionWorkScript"];
            /** @description Only with `executor` conda */
            requirements?: string;
        };
        /** @description Only with `executor` http */
        TaskCreatedEventDataDefinitionWorkExpect: {
            status?: number[];
            body_regex?: string;
        };
        /** @description Only with `executor` conda. Required with conda */
        TaskCreatedEventDataDefinitionWorkScript: {
            path?: string;
            content?: string;
        };
        /** @description TaskDeleted, as it was written */
        TaskDeletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskDeleted";
            data: components["schemas"]["TaskDeletedEventData"];
        };
        /** @description What happened: TaskDeleted */
        TaskDeletedEventData: {
            /** Format: int64 */
            taskId: number;
        };
        /** @description TaskExited, as it was written */
        TaskExitedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskExited";
            data: components["schemas"]["TaskExitedEventData"];
        };
        /** @description What happened: TaskExited */
        TaskExitedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            task: string;
            /** @enum {string} */
            status: "complete" | "failed" | "stopped";
            startTime: number | null;
            endTime: number | null;
            /** Format: int32 */
            exitCode: number | null;
            error: string | null;
            message: string | null;
            usage?: components["schemas"]["TaskExitedEventDataUsage"];
            containerId?: string;
            result?: string;
        };
        TaskExitedEventDataUsage: {
            memoryPeakMb?: number;
            memoryAverageMb?: number;
            cpuPeak?: number;
            cpuAverage?: number;
            cpuSeconds?: number;
        };
        /** @description TaskHealthChanged, as it was written */
        TaskHealthChangedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskHealthChanged";
            data: components["schemas"]["TaskHealthChangedEventData"];
        };
        /** @description What happened: TaskHealthChanged */
        TaskHealthChangedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            task: string;
            healthy: boolean;
            message: string | null;
            at: number | null;
        };
        /** @description TaskNameReleased, as it was written */
        TaskNameReleasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskNameReleased";
            data: components["schemas"]["TaskNameReleasedEventData"];
        };
        /** @description What happened: TaskNameReleased */
        TaskNameReleasedEventData: {
            reservation: string;
            /** Format: int64 */
            taskId: number;
        };
        /** @description TaskNameReserved, as it was written */
        TaskNameReservedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskNameReserved";
            data: components["schemas"]["TaskNameReservedEventData"];
        };
        /** @description What happened: TaskNameReserved */
        TaskNameReservedEventData: {
            reservation: string;
            /** Format: int64 */
            taskId: number;
        };
        /** @description TaskNoticeDecided, as it was written */
        TaskNoticeDecidedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskNoticeDecided";
            data: components["schemas"]["TaskNoticeDecidedEventData"];
        };
        /** @description What happened: TaskNoticeDecided */
        TaskNoticeDecidedEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            notice: number;
            /** @enum {string} */
            on: "failure" | "recovery" | "success" | "missed";
            to: components["schemas"]["TaskNoticeDecidedEventDataTo"];
            run?: components["schemas"]["TaskNoticeDecidedEventDataRun"];
            slots?: components["schemas"]["TaskNoticeDecidedEventDataSlots"];
        };
        /** @description Only with `on` failure, recovery, success. Required with failure, recovery, success */
        TaskNoticeDecidedEventDataRun: {
            /** Format: int64 */
            run: number;
            /** @enum {string} */
            outcome: "success" | "failed" | "timeout";
            /** @enum {string} */
            trigger: "schedule" | "manual" | "rerun" | "after" | "backfill";
            /** Format: int32 */
            slot: number | null;
            /** Format: int32 */
            attempt: number;
            /** @enum {string} */
            reason?: "requested" | "replaced" | "deleted" | "exited" | "timeout" | "not_started" | "secret_missing" | "secrets_too_large" | "worker_lost" | "stopped_by_operator" | "not_due" | "no_worker_online" | "no_suitable_worker" | "worker_shares_its_user" | "worker_shares_its_tmp" | "worker_reaches_open_store" | "too_large_for_any_worker" | "over_quota" | "waiting_for_capacity" | "being_placed" | "starting";
            worker?: string;
            startedAt?: number;
            endedAt?: number;
            /** Format: int32 */
            exitCode?: number;
            message?: string;
            /** Format: int64 */
            resultAt?: number;
        };
        /** @description Only with `on` missed. Required with missed */
        TaskNoticeDecidedEventDataSlots: {
            /** Format: int32 */
            slot: number;
            /** Format: int64 */
            until: number;
            /** Format: int32 */
            count: number | null;
        };
        TaskNoticeDecidedEventDataTo: {
            origin?: string;
            sealedUrl?: string;
            url?: string;
        };
        /** @description TaskNoticeEnded, as it was written */
        TaskNoticeEndedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskNoticeEnded";
            data: components["schemas"]["TaskNoticeEndedEventData"];
        };
        /** @description What happened: TaskNoticeEnded */
        TaskNoticeEndedEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            notice: number;
            /** @enum {string} */
            outcome: "delivered" | "failed" | "dropped";
        };
        /** @description TaskNoticeRetried, as it was written */
        TaskNoticeRetriedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskNoticeRetried";
            data: components["schemas"]["TaskNoticeRetriedEventData"];
        };
        /** @description What happened: TaskNoticeRetried */
        TaskNoticeRetriedEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            notice: number;
            /** Format: int32 */
            attempt: number;
            /** Format: int64 */
            dueAt: number;
        };
        /** @description TaskPlaceGiven, as it was written */
        TaskPlaceGivenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskPlaceGiven";
            data: components["schemas"]["TaskPlaceGivenEventData"];
        };
        /** @description What happened: TaskPlaceGiven */
        TaskPlaceGivenEventData: {
            tenantId: string;
            /** Format: int64 */
            taskId: number;
        };
        /** @description TaskPlaceTaken, as it was written */
        TaskPlaceTakenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskPlaceTaken";
            data: components["schemas"]["TaskPlaceTakenEventData"];
        };
        /** @description What happened: TaskPlaceTaken */
        TaskPlaceTakenEventData: {
            tenantId: string;
            /** Format: int64 */
            taskId: number;
            account: string;
        };
        /** @description TaskRunEnded, as it was written */
        TaskRunEndedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskRunEnded";
            data: components["schemas"]["TaskRunEndedEventData"];
        };
        /** @description What happened: TaskRunEnded */
        TaskRunEndedEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            run: number;
            /** @enum {string} */
            outcome: "success" | "failed" | "timeout";
            tenantId?: string;
            secret?: components["schemas"]["TaskRunEndedEventDataSecret"];
            execution?: components["schemas"]["TaskRunEndedEventDataExecution"];
        };
        TaskRunEndedEventDataExecution: {
            /** Format: uuid */
            environmentId: string;
            startedAt?: number;
            endedAt?: number;
        };
        TaskRunEndedEventDataSecret: {
            /** @enum {string} */
            problem: "missing" | "too_large";
            /** @description Only with `problem` missing. Required with missing */
            name?: string;
        };
        /** @description TaskRunRetried, as it was written */
        TaskRunRetriedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskRunRetried";
            data: components["schemas"]["TaskRunRetriedEventData"];
        };
        /** @description What happened: TaskRunRetried */
        TaskRunRetriedEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            run: number;
            /** Format: int32 */
            attempt: number;
            /** @enum {string} */
            after: "failed" | "timeout" | "lost";
            /** Format: int64 */
            dueAt: number;
        };
        /** @description TaskRunsCancelled, as it was written */
        TaskRunsCancelledEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskRunsCancelled";
            data: components["schemas"]["TaskRunsCancelledEventData"];
        };
        /** @description What happened: TaskRunsCancelled */
        TaskRunsCancelledEventData: {
            /** Format: int64 */
            taskId: number;
            runs: number[];
            /** @enum {string} */
            reason: "requested" | "replaced" | "deleted";
        };
        /** @description TaskRunsDropped, as it was written */
        TaskRunsDroppedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskRunsDropped";
            data: components["schemas"]["TaskRunsDroppedEventData"];
        };
        /** @description What happened: TaskRunsDropped */
        TaskRunsDroppedEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            from: number;
            /** Format: int64 */
            until: number;
        };
        /** @description TaskSlotDecided, as it was written */
        TaskSlotDecidedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskSlotDecided";
            data: components["schemas"]["TaskSlotDecidedEventData"];
        };
        /** @description What happened: TaskSlotDecided */
        TaskSlotDecidedEventData: {
            /** Format: int64 */
            taskId: number;
            /**
             * Format: int64
             * @description Only with `decision` run. Required with run
             */
            run?: number;
            /**
             * Format: int64
             * @description Only with `decision` run. Required with run
             */
            keptFrom?: number;
            /** @description Only with `decision` run */
            tenantId?: string;
            /** Format: int32 */
            slot: number;
            /** @enum {string} */
            decision: "run" | "skipped";
            /**
             * Format: int64
             * @description Only with `decision` run. Required with run
             */
            dueAt?: number;
            /**
             * Format: int32
             * @description Only with `decision` run. Required with run
             */
            attempts?: number;
            pin?: components["schemas"]["TaskSlotDecidedEventDataPin"];
            /**
             * @description Only with `decision` skipped. Required with skipped
             * @enum {string}
             */
            reason?: "paused" | "disabled" | "forbidden" | "missed" | "too_many" | "not_permitted" | "no_environment" | "over_quota";
            /**
             * Format: int64
             * @description Only with `decision` skipped. Required with skipped
             */
            until?: number;
            /**
             * Format: int32
             * @description Only with `decision` skipped. Required with skipped
             */
            count?: number | null;
        };
        /** @description Only with `decision` run */
        TaskSlotDecidedEventDataPin: {
            /** Format: uuid */
            environmentId: string;
            /** Format: int32 */
            generation: number;
            lock: string;
            /** @enum {string} */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
            platform: string;
        };
        /** @description TaskStarted, as it was written */
        TaskStartedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskStarted";
            data: components["schemas"]["TaskStartedEventData"];
        };
        /** @description What happened: TaskStarted */
        TaskStartedEventData: {
            allocationId: string;
            jobId: string;
            group: string;
            /** Format: int32 */
            slot: number;
            nodeId: string;
            task: string;
            startTime: number | null;
            containerId?: string;
            preparedTime?: number;
            imageDigest?: string;
            checked?: boolean;
        };
        /** @description TaskStatusSet, as it was written */
        TaskStatusSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskStatusSet";
            data: components["schemas"]["TaskStatusSetEventData"];
        };
        /** @description What happened: TaskStatusSet */
        TaskStatusSetEventData: {
            /** Format: int64 */
            taskId: number;
            /** @enum {string} */
            status: "active" | "paused" | "disabled";
        };
        /** @description TaskTriggered, as it was written */
        TaskTriggeredEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskTriggered";
            data: components["schemas"]["TaskTriggeredEventData"];
        };
        /** @description What happened: TaskTriggered */
        TaskTriggeredEventData: {
            /** Format: int64 */
            taskId: number;
            /** Format: int64 */
            run: number;
            /** Format: int64 */
            keptFrom: number;
            tenantId?: string;
            /** Format: int32 */
            attempts: number;
            /** @enum {string} */
            trigger: "manual" | "rerun";
            /** Format: int64 */
            repeats?: number;
            sealedEnvironment?: string;
            /** Format: int32 */
            arguments?: number;
            references?: {
                [key: string]: string;
            };
        };
        /** @description TaskUpdated, as it was written */
        TaskUpdatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TaskUpdated";
            data: components["schemas"]["TaskUpdatedEventData"];
        };
        /** @description What happened: TaskUpdated */
        TaskUpdatedEventData: {
            /** Format: int64 */
            taskId: number;
            nameReservation: string;
            definition: components["schemas"]["TaskUpdatedEventDataDefinition"];
            /** Format: int64 */
            timedFrom?: number;
            /** Format: int64 */
            keptFrom: number;
        };
        TaskUpdatedEventDataDefinition: {
            name: string;
            description?: string;
            work: components["schemas"]["TaskUpdatedEventDataDefinitionWork"];
            timing: components["schemas"]["TaskUpdatedEventDataDefinitionTiming"];
            after?: components["schemas"]["TaskUpdatedEventDataDefinitionAfter"];
            notify?: components["schemas"]["TaskUpdatedEventDataDefinitionNotify"];
            /** @enum {string} */
            priority: "low" | "normal" | "high" | "critical";
            /** Format: int32 */
            retryCount: number;
            /** Format: int32 */
            retryDelaySeconds: number;
            /** Format: int32 */
            timeoutSeconds: number;
            /** @enum {string} */
            onLost: "retry" | "fail";
            tags?: string[];
            labels: {
                [key: string]: string;
            };
            /** Format: int32 */
            keepRuns: number;
            resources: components["schemas"]["Resources"];
        };
        TaskUpdatedEventDataDefinitionAfter: {
            tasks: number[];
            /** @enum {string} */
            on: "success" | "failure" | "always";
        };
        TaskUpdatedEventDataDefinitionNotify: {
            on: ("failure" | "recovery" | "missed" | "success")[];
            to: components["schemas"]["TaskUpdatedEventDataDefinitionNotifyTo"];
        };
        TaskUpdatedEventDataDefinitionNotifyTo: {
            origin?: string;
            sealedUrl?: string;
            url?: string;
        };
        TaskUpdatedEventDataDefinitionTiming: {
            pattern?: string;
            timezone: string;
            /** Format: int64 */
            runAt?: number;
            /** Format: int64 */
            startAt?: number;
            /** Format: int64 */
            endAt?: number;
            /** @enum {string} */
            concurrency: "allow" | "forbid" | "replace";
            /** @enum {string} */
            misfire: "skip" | "once";
            /** Format: int32 */
            jitterSeconds: number;
        };
        TaskUpdatedEventDataDefinitionWork: {
            /** @enum {string} */
            executor: "shell" | "python" | "http" | "conda";
            /** @description Only with `executor` shell, python. Required with shell, python */
            command?: string;
            /** @description Only with `executor` shell, python */
            workingDirectory?: string;
            sealedEnvironment?: string;
            references?: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Only with `executor` python. Required with python
             */
            arguments?: number;
            /** @description Only with `executor` python */
            pythonPath?: string;
            /** @description Only with `executor` http. Required with http */
            url?: string;
            /**
             * @description Only with `executor` http. Required with http
             * @enum {string}
             */
            method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
            /** @description Only with `executor` http. Required with http */
            headers?: string[];
            /**
             * Format: int32
             * @description Only with `executor` http. Required with http
             */
            bodyPieces?: number;
            expect?: components["schemas"]["TaskUpdatedEventDataDefinitionWorkExpect"];
            /**
             * Format: uuid
             * @description Only with `executor` conda. Required with conda
             */
            environmentId?: string;
            /** @description Only with `executor` conda. Required with conda */
            called?: string;
            script?: components["schemas"]["TaskUpdatedEventDataDefinitionWorkScript"];
            /** @description Only with `executor` conda */
            requirements?: string;
        };
        /** @description Only with `executor` http */
        TaskUpdatedEventDataDefinitionWorkExpect: {
            status?: number[];
            body_regex?: string;
        };
        /** @description Only with `executor` conda. Required with conda */
        TaskUpdatedEventDataDefinitionWorkScript: {
            path?: string;
            content?: string;
        };
        /** @description Ours. A named volume that outlives the container */
        TaskVolume: {
            /**
             * @description Name of the volume, one in all of the fleet
             * @example orders-db
             */
            name: string;
            /**
             * @description Absolute path in the container
             * @example /var/lib/data
             */
            path: string;
            /** @description The container may only read it; several may at once */
            read_only?: boolean;
        };
        /** @description TemplateCreated, as it was written */
        TemplateCreatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TemplateCreated";
            data: components["schemas"]["TemplateCreatedEventData"];
        };
        /** @description What happened: TemplateCreated */
        TemplateCreatedEventData: {
            templateId: string;
            content: components["schemas"]["TemplateCreatedEventDataContent"];
        };
        TemplateCreatedEventDataContent: {
            name: string;
            description?: string | null;
            constraints?: components["schemas"]["JobConstraints"];
            task_groups?: components["schemas"]["TemplateCreatedEventDataContentTaskGroupsItem"][];
        };
        TemplateCreatedEventDataContentTaskGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["TemplateCreatedEventDataContentTaskGroupsItemTasksItem"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; absent: the group has failed */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            /** @description Ours. A new version replaces what runs step by step, each time waiting until that is healthy; absent: all at once */
            update?: components["schemas"]["UpdatePolicy"];
            /**
             * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
             * @default replace
             * @enum {string}
             */
            lost?: "replace" | "fail";
        };
        TemplateCreatedEventDataContentTaskGroupsItemTasksItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver: string;
            config: components["schemas"]["TemplateCreatedEventDataContentTaskGroupsItemTasksItemConfig"];
            /** @description Ports of the node that it listens on, or that are published to its container */
            ports?: components["schemas"]["TemplateCreatedEventDataContentTaskGroupsItemTasksItemPortsItem"][];
            resources?: components["schemas"]["Resources"];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            sealed_env?: string;
            stored_in?: components["schemas"]["TemplateCreatedEventDataContentTaskGroupsItemTasksItemStoredIn"];
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        /** @description What the driver is told. The driver says what that may be */
        TemplateCreatedEventDataContentTaskGroupsItemTasksItemConfig: Record<string, never>;
        TemplateCreatedEventDataContentTaskGroupsItemTasksItemPortsItem: {
            /**
             * Format: int32
             * @description Port of the node. No other task there has it
             */
            host?: number;
            /**
             * Format: int32
             * @description Port in the container, where that is neither the image's only exposed TCP port nor the same number
             */
            container?: number;
            /** @description The scheduler gives it a host port of its range. Only for a container, and with `container` */
            dynamic?: boolean;
            /**
             * Format: int32
             * @description The host port of that range that it is given where that is free
             */
            prefer?: number;
        };
        TemplateCreatedEventDataContentTaskGroupsItemTasksItemStoredIn: {
            /** Format: int32 */
            task: number;
            /** Format: int32 */
            environment?: number;
            /** Format: int32 */
            program?: number;
        };
        /** @description TemplateDeleted, as it was written */
        TemplateDeletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TemplateDeleted";
            data: components["schemas"]["TemplateDeletedEventData"];
        };
        /** @description What happened: TemplateDeleted */
        TemplateDeletedEventData: {
            templateId: string;
        };
        /** @description TemplateUpdated, as it was written */
        TemplateUpdatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TemplateUpdated";
            data: components["schemas"]["TemplateUpdatedEventData"];
        };
        /** @description What happened: TemplateUpdated */
        TemplateUpdatedEventData: {
            templateId: string;
            changes: components["schemas"]["TemplateUpdatedEventDataChanges"];
        };
        TemplateUpdatedEventDataChanges: {
            name?: string;
            description?: string | null;
            constraints?: components["schemas"]["JobConstraints"];
            task_groups?: components["schemas"]["TemplateUpdatedEventDataChangesTaskGroupsItem"][];
        };
        TemplateUpdatedEventDataChangesTaskGroupsItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["TemplateUpdatedEventDataChangesTaskGroupsItemTasksItem"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; absent: the group has failed */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            /** @description Ours. A new version replaces what runs step by step, each time waiting until that is healthy; absent: all at once */
            update?: components["schemas"]["UpdatePolicy"];
            /**
             * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
             * @default replace
             * @enum {string}
             */
            lost?: "replace" | "fail";
        };
        TemplateUpdatedEventDataChangesTaskGroupsItemTasksItem: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver: string;
            config: components["schemas"]["TemplateUpdatedEventDataChangesTaskGroupsItemTasksItemConfig"];
            /** @description Ports of the node that it listens on, or that are published to its container */
            ports?: components["schemas"]["TemplateUpdatedEventDataChangesTaskGroupsItemTasksItemPortsItem"][];
            resources?: components["schemas"]["Resources"];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            sealed_env?: string;
            stored_in?: components["schemas"]["TemplateUpdatedEventDataChangesTaskGroupsItemTasksItemStoredIn"];
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        /** @description What the driver is told. The driver says what that may be */
        TemplateUpdatedEventDataChangesTaskGroupsItemTasksItemConfig: Record<string, never>;
        TemplateUpdatedEventDataChangesTaskGroupsItemTasksItemPortsItem: {
            /**
             * Format: int32
             * @description Port of the node. No other task there has it
             */
            host?: number;
            /**
             * Format: int32
             * @description Port in the container, where that is neither the image's only exposed TCP port nor the same number
             */
            container?: number;
            /** @description The scheduler gives it a host port of its range. Only for a container, and with `container` */
            dynamic?: boolean;
            /**
             * Format: int32
             * @description The host port of that range that it is given where that is free
             */
            prefer?: number;
        };
        TemplateUpdatedEventDataChangesTaskGroupsItemTasksItemStoredIn: {
            /** Format: int32 */
            task: number;
            /** Format: int32 */
            environment?: number;
            /** Format: int32 */
            program?: number;
        };
        /** @description A variable of a template */
        TemplateVariable: {
            /**
             * @description As `{{NAME}}` names it
             * @example DB_NAME
             */
            name: string;
            /**
             * @description What it may be set to
             * @enum {string}
             */
            type: "string" | "int" | "bool";
            description: string;
            /** @description What it is when nobody sets it. One of: string, number, boolean */
            default?: unknown;
            /** @description false: it may stay unset, and is an empty text then. A variable that neither has a default nor is generated is required */
            required?: boolean;
            /**
             * @description What is made for it when nobody sets it: 24 letters and digits, 32 hexadecimal digits, or a UUID
             * @enum {string}
             */
            generate?: "password" | "hex" | "uuid";
            /** @description It is shown only to who may change the service */
            secret?: boolean;
        };
        /** @description TenantCreated, as it was written */
        TenantCreatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "TenantCreated";
            data: components["schemas"]["TenantCreatedEventData"];
        };
        /** @description What happened: TenantCreated */
        TenantCreatedEventData: {
            tenantId: string;
            createdBy: string;
        };
        /** @description How allocations of one version of a group are replaced by those of the next */
        UpdatePolicy: {
            /**
             * Format: int32
             * @description Instances that are replaced at once; 1 when absent
             * @default 1
             */
            max_parallel?: number;
            /**
             * Format: int32
             * @description An instance counts once it was healthy for so long; 5 when absent
             * @default 5
             */
            min_healthy_seconds?: number;
            /**
             * Format: int32
             * @description A deployment without progress for so long has failed: no further instance has come to count; 300 when absent
             * @default 300
             */
            progress_deadline_seconds?: number;
            /**
             * @description A version whose deployment fails gives way to the last one whose deployment was completed; false when absent
             * @default false
             */
            auto_revert?: boolean;
        };
        /** @description UserDeactivated, as it was written */
        UserDeactivatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserDeactivated";
            data: components["schemas"]["UserDeactivatedEventData"];
        };
        /** @description What happened: UserDeactivated */
        UserDeactivatedEventData: {
            userId: string;
        };
        /** @description UserErased, as it was written */
        UserErasedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserErased";
            data: components["schemas"]["UserErasedEventData"];
        };
        /** @description What happened: UserErased */
        UserErasedEventData: {
            userId: string;
        };
        /** @description UserPasswordSet, as it was written */
        UserPasswordSetEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserPasswordSet";
            data: components["schemas"]["UserPasswordSetEventData"];
        };
        /** @description What happened: UserPasswordSet */
        UserPasswordSetEventData: {
            userId: string;
            password: string;
        };
        /** @description UserProfileChanged, as it was written */
        UserProfileChangedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserProfileChanged";
            data: components["schemas"]["UserProfileChangedEventData"];
        };
        /** @description What happened: UserProfileChanged */
        UserProfileChangedEventData: {
            userId: string;
            firstName?: string;
            lastName?: string;
            email?: string;
            emailReservation?: string;
        };
        /** @description UserReactivated, as it was written */
        UserReactivatedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserReactivated";
            data: components["schemas"]["UserReactivatedEventData"];
        };
        /** @description What happened: UserReactivated */
        UserReactivatedEventData: {
            userId: string;
        };
        /** @description UserRegistered, as it was written */
        UserRegisteredEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserRegistered";
            data: components["schemas"]["UserRegisteredEventData"];
        };
        /** @description What happened: UserRegistered */
        UserRegisteredEventData: {
            userId: string;
            usernameReservation: string;
            username: string;
            password: string;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            tenantId: string;
            execute?: boolean;
            emailReservation?: string;
            email?: string;
            fullName?: string;
            firstName?: string;
            lastName?: string;
            /** Format: int32 */
            number: number;
        };
        /** @description UserRoleChanged, as it was written */
        UserRoleChangedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "UserRoleChanged";
            data: components["schemas"]["UserRoleChangedEventData"];
        };
        /** @description What happened: UserRoleChanged */
        UserRoleChangedEventData: {
            userId: string;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
        };
        /** @description VolumeDeleteAsked, as it was written */
        VolumeDeleteAskedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "VolumeDeleteAsked";
            data: components["schemas"]["VolumeDeleteAskedEventData"];
        };
        /** @description What happened: VolumeDeleteAsked */
        VolumeDeleteAskedEventData: {
            /**
             * @description Name of the volume, one in all of the fleet
             * @example orders-db
             */
            name: string;
        };
        /** @description VolumeDeleted, as it was written */
        VolumeDeletedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "VolumeDeleted";
            data: components["schemas"]["VolumeDeletedEventData"];
        };
        /** @description What happened: VolumeDeleted */
        VolumeDeletedEventData: {
            /**
             * @description Name of the volume, one in all of the fleet
             * @example orders-db
             */
            name: string;
            node: string | null;
            abandoned?: boolean;
        };
        /** @description VolumeDropped, as it was written */
        VolumeDroppedEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "VolumeDropped";
            data: components["schemas"]["VolumeDroppedEventData"];
        };
        /** @description What happened: VolumeDropped */
        VolumeDroppedEventData: {
            /**
             * @description Name of the volume, one in all of the fleet
             * @example orders-db
             */
            name: string;
            node: string | null;
        };
        /** @description VolumeLeft, as it was written */
        VolumeLeftEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "VolumeLeft";
            data: components["schemas"]["VolumeLeftEventData"];
        };
        /** @description What happened: VolumeLeft */
        VolumeLeftEventData: {
            /**
             * @description Name of the volume, one in all of the fleet
             * @example orders-db
             */
            name: string;
            /** Format: uuid */
            serviceId: string;
        };
        /** @description VolumeTaken, as it was written */
        VolumeTakenEvent: {
            /**
             * @description Place in the whole log, decimal; a string because it can exceed 2^53
             * @example 42
             */
            position: string;
            /**
             * @description Stream that it is in
             * @example job-hello
             */
            stream: string;
            /**
             * Format: int64
             * @description Place in its stream, from 0
             */
            revision: number;
            /** @description Event id */
            id: string;
            /**
             * Format: date-time
             * @description When it was decided
             * @example 2026-11-20T08:00:00.000Z
             */
            at: string;
            /**
             * Format: date-time
             * @description When the store wrote it
             * @example 2026-11-20T08:00:00.003Z
             */
            created: string;
            metadata: components["schemas"]["EventMetadata"];
            /** @constant */
            type: "VolumeTaken";
            data: components["schemas"]["VolumeTakenEventData"];
        };
        /** @description What happened: VolumeTaken */
        VolumeTakenEventData: {
            /**
             * @description Name of the volume, one in all of the fleet
             * @example orders-db
             */
            name: string;
            tenantId: string;
            /** Format: uuid */
            serviceId: string;
            serviceName: string;
            createdBy: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    audit_readEvents: {
        parameters: {
            query?: {
                /** @description Begin with the event at this position, or the next one behind it */
                from?: string;
                /** @description Begin behind this position */
                after?: string;
                /**
                 * @description Only this stream
                 * @example job-hello
                 */
                stream?: string;
                /**
                 * @description Only streams of this category
                 * @example job
                 */
                category?: string;
                /** @description Only events of these types, separated by commas */
                type?: string;
                /**
                 * @description Only what concerns this job: its own events, its evaluations and plan entries, its allocations, and what nodes said of them
                 * @example hello
                 */
                job?: string;
                /**
                 * @description Only what was written at this time or later
                 * @example 2026-11-20T08:00:00Z
                 */
                since?: string;
                /** @description Only what followed from the request of this id */
                correlation?: string;
                /** @description Oldest first, or newest first */
                direction?: components["schemas"]["ReadDirection"];
                /** @description At most so many events; absent: all */
                limit?: number;
                /** @description Go on as events come; absent: with server-sent events only */
                follow?: boolean;
                /** @description Absent: by the Accept header; NDJSON where that names both at one rank, or none */
                format?: components["schemas"]["EventFormat"];
            };
            header?: {
                /** @description Position of the last event that was received: go on behind it */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, as they come */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/event-stream": string;
                };
            };
            /** @description The request is malformed, or asks for what cannot be; nothing was changed */
            400: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request names a host that the server does not answer to (`MUSTER_ALLOWED_HOSTS`) */
            421: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Asked too often: try again after Retry-After seconds */
            429: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A failure of the server; its log has more under the X-Request-Id */
            500: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Overloaded, or the store is out of reach: try again after Retry-After seconds */
            503: {
                headers: {
                    /**
                     * @description Which error it is, for programs: the same whatever language the body speaks
                     * @example MUSTER_E_INVALID
                     */
                    "X-Muster-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
