// Made of openapi/cluster.json by openapi-typescript; after a change run: node dist/test/generated/write.js
export interface paths {
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs
         * @description All jobs of this surface with their allocations, in creation order.
         */
        get: operations["cluster_listJobs"];
        put?: never;
        /**
         * Submit a job
         * @description Begins a job. A `job_id` that exists already is updated, and starts again if it was dead; one that is archived begins a new job.
         */
        post: operations["cluster_submitJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a job
         * @description One job with its allocations. One that ended long ago is in no list any more, and here it says that it is archived.
         */
        get: operations["cluster_getJob"];
        /**
         * Update a job
         * @description Replaces what the job is to be. Where only `count` or `update` changes, what runs stays; groups with `update` are replaced step by step, others at once. A dead job starts.
         */
        put: operations["cluster_updateJob"];
        post?: never;
        /**
         * Stop a job
         * @description Stops what runs of it; the job stays and is dead. Stopping a dead job changes nothing.
         */
        delete: operations["cluster_stopJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell what a submission would do
         * @description Ours. The body of a submission: what it would change, and what the scheduler would do with it, node by node, as things are. Nothing is written. With the `Idempotency-Key` of the submission that follows both begin to look at the same node; else they may choose another of those that fit.
         */
        post: operations["cluster_planJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete a job and all that belongs to it
         * @description Stops what runs of it and takes it out of every list; the history stays.
         */
        post: operations["cluster_deleteJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart a job
         * @description Starts a job that is dead, complete or failed, with the specification that it had.
         */
        post: operations["cluster_restartJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/revert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a job what it was
         * @description Ours. A new version with the specification of an older one. A dead job starts.
         */
        post: operations["cluster_revertJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{node_id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin or end the drain of a node
         * @description A draining node gets nothing new, and what runs on it is moved away.
         */
        post: operations["cluster_drainNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{node_id}/down": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Declare a silent node down
         * @description For a node that was silent for the node timeout and is not declared down by itself, because too many are silent at once. What ran there is lost, and placed elsewhere; the node is up again as soon as it is heard.
         */
        post: operations["cluster_declareNodeDown"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{node_id}/eligibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let new placements come to a node, or not
         * @description What runs on it stays.
         */
        post: operations["cluster_setEligibility"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List job templates
         * @description All templates without their groups, in creation order.
         */
        get: operations["cluster_listTemplates"];
        put?: never;
        /**
         * Create a job template
         * @description Only `name` is needed; given `task_groups` are checked as those of a job are.
         */
        post: operations["cluster_createTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{template_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a job template
         * @description One template, whole.
         */
        get: operations["cluster_getTemplate"];
        /**
         * Update a job template
         * @description Changes the fields that the body names; jobs made of it before stay as they are.
         */
        put: operations["cluster_updateTemplate"];
        post?: never;
        /**
         * Delete a job template
         * @description Jobs made of it stay.
         */
        delete: operations["cluster_deleteTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register a node
         * @description Begins a new epoch of the node: what an older one still sends is refused. Extra non-negative numbers in `resources` are kept, and what the node offers of them can be asked for by tasks. Of the nodes of one address that never ran anything and are not heard the newest are kept (50, where nothing else is set).
         */
        post: operations["cluster_registerNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report that a node lives, and what runs on it
         * @description A node that is not heard for the node timeout is down. A status that is not known changes nothing, and the node names it in `unknown_statuses`; terminal ones are final.
         */
        post: operations["cluster_heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{node_id}/desired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask what a node should run
         * @description For our agents: asked when the digest in an answer differs from what the agent has.
         */
        get: operations["cluster_getDesired"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{node_id}/documents/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch a text that is kept for nodes
         * @description For our agents: what many orders refer to stands in none of them. The same hash is the same text for ever.
         */
        get: operations["cluster_getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/test/clear-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clear all data
         * @description Jobs, nodes, allocations and templates are gone, and what runs is stopped; the history stays. Only with the test API key, where one is set.
         */
        post: operations["cluster_clearAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a job
         * @description Ours. Each specification that the job ever had, the newest first: when it came, by whom, and what it changed.
         */
        get: operations["cluster_listJobVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deployments of a job
         * @description Ours. The newest first: one for each version whose groups with `update` are new or have other tasks. The newest twenty that are over are kept; `muster events --job` tells of all.
         */
        get: operations["cluster_listJobDeployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/allocations/{allocation_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the log of a task
         * @description What a task has written, from the agent of its node: of one stream the bytes as they are, of both the lines in the order in which they were written. An older agent gives standard output and then standard error.
         */
        get: operations["cluster_getLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List nodes
         * @description All nodes in the order of their first registration, each with what it holds and with what ended there in the last hour (the newest 50). All of it: `GET /nodes/{node_id}/allocations`.
         */
        get: operations["cluster_listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{node_id}/allocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the allocations of a node
         * @description In the order of their placement; of ended ones the newest ten of a slot.
         */
        get: operations["cluster_listNodeAllocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/evaluations/{evaluation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an evaluation
         * @description Whether it is done, what it placed, and why it could not place more.
         */
        get: operations["cluster_getEvaluation"];
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
        /** @description One task of an allocation */
        AllocationTask: {
            /** @description As submitted */
            resources: components["schemas"]["Resources"];
            config: components["schemas"]["TaskConfigView"];
            /**
             * @description Ours. Which driver runs it, where that is neither docker nor exec: the contract has no words for its `config`, which is empty then
             * @example http
             */
            driver?: string;
            /** @enum {string} */
            status: "pending" | "running" | "complete" | "failed" | "stopped";
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            start_time: number | null;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            end_time: number | null;
            /**
             * Format: int32
             * @description Exit code, once the task has exited
             * @example 0
             */
            exit_code: number | null;
            /** @description What the agent said of it */
            message: string | null;
            usage?: components["schemas"]["TaskUsage"];
            /**
             * @description Ours. The container that it runs or ran in, where its agent names one
             * @example 4c01db0b339c4f7a8f6f0a1c3b6d2e9d5b7a0c8e1f2a3b4c5d6e7f8091a2b3c4
             */
            container_id?: string;
            /** @description Ours. Ports of its container, and the ports of its node that the scheduler chose for them */
            ports?: components["schemas"]["GivenPort"][];
            /** @description Ours. Whether it is healthy while it runs, null as long as its checks have not decided; one without checks is healthy while it runs */
            healthy?: boolean | null;
            /**
             * @description Ours. The newest answer of the check that decided
             * @example http 80/healthz: answered 503
             */
            health_message?: string;
            /**
             * @description Ours. When all that its start needed was there, its image above all, where its agent says so
             * @example 1763625600.25
             */
            prepared_time?: number;
            /**
             * @description Ours. The image that it was started from, by its digest, or by its id where it came from no registry
             * @example nginx@sha256:0a399eb16751829e1af26fea27b20c3ec28d7ab1fb72182879dcae1cca21206a
             */
            image_digest?: string;
        };
        /**
         * @description A field that can be cleared
         * @enum {string}
         */
        ClearableTemplateField: "description";
        /** @description Everything was cleared; the history stays */
        Cleared: {
            /** @example 所有数据已清空 */
            message: string;
            cleared_items: components["schemas"]["ClearedClearedItems"];
        };
        ClearedClearedItems: {
            jobs: string;
            nodes: string;
            allocations: string;
            task_status: string;
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
        /** @description All that the node should run, in its present epoch */
        DesiredAllocations: {
            node_id: string;
            /** Format: int64 */
            epoch: number;
            digest: string;
            allocations: components["schemas"]["DesiredAllocationsAllocationsItem"][];
        };
        DesiredAllocationsAllocationsItem: {
            /** @description The allocation. Reports, queries and the order to stop name it */
            allocation_id: string;
            /** @description The job that it is of */
            job_id: string;
            task_group: components["schemas"]["DesiredAllocationsAllocationsItemTaskGroup"];
            /** @description Ours. For each task the indexes of the GPUs that it was given */
            gpu_devices?: {
                [key: string]: number[];
            };
            /** @description Ours. For each task the host ports that the scheduler chose, and what they are published to */
            ports?: {
                [key: string]: components["schemas"]["DesiredAllocationsAllocationsItemPortsValueItem"][];
            };
            /** @description Ours. Which image a task is started from, where its owner chose one by more than its reference */
            images?: {
                [key: string]: components["schemas"]["DesiredAllocationsAllocationsItemImagesValue"];
            };
            /** @description Ours. Names of tasks that give back the end of what they write, as their result */
            give_output?: string[];
            /**
             * Format: int64
             * @description Ours. When it was placed, in milliseconds since the Unix epoch. Another placement under the same id is another allocation: the server's log was restored
             */
            placed_at?: number;
            /** @description Ours. The tenant whose images its tasks run */
            image_owner?: string;
            /** @description Ours. The tenant on whose network its containers are. Absent: the network of the daemon */
            network_owner?: string;
            /** @description Ours. Registries of its images for which there are credentials */
            registries?: string[];
            /** @description Ours. Credentials by registry. They are never to be written down */
            registry_credentials?: {
                [key: string]: components["schemas"]["DesiredAllocationsAllocationsItemRegistryCredentialsValue"];
            };
        };
        DesiredAllocationsAllocationsItemImagesValue: {
            /** @description The image, whatever its reference names by now */
            image_digest?: string;
            /** @description Its reference is asked of its registry once more, although the node may have an image of that name */
            pull_image?: boolean;
        };
        DesiredAllocationsAllocationsItemPortsValueItem: {
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
        DesiredAllocationsAllocationsItemRegistryCredentialsValue: {
            /** @description Name of the account at the registry */
            username: string;
            /** @description Its password or token */
            password: string;
        };
        /** @description What runs, as the job has it */
        DesiredAllocationsAllocationsItemTaskGroup: {
            /** @description Name of the group */
            name: string;
            /** @description Its tasks, all of which run */
            tasks: components["schemas"]["OrderTask"][];
        };
        /**
         * @description Why a node is declared down
         * @example {
         *       "reason": "rack 7 has no power"
         *     }
         */
        Down: {
            /** @description Why, in words that stay in the history */
            reason: string;
        };
        /**
         * @description Whether the node drains
         * @example {
         *       "enable": true
         *     }
         */
        Drain: {
            /** @description true: move everything away; false: end the drain */
            enable: boolean;
        };
        /**
         * @description Whether new placements may come
         * @example {
         *       "eligible": false
         *     }
         */
        Eligibility: {
            /** @description Whether new placements may come */
            eligible: boolean;
        };
        /** @description An error: exactly this key */
        Error: {
            /**
             * @description What is wrong, naming the field where there is one
             * @example task_groups: needs at least one task group
             */
            error: string;
        };
        /** @description The command was taken; an evaluation carries it out */
        Evaluated: {
            /**
             * @description Job id
             * @example hello
             */
            job_id: string;
            /**
             * @description Evaluation that this made
             * @example 0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e
             */
            evaluation_id: string;
            /** @example 作业评估已创建并加入队列 */
            message: string;
        };
        /** @description One evaluation: what made it necessary and what came of it */
        Evaluation: {
            evaluation_id: string;
            /**
             * @description Job id
             * @example hello
             */
            job_id: string;
            /** @enum {string} */
            status: "pending" | "blocked" | "complete";
            /** @description What it covers */
            triggers: components["schemas"]["EvaluationTriggersItem"][];
            /** @description Allocations that it placed, the newest hundred */
            placed: string[];
            /** Format: int32 */
            placed_count: number;
            /** @description Why groups could not be placed, as recorded last; kept after they are placed. Null: none had to wait */
            reasons: {
                [key: string]: components["schemas"]["EvaluationReasonsValue"];
            } | null;
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
        EvaluationReasonsValue: {
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
            quota?: components["schemas"]["EvaluationReasonsValueQuota"];
        };
        EvaluationReasonsValueQuota: {
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            /** @enum {string} */
            of: "tenant" | "account";
            holder: string;
            limit: number;
            used: number;
        };
        EvaluationTriggersItem: {
            /** @enum {string} */
            kind: "job-submitted" | "job-updated" | "job-stopped" | "job-restarted" | "job-deleted" | "allocation-ended" | "allocation-lost" | "retry-due" | "capacity-freed" | "nodes-changed";
            ref: string;
        };
        /** @description A port of a container, and the port of its node under which it is reached */
        GivenPort: {
            /**
             * Format: int32
             * @example 8080
             */
            container: number;
            /**
             * Format: int32
             * @example 20017
             */
            host: number;
        };
        /**
         * @description What an agent reports; absent `allocations` say nothing about them
         * @example {
         *       "node_id": "0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001",
         *       "resources": {
         *         "cpu": 4000,
         *         "memory": 8192,
         *         "cpu_used": 500,
         *         "memory_used": 256
         *       },
         *       "healthy": true,
         *       "timestamp": 1763625600.25,
         *       "allocations": {}
         *     }
         */
        Heartbeat: {
            /** @description The node that reports */
            node_id: string;
            /** @description What the node has now, as in its registration, and what is used of it by anything: `cpu_used`, `memory_used` */
            resources?: {
                [key: string]: number;
            };
            /**
             * @description Whether the node is well. One that is not is given nothing new; what runs there goes on
             * @default true
             */
            healthy?: boolean;
            /** @description When this was so: Unix seconds by the node’s clock. A heartbeat that is older than one that came before it says nothing of how the node is now */
            timestamp?: number;
            /** @description All that the node holds, by allocation id, what has ended too until an answer has come: an allocation that was accepted and is missing is taken for lost. Absent: nothing is said of allocations */
            allocations?: {
                [key: string]: components["schemas"]["HeartbeatAllocationsValue"];
            };
        };
        HeartbeatAllocationsValue: {
            /** @description One of `pending`, `running`, `complete`, `failed`, `stopped`, `lost`. The last four are final. Another word changes nothing: the job, the node and the log then name it */
            status: string;
            /** @description When its first task started: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened */
            start_time?: number | null;
            /** @description When its last task ended: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened */
            end_time?: number | null;
            /** @description What became of the whole, in words for people */
            message?: string | null;
            /** @description Its tasks, by their names. Of a task that is not there nothing is said */
            tasks?: {
                [key: string]: components["schemas"]["HeartbeatAllocationsValueTasksValue"];
            };
            /**
             * Format: int64
             * @description Ours. As the order says it: a report of another placement under the same id says nothing of this one
             */
            placed_at?: number;
        };
        HeartbeatAllocationsValueTasksValue: {
            /** @description One of `pending`, `running`, `complete`, `failed`, `stopped`. The last three are final. Another word changes nothing */
            status: string;
            /** @description When it started: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened */
            start_time?: number | null;
            /** @description When it ended: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened */
            end_time?: number | null;
            /** @description Why it could not start or failed, in short */
            error?: string | null;
            /**
             * Format: int32
             * @description Exit code, once it has exited
             */
            exit_code?: number | null;
            /** @description What became of it, in words for people */
            message?: string | null;
            usage?: components["schemas"]["HeartbeatAllocationsValueTasksValueUsage"];
            /** @description Ours. The container that the task runs in, sent with its start or its end */
            container_id?: string | null;
            /** @description Ours, sent with its start. When all that its start needs was there, its image above all: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened */
            prepared_time?: number | null;
            /** @description Ours, sent with its start. The image that it was started from: `repository@sha256:…`, or the id of one that came from no registry */
            image_digest?: string | null;
            /** @description Ours. Whether the agent checks its health; else it is healthy while it runs */
            checked?: boolean | null;
            /** @description Ours. Whether its checks find it healthy. Null or absent: they have not decided */
            healthy?: boolean | null;
            /** @description Ours. The newest answer of the check that decided */
            health_message?: string | null;
            /** @description Ours. When its checks decided so: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened */
            health_time?: number | null;
            result?: components["schemas"]["HeartbeatAllocationsValueTasksValueResult"];
        };
        /** @description Ours. What the task gave back, in the words of its driver */
        HeartbeatAllocationsValueTasksValueResult: Record<string, never>;
        /** @description Ours. What it used so far; what could not be measured is absent */
        HeartbeatAllocationsValueTasksValueUsage: {
            /** @description Most memory that it had at once, in MiB */
            memory_peak_mb?: number;
            /** @description Memory on average while it ran, in MiB */
            memory_average_mb?: number;
            /** @description Most processor that it used: 1000 is one core */
            cpu_peak?: number;
            /** @description Processor on average while it ran: 1000 is one core */
            cpu_average?: number;
            /** @description Processor time of all cores together, in seconds */
            cpu_seconds?: number;
        };
        /** @description A job with its allocations */
        Job: {
            /**
             * @description Job id
             * @example hello
             */
            job_id: string;
            /** @description As submitted */
            task_groups: components["schemas"]["TaskGroupView"][];
            constraints: components["schemas"]["JobConstraints"];
            /**
             * Format: int32
             * @description As submitted, where it was
             */
            priority?: number;
            /** @enum {string} */
            status: "pending" | "running" | "complete" | "failed" | "dead" | "lost" | "degraded" | "blocked";
            /**
             * Format: int32
             * @description Ours. Number of its newest version: `GET /jobs/{job_id}/versions`
             * @example 3
             */
            version?: number;
            /** @description Ours. Of one job alone: the deployment of its newest version, where that has one */
            deployment?: components["schemas"]["JobDeployment"];
            blocked?: components["schemas"]["JobBlocked"];
            /**
             * @description When the next allocation is placed for one that failed or was lost, while the job pauses before that
             * @example 1763625600.25
             */
            retry_at?: number;
            archived?: components["schemas"]["JobArchived"];
            /** @description In the order of their placement; of ended ones the newest ten of a slot */
            allocations: components["schemas"]["JobAllocation"][];
        };
        /** @description One allocation of a job */
        JobAllocation: {
            /**
             * @description Allocation id
             * @example 6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11
             */
            allocation_id: string;
            /**
             * @description Name of its task group
             * @example web
             */
            task_group: string;
            /** @enum {string} */
            status: "pending" | "running" | "complete" | "failed" | "stopped" | "lost";
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            start_time: number | null;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            end_time: number | null;
            /** @description What the agent said of the whole, where it said anything; of one that has not ended, that its agent reports a status that is not known */
            message?: string;
            /** @description Node that it is on */
            node_id: string;
            /** @description Each task by name; always there */
            tasks?: {
                [key: string]: components["schemas"]["AllocationTask"];
            };
        };
        /** @description There when the job ended long ago: no list shows it, and nothing changes it but a new submission of its id, or its deletion */
        JobArchived: {
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            at: number;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            ended_at: number;
            /**
             * Format: int32
             * @description Older allocations that are not shown: the events tell of them
             */
            allocations_left_out: number;
        };
        /** @description Why groups cannot be placed, while some cannot */
        JobBlocked: {
            evaluation_id: string;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            since: number;
            reasons: {
                [key: string]: components["schemas"]["JobBlockedReasonsValue"];
            };
        };
        JobBlockedReasonsValue: {
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
            quota?: components["schemas"]["JobBlockedReasonsValueQuota"];
        };
        JobBlockedReasonsValueQuota: {
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            /** @enum {string} */
            of: "tenant" | "account";
            holder: string;
            limit: number;
            used: number;
        };
        /**
         * @description Constraints that hold for every group: attribute → value (meaning `=`), or attribute → `{operator, value}`
         * @example {}
         */
        JobConstraints: {
            [key: string]: unknown;
        };
        /** @description Ours. How one version of a job takes the place of the one before it */
        JobDeployment: {
            /**
             * Format: int32
             * @description The version that it rolls out, as versions are numbered: it is the number of the deployment as well
             * @example 3
             */
            version: number;
            /** @enum {string} */
            status: "running" | "completed" | "failed" | "cancelled";
            /** @description Those that it rolls out: with `update`, and new or with other tasks */
            groups: components["schemas"]["JobDeploymentGroup"][];
            reason: components["schemas"]["JobDeploymentReason"] | null;
            /** @description Why something of it cannot be placed now, in words */
            waits_for: string | null;
            /**
             * Format: int32
             * @description The version that takes its place should it fail and a group say `auto_revert`; null: there is none
             */
            gives_way_to: number | null;
            /**
             * Format: int32
             * @description The version that failed and gave way to this one by itself; null: somebody asked for this one
             */
            reverts: number | null;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            started_at: number;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            ended_at: number | null;
        };
        /** @description How far a group is rolled out */
        JobDeploymentGroup: {
            /**
             * @description Name of the group
             * @example web
             */
            name: string;
            /**
             * Format: int32
             * @description Instances that run at once in the end
             */
            wanted: number;
            /**
             * Format: int32
             * @description So many of them are the version’s by now; in the other slots what ran before may run on
             */
            opened: number;
            /**
             * Format: int32
             * @description Instances of the version that are well; of a deployment that is over: that were when it ended
             */
            healthy: number;
        };
        /** @description Deployments of a job, the newest first; `count` is what this answer holds */
        JobDeploymentList: {
            deployments: components["schemas"]["JobDeployment"][];
            /** Format: int32 */
            count: number;
        };
        /** @description Why it ended as it did */
        JobDeploymentReason: {
            /** @enum {string} */
            code: "healthy" | "failed" | "deadline" | "stopped" | "deleted" | "superseded";
            /** @example All 4 instances are well. */
            message: string;
        };
        /** @description A field that differs: a text as it is, all else as JSON; null: it is not there. What is secret is `***` */
        JobDifference: {
            /** @example image */
            path: string;
            before: string | null;
            after: string | null;
        };
        /** @description Jobs in creation order; `count` is what this answer holds */
        JobList: {
            jobs: components["schemas"]["Job"][];
            /** Format: int32 */
            count: number;
        };
        /** @description What a submission would change, and what the scheduler would do with it */
        JobPlan: {
            /**
             * @description Job id
             * @example hello
             */
            job_id: string;
            /**
             * @description `begin`: a new job; `restart`: one that was stopped or has ended starts again; `none`: it is as it should be
             * @enum {string}
             */
            change: "begin" | "update" | "restart" | "none";
            /** @description What differs from the present specification; none for a new job */
            changes: components["schemas"]["JobDifference"][];
            /** @description What the scheduler would do, group by group */
            groups: components["schemas"]["PlannedGroup"][];
        };
        /**
         * @description The version that the job is to be again
         * @example {
         *       "version": 0
         *     }
         */
        JobRevert: {
            /**
             * Format: int32
             * @description Number of the version: its place among the events of the job, so that numbers rise and some are left out
             * @example 3
             */
            version: number;
        };
        /** @enum {string} */
        JobStatusFilter: "pending" | "running" | "complete" | "failed" | "dead" | "lost" | "degraded" | "blocked";
        /**
         * @description A job to submit
         * @example {
         *       "job_id": "hello",
         *       "task_groups": [
         *         {
         *           "name": "web",
         *           "tasks": [
         *             {
         *               "name": "serve",
         *               "config": {
         *                 "image": "nginx:1.27",
         *                 "port": 8080
         *               },
         *               "resources": {
         *                 "cpu": 500,
         *                 "memory": 256
         *               }
         *             }
         *           ],
         *           "constraints": [
         *             {
         *               "attribute": "ip_address",
         *               "operator": "regex",
         *               "value": "^10\\."
         *             }
         *           ]
         *         }
         *       ],
         *       "constraints": {}
         *     }
         */
        JobSubmission: {
            task_groups: components["schemas"]["TaskGroup"][];
            constraints?: components["schemas"]["JobConstraints"];
            /**
             * Format: int32
             * @description 0 to 100, higher first; 50 when absent
             * @default 50
             */
            priority?: number;
            /**
             * @description Honoured when given; a job of this id that exists is updated
             * @example hello
             */
            job_id?: string;
        };
        /** @description One container or process */
        JobTask: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            config: components["schemas"]["TaskConfig"];
            resources?: components["schemas"]["Resources"];
            /** @description Arguments. Present, even empty: `command` is one program's path and no shell is involved */
            args?: string[];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Absolute path that the task starts in */
            work_dir?: string;
            /** @description Name or number of the user that the task runs as */
            user?: string;
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            /** @description Ours. Further ports of the container: `dynamic` ones are given a free host port, others name theirs. Only with an image */
            ports?: components["schemas"]["JobTaskPortsItem"][];
            /** @description Ours. The container has a terminal: its output and its errors are one stream, the log's `stdout`. Only with an image */
            tty?: boolean;
            /** @description Ours. Standard input stays open although nothing comes: with `tty` a shell stays until it is stopped. Only with an image */
            open_stdin?: boolean;
        };
        JobTaskPortsItem: {
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
        /**
         * @description What the job is to be from now on
         * @example {
         *       "task_groups": [
         *         {
         *           "name": "web",
         *           "tasks": [
         *             {
         *               "name": "serve",
         *               "config": {
         *                 "image": "nginx:1.27",
         *                 "port": 8080
         *               },
         *               "resources": {
         *                 "cpu": 500,
         *                 "memory": 256
         *               }
         *             }
         *           ],
         *           "constraints": [
         *             {
         *               "attribute": "ip_address",
         *               "operator": "regex",
         *               "value": "^10\\."
         *             }
         *           ]
         *         }
         *       ],
         *       "constraints": {}
         *     }
         */
        JobUpdate: {
            task_groups: components["schemas"]["TaskGroup"][];
            constraints?: components["schemas"]["JobConstraints"];
            /**
             * Format: int32
             * @description 0 to 100, higher first; 50 when absent
             * @default 50
             */
            priority?: number;
            /** @description Ignored: the id is that of the path */
            job_id?: string;
        };
        /** @description A version of a job */
        JobVersion: {
            /**
             * Format: int32
             * @description Number of the version: its place among the events of the job, so that numbers rise and some are left out
             * @example 3
             */
            version: number;
            /** @description It is what the job is to be now */
            present: boolean;
            /** @enum {string} */
            because: "submitted" | "updated" | "restarted" | "reverted";
            /**
             * Format: int64
             * @description The version that it is again; null: none
             * @example 3
             */
            from: number | null;
            /**
             * @description Evaluation that carries it out
             * @example 0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e
             */
            evaluation_id: string;
            /**
             * @description Who asked for it
             * @example user:8c1d8f0e-6a57-4c0e-9d55-0b5a3a3c1f10
             */
            created_by: string;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            created_at: number;
            /** @description What differs from the version before it */
            changes: components["schemas"]["JobDifference"][];
        };
        /** @description Versions of a job, the newest first; `count` is what this answer holds */
        JobVersionList: {
            versions: components["schemas"]["JobVersion"][];
            /** Format: int32 */
            count: number;
        };
        /** @description A text that is kept for nodes, with the SHA-256 of its bytes in UTF-8 */
        KeptDocument: {
            hash: string;
            text: string;
        };
        /** @enum {string} */
        LogStream: "stdout" | "stderr";
        /** @description It was done */
        Message: {
            /** @example Node registered successfully */
            message: string;
        };
        /** @description A node with its allocations */
        Node: {
            node_id: string;
            ip_address: string;
            /**
             * @description Capacity as registered
             * @example {
             *       "cpu": 4000,
             *       "memory": 8192
             *     }
             */
            resources: {
                [key: string]: number;
            };
            /**
             * @description What constraints can name
             * @example {
             *       "disk": "ssd"
             *     }
             */
            attributes?: {
                [key: string]: unknown;
            };
            /** @description Drivers that it declared */
            drivers?: string[];
            /** @description It is heard, and says that it is well */
            healthy: boolean;
            /** @description It was silent for the node timeout, or declared down */
            down?: boolean;
            /** @description What runs on it is moved away */
            draining?: boolean;
            /** @description New placements may come */
            eligible?: boolean;
            unknown_statuses?: components["schemas"]["NodeUnknownStatuses"];
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            last_heartbeat: number;
            /**
             * @description Ours. When it registered last: an agent that starts anew registers anew
             * @example 1763625600.25
             */
            registered_at?: number;
            /**
             * @description Ours. What is given of its resources, to whomever: to allocations that run, start or stop
             * @example {
             *       "cpu": 500,
             *       "memory": 256
             *     }
             */
            allocated?: {
                [key: string]: number;
            };
            /** @description What it holds, and the newest 50 of what ended here in the last hour */
            allocations: components["schemas"]["NodeAllocation"][];
        };
        /** @description One allocation on a node */
        NodeAllocation: {
            /**
             * @description Allocation id
             * @example 6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11
             */
            allocation_id: string;
            /**
             * @description Name of its task group
             * @example web
             */
            task_group: string;
            /** @enum {string} */
            status: "pending" | "running" | "complete" | "failed" | "stopped" | "lost";
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            start_time: number | null;
            /**
             * @description Unix time in seconds
             * @example 1763625600.25
             */
            end_time: number | null;
            /** @description What the agent said of the whole, where it said anything; of one that has not ended, that its agent reports a status that is not known */
            message?: string;
            /**
             * @description Job id
             * @example hello
             */
            job_id: string;
            /** @description Ours. Of all its tasks */
            ports?: components["schemas"]["GivenPort"][];
        };
        /** @description Allocations in the order of their placement; `count` is what this answer holds */
        NodeAllocationList: {
            allocations: components["schemas"]["NodeAllocation"][];
            /** Format: int32 */
            count: number;
        };
        /** @description Nodes in the order of their first registration; `count` is what this answer holds */
        NodeList: {
            nodes: components["schemas"]["Node"][];
            /** Format: int32 */
            count: number;
        };
        /** @enum {string} */
        NodeStatusFilter: "ready" | "down";
        /** @description Ours. Statuses that its agent reported since it registered and Muster does not know: allocations stay as they were */
        NodeUnknownStatuses: {
            /**
             * @description As its agent wrote them, at most 16
             * @example [
             *       "completed"
             *     ]
             */
            reported: string[];
            /**
             * @description What an agent can report
             * @example [
             *       "pending",
             *       "running",
             *       "complete",
             *       "failed",
             *       "stopped",
             *       "lost"
             *     ]
             */
            known: string[];
        };
        /** @description A task of an order: in the words of the contract, or with its driver */
        OrderTask: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            config: components["schemas"]["OrderTaskConfig"];
            resources?: components["schemas"]["Resources"];
            /** @description Arguments. Present, even empty: `command` is one program's path and no shell is involved */
            args?: string[];
            env?: components["schemas"]["OrderTaskEnv"];
            /** @description Absolute path that the task starts in */
            work_dir?: string;
            /** @description Name or number of the user that the task runs as */
            user?: string;
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            /** @description Ours. Further ports of the container: `dynamic` ones are given a free host port, others name theirs. Only with an image */
            ports?: components["schemas"]["OrderTaskPortsItem"][];
            /** @description Ours. The container has a terminal: its output and its errors are one stream, the log's `stdout`. Only with an image */
            tty?: boolean;
            /** @description Ours. Standard input stays open although nothing comes: with `tty` a shell stays until it is stopped. Only with an image */
            open_stdin?: boolean;
            /**
             * @description Driver that runs the task
             * @example exec
             */
            driver?: string;
        };
        /** @description What runs: an image or a command, or both */
        OrderTaskConfig: {
            /**
             * @description Docker image: the task runs in a container
             * @example nginx:1.27
             */
            image?: string;
            /**
             * Format: int32
             * @description Host port, published to the container's port
             * @example 8080
             */
            port?: number;
            /**
             * Format: int32
             * @description Container port behind `port`, where it is neither the image's only exposed TCP port nor the same number
             */
            container_port?: number;
            /**
             * @description With an image: words for its entrypoint. Without: a process, under `/bin/sh -c` unless the task has `args`
             * @example echo hello
             */
            command?: string;
        };
        /** @description Environment of the task */
        OrderTaskEnv: Record<string, never>;
        OrderTaskPortsItem: {
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
        /** @description What would become of a group; of each list at most `limit` */
        PlannedGroup: {
            task_group: string;
            /**
             * Format: int32
             * @description How many it should have; 0 where the job no longer has the group
             */
            count: number;
            /**
             * Format: int32
             * @description Allocations that stay
             */
            kept: number;
            /**
             * Format: int32
             * @description Allocations that would be asked to stop
             */
            stopped: number;
            stops: components["schemas"]["PlannedStop"][];
            /**
             * Format: int32
             * @description Allocations that would be placed
             */
            placed: number;
            placements: components["schemas"]["PlannedPlacement"][];
            /**
             * Format: int32
             * @description Allocations that fit nowhere, with those that would have followed on them
             */
            unplaced: number;
            blocked?: components["schemas"]["PlannedGroupBlocked"];
            /** @description Of the first 16 groups */
            looked?: components["schemas"]["PlannedNodeCounts"];
            /** @description The best first, then what is too full, then what is ruled out */
            nodes: components["schemas"]["PlannedNode"][];
        };
        /** @description Why they fit nowhere, in the words of evaluations */
        PlannedGroupBlocked: {
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
            quota?: components["schemas"]["PlannedGroupBlockedQuota"];
        };
        PlannedGroupBlockedQuota: {
            /** @enum {string} */
            quota: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
            /** @enum {string} */
            of: "tenant" | "account";
            holder: string;
            limit: number;
            used: number;
        };
        /** @description What a node is for the group */
        PlannedNode: {
            /**
             * @description Node id
             * @example node-7
             */
            node_id: string;
            /**
             * @description `keeps`: instances of the group are there and stay, and there is no room for one more
             * @enum {string}
             */
            verdict: "fits" | "keeps" | "exhausted" | "filtered";
            /**
             * Format: int32
             * @description Instances of the group that are there and stay
             */
            kept?: number;
            /**
             * @description 0 to 1: the fuller the node is then the higher, lower where the job has allocations already
             * @example 0.42
             */
            score?: number;
            /**
             * @description Why it does not fit
             * @example lacks cpu (short by 300)
             */
            reason?: string;
        };
        /** @description The nodes in numbers, before anything is placed and what is to stop being gone */
        PlannedNodeCounts: {
            /**
             * Format: int32
             * @description Registered nodes
             */
            nodes: number;
            /**
             * Format: int32
             * @description Where it fits
             */
            fitting: number;
            /** @description How many nodes each filter removes */
            filtered: {
                [key: string]: number;
            };
            /** @description How many of the others lack each dimension */
            exhausted: {
                [key: string]: number;
            };
            /** @description The least that is short of it */
            short: {
                [key: string]: number;
            };
        };
        /** @description An allocation that would be placed */
        PlannedPlacement: {
            /** Format: int32 */
            slot: number;
            /**
             * @description Node id
             * @example node-7
             */
            node_id: string;
            /**
             * @description 0 to 1: the fuller the node is then the higher, lower where the job has allocations already
             * @example 0.42
             */
            score: number;
            /** @description Host ports */
            ports?: number[];
            /** @description Only once what is to stop in its step has ended */
            after_stops: boolean;
            /**
             * Format: int32
             * @description From 1: each step follows once all that was placed before is well. Only a rollout of a service has several
             */
            step: number;
        };
        /** @description An allocation that would be asked to stop */
        PlannedStop: {
            allocation_id: string;
            /**
             * @description Node id
             * @example node-7
             */
            node_id: string;
            /** @enum {string} */
            reason: "job-stopped" | "job-updated" | "job-deleted" | "scaled-down" | "drain" | "capacity-shrunk";
            /**
             * Format: int32
             * @description From 1: each step follows once all that was placed before is well. Only a rollout of a service has several
             */
            step: number;
        };
        /**
         * @description A node, and how its agent is reached
         * @example {
         *       "node_id": "0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001",
         *       "ip_address": "10.0.0.5",
         *       "resources": {
         *         "cpu": 4000,
         *         "memory": 8192
         *       },
         *       "healthy": true,
         *       "endpoint": "http://10.0.0.5:9000"
         *     }
         */
        Registration: {
            /** @description The node, as its agent names it. The name stays the same when the agent starts again */
            node_id: string;
            /** @description Where the node is, as text. Constraints can name it */
            ip_address: string;
            /** @description What the node offers: `cpu` (1000 is one core), `memory` (MiB), and any other non-negative number under a name of its own, which tasks can ask for */
            resources: {
                [key: string]: number;
            };
            /**
             * @description Whether the node is well. One that is not is given nothing new
             * @default true
             */
            healthy?: boolean;
            /** @description Base URL of the agent's HTTP API: http or https, without a path and credentials, and not link-local. Over NATS it is not used */
            endpoint?: string | null;
            /** @description What constraints can name in addition to `node_id`, `ip_address` and the resources */
            attributes?: {
                [key: string]: unknown;
            };
            /** @description Drivers that the node can run. Absent: it is taken to run `docker` and `exec`, and is given tasks of both */
            drivers?: string[];
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
        /** @description What follows when an allocation of the group fails */
        RestartPolicyInput: {
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
            delay?: number;
            /**
             * @description When `attempts` are used up: `fail` goes on by `reschedule`, or gives up where there is none; `delay` waits until the interval is over and goes on
             * @default fail
             * @enum {string}
             */
            mode?: "fail" | "delay";
            /**
             * @description Ours. `double`: each delay is twice the one before; a run of ten minutes begins with the first again
             * @enum {string}
             */
            backoff?: "constant" | "double";
            /** @description Ours. Of `double`: the longest delay, in seconds */
            max_delay?: number;
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
        /** @description What runs: an image or a command, or both */
        TaskConfig: {
            /**
             * @description Docker image: the task runs in a container
             * @example nginx:1.27
             */
            image?: string;
            /**
             * Format: int32
             * @description Host port, published to the container's port
             * @example 8080
             */
            port?: number;
            /**
             * Format: int32
             * @description Container port behind `port`, where it is neither the image's only exposed TCP port nor the same number
             */
            container_port?: number;
            /**
             * @description With an image: words for its entrypoint. Without: a process, under `/bin/sh -c` unless the task has `args`
             * @example echo hello
             */
            command?: string;
        };
        /** @description What runs: an image or a command, or both; empty where the contract has no words for the driver */
        TaskConfigView: {
            /**
             * @description Docker image: the task runs in a container
             * @example nginx:1.27
             */
            image?: string;
            /**
             * Format: int32
             * @description Host port, published to the container's port
             * @example 8080
             */
            port?: number;
            /**
             * Format: int32
             * @description Container port behind `port`, where it is neither the image's only exposed TCP port nor the same number
             */
            container_port?: number;
            /**
             * @description With an image: words for its entrypoint. Without: a process, under `/bin/sh -c` unless the task has `args`
             * @example echo hello
             */
            command?: string;
        };
        /** @description Tasks that are placed together on one node */
        TaskGroup: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["JobTask"][];
            constraints?: components["schemas"]["Constraint"][];
            /**
             * Format: int32
             * @description How many allocations of the group run at once; 1 when absent
             * @default 1
             */
            count?: number;
            restart?: components["schemas"]["RestartPolicyInput"];
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
        /** @description A group as it was submitted */
        TaskGroupView: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            tasks: components["schemas"]["TaskView"][];
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
        /** @description What the task used, as far as its host could measure; memory in MiB, cpu in thousandths of a core, and all of it in seconds of one core */
        TaskUsage: {
            memory_peak_mb?: number;
            memory_average_mb?: number;
            cpu_peak?: number;
            cpu_average?: number;
            cpu_seconds?: number;
        };
        /** @description A task as it was submitted */
        TaskView: {
            /**
             * @description Name, unique among its siblings
             * @example web
             */
            name: string;
            config: components["schemas"]["TaskConfigView"];
            resources?: components["schemas"]["Resources"];
            /** @description Arguments. Present, even empty: `command` is one program's path and no shell is involved */
            args?: string[];
            /**
             * @description Environment of the task
             * @example {
             *       "LANG": "C.UTF-8"
             *     }
             */
            env?: {
                [key: string]: string;
            };
            /** @description Absolute path that the task starts in */
            work_dir?: string;
            /** @description Name or number of the user that the task runs as */
            user?: string;
            /** @description Seconds between SIGTERM and SIGKILL */
            kill_timeout?: number;
            /** @description Seconds after which a task that still runs is stopped and counts as failed. More than 0 */
            max_run_seconds?: number;
            /** @description Ours. It is healthy once all of these succeeded, and fails where one of them fails too often; without them it is healthy while it runs */
            checks?: components["schemas"]["TaskCheck"][];
            /** @description Ours. Named volumes: they stay on their node, and the group is placed there. Only with an image; one that is written needs a `count` of 1 */
            volumes?: components["schemas"]["TaskVolume"][];
            /** @description Ours. Further ports of the container: `dynamic` ones are given a free host port, others name theirs. Only with an image */
            ports?: components["schemas"]["TaskViewPortsItem"][];
            /** @description Ours. The container has a terminal: its output and its errors are one stream, the log's `stdout`. Only with an image */
            tty?: boolean;
            /** @description Ours. Standard input stays open although nothing comes: with `tty` a shell stays until it is stopped. Only with an image */
            open_stdin?: boolean;
        };
        TaskViewPortsItem: {
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
        /** @description A template */
        Template: {
            /**
             * @description Template id
             * @example c9bf9e57-1685-4c89-bafb-ff5af830be8a
             */
            template_id: string;
            name: string;
            description: string | null;
            task_groups: components["schemas"]["TaskGroupView"][];
            constraints: components["schemas"]["JobConstraints"];
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
         * @description A job template
         * @example {
         *       "name": "web",
         *       "description": "A web server",
         *       "task_groups": [
         *         {
         *           "name": "web",
         *           "tasks": [
         *             {
         *               "name": "serve",
         *               "config": {
         *                 "image": "nginx:1.27",
         *                 "port": 8080
         *               },
         *               "resources": {
         *                 "cpu": 500,
         *                 "memory": 256
         *               }
         *             }
         *           ],
         *           "constraints": [
         *             {
         *               "attribute": "ip_address",
         *               "operator": "regex",
         *               "value": "^10\\."
         *             }
         *           ]
         *         }
         *       ],
         *       "constraints": {}
         *     }
         */
        TemplateContent: {
            name: string;
            description?: string | null;
            constraints?: components["schemas"]["JobConstraints"];
            task_groups?: components["schemas"]["TaskGroup"][];
        };
        /** @description The template was created */
        TemplateCreated: {
            template_id: string;
            /** @example 作业模板创建成功 */
            message: string;
        };
        /** @description Templates in creation order; `count` is what this answer holds */
        TemplateList: {
            templates: components["schemas"]["TemplateSummary"][];
            /** Format: int32 */
            count: number;
        };
        /** @description A template without its groups */
        TemplateSummary: {
            /**
             * @description Template id
             * @example c9bf9e57-1685-4c89-bafb-ff5af830be8a
             */
            template_id: string;
            name: string;
            description: string | null;
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
         * @description Fields to change
         * @example {
         *       "description": "A better one"
         *     }
         */
        TemplateUpdate: {
            name?: string;
            description?: string | null;
            constraints?: components["schemas"]["JobConstraints"];
            task_groups?: components["schemas"]["TaskGroup"][];
            /**
             * @description Ours. Fields to clear, as if each were null
             * @example [
             *       "description"
             *     ]
             */
            clear?: components["schemas"]["ClearableTemplateField"][];
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
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    cluster_listJobs: {
        parameters: {
            query?: {
                /** @description Only jobs of this status */
                status?: components["schemas"]["JobStatusFilter"];
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
            /** @description The jobs */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
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
    cluster_submitJob: {
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
                "application/json": components["schemas"]["JobSubmission"];
            };
        };
        responses: {
            /** @description The evaluation that places it */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluated"];
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
    cluster_getJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
    cluster_updateJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobUpdate"];
            };
        };
        responses: {
            /** @description The evaluation that carries it out */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluated"];
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
    cluster_stopJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is stopped */
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
    cluster_planJob: {
        parameters: {
            query?: {
                /** @description At most so many nodes, placements and stops of each group */
                limit?: number;
            };
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobSubmission"];
            };
        };
        responses: {
            /** @description What it would do */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPlan"];
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
    cluster_deleteJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted */
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
    cluster_restartJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The evaluation that places it */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluated"];
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
    cluster_revertJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobRevert"];
            };
        };
        responses: {
            /** @description The evaluation that carries it out */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluated"];
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
    cluster_drainNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Node id */
                node_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Drain"];
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
    cluster_declareNodeDown: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Node id */
                node_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Down"];
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
    cluster_setEligibility: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Node id */
                node_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Eligibility"];
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
    cluster_listTemplates: {
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
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The templates */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateList"];
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
    cluster_createTemplate: {
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
                "application/json": components["schemas"]["TemplateContent"];
            };
        };
        responses: {
            /** @description It is created */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateCreated"];
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
    cluster_getTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description Template id */
                template_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The template */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
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
    cluster_updateTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Template id */
                template_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateUpdate"];
            };
        };
        responses: {
            /** @description It is updated */
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
    cluster_deleteTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Template id */
                template_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted */
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
    cluster_registerNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Ours. The epoch of the node that the agent speaks of: its registration was answered with it */
                "X-Muster-Epoch"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description It is registered */
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
    cluster_heartbeat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Ours. The epoch of the node that the agent speaks of: its registration was answered with it */
                "X-Muster-Epoch"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Heartbeat"];
            };
        };
        responses: {
            /** @description It is taken */
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
    cluster_getDesired: {
        parameters: {
            query?: never;
            header?: {
                /** @description Ours. The epoch of the node that the agent speaks of: its registration was answered with it */
                "X-Muster-Epoch"?: string;
            };
            path: {
                /** @description Node id */
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it should run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DesiredAllocations"];
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
    cluster_getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Node id */
                node_id: string;
                /** @description SHA-256 of the text, in hexadecimal */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptDocument"];
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
    cluster_clearAll: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything is cleared */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cleared"];
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
    cluster_listJobVersions: {
        parameters: {
            query?: {
                /** @description At most so many */
                limit?: number;
                /** @description Only versions with a smaller number */
                before?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The versions */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobVersionList"];
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
    cluster_listJobDeployments: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deployments */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDeploymentList"];
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
    cluster_getLogs: {
        parameters: {
            query?: {
                /**
                 * @description Which task; may be absent where there is only one
                 * @example serve
                 */
                task?: string;
                /** @description Only what it writes to its output, or to its errors; absent: both, line by line in the order in which they were written */
                type?: components["schemas"]["LogStream"];
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
                 * @description Job id
                 * @example hello
                 */
                job_id: string;
                /** @description Allocation id */
                allocation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the task wrote */
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
    cluster_listNodes: {
        parameters: {
            query?: {
                /** @description Only nodes that are heard (`ready`) or not (`down`) */
                status?: components["schemas"]["NodeStatusFilter"];
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
                    "application/json": components["schemas"]["NodeList"];
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
    cluster_listNodeAllocations: {
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
                /** @description Node id */
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The allocations */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeAllocationList"];
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
    cluster_getEvaluation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description Evaluation id */
                evaluation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The evaluation */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluation"];
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
}
