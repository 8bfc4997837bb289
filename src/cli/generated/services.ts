// Made of openapi/services.json by openapi-typescript; after a change run: node dist/test/generated/write.js
export interface paths {
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask how the server is
         * @description Always 200 where it answers at all. What fails is named by `/readyz`.
         */
        get: operations["services_getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask how the server is
         * @description Always 200 where it answers at all. What fails is named by `/readyz`.
         */
        get: operations["services_getServerHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
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
         * @description Makes an account with the role `user` in a tenant of its own. Names, and addresses, that differ in case only are the same. Refused where registration is closed (`MUSTER_REGISTRATION`).
         */
        post: operations["services_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
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
         * @description Opens a session, and answers with its token and with what gets the next one. An unknown name and a wrong password look the same; that an account is not active is said to who knows its password.
         */
        post: operations["services_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the next token
         * @description Each refresh token is good once. One that was used and comes again ends its session, with every token that came of its login: somebody else may have it.
         */
        post: operations["services_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask who one is
         * @description The account whose token or API key is sent; to a key of the operator (`MUSTER_API_KEYS`) `operator-key`, which is no account.
         */
        get: operations["services_getMe"];
        /**
         * Change names or e-mail address
         * @description What is absent stays. An address that another account has is refused; the former one is free at once.
         */
        put: operations["services_updateMe"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description All of them, in the order in which they were made. Names and addresses are sealed: a search finds whole ones.
         */
        get: operations["services_listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/role": {
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
        put: operations["services_setRole"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Let an account in again
         * @description With the password that it had.
         */
        put: operations["services_activateUser"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Shut an account out
         * @description Every session and refresh token ends at once, and API keys count no more; what it owns stays.
         */
        put: operations["services_deactivateUser"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List services
         * @description The services of the caller's tenant, each with its newest ten deployments.
         */
        get: operations["services_listServices"];
        put?: never;
        /**
         * Create a service
         * @description It is there, and stopped. A tenant has one service of each type, and a maximum of all (`MUSTER_MAX_SERVICES_PER_TENANT`).
         */
        post: operations["services_createService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a service
         * @description Environment and variables are `***` to who may not change it. `endpoints` say where its ports are reached.
         */
        get: operations["services_getService"];
        /**
         * Update a service
         * @description What is absent stays. Another `config` is a new version: a running service is rolled over to it, and a deployment that goes on gives way to it. The type stays.
         */
        put: operations["services_updateService"];
        post?: never;
        /**
         * Delete a service
         * @description Its type and its place are free from this answer on; its containers may still be stopping. Its volumes are kept, unless `volumes` says otherwise: then they are deleted once its containers have ended.
         */
        delete: operations["services_deleteService"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a service
         * @description Begins a deployment of its newest version. It is done once its instances are well for `min_healthy_seconds`.
         */
        post: operations["services_startService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a service
         * @description Its instances end, and a deployment that goes on is cancelled.
         */
        post: operations["services_stopService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart a service
         * @description Its instances end and begin again, of the same version, where they are. It is no deployment.
         */
        post: operations["services_restartService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go back to a version
         * @description Ours. A new version that is what the named one was; a running service is rolled over to it.
         */
        post: operations["services_rollBackService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell what an update or a start would do
         * @description Ours. The configuration as it would be rendered, what differs from what runs, and what the scheduler would do with it, node by node, as things are, step by step to its last instance. What an update is refused for it is refused for: so a volume that another service has is 409. A body is optional: without it the present configuration counts. Nothing is changed. What is secret is `***` for everybody. Only administrators see what nodes are called: others see `#1`, `#2` and so on, each the same node throughout the answer.
         */
        post: operations["services_previewService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deployments
         * @description Ours. The newest first, each with its steps and their times, so that a slow one shows where it was slow.
         */
        get: operations["services_listDeployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List versions
         * @description Ours. The newest first, each with what differs from the one before it. What is secret is `***`, also where it differs.
         */
        get: operations["services_listVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the logs of a service
         * @description Lines of all its instances; of one that has stopped those of its newest deployment. Where the node of an instance cannot say them, the end of what it wrote that was kept when it ended (8 KiB), else what was kept of those before it; a line `-- muster: … --` says so, and the header `X-Muster-Log-End: true`. None where nothing ran; followed, a line says that.
         */
        get: operations["services_getLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/logs/follow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the logs of a service
         * @description Ours. Of its first instance, as it writes them, until the instance has ended.
         */
        get: operations["services_followLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/logs/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download the logs of a service
         * @description Ours. The lines of all its instances, one instance after another.
         */
        get: operations["services_downloadLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the metrics of a service
         * @description What its first instance uses. Null where nothing runs.
         */
        get: operations["services_getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/metrics/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a service used over the last hour
         * @description Ours. Of each of its instances a point a half minute, as its agent measured it; its agent keeps them, also over its own restarts.
         */
        get: operations["services_getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell what happened
         * @description Ours. In plain words, the newest first: versions, deployments and their ends, and what became of each instance.
         */
        get: operations["services_listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates
         * @description All that the caller sees, without their configurations.
         */
        get: operations["services_listTemplates"];
        put?: never;
        /**
         * Add a template
         * @description Ours. Every `{{VAR}}` in it must be one of its variables, each job file one that is taken, and `config` what a service can be, whatever its variables come to.
         */
        post: operations["services_addTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a template
         * @description One template, with its configuration and its variables.
         */
        get: operations["services_getTemplate"];
        put?: never;
        post?: never;
        /**
         * Remove a template
         * @description Ours. Services that were made of it stay as they are. A built-in one that was removed does not come back by itself.
         */
        delete: operations["services_removeTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what a template comes to
         * @description Ours. The configuration with its variables set; nothing is made. What is generated is made anew for a service.
         */
        post: operations["services_renderTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List credentials of registries
         * @description Ours. Those of the tenant by host, without their passwords.
         */
        get: operations["services_listRegistries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{host}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the credential of a registry
         * @description Ours. Every image of that registry which runs for the tenant is pulled with it from then on: of services, GPU claims and tasks, and of jobs of the cluster for the tenant `default`. The registry is not asked whether it is right. One that is there is changed by who set it first, by administrators of the tenant and by administrators.
         */
        put: operations["services_setRegistry"];
        post?: never;
        /**
         * Remove the credential of a registry
         * @description Ours. What runs goes on; what has to be pulled from then on is pulled without it.
         */
        delete: operations["services_removeRegistry"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List volumes
         * @description Ours. Volumes of the caller's tenant that are on a node: those of its services, and those that deleted services left.
         */
        get: operations["services_listVolumes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a volume
         * @description Ours.
         */
        get: operations["services_getVolume"];
        put?: never;
        post?: never;
        /**
         * Delete a volume
         * @description Ours. With all that is in it, once no container has it: until its node has removed it, it is `deleting`. A volume of a service that is not deleted is refused. A node that is not heard for long (`MUSTER_VOLUME_PATIENCE_HOURS`) is not waited for: what is on its disk stays there.
         */
        delete: operations["services_deleteVolume"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An account */
        Account: {
            /**
             * @description Id of the account
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `erased` once the account was erased
             * @example john_doe
             */
            username: string;
            /** @example john@example.com */
            email: string | null;
            first_name: string | null;
            last_name: string | null;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            is_active: boolean;
            /** @description A tenant that has no UUID is shown by one that is made of its id */
            tenant_id: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
        };
        /** @description Accounts, in the order in which they were made */
        AccountList: {
            users: components["schemas"]["Account"][];
            /**
             * Format: int32
             * @description Of all that there are, or that are searched for
             */
            total: number;
            /** Format: int32 */
            limit: number;
            /** Format: int64 */
            offset: number;
        };
        /** @description A template to add */
        AddServiceTemplateRequest: {
            /**
             * @description Unique; `[a-z0-9][a-z0-9-]{0,62}`
             * @example postgresql
             */
            name: string;
            type: string;
            description?: string;
            icon?: string;
            category?: string;
            tags?: string[];
            /** @description false: only administrators see it */
            is_public?: boolean;
            config: components["schemas"]["AddServiceTemplateRequestConfig"];
            variables?: components["schemas"]["TemplateVariable"][];
            /**
             * @description Ours. How clients name the service: `{{ENDPOINT}}` is what it is reached under
             * @example postgres://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}
             */
            connection_string?: string;
            job_files?: {
                [key: string]: string;
            };
        };
        /** @description What a service is configured as, with `{{VAR}}` in its texts */
        AddServiceTemplateRequestConfig: Record<string, never>;
        /**
         * @description A field that can be cleared
         * @enum {string}
         */
        ClearableServiceField: "description";
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
        /**
         * @description A service
         * @example {
         *       "name": "my-postgres-db",
         *       "type": "database",
         *       "config": {
         *         "image": "postgres:13",
         *         "ports": [
         *           5432
         *         ],
         *         "environment": {
         *           "POSTGRES_USER": "myuser",
         *           "POSTGRES_PASSWORD": "mypassword",
         *           "POSTGRES_DB": "mydb"
         *         },
         *         "resources": {
         *           "cpu": 500,
         *           "memory": 1024,
         *           "disk": 2048
         *         }
         *       }
         *     }
         */
        CreateServiceRequest: {
            /**
             * @description What it is called; others may be called the same
             * @example my-postgres-db
             */
            name: string;
            /**
             * @description What it is for; a tenant has one of each type
             * @example database
             */
            type: string;
            /** @example PostgreSQL database for my application */
            description?: string | null;
            config: components["schemas"]["ServiceConfigInput"];
        };
        /** @description An error: exactly this key */
        Error: {
            /**
             * @description What is wrong, naming the field where there is one
             * @example task_groups: needs at least one task group
             */
            error: string;
        };
        /** @description How this server is */
        Health: {
            /**
             * @description `degraded`: a check of `/readyz` fails
             * @enum {string}
             */
            status: "healthy" | "degraded";
            /**
             * @description Of this program
             * @example 1.0.0
             */
            version: string;
        };
        /** @enum {string} */
        LogStream: "stdout" | "stderr";
        /** @description Who logged in */
        LoggedInUser: {
            /**
             * @description Id of the account
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `erased` once the account was erased
             * @example john_doe
             */
            username: string;
            /** @example john@example.com */
            email: string | null;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            is_active: boolean;
        };
        /** @description Who logs in */
        LoginRequest: {
            /** @example john_doe */
            username: string;
            /** @example securepassword123 */
            password: string;
        };
        /** @description A session that can go on */
        LoginResponse: {
            /** @description Bearer token, good until `expires_at` unless its session ends before */
            token: string;
            /** @description Gets the next token, once, within 30 days */
            refresh_token: string;
            user: components["schemas"]["LoggedInUser"];
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            expires_at: string;
        };
        /** @description It was done */
        Message: {
            /** @example Node registered successfully */
            message: string;
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
         * @description As of an update; without `config` the present one counts
         * @example {
         *       "config": {
         *         "image": "postgres:16",
         *         "ports": [
         *           5432
         *         ]
         *       }
         *     }
         */
        PreviewRequest: {
            config?: components["schemas"]["PreviewRequestConfig"];
        };
        PreviewRequestConfig: {
            /**
             * @description Reference of a Docker image: `[registry/]path[:tag][@digest]`; `{{NAME}}` in it is filled
             * @example postgres:17
             */
            image?: string;
            /**
             * @description Ports of the container; each is reached under an address of its node: see `endpoints`
             * @example [
             *       5432
             *     ]
             */
            ports?: number[];
            resources?: components["schemas"]["PreviewRequestConfigResources"];
            /** @description Name of a job file of a template, or the text of one (HCL or JSON) */
            nomad_job_file?: string;
            /**
             * Format: int32
             * @description Ours. Instances that run at once; absent: what its template or its job file says, else 1
             */
            count?: number;
            /** @description Ours. Folders that outlive containers, versions and, unless they are deleted with it, the service */
            volumes?: components["schemas"]["PreviewRequestConfigVolumesItem"][];
            health?: components["schemas"]["PreviewRequestConfigHealth"];
            restart?: components["schemas"]["RestartPolicyInput"];
            /** @description Ours. What follows when the restarts are used up; when absent an instance is begun again without end, after 30 s, 1 min … 1 h */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            update?: components["schemas"]["PreviewRequestConfigUpdate"];
            /** @description Ours. Words for the image’s entrypoint, split without a shell */
            command?: string;
            /** @description Ours. Seconds between SIGTERM and SIGKILL when an instance ends; absent: what its template or its job file says, else 5 */
            kill_timeout?: number;
            /** @description Ours. Further words, each as it is */
            args?: string[];
            /**
             * @description Environment of the container. Kept sealed; `***` to who may not change the service
             * @example {
             *       "POSTGRES_DB": "mydb"
             *     }
             */
            environment?: {
                [key: string]: string;
            };
            /**
             * @description Values for `{{NAME}}`, wherever it stands in the configuration, its template or its job file. Kept sealed likewise
             * @example {
             *       "DB_NAME": "mydb"
             *     }
             */
            custom_variables?: {
                [key: string]: unknown;
            };
        };
        /** @description Ours. How an instance is known to be well; absent: while it runs */
        PreviewRequestConfigHealth: {
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
        PreviewRequestConfigResources: {
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
        PreviewRequestConfigUpdate: {
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
        PreviewRequestConfigVolumesItem: {
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
        /** @description How it would take the place of what runs */
        PreviewedRollout: {
            /**
             * Format: int32
             * @description Instances in the end
             */
            count: number;
            /**
             * Format: int32
             * @description Those that begin at once; `step` says when each of the others follows
             */
            first: number;
            /** @description What runs ends before, as both would write to the same volumes */
            stops_first: boolean;
        };
        /** @description What the next token is asked for with */
        RefreshRequest: {
            /** @description That of the login, or of the last refresh */
            refresh_token: string;
        };
        /** @description The session goes on */
        RefreshResponse: {
            /** @description Bearer token, good until `expires_at` unless its session ends before */
            token: string;
            /** @description Gets the next token, once, within 30 days */
            refresh_token: string;
            user: components["schemas"]["RefreshedUser"];
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            expires_at: string;
        };
        /** @description Whose token it is */
        RefreshedUser: {
            /**
             * @description Id of the account
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `erased` once the account was erased
             * @example john_doe
             */
            username: string;
            /** @example john@example.com */
            email: string | null;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
        };
        /** @description A new account */
        RegisterRequest: {
            /**
             * @description Unique whatever its case
             * @example newuser
             */
            username: string;
            /**
             * Format: email
             * @description Of one account alone, whatever its case
             * @example john@example.com
             */
            email: string;
            /**
             * @description 8 to 128 characters, all of which count
             * @example securepassword123
             */
            password: string;
            /** @example John */
            first_name?: string;
            /** @example Doe */
            last_name?: string;
        };
        /** @description The account is made */
        RegisterResponse: {
            /** @constant */
            message: "User registered successfully";
            user: components["schemas"]["RegisteredUser"];
        };
        /** @description The new account */
        RegisteredUser: {
            /**
             * @description Id of the account
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `erased` once the account was erased
             * @example john_doe
             */
            username: string;
            /** @example john@example.com */
            email: string | null;
            first_name: string | null;
            last_name: string | null;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            is_active: boolean;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
        };
        /** @description A credential, without its password */
        RegistryCredential: {
            /** @example registry.example:5000 */
            host: string;
            /** @example robot */
            username: string;
            /** @description Id of the account that set it first */
            created_by: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /** @description Id of the account that set it last */
            updated_by: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
        };
        /** @description Credentials of the tenant, by host */
        RegistryList: {
            registries: components["schemas"]["RegistryCredential"][];
            /** Format: int32 */
            total: number;
        };
        /**
         * @description With what images are pulled
         * @example {
         *       "username": "robot",
         *       "password": "kept to ourselves"
         *     }
         */
        RegistryLogin: {
            /**
             * @description What the registry knows the account by
             * @example robot
             */
            username: string;
            /**
             * @description Password or token; shown to nobody again
             * @example kept to ourselves
             */
            password: string;
        };
        /**
         * @description What the variables are to be
         * @example {
         *       "custom_variables": {
         *         "DB_NAME": "mydb"
         *       }
         *     }
         */
        RenderServiceTemplate: {
            /**
             * @description Values of variables
             * @example {
             *       "DB_NAME": "mydb"
             *     }
             */
            custom_variables?: {
                [key: string]: unknown;
            };
        };
        /** @description One instance as its node would be given it, secrets as `***`; `count` is how many there are in the end */
        RenderedService: components["schemas"]["TaskGroupView"];
        /** @description The configuration that a service of the template would have; secrets are `***` */
        RenderedServiceTemplate: {
            config: components["schemas"]["RenderedServiceTemplateConfig"];
            variables: components["schemas"]["SetVariable"][];
            connection_string: string | null;
        };
        /** @description What a service is configured as, with `{{VAR}}` in its texts */
        RenderedServiceTemplateConfig: Record<string, never>;
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
        /** @description The version to go back to */
        RollBackRequest: {
            /**
             * Format: int32
             * @example 1
             */
            version: number;
        };
        /** @description A service. Environment and variables are `***` to who may not change it */
        Service: {
            /**
             * @description Id of the service
             * @example 770e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description What it is called; others may be called the same
             * @example my-postgres-db
             */
            name: string;
            /**
             * @description What it is for; a tenant has one of each type
             * @example database
             */
            type: string;
            /** @enum {string} */
            status: "stopped" | "deploying" | "running" | "failed";
            /** @example PostgreSQL database for my application */
            description: string | null;
            config: components["schemas"]["ServiceConfig"];
            created_by: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
            /** @description Ours. Of its template, to who may change the service */
            variables?: components["schemas"]["ServiceVariable"][];
            /**
             * @description Ours. How clients reach it, to who may change the service; null: it does not run
             * @example postgres://app:secret@10.0.0.5:21034/app
             */
            connection_string?: string | null;
            /**
             * Format: int32
             * @description Ours. Number of its newest version
             * @example 1
             */
            version?: number;
            /** @description Ours. One for each port of each instance that runs */
            endpoints?: components["schemas"]["ServiceEndpoint"][];
            /** @description Ours. Why it failed, or why instances are missing; null: neither is so */
            reason?: components["schemas"]["ServiceStatusReason"] | null;
        };
        /**
         * @description What a service is
         * @example {
         *       "image": "postgres:13",
         *       "ports": [
         *         5432
         *       ],
         *       "environment": {
         *         "POSTGRES_USER": "myuser",
         *         "POSTGRES_PASSWORD": "mypassword",
         *         "POSTGRES_DB": "mydb"
         *       },
         *       "resources": {
         *         "cpu": 500,
         *         "memory": 1024,
         *         "disk": 2048
         *       }
         *     }
         */
        ServiceConfig: {
            /**
             * @description Reference of a Docker image: `[registry/]path[:tag][@digest]`; `{{NAME}}` in it is filled
             * @example postgres:17
             */
            image?: string;
            /**
             * @description Ports of the container; each is reached under an address of its node: see `endpoints`
             * @example [
             *       5432
             *     ]
             */
            ports?: number[];
            resources?: components["schemas"]["ServiceConfigResources"];
            /** @description Name of a job file of a template, or the text of one (HCL or JSON) */
            nomad_job_file?: string;
            /**
             * Format: int32
             * @description Ours. Instances that run at once; absent: what its template or its job file says, else 1
             */
            count?: number;
            /** @description Ours. Folders that outlive containers, versions and, unless they are deleted with it, the service */
            volumes?: components["schemas"]["ServiceConfigVolumesItem"][];
            health?: components["schemas"]["ServiceConfigHealth"];
            restart?: components["schemas"]["RestartPolicy"];
            /** @description Ours. What follows when the restarts are used up; when absent an instance is begun again without end, after 30 s, 1 min … 1 h */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            update?: components["schemas"]["ServiceConfigUpdate"];
            /** @description Ours. Words for the image’s entrypoint, split without a shell */
            command?: string;
            /** @description Ours. Seconds between SIGTERM and SIGKILL when an instance ends; absent: what its template or its job file says, else 5 */
            kill_timeout?: number;
            /** @description Ours. Further words, each as it is */
            args?: string[];
            /**
             * @description Environment of the container. Kept sealed; `***` to who may not change the service
             * @example {
             *       "POSTGRES_DB": "mydb"
             *     }
             */
            environment?: {
                [key: string]: string;
            };
            /**
             * @description Values for `{{NAME}}`, wherever it stands in the configuration, its template or its job file. Kept sealed likewise
             * @example {
             *       "DB_NAME": "mydb"
             *     }
             */
            custom_variables?: {
                [key: string]: unknown;
            };
        };
        /** @description Ours. How an instance is known to be well; absent: while it runs */
        ServiceConfigHealth: {
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
        /**
         * @description What a service is
         * @example {
         *       "image": "postgres:13",
         *       "ports": [
         *         5432
         *       ],
         *       "environment": {
         *         "POSTGRES_USER": "myuser",
         *         "POSTGRES_PASSWORD": "mypassword",
         *         "POSTGRES_DB": "mydb"
         *       },
         *       "resources": {
         *         "cpu": 500,
         *         "memory": 1024,
         *         "disk": 2048
         *       }
         *     }
         */
        ServiceConfigInput: {
            /**
             * @description Reference of a Docker image: `[registry/]path[:tag][@digest]`; `{{NAME}}` in it is filled
             * @example postgres:17
             */
            image?: string;
            /**
             * @description Ports of the container; each is reached under an address of its node: see `endpoints`
             * @example [
             *       5432
             *     ]
             */
            ports?: number[];
            resources?: components["schemas"]["ServiceConfigInputResources"];
            /** @description Name of a job file of a template, or the text of one (HCL or JSON) */
            nomad_job_file?: string;
            /**
             * Format: int32
             * @description Ours. Instances that run at once; absent: what its template or its job file says, else 1
             */
            count?: number;
            /** @description Ours. Folders that outlive containers, versions and, unless they are deleted with it, the service */
            volumes?: components["schemas"]["ServiceConfigInputVolumesItem"][];
            health?: components["schemas"]["ServiceConfigInputHealth"];
            restart?: components["schemas"]["RestartPolicyInput"];
            /** @description Ours. What follows when the restarts are used up; when absent an instance is begun again without end, after 30 s, 1 min … 1 h */
            reschedule?: components["schemas"]["ReschedulePolicy"];
            update?: components["schemas"]["ServiceConfigInputUpdate"];
            /** @description Ours. Words for the image’s entrypoint, split without a shell */
            command?: string;
            /** @description Ours. Seconds between SIGTERM and SIGKILL when an instance ends; absent: what its template or its job file says, else 5 */
            kill_timeout?: number;
            /** @description Ours. Further words, each as it is */
            args?: string[];
            /**
             * @description Environment of the container. Kept sealed; `***` to who may not change the service
             * @example {
             *       "POSTGRES_DB": "mydb"
             *     }
             */
            environment?: {
                [key: string]: string;
            };
            /**
             * @description Values for `{{NAME}}`, wherever it stands in the configuration, its template or its job file. Kept sealed likewise
             * @example {
             *       "DB_NAME": "mydb"
             *     }
             */
            custom_variables?: {
                [key: string]: unknown;
            };
        };
        /** @description Ours. How an instance is known to be well; absent: while it runs */
        ServiceConfigInputHealth: {
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
        ServiceConfigInputResources: {
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
        ServiceConfigInputUpdate: {
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
        ServiceConfigInputVolumesItem: {
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
        ServiceConfigResources: {
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
        ServiceConfigUpdate: {
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
        ServiceConfigVolumesItem: {
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
        /** @description One rollout of one version */
        ServiceDeployment: {
            /**
             * @description Id of the deployment
             * @example 880e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `pending` until one of its instances has started
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            /**
             * @description A label, no key
             * @example tenant-postgres-1704067200
             */
            nomad_job_id: string;
            /**
             * @description Id of the service
             * @example 770e8400-e29b-41d4-a716-446655440000
             */
            service_id: string;
            /** @description Id of the account; `muster` where a version that failed gave way to the former one */
            deployed_by: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            completed_at: string | null;
            /**
             * Format: int32
             * @description Of the service, from 1 up
             */
            number: number;
            /** Format: int32 */
            version: number;
            /**
             * @description What it was asked for with
             * @enum {string}
             */
            because: "created" | "started" | "updated" | "rolled_back" | "reverted";
            reason: components["schemas"]["ServiceReason"] | null;
            steps: components["schemas"]["ServiceDeploymentSteps"];
            instances: components["schemas"]["ServiceInstances"];
            /** @description Why an instance is not placed, in words; null: all are */
            waits_for: string | null;
        };
        /** @description A deployment, in a list of services */
        ServiceDeploymentLine: {
            /**
             * @description Id of the deployment
             * @example 880e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `pending` until one of its instances has started
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            /**
             * @description A label, no key
             * @example tenant-postgres-1704067200
             */
            nomad_job_id: string;
            /**
             * Format: date-time
             * @description When one of its instances first started; null: not yet
             * @example 2026-11-20T02:00:00Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it was settled; null: it goes on
             * @example 2026-11-20T02:00:00Z
             */
            completed_at: string | null;
            /**
             * Format: int32
             * @description Ours. Of the service
             * @example 1
             */
            version?: number;
            /** @description Ours. How it ended; null: it goes on */
            reason?: components["schemas"]["ServiceReason"] | null;
        };
        /** @description Deployments of a service, the newest first */
        ServiceDeploymentList: {
            deployments: components["schemas"]["ServiceDeployment"][];
            /** Format: int32 */
            total: number;
        };
        /** @description When its first instance came so far */
        ServiceDeploymentSteps: {
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            placed: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            image_pulled: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            started: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            healthy: string | null;
        };
        /** @description A field that differs: a text as it is, all else as JSON; null: it is not there. What is secret is `***` */
        ServiceDifference: {
            /** @example image */
            path: string;
            before: string | null;
            after: string | null;
        };
        /** @description Where a port of an instance is reached */
        ServiceEndpoint: {
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
        /** @description One thing that happened */
        ServiceEvent: {
            /**
             * Format: int32
             * @description Of the service, from 1 up
             */
            number: number;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            at: string;
            /** @enum {string} */
            kind: "created" | "described" | "version" | "deployment" | "image" | "advanced" | "completed" | "failed" | "cancelled" | "restarted" | "stopped" | "waits" | "placed" | "started" | "healthy" | "unhealthy" | "exited" | "retried" | "stopping" | "ended" | "lost";
            /** @example Instance 1 of deployment 2 was placed on node node-7. */
            text: string;
            /** @description Id of the account that asked; `muster` where nobody did; null: it is no command */
            by: string | null;
            /**
             * Format: int32
             * @description The deployment that it is about; null: the service as a whole
             */
            deployment: number | null;
            /** @description The instance that it is about */
            allocation_id: string | null;
        };
        /** @description What happened to a service, the newest first */
        ServiceEventList: {
            events: components["schemas"]["ServiceEvent"][];
            /**
             * Format: int32
             * @description How many there ever were; the newest 200 are kept
             */
            total: number;
        };
        /** @description What an instance used */
        ServiceInstanceUsage: {
            /** Format: int32 */
            deployment: number;
            allocation_id: string;
            node_id: string;
            /** @description Oldest first */
            points: components["schemas"]["ServiceUsagePoint"][];
            /**
             * @description Why there are no points; null: there may be
             * @example Its node did not say.
             */
            problem: string | null;
        };
        /** @description How many should run by now, and are well */
        ServiceInstances: {
            /** Format: int32 */
            wanted: number;
            /** Format: int32 */
            healthy: number;
        };
        /** @description A service with its newest ten deployments */
        ServiceLine: {
            /**
             * @description Id of the service
             * @example 770e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description What it is called; others may be called the same
             * @example my-postgres-db
             */
            name: string;
            /**
             * @description What it is for; a tenant has one of each type
             * @example database
             */
            type: string;
            /** @enum {string} */
            status: "stopped" | "deploying" | "running" | "failed";
            /** @description Ours. Why it failed, or why instances are missing; null: neither is so */
            reason?: components["schemas"]["ServiceStatusReason"] | null;
            /** @example PostgreSQL database for my application */
            description: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
            deployments: components["schemas"]["ServiceDeploymentLine"][];
        };
        /** @description Services of the tenant, in the order in which they were made */
        ServiceList: {
            services: components["schemas"]["ServiceLine"][];
            /**
             * Format: int32
             * @description Services of the tenant that fit what was asked
             */
            total: number;
        };
        /** @description Lines of its instances */
        ServiceLogs: {
            /**
             * @example [
             *       "2024-01-01T00:00:00Z INFO: Starting PostgreSQL"
             *     ]
             */
            logs: string[];
        };
        /** @description Of its first instance; null where nothing runs */
        ServiceMetrics: {
            /**
             * @description Percent of one core
             * @example 45.2
             */
            cpu_usage: number | null;
            /**
             * @description Bytes
             * @example 536870912
             */
            memory_usage: number | null;
            allocation_id: string | null;
            allocation_status: string | null;
            node_id: string | null;
        };
        /** @description How an instance is */
        ServiceMetricsAnswer: {
            metrics: components["schemas"]["ServiceMetrics"];
        };
        /** @description What would become of a service */
        ServicePreview: {
            /**
             * @description `start`: what a start would do, as nothing runs; `update`: it would be rolled over; `none`: it runs as it is
             * @enum {string}
             */
            action: "start" | "update" | "none";
            /**
             * Format: int32
             * @description The version that would run
             * @example 2
             */
            version: number;
            /**
             * Format: int32
             * @description The version that runs now; null: none, and `changes` is empty
             */
            compared_with: number | null;
            /** @description What differs from what runs. What is secret is `***` */
            changes: components["schemas"]["ServiceDifference"][];
            /**
             * @description The job that would run it
             * @example service.770e8400-e29b-41d4-a716-446655440000.2
             */
            job_id: string;
            rendered: components["schemas"]["RenderedService"];
            rollout: components["schemas"]["PreviewedRollout"];
            /** @description What the scheduler would do, group by group */
            groups: components["schemas"]["PlannedGroup"][];
        };
        /** @description Why it is so */
        ServiceReason: {
            /** @enum {string} */
            code: "healthy" | "failed" | "deadline" | "stopped" | "deleted" | "superseded";
            /** @example Its instance is well. */
            message: string;
        };
        /** @description It was begun */
        ServiceStarted: {
            /** @example Service deployment started */
            message: string;
            deployment: components["schemas"]["StartedServiceDeployment"];
        };
        /** @enum {string} */
        ServiceStatusFilter: "stopped" | "deploying" | "running" | "failed";
        /** @description `waiting`: an instance finds no node. `starting`: an instance is being started. Else how the newest deployment failed */
        ServiceStatusReason: {
            /** @enum {string} */
            code: "healthy" | "failed" | "deadline" | "stopped" | "deleted" | "superseded" | "waiting" | "starting";
            /** @example 0 of 1 instance is running. It waits for a node: 1 of 1 nodes: unschedulable. */
            message: string;
        };
        /** @description A template */
        ServiceTemplate: {
            /**
             * @description Made of the name: a built-in template has the same one everywhere
             * @example 990e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description Unique; `[a-z0-9][a-z0-9-]{0,62}`
             * @example postgresql
             */
            name: string;
            /** @example database */
            type: string;
            /** @example PostgreSQL database template */
            description: string;
            /** @example database */
            icon: string;
            /** @example Database */
            category: string;
            /**
             * @example [
             *       "postgresql",
             *       "database",
             *       "sql"
             *     ]
             */
            tags: string[];
            config: components["schemas"]["ServiceTemplateConfig"];
            /** @description Ours. What `{{VAR}}` stands for */
            variables?: components["schemas"]["TemplateVariable"][];
            /**
             * @description Ours. How clients name the service: `{{ENDPOINT}}` is what it is reached under
             * @example postgres://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}
             */
            connection_string?: string;
            /** @description Ours. Job files of Nomad by their names, such as `postgresql.nomad` */
            job_files?: {
                [key: string]: string;
            };
            /** @description Ours. It came with Muster */
            built_in?: boolean;
            /** @description false: only administrators see it */
            is_public: boolean;
            /** @example 2024-01-01T00:00:00Z */
            created_at: string;
        };
        /** @description What a service is configured as, with `{{VAR}}` in its texts */
        ServiceTemplateConfig: Record<string, never>;
        /** @description Templates in the order in which they were added */
        ServiceTemplateList: {
            templates: components["schemas"]["ServiceTemplateSummary"][];
            /** Format: int32 */
            total: number;
        };
        /** @description A template without its configuration */
        ServiceTemplateSummary: {
            /**
             * @description Made of the name: a built-in template has the same one everywhere
             * @example 990e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description Unique; `[a-z0-9][a-z0-9-]{0,62}`
             * @example postgresql
             */
            name: string;
            /** @example database */
            type: string;
            /** @example PostgreSQL database template */
            description: string;
            /** @example database */
            icon: string;
            /** @example Database */
            category: string;
            /**
             * @example [
             *       "postgresql",
             *       "database",
             *       "sql"
             *     ]
             */
            tags: string[];
            /** @description false: only administrators see it */
            is_public: boolean;
            /** @example 2024-01-01T00:00:00Z */
            created_at: string;
        };
        /** @description What the instances of a service used over the last hour, as their agents measured it */
        ServiceUsage: {
            /**
             * @description What a point is a mean of
             * @example 30
             */
            interval_seconds: number;
            instances: components["schemas"]["ServiceInstanceUsage"][];
        };
        /** @description Means of half a minute: percent of one core, bytes */
        ServiceUsagePoint: {
            /**
             * Format: date-time
             * @description End of its half minute
             * @example 2026-11-20T02:00:00Z
             */
            at: string;
            cpu_usage: number | null;
            memory_usage: number | null;
        };
        /** @description A variable of its template, as it is set */
        ServiceVariable: {
            /** @example DB_PASSWORD */
            name: string;
            value: string;
            /**
             * @description How it came to its value
             * @enum {string}
             */
            from: "given" | "default" | "generated" | "unset";
            secret: boolean;
        };
        /** @description A version of a service */
        ServiceVersion: {
            /** Format: int32 */
            version: number;
            /** @enum {string} */
            because: "created" | "started" | "updated" | "rolled_back" | "reverted";
            /**
             * Format: int64
             * @description The version that it is again; null: none
             */
            from: number | null;
            created_by: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            config: components["schemas"]["ServiceConfig"];
            /**
             * @description The image that it was first seen to run, and that each further instance is begun from: by its digest, or by its id where it came from no registry. Null: it has not run yet, or its image is looked for again
             * @example postgres@sha256:1b1c7e4f2a6d0c3b5e8f9a7d6c4b2a1f0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b
             */
            image_digest: string | null;
            /** @description What differs from the version before it */
            changes: components["schemas"]["ServiceDifference"][];
        };
        /** @description Versions of a service, the newest first */
        ServiceVersionList: {
            versions: components["schemas"]["ServiceVersion"][];
            /** Format: int32 */
            total: number;
        };
        /** @description A variable, and what it is */
        SetVariable: {
            name: string;
            /** @description `***` for a secret */
            value: string;
            /** @enum {string} */
            from: "given" | "default" | "generated" | "unset";
            secret: boolean;
        };
        /** @description The deployment that was begun */
        StartedServiceDeployment: {
            /**
             * @description Id of the deployment
             * @example 880e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `pending` until one of its instances has started
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            /**
             * @description A label, no key
             * @example tenant-postgres-1704067200
             */
            nomad_job_id: string;
            /**
             * @description Id of the service
             * @example 770e8400-e29b-41d4-a716-446655440000
             */
            service_id: string;
            deployed_by: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
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
        /** @description What the account may do from now on */
        UpdateRoleRequest: {
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
        };
        /**
         * @description What is absent stays; `config` is replaced whole
         * @example {
         *       "config": {
         *         "image": "postgres:13",
         *         "ports": [
         *           5432
         *         ],
         *         "environment": {
         *           "POSTGRES_USER": "myuser",
         *           "POSTGRES_PASSWORD": "mypassword",
         *           "POSTGRES_DB": "mydb"
         *         },
         *         "resources": {
         *           "cpu": 500,
         *           "memory": 1024,
         *           "disk": 2048
         *         }
         *       }
         *     }
         */
        UpdateServiceRequest: {
            /**
             * @description What it is called; others may be called the same
             * @example my-postgres-db
             */
            name?: string;
            /**
             * @description What it is for; a tenant has one of each type
             * @example database
             */
            type?: string;
            /** @example PostgreSQL database for my application */
            description?: string | null;
            config?: components["schemas"]["ServiceConfigInput"];
            /**
             * @description Ours. Fields to clear, as if each were null
             * @example [
             *       "description"
             *     ]
             */
            clear?: components["schemas"]["ClearableServiceField"][];
        };
        /** @description What is absent stays as it is */
        UpdateUserRequest: {
            /** @example John */
            first_name?: string;
            /** @example Smith */
            last_name?: string;
            /**
             * Format: email
             * @description Of one account alone, whatever its case
             * @example john@example.com
             */
            email?: string;
        };
        /** @description A service as it was changed */
        UpdatedService: {
            /**
             * @description Id of the service
             * @example 770e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description What it is called; others may be called the same
             * @example my-postgres-db
             */
            name: string;
            /**
             * @description What it is for; a tenant has one of each type
             * @example database
             */
            type: string;
            /** @enum {string} */
            status: "stopped" | "deploying" | "running" | "failed";
            /** @example PostgreSQL database for my application */
            description: string | null;
            config: components["schemas"]["ServiceConfig"];
            created_by?: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at?: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
            /** @description Ours. Of its template, to who may change the service */
            variables?: components["schemas"]["ServiceVariable"][];
            /**
             * @description Ours. How clients reach it, to who may change the service; null: it does not run
             * @example postgres://app:secret@10.0.0.5:21034/app
             */
            connection_string?: string | null;
            /**
             * Format: int32
             * @description Ours. Number of its newest version
             * @example 1
             */
            version?: number;
            /** @description Ours. One for each port of each instance that runs */
            endpoints?: components["schemas"]["ServiceEndpoint"][];
            /** @description Ours. Why it failed, or why instances are missing; null: neither is so */
            reason?: components["schemas"]["ServiceStatusReason"] | null;
        };
        /** @description The account as it is now */
        UpdatedUser: {
            /**
             * @description Id of the account
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description `erased` once the account was erased
             * @example john_doe
             */
            username: string;
            /** @example john@example.com */
            email: string | null;
            first_name: string | null;
            last_name: string | null;
            /** @enum {string} */
            role: "user" | "tenant_admin" | "admin";
            is_active: boolean;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            updated_at: string;
        };
        /** @description A folder of a service that outlives its containers */
        Volume: {
            /**
             * @description Id of the volume, one in all of the fleet
             * @example service.770e8400-e29b-41d4-a716-446655440000.data
             */
            id: string;
            /**
             * @description What the service that it was made for calls it
             * @example data
             */
            name: string;
            /**
             * @description `used`: by a service; `kept`: its service is deleted; `deleting`: until its node has removed it
             * @enum {string}
             */
            status: "used" | "kept" | "deleting";
            /**
             * @description The service that has it or, where it is kept, had it last
             * @example 770e8400-e29b-41d4-a716-446655440000
             */
            service_id: string;
            /**
             * @description What that service is called
             * @example my-postgres-db
             */
            service_name: string;
            /**
             * @description The node that it is on
             * @example node-1
             */
            node_id: string;
            /** @description Id of the account that made that service */
            created_by: string;
            /**
             * Format: date-time
             * @description When it was placed on its node
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /** @description What its deletion waits for, in words; null: it is not being deleted */
            waits_for: string | null;
        };
        /** @description Volumes of the tenant, in the order in which they were made */
        VolumeList: {
            volumes: components["schemas"]["Volume"][];
            /**
             * Format: int32
             * @description Volumes of the tenant that fit what was asked
             */
            total: number;
        };
        /** @enum {string} */
        VolumeStatusFilter: "used" | "kept" | "deleting";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    services_getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
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
    services_getServerHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
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
    services_register: {
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
                "application/json": components["schemas"]["RegisterRequest"];
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
                    "application/json": components["schemas"]["RegisterResponse"];
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
    services_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description The session is open */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginResponse"];
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
    services_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description The session goes on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefreshResponse"];
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
    services_getMe: {
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
                    "application/json": components["schemas"]["Account"];
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
    services_updateMe: {
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
                "application/json": components["schemas"]["UpdateUserRequest"];
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdatedUser"];
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
    services_listUsers: {
        parameters: {
            query?: {
                /** @description At most so many */
                limit?: number;
                /** @description So many are passed over first */
                offset?: number;
                /** @description Ours: only the account with this username or e-mail address, each as a whole */
                search?: string;
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
                    "application/json": components["schemas"]["AccountList"];
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
    services_setRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description User ID (UUID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoleRequest"];
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
    services_activateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description User ID (UUID) */
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
    services_deactivateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description User ID (UUID) */
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
    services_listServices: {
        parameters: {
            query?: {
                /** @description Ours. Only services that are so */
                status?: components["schemas"]["ServiceStatusFilter"];
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
            /** @description The services */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceList"];
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
    services_createService: {
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
                "application/json": components["schemas"]["CreateServiceRequest"];
            };
        };
        responses: {
            /** @description The service */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Service"];
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
    services_getService: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Service"];
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
    services_updateService: {
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
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateServiceRequest"];
            };
        };
        responses: {
            /** @description The service */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdatedService"];
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
    services_deleteService: {
        parameters: {
            query?: {
                /** @description Ours. Its volumes are deleted as well, with what is in them */
                volumes?: boolean;
            };
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
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
    services_startService: {
        parameters: {
            query?: {
                /** @description Ours. Its image is looked for again: pulled anew, and what its reference means then is what the version runs from then on. Else a version that has run is begun from the very image that it ran first, wherever its tag points by now */
                pull?: boolean;
            };
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is begun */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceStarted"];
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
    services_stopService: {
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
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is asked for */
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
    services_restartService: {
        parameters: {
            query?: {
                /** @description Ours. Its image is looked for again: pulled anew, and what its reference means then is what the version runs from then on. Else a version that has run is begun from the very image that it ran first, wherever its tag points by now */
                pull?: boolean;
            };
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is asked for */
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
    services_rollBackService: {
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
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBackRequest"];
            };
        };
        responses: {
            /** @description It is asked for */
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
    services_previewService: {
        parameters: {
            query?: {
                /** @description At most so many nodes, placements and stops of each group */
                limit?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description What it would do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServicePreview"];
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
    services_listDeployments: {
        parameters: {
            query?: {
                /** @description At most so many */
                limit?: number;
                /** @description Only those with a smaller number */
                before?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
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
                    "application/json": components["schemas"]["ServiceDeploymentList"];
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
    services_listVersions: {
        parameters: {
            query?: {
                /** @description At most so many */
                limit?: number;
                /** @description Only those with a smaller number */
                before?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
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
                    "application/json": components["schemas"]["ServiceVersionList"];
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
    services_getLogs: {
        parameters: {
            query?: {
                /** @description Ours. The last so many lines of each instance; absent: 1000, and all of a download */
                tail?: number;
                /** @description Ours. Only lines that hold this text */
                search?: string;
                /**
                 * @description Ours. Only what was written since, or a little before. Where only the end of a log was kept: all of it
                 * @example 2026-11-20T02:00:00Z
                 */
                since?: string;
                /** @description Ours. Of the instances of that deployment, also where it failed and another one serves; absent: of those that run, else of the newest */
                deployment?: number;
                /** @description Ours. Only what instances write to their output, or to their errors; absent: both, in the order in which they were written */
                stream?: components["schemas"]["LogStream"];
                /** @description Ours. With `true` the answer is that of `GET /api/v1/services/{id}/logs/follow`: use that route where the type of an answer matters */
                follow?: boolean;
                /** @description Ours. With `true` the answer is that of `GET /api/v1/services/{id}/logs/download`: use that route where the type of an answer matters */
                download?: boolean;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its logs */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceLogs"];
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
    services_followLogs: {
        parameters: {
            query?: {
                /** @description Ours. The last so many lines of each instance; absent: 1000, and all of a download */
                tail?: number;
                /** @description Ours. Only lines that hold this text */
                search?: string;
                /**
                 * @description Ours. Only what was written since, or a little before. Where only the end of a log was kept: all of it
                 * @example 2026-11-20T02:00:00Z
                 */
                since?: string;
                /** @description Ours. Of the instances of that deployment, also where it failed and another one serves; absent: of those that run, else of the newest */
                deployment?: number;
                /** @description Ours. Only what instances write to their output, or to their errors; absent: both, in the order in which they were written */
                stream?: components["schemas"]["LogStream"];
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its lines, as they are written */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
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
    services_downloadLogs: {
        parameters: {
            query?: {
                /** @description Ours. The last so many lines of each instance; absent: 1000, and all of a download */
                tail?: number;
                /** @description Ours. Only lines that hold this text */
                search?: string;
                /**
                 * @description Ours. Only what was written since, or a little before. Where only the end of a log was kept: all of it
                 * @example 2026-11-20T02:00:00Z
                 */
                since?: string;
                /** @description Ours. Of the instances of that deployment, also where it failed and another one serves; absent: of those that run, else of the newest */
                deployment?: number;
                /** @description Ours. Only what instances write to their output, or to their errors; absent: both, in the order in which they were written */
                stream?: components["schemas"]["LogStream"];
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its logs */
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
    services_getMetrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its metrics */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceMetricsAnswer"];
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
    services_getUsage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What its instances used */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceUsage"];
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
    services_listEvents: {
        parameters: {
            query?: {
                /** @description At most so many */
                limit?: number;
                /** @description Only those with a smaller number */
                before?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the service
                 * @example 770e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceEventList"];
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
    services_listTemplates: {
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
            /** @description The templates */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceTemplateList"];
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
    services_addTemplate: {
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
                "application/json": components["schemas"]["AddServiceTemplateRequest"];
            };
        };
        responses: {
            /** @description It is added */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceTemplate"];
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
    services_getTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description Template ID */
                id: string;
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
                    "application/json": components["schemas"]["ServiceTemplate"];
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
    services_removeTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description Template ID */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed */
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
    services_renderTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description Template ID */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenderServiceTemplate"];
            };
        };
        responses: {
            /** @description What a service of it would be configured as */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RenderedServiceTemplate"];
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
    services_listRegistries: {
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
            /** @description The credentials */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistryList"];
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
    services_setRegistry: {
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
                 * @description Registry as `host[:port]`, in small letters; `docker.io` is Docker Hub
                 * @example registry.example:5000
                 */
                host: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistryLogin"];
            };
        };
        responses: {
            /** @description The credential */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistryCredential"];
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
    services_removeRegistry: {
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
                 * @description Registry as `host[:port]`, in small letters; `docker.io` is Docker Hub
                 * @example registry.example:5000
                 */
                host: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed */
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
    services_listVolumes: {
        parameters: {
            query?: {
                /** @description Only volumes that are so */
                status?: components["schemas"]["VolumeStatusFilter"];
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
            /** @description The volumes */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VolumeList"];
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
    services_getVolume: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the volume, one in all of the fleet
                 * @example service.770e8400-e29b-41d4-a716-446655440000.data
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The volume */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Volume"];
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
    services_deleteVolume: {
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
                 * @description Id of the volume, one in all of the fleet
                 * @example service.770e8400-e29b-41d4-a716-446655440000.data
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is asked for */
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
}
