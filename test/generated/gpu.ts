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
         * @description Makes an account with the role `user` in a tenant of its own. Names that differ in case only are the same name.
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
         * @description The account whose token or API key is sent.
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
         * @description With any role, in any tenant.
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
    "/api/nodes/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get how a node is now
         * @description What the `/api/v1/metrics` of the node's agent answers, byte by byte. 409 where the node is not heard; 502 where its agent answers no JSON within three seconds, more than 1 MiB, or elsewhere.
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
            scopes: ("cluster" | "audit" | "gpu" | "tasks" | "conda" | "services" | "*")[];
            expires_in_seconds?: number;
        };
        /** @description An error: exactly this key */
        Error: {
            /**
             * @description What is wrong, naming the field where there is one
             * @example task_groups: needs at least one task group
             */
            error: string;
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
            gpus: {
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
            }[];
            system: {
                timestamp: number;
                hostname: string;
                os: string;
                kernel: string;
                arch: string;
                cpu_cores: number;
                load_average: number[];
                memory_total_mb: number;
                memory_used_mb: number;
                uptime_seconds: number;
                gpu_problem: string | null;
            };
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
            role: "user" | "tenant_admin" | "admin";
            /** @description Id of the tenant; one of its own when absent */
            tenant_id?: string;
            /** Format: email */
            email?: string;
            full_name?: string;
        };
        /** @description Accounts, in the order in which they were made */
        UserList: {
            users: components["schemas"]["User"][];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What was asked stands against what is: a name is taken, or a newer registration of the node holds */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The Idempotency-Key was used before with another body */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Asked too often: try again after Retry-After seconds */
            429: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Asked too often: try again after Retry-After seconds */
            429: {
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
    gpu_logout: {
        parameters: {
            query?: never;
            header?: never;
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
            /** @description The key, token or password is missing or wrong */
            401: {
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
            /** @description The key, token or password is missing or wrong */
            401: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
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
    gpu_createUser: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What was asked stands against what is: a name is taken, or a newer registration of the node holds */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The Idempotency-Key was used before with another body */
            422: {
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
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
    gpu_eraseUser: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
    gpu_setRole: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
    gpu_resetPassword: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
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
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
    gpu_deactivateUser: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
    gpu_reactivateUser: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
            /** @description The key, token or password is missing or wrong */
            401: {
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
    gpu_issueApiKey: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyIssued"];
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
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The account may not do that */
            403: {
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
    gpu_revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
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
    gpu_getNodeStatus: {
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
            /** @description The key, token or password is missing or wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What was asked stands against what is: a name is taken, or a newer registration of the node holds */
            409: {
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
            /** @description The agent of the node did not answer */
            502: {
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
