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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationAccepted */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationCompleted */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                startTime: number | null;
                endTime: number | null;
                message: string | null;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationFailed */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                startTime: number | null;
                endTime: number | null;
                message: string | null;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationLost */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                reason: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationPlaced */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                jobVersion: number;
                attempt: number;
                epoch: number;
                evaluationId: string;
                resources: components["schemas"]["Resources"];
                ports?: number[];
                gpuDevices?: {
                    [key: string]: number[];
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationReleased */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                /** @enum {string} */
                outcome: "complete" | "failed" | "stopped" | "lost";
                retryAt?: number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationStarted */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                startTime: number | null;
                tasks: {
                    [key: string]: {
                        startTime: number | null;
                        containerId?: string;
                    };
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationStopRequested */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                /** @enum {string} */
                reason: "job-stopped" | "job-updated" | "job-deleted" | "scaled-down" | "drain" | "capacity-shrunk";
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: AllocationStopped */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                startTime: number | null;
                endTime: number | null;
                message: string | null;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: ApiKeyIssued */
            data: {
                userId: string;
                keyId: string;
                name: string;
                hash: string;
                scopes: string[];
                expiresAt?: number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: ApiKeyRevoked */
            data: {
                userId: string;
                keyId: string;
            };
        };
        /** @description An event, as it was written */
        AuditEvent: components["schemas"]["ClusterClearedEvent"] | components["schemas"]["ClusterLevelRaisedEvent"] | components["schemas"]["JobSubmittedEvent"] | components["schemas"]["JobUpdatedEvent"] | components["schemas"]["JobRestartedEvent"] | components["schemas"]["JobStoppedEvent"] | components["schemas"]["JobDeletedEvent"] | components["schemas"]["LeaseTakenEvent"] | components["schemas"]["LeaseRenewedEvent"] | components["schemas"]["LeaseReleasedEvent"] | components["schemas"]["NodeRegisteredEvent"] | components["schemas"]["NodeHeartbeatReceivedEvent"] | components["schemas"]["NodeWentDownEvent"] | components["schemas"]["NodeCameBackEvent"] | components["schemas"]["NodeDrainStartedEvent"] | components["schemas"]["NodeDrainEndedEvent"] | components["schemas"]["NodeEligibilitySetEvent"] | components["schemas"]["AllocationAcceptedEvent"] | components["schemas"]["AllocationStartedEvent"] | components["schemas"]["TaskStartedEvent"] | components["schemas"]["TaskExitedEvent"] | components["schemas"]["AllocationCompletedEvent"] | components["schemas"]["AllocationFailedEvent"] | components["schemas"]["AllocationStoppedEvent"] | components["schemas"]["AllocationLostEvent"] | components["schemas"]["NodeCapacitySetEvent"] | components["schemas"]["AllocationPlacedEvent"] | components["schemas"]["AllocationStopRequestedEvent"] | components["schemas"]["AllocationReleasedEvent"] | components["schemas"]["EvaluationBlockedEvent"] | components["schemas"]["EvaluationCompletedEvent"] | components["schemas"]["JobFinishedEvent"] | components["schemas"]["TemplateCreatedEvent"] | components["schemas"]["TemplateUpdatedEvent"] | components["schemas"]["TemplateDeletedEvent"] | components["schemas"]["UserRegisteredEvent"] | components["schemas"]["UserRoleChangedEvent"] | components["schemas"]["UserPasswordSetEvent"] | components["schemas"]["UserDeactivatedEvent"] | components["schemas"]["UserReactivatedEvent"] | components["schemas"]["UserErasedEvent"] | components["schemas"]["ApiKeyIssuedEvent"] | components["schemas"]["ApiKeyRevokedEvent"] | components["schemas"]["TenantCreatedEvent"] | components["schemas"]["NameReservedEvent"] | components["schemas"]["NameConfirmedEvent"] | components["schemas"]["NameReleasedEvent"] | components["schemas"]["SessionOpenedEvent"] | components["schemas"]["SessionRevokedEvent"] | components["schemas"]["NumberTakenEvent"] | components["schemas"]["NodeEnrolledEvent"] | components["schemas"]["NodeForgottenEvent"] | components["schemas"]["NodeSecretUsedEvent"] | components["schemas"]["NodeSecretRevokedEvent"] | components["schemas"]["GpuClaimedEvent"] | components["schemas"]["GpuReleasedEvent"] | components["schemas"]["GpuClaimEndedEvent"];
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: ClusterCleared */
            data: Record<string, never>;
        };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: ClusterLevelRaised */
            data: {
                level: number;
            };
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
            /** @example 10.0.0.1 */
            value: string | number;
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: EvaluationBlocked */
            data: {
                evaluationId: string;
                jobId: string;
                jobVersion: number;
                triggers: {
                    /** @enum {string} */
                    kind: "job-submitted" | "job-updated" | "job-stopped" | "job-restarted" | "job-deleted" | "allocation-ended" | "allocation-lost" | "retry-due" | "capacity-freed" | "nodes-changed";
                    ref: string;
                }[];
                reasons: {
                    [key: string]: {
                        unplaced: number;
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
                        oversized?: number;
                    };
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: EvaluationCompleted */
            data: {
                evaluationId: string;
                jobId: string;
                jobVersion: number;
                triggers: {
                    /** @enum {string} */
                    kind: "job-submitted" | "job-updated" | "job-stopped" | "job-restarted" | "job-deleted" | "allocation-ended" | "allocation-lost" | "retry-due" | "capacity-freed" | "nodes-changed";
                    ref: string;
                }[];
            };
        };
        /** @description Correlation, causation, actor, surface, time and version */
        EventMetadata: {
            $correlationId: string;
            $causationId: string;
            at: number;
            v: number;
            commandId?: string;
            bodyDigest?: string;
            actor?: string;
            surface?: string;
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: GpuClaimEnded */
            data: {
                claimId: string;
                userId: string;
                /** @enum {string} */
                outcome: "succeeded" | "failed";
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: GpuClaimed */
            data: {
                claimId: string;
                userId: string;
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
                sealedEnv?: string;
                gpuCount: number;
                cpu: number;
                memory: number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: GpuReleased */
            data: {
                claimId: string;
                userId: string;
            };
        };
        /**
         * @description Constraints that hold for every group: attribute → value (meaning `=`), or attribute → `{operator, value}`
         * @example {}
         */
        JobConstraints: {
            [key: string]: (string | number) | {
                /** @enum {string} */
                operator: "=" | "!=" | ">" | "<" | "regex";
                value: string | number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: JobDeleted */
            data: {
                jobId: string;
                evaluationId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: JobFinished */
            data: {
                jobId: string;
                jobVersion: number;
                /** @enum {string} */
                outcome: "complete" | "failed" | "stopped" | "deleted";
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: JobRestarted */
            data: {
                jobId: string;
                evaluationId: string;
                specification: {
                    task_groups: {
                        /**
                         * @description Name, unique among its siblings
                         * @example web
                         */
                        name: string;
                        tasks: {
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
                            /** @description What the driver is told. The driver says what that may be */
                            config: Record<string, never>;
                            ports?: {
                                host?: number;
                                container?: number;
                            }[];
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
                            /** @description Seconds after which a task that still runs is stopped and counts as failed */
                            max_run_seconds?: number;
                            sealed_env?: string;
                        }[];
                        constraints?: components["schemas"]["Constraint"][];
                        /** @description How many allocations of the group run at once; 1 when absent */
                        count?: number;
                        restart?: components["schemas"]["RestartPolicy"];
                        /**
                         * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
                         * @enum {string}
                         */
                        lost?: "replace" | "fail";
                    }[];
                    constraints?: components["schemas"]["JobConstraints"];
                    /** @description 0 to 100, higher first; 50 when absent */
                    priority?: number;
                };
                owner?: {
                    surface: string;
                    tenant: string | null;
                    principal: string;
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: JobStopped */
            data: {
                jobId: string;
                evaluationId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: JobSubmitted */
            data: {
                jobId: string;
                evaluationId: string;
                specification: {
                    task_groups: {
                        /**
                         * @description Name, unique among its siblings
                         * @example web
                         */
                        name: string;
                        tasks: {
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
                            /** @description What the driver is told. The driver says what that may be */
                            config: Record<string, never>;
                            ports?: {
                                host?: number;
                                container?: number;
                            }[];
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
                            /** @description Seconds after which a task that still runs is stopped and counts as failed */
                            max_run_seconds?: number;
                            sealed_env?: string;
                        }[];
                        constraints?: components["schemas"]["Constraint"][];
                        /** @description How many allocations of the group run at once; 1 when absent */
                        count?: number;
                        restart?: components["schemas"]["RestartPolicy"];
                        /**
                         * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
                         * @enum {string}
                         */
                        lost?: "replace" | "fail";
                    }[];
                    constraints?: components["schemas"]["JobConstraints"];
                    /** @description 0 to 100, higher first; 50 when absent */
                    priority?: number;
                };
                owner?: {
                    surface: string;
                    tenant: string | null;
                    principal: string;
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: JobUpdated */
            data: {
                jobId: string;
                evaluationId: string;
                specification: {
                    task_groups: {
                        /**
                         * @description Name, unique among its siblings
                         * @example web
                         */
                        name: string;
                        tasks: {
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
                            /** @description What the driver is told. The driver says what that may be */
                            config: Record<string, never>;
                            ports?: {
                                host?: number;
                                container?: number;
                            }[];
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
                            /** @description Seconds after which a task that still runs is stopped and counts as failed */
                            max_run_seconds?: number;
                            sealed_env?: string;
                        }[];
                        constraints?: components["schemas"]["Constraint"][];
                        /** @description How many allocations of the group run at once; 1 when absent */
                        count?: number;
                        restart?: components["schemas"]["RestartPolicy"];
                        /**
                         * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
                         * @enum {string}
                         */
                        lost?: "replace" | "fail";
                    }[];
                    constraints?: components["schemas"]["JobConstraints"];
                    /** @description 0 to 100, higher first; 50 when absent */
                    priority?: number;
                };
                owner?: {
                    surface: string;
                    tenant: string | null;
                    principal: string;
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: LeaseReleased */
            data: {
                name: string;
                holder: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: LeaseRenewed */
            data: {
                name: string;
                holder: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: LeaseTaken */
            data: {
                name: string;
                holder: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NameConfirmed */
            data: {
                reservation: string;
                ownerId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NameReleased */
            data: {
                reservation: string;
                ownerId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NameReserved */
            data: {
                reservation: string;
                ownerId: string;
                /** @enum {string} */
                space: "username" | "email";
                registration?: {
                    userId: string;
                    usernameReservation: string;
                    username: string;
                    password: string;
                    /** @enum {string} */
                    role: "user" | "tenant_admin" | "admin";
                    tenantId: string;
                    emailReservation?: string;
                    email?: string;
                    fullName?: string;
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeCameBack */
            data: {
                nodeId: string;
                epoch: number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeCapacitySet */
            data: {
                nodeId: string;
                epoch: number;
                resources: components["schemas"]["Resources"];
                schedulable: boolean;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeDrainEnded */
            data: {
                nodeId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeDrainStarted */
            data: {
                nodeId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeEligibilitySet */
            data: {
                nodeId: string;
                eligible: boolean;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeEnrolled */
            data: {
                nodeId: string;
                /**
                 * @description Name of the machine; its case does not matter
                 * @example gpu-node-01
                 */
                hostname: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeForgotten */
            data: {
                nodeId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeHeartbeatReceived */
            data: {
                nodeId: string;
                epoch: number;
                healthy: boolean;
                resources: {
                    [key: string]: number;
                };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeRegistered */
            data: {
                nodeId: string;
                epoch: number;
                ipAddress: string;
                resources: {
                    [key: string]: number;
                };
                attributes: {
                    [key: string]: string | number | boolean;
                };
                drivers?: string[];
                healthy: boolean;
                endpoint: string | null;
                /** @enum {string} */
                protocol: "muster" | "basic";
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeSecretRevoked */
            data: {
                nodeId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeSecretUsed */
            data: {
                nodeId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NodeWentDown */
            data: {
                nodeId: string;
                epoch: number;
                reason: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: NumberTaken */
            data: {
                counter: string;
                for: string;
            };
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
            /** @description How often more it is tried */
            attempts: number;
            /**
             * @description Seconds between tries
             * @default 5
             */
            delay: number;
            /**
             * @description After the last try: `fail` gives up, `delay` goes on trying
             * @default fail
             * @enum {string}
             */
            mode: "fail" | "delay";
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: SessionOpened */
            data: {
                sessionId: string;
                userId: string;
                credentials: number;
                expiresAt: number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: SessionRevoked */
            data: {
                sessionId: string;
                userId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: TaskExited */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                task: string;
                /** @enum {string} */
                status: "complete" | "failed" | "stopped";
                startTime: number | null;
                endTime: number | null;
                exitCode: number | null;
                error: string | null;
                message: string | null;
                usage?: {
                    memoryPeakMb?: number;
                    memoryAverageMb?: number;
                    cpuPeak?: number;
                    cpuAverage?: number;
                };
                containerId?: string;
                result?: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: TaskStarted */
            data: {
                allocationId: string;
                jobId: string;
                group: string;
                slot: number;
                nodeId: string;
                task: string;
                startTime: number | null;
                containerId?: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: TemplateCreated */
            data: {
                templateId: string;
                content: {
                    name: string;
                    description?: string | null;
                    constraints?: components["schemas"]["JobConstraints"];
                    task_groups?: {
                        /**
                         * @description Name, unique among its siblings
                         * @example web
                         */
                        name: string;
                        tasks: {
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
                            /** @description What the driver is told. The driver says what that may be */
                            config: Record<string, never>;
                            ports?: {
                                host?: number;
                                container?: number;
                            }[];
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
                            /** @description Seconds after which a task that still runs is stopped and counts as failed */
                            max_run_seconds?: number;
                            sealed_env?: string;
                        }[];
                        constraints?: components["schemas"]["Constraint"][];
                        /** @description How many allocations of the group run at once; 1 when absent */
                        count?: number;
                        restart?: components["schemas"]["RestartPolicy"];
                        /**
                         * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
                         * @enum {string}
                         */
                        lost?: "replace" | "fail";
                    }[];
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: TemplateDeleted */
            data: {
                templateId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: TemplateUpdated */
            data: {
                templateId: string;
                changes: {
                    name?: string;
                    description?: string | null;
                    constraints?: components["schemas"]["JobConstraints"];
                    task_groups?: {
                        /**
                         * @description Name, unique among its siblings
                         * @example web
                         */
                        name: string;
                        tasks: {
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
                            /** @description What the driver is told. The driver says what that may be */
                            config: Record<string, never>;
                            ports?: {
                                host?: number;
                                container?: number;
                            }[];
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
                            /** @description Seconds after which a task that still runs is stopped and counts as failed */
                            max_run_seconds?: number;
                            sealed_env?: string;
                        }[];
                        constraints?: components["schemas"]["Constraint"][];
                        /** @description How many allocations of the group run at once; 1 when absent */
                        count?: number;
                        restart?: components["schemas"]["RestartPolicy"];
                        /**
                         * @description What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed
                         * @enum {string}
                         */
                        lost?: "replace" | "fail";
                    }[];
                };
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: TenantCreated */
            data: {
                tenantId: string;
                createdBy: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: UserDeactivated */
            data: {
                userId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: UserErased */
            data: {
                userId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: UserPasswordSet */
            data: {
                userId: string;
                password: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: UserReactivated */
            data: {
                userId: string;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: UserRegistered */
            data: {
                userId: string;
                usernameReservation: string;
                username: string;
                password: string;
                /** @enum {string} */
                role: "user" | "tenant_admin" | "admin";
                tenantId: string;
                emailReservation?: string;
                email?: string;
                fullName?: string;
                number: number;
            };
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
            /** @description Place in its stream, from 0 */
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
            /** @description What happened: UserRoleChanged */
            data: {
                userId: string;
                /** @enum {string} */
                role: "user" | "tenant_admin" | "admin";
            };
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
                direction?: "forwards" | "backwards";
                /** @description At most so many events; absent: all */
                limit?: number;
                /** @description Go on as events come; `true` when absent for server-sent events, else `false` */
                follow?: "true" | "false";
                /** @description Absent: by the Accept header, else NDJSON */
                format?: "ndjson" | "sse";
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
            /** @description The events: one JSON object a line, or one in the data of each server-sent event */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["AuditEvent"];
                    "text/event-stream": components["schemas"]["AuditEvent"];
                };
            };
            /** @description The request is malformed, or asks for what cannot be; nothing was changed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A failure of the server; its log has more under the X-Request-Id */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Overloaded, or the store is out of reach: try again after Retry-After seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
