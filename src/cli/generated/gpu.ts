// Made of openapi/gpu.json by openapi-typescript; after a change run: node dist/test/generated/write.js
export interface paths {
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register an account
         * @description Makes an account with the role `user` in a tenant of its own. Names that differ in case only are the same name. Refused where registration is closed (`MUSTER_REGISTRATION`).
         */
        post: operations["gpu_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description Opens a session and answers with its token. What is wrong is not said: an unknown name, a wrong password and an account that is not active look the same.
         */
        post: operations["gpu_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends the session of the token that is sent: it is good for nothing any more.
         */
        post: operations["gpu_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask who one is
         * @description The account whose token or API key is sent; to a key of the operator (`MUSTER_API_KEYS`) `operator-key`, which is no account and may everything.
         */
        get: operations["gpu_getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's password
         * @description With the one that holds; a wrong one is 403, and counts as a failed login. Every session ends, this one too. An API key changes no password.
         */
        put: operations["gpu_changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description An administrator gets all, an administrator of a tenant those of his tenant, anybody else his own.
         */
        get: operations["gpu_listUsers"];
        put?: never;
        /**
         * Make an account
         * @description With any role, in any tenant. It may run processes on workers, until that is taken from it.
         */
        post: operations["gpu_createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an account
         * @description One account; one that the caller may not see looks absent.
         */
        get: operations["gpu_getUser"];
        put?: never;
        post?: never;
        /**
         * Erase an account
         * @description Deletes the key that its personal data are sealed with: they cannot be read any more, in no copy of the log. The history stays whole, and the name is free.
         */
        delete: operations["gpu_eraseUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change what an account may do
         * @description Counts from the next request on.
         */
        put: operations["gpu_setRole"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}/execution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say whether an account may run processes on workers
         * @description Tasks of shell and Python are such processes. Administrators may anyway. Counts from the next request, and the next run, on.
         */
        put: operations["gpu_setExecution"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give an account a new password
         * @description Every session of the account ends.
         */
        put: operations["gpu_resetPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shut an account out
         * @description Every session ends, and API keys count no more; what it owns stays.
         */
        post: operations["gpu_deactivateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let an account in again
         * @description With the password that it had.
         */
        post: operations["gpu_reactivateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's API keys
         * @description Without what they prove themselves by.
         */
        get: operations["gpu_listApiKeys"];
        put?: never;
        /**
         * Issue an API key
         * @description It acts as the account, on the surfaces that it is for, until it is revoked. It is shown in this answer and never again. An API key issues none.
         */
        post: operations["gpu_issueApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It is good for nothing any more. Only its own account can.
         */
        delete: operations["gpu_revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register a node by its hostname
         * @description Answers with the id of the node: the same again for the same hostname. It gives no right to anything: with that id the node joins by `POST /register` of the cluster surface, which is where it proves who it is. 503 where too many hostnames are known. Of the hostnames of one address with which no node joined the newest are kept (50, where nothing else is set).
         */
        post: operations["gpu_registerNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List nodes
         * @description Every node, with the GPUs that it has and those that are given to somebody.
         */
        get: operations["gpu_listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a node
         * @description One node, with the GPUs that it has and those that are given to somebody.
         */
        get: operations["gpu_getNode"];
        put?: never;
        post?: never;
        /**
         * Forget a hostname that nothing came of
         * @description Its place is free for another. 409 for a node that has joined the cluster.
         */
        delete: operations["gpu_forgetNode"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get how a node is now
         * @description What the `/api/v1/metrics` of the node's agent answers, byte by byte. 409 where the node is not heard, or has not joined yet; 502 where its agent answers no JSON within three seconds, more than 1 MiB, or elsewhere.
         */
        get: operations["gpu_getNodeStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a node's secret back
         * @description For a machine that lost it, as one that was set up anew under its old hostname, or whose secret others know: the join token is good for the node again, and its next registration gives it another secret.
         */
        delete: operations["gpu_revokeNodeSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gpu-claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List claims
         * @description An administrator gets all, an administrator of a tenant those of his tenant, anybody else his own.
         */
        get: operations["gpu_listClaims"];
        put?: never;
        /**
         * Claim GPUs
         * @description Taken, and carried out later: a container with whole GPUs of one node, kept until it exits or is released. 403 where the claims of the account, pending ones among them, would be over the quota of its role.
         */
        post: operations["gpu_createClaim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gpu-claims/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a claim
         * @description One claim; one that the caller may not see looks absent.
         */
        get: operations["gpu_getClaim"];
        put?: never;
        post?: never;
        /**
         * Release a claim
         * @description Its container is stopped, and it counts against the quota no more from this answer on. One that was released before, or has ended, stays as it is.
         */
        delete: operations["gpu_releaseClaim"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gpu-claims/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the history of a claim
         * @description Everything that was decided about it and happened to it, from the log, oldest first.
         */
        get: operations["gpu_listClaimEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gpu-claims/{id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what the container of a claim writes
         * @description Output and errors are one stream, because the container has a terminal. The bytes as they are, from the node that the claim is on, or was on last. 404 where it had no container yet, and once its log is kept no more.
         */
        get: operations["gpu_getClaimLogs"];
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
        /**
         * @description A new account
         * @example {
         *       "username": "newuser",
         *       "password": "password123"
         *     }
         */
        AccountRegistration: {
            /**
             * @description Unique whatever its case
             * @example newuser
             */
            username: string;
            /**
             * @description 8 to 128 characters, all of which count
             * @example password123
             */
            password: string;
        };
        /** @description An API key, without what it proves itself by */
        ApiKey: {
            /** @description Id of the key */
            id: string;
            /** @example ci */
            name: string;
            scopes: string[];
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            created_at: number;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            expires_at: number | null;
        };
        /** @description A new API key */
        ApiKeyIssued: {
            /** @description Id of the key */
            id: string;
            /**
             * @description Shown this once
             * @example mus_…
             */
            api_key: string;
        };
        /** @description The API keys of the account */
        ApiKeyList: {
            api_keys: components["schemas"]["ApiKey"][];
            /** Format: int32 */
            count: number;
        };
        /**
         * @description An API key to be issued
         * @example {
         *       "name": "ci",
         *       "scopes": [
         *         "cluster"
         *       ]
         *     }
         */
        ApiKeyRequest: {
            /**
             * @description What it is for
             * @example ci
             */
            name: string;
            /**
             * @description Surfaces that it may be used on; `*`: all
             * @example [
             *       "cluster"
             *     ]
             */
            scopes: ("cluster" | "audit" | "gpu" | "tasks" | "tasks:read" | "tasks:write" | "tasks:trigger" | "tasks:execute" | "tasks:worker" | "conda" | "services" | "*")[];
            /** Format: int32 */
            expires_in_seconds?: number;
        };
        /** @enum {string} */
        ClaimPhaseFilter: "Pending" | "Running" | "Succeeded" | "Failed" | "Released";
        /** @description An error: exactly this key */
        Error: {
            /**
             * @description What is wrong, naming the field where there is one
             * @example task_groups: needs at least one task group
             */
            error: string;
        };
        /**
         * @description Whether the account may run processes on workers
         * @example {
         *       "execute": true
         *     }
         */
        ExecutionChange: {
            execute: boolean;
        };
        /**
         * @description A claim of GPUs
         * @example {
         *       "id": "claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4",
         *       "user_id": 1,
         *       "spec": {
         *         "image": "nvidia/cuda:11.8.0-base-ubuntu22.04",
         *         "resources": {
         *           "gpuCount": 1
         *         }
         *       },
         *       "status": {
         *         "phase": "Pending",
         *         "nodeName": "",
         *         "containerID": "",
         *         "reason": ""
         *       },
         *       "created_at": "2026-11-20T14:00:00.000Z",
         *       "updated_at": "2026-11-20T14:00:00.000Z"
         *     }
         */
        GpuClaim: {
            /**
             * @description Id of the claim
             * @example claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4
             */
            id: string;
            /**
             * Format: int64
             * @description Number of the account that claimed
             * @example 1
             */
            user_id: number;
            spec: components["schemas"]["GpuClaimSpec"];
            status: components["schemas"]["GpuClaimStatus"];
            /**
             * Format: date-time
             * @example 2026-11-20T14:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T14:00:00.000Z
             */
            updated_at: string;
        };
        /** @description Where a port of the container is reached */
        GpuClaimEndpoint: {
            /**
             * Format: int32
             * @description Of the container
             * @example 5432
             */
            port: number;
            /**
             * @description Node and port
             * @example 10.0.0.5:21034
             */
            address: string;
        };
        /** @description One thing that was decided about a claim, or happened to it */
        GpuClaimEvent: {
            /**
             * @description Id of the event
             * @example 0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e
             */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-20T14:00:00.000Z
             */
            time: string;
            /**
             * @description What it was, for programs
             * @example placed
             * @enum {string}
             */
            kind: "claimed" | "queued" | "waiting" | "placed" | "started" | "exited" | "moving" | "gone" | "stopping" | "released" | "ended";
            /**
             * @description The same in words
             * @example Placed on gpu-node-01 with GPU 0.
             */
            message: string;
        };
        /** @description What was decided about a claim, oldest first */
        GpuClaimEventList: {
            events: components["schemas"]["GpuClaimEvent"][];
            /** Format: int32 */
            count: number;
        };
        /** @description Claims in the order in which they were made; `count` is what this answer holds */
        GpuClaimList: {
            gpu_claims: components["schemas"]["GpuClaim"][];
            /** Format: int32 */
            count: number;
        };
        /**
         * @description A claim of GPUs
         * @example {
         *       "spec": {
         *         "image": "nvidia/cuda:11.8.0-base-ubuntu22.04",
         *         "resources": {
         *           "gpuCount": 1
         *         }
         *       }
         *     }
         */
        GpuClaimRequest: {
            spec: components["schemas"]["GpuClaimSpec"];
        };
        /** @description What is claimed */
        GpuClaimResources: {
            /**
             * Format: int32
             * @description Whole GPUs, all on one node
             * @example 1
             */
            gpuCount: number;
        };
        /**
         * @description A container, and the GPUs that it is given
         * @example {
         *       "image": "nvidia/cuda:11.8.0-base-ubuntu22.04",
         *       "resources": {
         *         "gpuCount": 1
         *       }
         *     }
         */
        GpuClaimSpec: {
            /**
             * @description Reference of a Docker image: `[registry/]path[:tag][@digest]`
             * @example nvidia/cuda:11.8.0-base-ubuntu22.04
             */
            image: string;
            resources: components["schemas"]["GpuClaimResources"];
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
            /**
             * @description Ours. Ports of the container that are to be reached from outside: see `endpoints`
             * @example [
             *       8888
             *     ]
             */
            ports?: number[];
            /**
             * @description Ours. Environment of the container; kept sealed, and shown to who may release the claim
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
        };
        /**
         * @description How a claim is
         * @example {
         *       "phase": "Pending",
         *       "nodeName": "",
         *       "containerID": "",
         *       "reason": ""
         *     }
         */
        GpuClaimStatus: {
            /** @enum {string} */
            phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Released";
            /**
             * @description Host name of the node that it is on, or was on last; its id where it has no host name; empty: none yet
             * @example gpu-node-01
             */
            nodeName: string;
            /**
             * @description Id of its container, where the node tells it
             * @example
             */
            containerID: string;
            /**
             * @description Why it is as it is, the first that holds in the order of this list; empty: nothing to explain
             * @example
             * @enum {string}
             */
            reason: "" | "NoNodeOnline" | "NoSuitableNode" | "ExceedsClusterMax" | "WaitingForGpu" | "WaitingForResources" | "PendingEvaluation" | "ImagePullFailed" | "ContainerExited" | "NodeLost" | "NodeDrained" | "GpuLost" | "ContainerCreating" | "StartFailed";
            /** @description Ours. Where the ports of its container are reached while it runs; absent of a claim without ports */
            endpoints?: components["schemas"]["GpuClaimEndpoint"][];
        };
        /** @description A node */
        GpuNode: {
            /**
             * @description Id of the node
             * @example a1b2c3d4-e5f6-7890-1234-567890abcdef
             */
            id: string;
            /**
             * @description As the machine said it; null where it never did
             * @example gpu-node-01
             */
            hostname: string | null;
            /**
             * @description `Registered`: it has said its name and has not joined yet; `Online`: it is heard; `Offline`: it was silent for too long
             * @enum {string}
             */
            phase: "Registered" | "Online" | "Offline";
            /**
             * @description Where its agent is reached; null where it has not joined, or named none
             * @example http://10.0.0.5:9000
             */
            endpoint: string | null;
            /**
             * @description What it offers, as registered: cpu (1000 a core), memory and disk in MiB, gpus
             * @example {
             *       "cpu": 16000,
             *       "memory": 131072,
             *       "gpus": 4
             *     }
             */
            resources: {
                [key: string]: number;
            };
            gpus: components["schemas"]["GpuNodeGpus"];
            /**
             * @description What else it says of itself
             * @example {
             *       "gpu.model": "NVIDIA H200"
             *     }
             */
            attributes: {
                [key: string]: unknown;
            };
            /** @description New claims may come: it is online and well, does not drain, and was not closed to them */
            schedulable: boolean;
            /**
             * @description Null where it has not joined
             * @example 1763625600.25
             */
            last_heartbeat: number | null;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            created_at: number;
        };
        /**
         * @description Its GPUs
         * @example {
         *       "total": 4,
         *       "used": 1
         *     }
         */
        GpuNodeGpus: {
            /** Format: int32 */
            total: number;
            /**
             * Format: int32
             * @description Assigned to a claim or job
             */
            used: number;
            /** @description Ours. Each card that its agent has seen, under the number by which claims have it; absent of an agent that only counts */
            devices?: components["schemas"]["GpuNodeGpusDevicesItem"][];
        };
        GpuNodeGpusDevicesItem: {
            /** Format: int32 */
            index: number;
            uuid: string;
            /** @description `ok`, or why it is not assigned: `missing`, `divided` */
            health: string;
        };
        /** @description Nodes: first those that said their name, then those that joined without, each in the order in which they came; `count` is what this answer holds */
        GpuNodeList: {
            nodes: components["schemas"]["GpuNode"][];
            /** Format: int32 */
            count: number;
        };
        /** @description A session */
        LoggedIn: {
            /**
             * @description Bearer token, good for 24 hours unless its session ends before
             * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiIuLi4ifQ.c2lnbmF0dXJl
             */
            token: string;
        };
        /**
         * @description Who logs in
         * @example {
         *       "username": "testuser",
         *       "password": "password123"
         *     }
         */
        Login: {
            /** @example testuser */
            username: string;
            /** @example password123 */
            password: string;
        };
        /** @description It was done */
        Message: {
            /** @example Node registered successfully */
            message: string;
        };
        /** @description How a node is, as its agent says: Muster's says this, another may say something else */
        NodeMetrics: {
            node_id: string;
            cpu_usage_percent: number;
            memory_usage_percent: number;
            gpus: components["schemas"]["NodeMetricsGpusItem"][];
            system: components["schemas"]["NodeMetricsSystem"];
        };
        NodeMetricsGpusItem: {
            /** Format: int32 */
            index: number;
            uuid: string;
            name: string;
            driver_version: string;
            memory_total_mb: number | null;
            memory_used_mb: number | null;
            utilization_percent: number | null;
            temperature_celsius: number | null;
            power_watts: number | null;
            mig: boolean;
        };
        NodeMetricsSystem: {
            timestamp: number;
            hostname: string;
            os: string;
            kernel: string;
            arch: string;
            /** Format: int32 */
            cpu_cores: number;
            load_average: number[];
            memory_total_mb: number;
            memory_used_mb: number;
            uptime_seconds: number;
            gpu_problem: string | null;
        };
        /** @enum {string} */
        NodePhaseFilter: "Registered" | "Online" | "Offline";
        /**
         * @description The id of its node: the same for the same name
         * @example {
         *       "id": "a1b2c3d4-e5f6-7890-1234-567890abcdef"
         *     }
         */
        NodeRegistered: {
            /**
             * @description Id of the node
             * @example a1b2c3d4-e5f6-7890-1234-567890abcdef
             */
            id: string;
        };
        /**
         * @description A machine that says its name
         * @example {
         *       "hostname": "gpu-node-01"
         *     }
         */
        NodeRegistration: {
            /**
             * @description Name of the machine; its case does not matter
             * @example gpu-node-01
             */
            hostname: string;
        };
        /**
         * @description A new password of one's own; every session ends
         * @example {
         *       "current_password": "password123",
         *       "password": "password456"
         *     }
         */
        PasswordChange: {
            /**
             * @description The one that holds
             * @example password123
             */
            current_password: string;
            /**
             * @description 8 to 128 characters, all of which count
             * @example password123
             */
            password: string;
        };
        /**
         * @description A new password; every session ends
         * @example {
         *       "password": "password456"
         *     }
         */
        PasswordReset: {
            /**
             * @description 8 to 128 characters, all of which count
             * @example password123
             */
            password: string;
        };
        /** @description The account */
        Registered: {
            /**
             * @description Id of the account
             * @example 0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001
             */
            id: string;
            /**
             * Format: int64
             * @description Number of the account
             * @example 1
             */
            user_id: number;
            /** @example newuser */
            username: string;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
        };
        /**
         * @description What the account may do from now on
         * @example {
         *       "role": "tenant_admin"
         *     }
         */
        RoleChange: {
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
        };
        /** @description An account */
        User: {
            /**
             * @description Id of the account
             * @example 0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001
             */
            id: string;
            /**
             * Format: int64
             * @description Number of the account; null while its registration is being completed
             * @example 1
             */
            user_id: number | null;
            /**
             * @description `erased` once the account was erased
             * @example newuser
             */
            username: string;
            email: string | null;
            full_name: string | null;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            tenant_id: string;
            active: boolean;
            erased: boolean;
            /** @description It was granted to run processes on workers; administrators may anyway */
            execute: boolean;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            created_at: number;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            updated_at: number;
        };
        /**
         * @description An account that an administrator makes
         * @example {
         *       "username": "newuser",
         *       "password": "password123",
         *       "role": "user"
         *     }
         */
        UserCreation: {
            /**
             * @description Unique whatever its case
             * @example newuser
             */
            username: string;
            /**
             * @description 8 to 128 characters, all of which count
             * @example password123
             */
            password: string;
            /**
             * @default user
             * @enum {string}
             */
            role?: "user" | "tenant_admin" | "admin";
            /** @description Id of the tenant; one of its own when absent */
            tenant_id?: string;
            /** Format: email */
            email?: string;
            full_name?: string;
        };
        /** @description Accounts, in the order in which they were made */
        UserList: {
            users: components["schemas"]["User"][];
            /** Format: int32 */
            count: number;
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
    gpu_register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountRegistration"];
            };
        };
        responses: {
            /** @description The account is made */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
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
            /** @description What was asked stands against what is: a name is taken, a job is archived, or a newer registration of the node holds */
            409: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description The session is open */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedIn"];
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
    gpu_logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is over */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
    gpu_getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
    gpu_changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description It is so */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_listUsers: {
        parameters: {
            query?: {
                /** @description Only the account with this name */
                username?: string;
                /** @description At most so many; absent: all */
                limit?: number;
                /** @description Only what comes behind the item with this id, in creation order */
                after?: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The accounts */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
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
    gpu_createUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreation"];
            };
        };
        responses: {
            /** @description The account is made */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
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
            /** @description What was asked stands against what is: a name is taken, a job is archived, or a newer registration of the node holds */
            409: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_getUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
            /** @description There is no such thing */
            404: {
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
    gpu_eraseUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is erased */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_setRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description It is so */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_setExecution: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExecutionChange"];
            };
        };
        responses: {
            /** @description It is so */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_resetPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description It is so */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_deactivateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_reactivateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_listApiKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
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
    gpu_issueApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRequest"];
            };
        };
        responses: {
            /** @description The key */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyIssued"];
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_registerNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeRegistration"];
            };
        };
        responses: {
            /** @description The id of the node */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeRegistered"];
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_listNodes: {
        parameters: {
            query?: {
                /** @description `Registered`: it has said its name and has not joined yet; `Online`: it is heard; `Offline`: it was silent for too long */
                phase?: components["schemas"]["NodePhaseFilter"];
                /** @description Only the node with this name; case does not matter */
                hostname?: string;
                /** @description At most so many; absent: all */
                limit?: number;
                /** @description Only what comes behind the item with this id, in creation order */
                after?: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The nodes */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuNodeList"];
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
    gpu_getNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the node
                 * @example a1b2c3d4-e5f6-7890-1234-567890abcdef
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuNode"];
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
            /** @description There is no such thing */
            404: {
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
    gpu_forgetNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the node
                 * @example a1b2c3d4-e5f6-7890-1234-567890abcdef
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description What was asked stands against what is: a name is taken, a job is archived, or a newer registration of the node holds */
            409: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_getNodeStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the node
                 * @example a1b2c3d4-e5f6-7890-1234-567890abcdef
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the agent says */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeMetrics"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description What was asked stands against what is: a name is taken, a job is archived, or a newer registration of the node holds */
            409: {
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
            /** @description The agent of the node did not answer */
            502: {
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
    gpu_revokeNodeSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the node
                 * @example a1b2c3d4-e5f6-7890-1234-567890abcdef
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is taken back */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_listClaims: {
        parameters: {
            query?: {
                /** @description Only claims of this phase */
                phase?: components["schemas"]["ClaimPhaseFilter"];
                /** @description At most so many; absent: all */
                limit?: number;
                /** @description Only what comes behind the item with this id, in creation order */
                after?: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claims */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuClaimList"];
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
    gpu_createClaim: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GpuClaimRequest"];
            };
        };
        responses: {
            /** @description The claim */
            202: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuClaim"];
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_getClaim: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the claim
                 * @example claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claim */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuClaim"];
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
            /** @description There is no such thing */
            404: {
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
    gpu_releaseClaim: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the claim
                 * @example claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claim */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuClaim"];
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
            /** @description There is no such thing */
            404: {
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
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
    gpu_listClaimEvents: {
        parameters: {
            query?: {
                /** @description At most so many; absent: all */
                limit?: number;
                /** @description Only what comes behind the item with this id, in creation order */
                after?: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the claim
                 * @example claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its history */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GpuClaimEventList"];
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
            /** @description There is no such thing */
            404: {
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
    gpu_getClaimLogs: {
        parameters: {
            query?: {
                /** @description Go on as more is written, until the task has ended */
                follow?: boolean;
                /** @description Begin with the last so many lines; absent: the oldest kept */
                tail?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the claim
                 * @example claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What its container wrote */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
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
            /** @description There is no such thing */
            404: {
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
            /** @description It was there, and is no longer kept */
            410: {
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
            /** @description The agent of the node did not answer */
            502: {
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
