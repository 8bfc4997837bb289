// Made of openapi/tasks.json by openapi-typescript; after a change run: node dist/test/generated/write.js
export interface paths {
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks
         * @description Those of the tenant; an administrator gets all.
         */
        get: operations["tasks_listTasks"];
        put?: never;
        /**
         * Make a task
         * @description It is active at once. A schedule that never fires is refused, and so is a circle of tasks that start one another. Shell and Python run processes on workers: that takes the right execute; calls do not, unless their priority is `critical`. Of secrets that it refers to and that the tenant does not have the `message` warns, by name: they can be set later.
         */
        post: operations["tasks_createTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a task
         * @description What it is, when it fires next, and how its last run ended. Another tenant's task looks absent.
         */
        get: operations["tasks_getTask"];
        /**
         * Change a task
         * @description What is not named stays; null takes a field away, and so does its name in `clear` (but for resources, expect and after, which are only replaced). Runs that have begun keep what they began with. What was due by the old schedule is decided by it. Resuming runs no slot of the pause.
         */
        put: operations["tasks_updateTask"];
        post?: never;
        /**
         * Delete a task
         * @description Its unfinished runs are cancelled, its name is free. What was decided stays in the log.
         */
        delete: operations["tasks_deleteTask"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/backfill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run slots that are past
         * @description A run for each slot of the span, by the schedule as it is now, that nobody has decided: of the time before the task was made, or timed as it is. As with a trigger, `concurrency` does not bind them. Sent again it makes no second run. More than 1,000 slots are refused, which says how many there would be.
         */
        post: operations["tasks_backfillTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a task now
         * @description Always makes a run, whatever else of the task runs; 409 for a disabled task, 429 where 1,000 runs of it wait, or the quota of runs a minute is used up. A body is optional: for this run its `environment` is added to that of the task, and its `arguments` stand in place of those of a Python task.
         */
        post: operations["tasks_triggerTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the runs of a task
         * @description The newest first. Slots without a run are listed by `status=skipped`, and else left out.
         */
        get: operations["tasks_listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a run
         * @description How it is, and why.
         */
        get: operations["tasks_getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When a task fires, and what became of its slots
         * @description What will happen, if nothing changes; and what did, with why.
         */
        get: operations["tasks_getSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/runs/{run_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a run writes
         * @description From the worker of its newest try: of one stream the bytes as they are, of both the lines in the order in which they were written; with `follow=true` server-sent events, one a line, until the run has ended and an event `end` says so. Where the worker does not answer, or keeps the log no more, the end that was kept with the run, and the header `X-Muster-Log-End: true`. 404 where the run was not placed yet, and where nothing is kept.
         */
        get: operations["tasks_getRunLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a run
         * @description Its process is stopped, and it is not tried again. 409 for one that has ended.
         */
        post: operations["tasks_cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/runs/{run_id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run again
         * @description A new run of the task as it is now, with the same parameters that this one was triggered with.
         */
        post: operations["tasks_rerunRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the notices of a task
         * @description The newest first, of the newest thousand.
         */
        get: operations["tasks_listNotices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/notices/{notice_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a notice
         * @description How it is, and why.
         */
        get: operations["tasks_getNotice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a secret
         * @description When it was set and by whom, and which tasks refer to it; not what it says.
         */
        get: operations["tasks_getSecret"];
        /**
         * Set a secret
         * @description Of your tenant. Nobody is given the value, but every task of the tenant may refer to it, and can then pass it on. One that is there is changed by who set it first, by administrators of the tenant and by administrators; tries that begin from then on have the new value.
         */
        put: operations["tasks_setSecret"];
        post?: never;
        /**
         * Remove a secret
         * @description Tasks that refer to it are named in the answer, and stay as they are: their runs that begin from then on end with `secret_missing`, until there is a secret of this name again.
         */
        delete: operations["tasks_removeSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List secrets
         * @description Those of your tenant by name, without what they say.
         */
        get: operations["tasks_listSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workers/{worker_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a worker
         * @description How it is, what it has and what is held of that, and what runs on it.
         */
        get: operations["tasks_getWorker"];
        /**
         * Set up a worker
         * @description What is not named stays. What runs there goes on, also where fewer slots are left than it holds; `enabled: false` gives it nothing new. 409 for one that only sends heartbeats.
         */
        put: operations["tasks_updateWorker"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workers/{worker_id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say how a worker is
         * @description Of a node it is shown, and that is all: its agent's own heartbeats say whether it lives. Who is no node is shown as a worker and given no runs; of such at most 1,000 are heard (429), and one is forgotten after a day's silence. It takes the join token too.
         */
        post: operations["tasks_heartbeatWorker"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List workers
         * @description All of them, in pages only where one is asked for: nodes as they joined, then who only sends heartbeats.
         */
        get: operations["tasks_listWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
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
        get: operations["tasks_getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask what there is, and how today is
         * @description Counted as things happen, and never looked for. Of the tasks and runs of the caller's tenant; an administrator gets those of all.
         */
        get: operations["tasks_getSystemStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quotas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get your quotas
         * @description Those of your tenant and of your account, and how much of each is used.
         */
        get: operations["tasks_getQuotas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quotas/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List quotas of all tenants
         * @description A page has every quota of so many tenants; with `tenant_id` those of that tenant, and of each of its accounts.
         */
        get: operations["tasks_listQuotas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quotas/tenants/{tenant_id}/{quota}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a quota
         * @description Of a tenant, or of one account of it, in place of the settings. What is held already stays; further things wait or are refused.
         */
        put: operations["tasks_setQuota"];
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
         * @description A field that can be cleared
         * @enum {string}
         */
        ClearableTaskField: "description" | "schedule" | "timezone" | "run_at" | "start_at" | "end_at" | "concurrency" | "misfire" | "jitter_seconds" | "notify" | "priority" | "retry_count" | "retry_delay_seconds" | "timeout_seconds" | "on_lost" | "tags" | "labels" | "keep_runs" | "command" | "working_directory" | "environment" | "arguments" | "python_path" | "url" | "method" | "headers" | "body";
        /** @description An error */
        Failure: {
            success: boolean;
            data: null;
            /**
             * @description What is wrong, naming the field where there is one
             * @example schedule: minute (field 1): 61 is not within 0-59
             */
            message: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @enum {string} */
        LogStream: "stdout" | "stderr";
        /** @enum {string} */
        NoticeStatusFilter: "pending" | "sending" | "retrying" | "delivered" | "failed" | "dropped";
        /** @description Which page this is, and how many there are */
        Pagination: {
            /**
             * Format: int32
             * @description From 1
             */
            page: number;
            /** Format: int32 */
            size: number;
            /**
             * Format: int32
             * @description Items of all pages
             */
            total: number;
            /** Format: int32 */
            pages: number;
        };
        /** @description How much of one quota is used */
        Quota: {
            quota: components["schemas"]["QuotaName"];
            /**
             * @description What `used` and `limit` count
             * @example slots
             */
            unit: string;
            /**
             * @description Whether all of the tenant count together, or one account alone
             * @enum {string}
             */
            of: "tenant" | "account";
            /** @description Id of the tenant, or of the account */
            holder: string;
            /**
             * @description How much is used now
             * @example 7
             */
            used: number;
            /**
             * @description How much may be used now; null: as much as there is
             * @example 7
             */
            limit: number | null;
            /**
             * @description The limit as it was set: a number, a share of the cluster, or `unlimited`
             * @example 75%
             */
            rule: string;
        };
        /** @description The quotas */
        QuotaAnswer: {
            success: boolean;
            data: components["schemas"]["Quota"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination: components["schemas"]["Pagination"];
        };
        /** @enum {string} */
        QuotaName: "tasks" | "runs_per_minute" | "slots" | "cpu" | "memory" | "notifications" | "log_bytes_per_day";
        /** @description Quotas of a page of tenants */
        QuotaPage: {
            success: boolean;
            data: components["schemas"]["Quota"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination: components["schemas"]["Pagination"];
        };
        /**
         * @description A limit
         * @example {
         *       "limit": "50%"
         *     }
         */
        QuotaRequest: {
            /**
             * @description A number, a share such as `75%`, or `unlimited`; null: as the settings have it
             * @example 50%
             */
            limit: string | null;
            /** @description Of one account of the tenant; absent: of the tenant */
            account_id?: string;
        };
        /** @description The limit that holds now */
        QuotaRule: {
            quota: components["schemas"]["QuotaName"];
            /** @enum {string} */
            of: "tenant" | "account";
            holder: string;
            rule: string;
        };
        /** @description The limit */
        QuotaRuleAnswer: {
            success: boolean;
            data: components["schemas"]["QuotaRule"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description What refers to a secret that is not there any more */
        RemovedSecret: {
            /**
             * @description Name of the secret within the tenant
             * @example db-password
             */
            name: string;
            /** @description Tasks of the tenant that refer to it, at most 100 */
            tasks: components["schemas"]["SecretTask"][];
        };
        /** @description What refers to it */
        RemovedSecretAnswer: {
            success: boolean;
            data: components["schemas"]["RemovedSecret"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
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
        /** @description A task */
        ScheduledTask: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            id: number;
            /**
             * @description Unique in the tenant
             * @example database_backup
             */
            name: string;
            /** @description What it is for */
            description?: string;
            /**
             * @description Cron: five fields, six with seconds first, or a nickname such as `@daily`; absent: it runs when it is told to
             * @example 0 *\/6 * * *
             */
            schedule?: string;
            /**
             * @description The zone whose clock `schedule` means
             * @example Europe/Berlin
             */
            timezone: string;
            /**
             * Format: date-time
             * @description Runs once, then
             * @example 2026-12-24T18:00:00Z
             */
            run_at?: string;
            /**
             * Format: date-time
             * @description Nothing fires before
             * @example 2026-12-24T18:00:00Z
             */
            start_at?: string;
            /**
             * Format: date-time
             * @description Nothing fires after
             * @example 2026-12-24T18:00:00Z
             */
            end_at?: string;
            /**
             * @description What a slot does while a run is unfinished: `forbid` skips it, `replace` cancels the run, `allow` runs both
             * @enum {string}
             */
            concurrency: "allow" | "forbid" | "replace";
            /**
             * @description Of slots that were missed: `once` runs the newest, `skip` none
             * @enum {string}
             */
            misfire: "skip" | "once";
            /**
             * Format: int32
             * @description A run begins up to so much behind its slot, always the same for the same slot
             */
            jitter_seconds: number;
            after?: components["schemas"]["TaskAfter"];
            notify?: components["schemas"]["TaskNotifyView"];
            /**
             * @description Who goes first where not all can run; `critical` takes the right execute
             * @example normal
             * @enum {string}
             */
            priority: "low" | "normal" | "high" | "critical";
            /**
             * Format: int32
             * @description Further attempts of a run that fails or takes too long
             * @example 3
             */
            retry_count: number;
            /**
             * Format: int32
             * @description Pause before the second attempt; doubled each time, at most an hour
             */
            retry_delay_seconds: number;
            /**
             * Format: int32
             * @description How long an attempt may run; a call at most an hour
             * @example 3600
             */
            timeout_seconds: number;
            /**
             * @description A run whose worker is lost is placed again, at most 3 times, or fails
             * @enum {string}
             */
            on_lost: "retry" | "fail";
            /**
             * @description Of workers: only one that has them all is given its runs
             * @example [
             *       "gpu"
             *     ]
             */
            tags: string[];
            /**
             * @description To group by
             * @example {
             *       "team": "data"
             *     }
             */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Ended runs that can be looked at
             */
            keep_runs: number;
            resources: components["schemas"]["Resources"];
            /**
             * @description `shell`: a command line on a worker; `python`: a script there; `http`: a call
             * @enum {string}
             */
            executor: "shell" | "http" | "python";
            /**
             * @description Shell: a command line for `/bin/sh -c`. Python: the path of a script, or `-c` with the code as the first of the arguments
             * @example echo hello
             */
            command?: string;
            /**
             * @description Where it runs; absent: in a folder of the run
             * @example /tmp
             */
            working_directory?: string;
            /**
             * @description Environment of its process; sealed, and shown only to those who may change the task. A value may be a secret of the tenant
             * @example {
             *       "LANG": "C.UTF-8",
             *       "PGPASSWORD": {
             *         "secret": "db-password"
             *       }
             *     }
             */
            environment?: {
                [key: string]: unknown;
            };
            /**
             * @description Arguments of the script; sealed as the environment is
             * @example [
             *       "--input",
             *       "data.csv"
             *     ]
             */
            arguments?: string[];
            /**
             * @description Interpreter; absent: the worker's first
             * @example /usr/bin/python3
             */
            python_path?: string;
            /**
             * @description What is called. Addresses that are not of the Internet are refused, unless the worker lists them
             * @example https://example.com/hook
             */
            url?: string;
            /**
             * @description GET unless it says otherwise
             * @example POST
             * @enum {string}
             */
            method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
            /**
             * @description Sealed as the environment is; a value may be a secret of the tenant
             * @example {
             *       "Content-Type": "application/json"
             *     }
             */
            headers?: {
                [key: string]: unknown;
            };
            /**
             * @description Sealed as the environment is
             * @example {"text": "done"}
             */
            body?: string;
            expect?: components["schemas"]["ScheduledTaskExpect"];
            /**
             * @description `paused`: no slot runs, it can be triggered; `disabled`: it cannot
             * @enum {string}
             */
            status: "active" | "paused" | "disabled";
            /**
             * @description The schedule in words
             * @example At 02:00 AM
             */
            schedule_text: string | null;
            /**
             * Format: date-time
             * @description When it fires next; null: never, or not while it is not active
             * @example 2026-11-20T02:00:00Z
             */
            next_run_at: string | null;
            /**
             * Format: int32
             * @description Runs that wait, run or are to be tried again
             */
            unfinished_runs: number;
            last_run: components["schemas"]["TaskLastRun"] | null;
            /** @description Id of the account that made it */
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
        };
        /**
         * @description What the response must be to count as a success; absent: any 2xx
         * @example {
         *       "status": [
         *         200,
         *         204
         *       ]
         *     }
         */
        ScheduledTaskExpect: {
            status?: number[];
            body_regex?: string;
        };
        /** @description A secret, without what it says */
        Secret: {
            /**
             * @description Name of the secret within the tenant
             * @example db-password
             */
            name: string;
            /**
             * Format: int32
             * @description How often it was set, from 1
             * @example 1
             */
            version: number;
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
        /** @description The secret */
        SecretAnswer: {
            success: boolean;
            data: components["schemas"]["Secret"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description A secret, and the tasks that refer to it */
        SecretDetail: {
            /**
             * @description Name of the secret within the tenant
             * @example db-password
             */
            name: string;
            /**
             * Format: int32
             * @description How often it was set, from 1
             * @example 1
             */
            version: number;
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
            /** @description Tasks of the tenant that refer to it, at most 100 */
            tasks: components["schemas"]["SecretTask"][];
        };
        /** @description The secret */
        SecretDetailAnswer: {
            success: boolean;
            data: components["schemas"]["SecretDetail"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description A page of secrets */
        SecretPage: {
            success: boolean;
            data: components["schemas"]["Secret"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination: components["schemas"]["Pagination"];
        };
        /**
         * @description What a secret says
         * @example {
         *       "value": "kept to ourselves"
         *     }
         */
        SecretRequest: {
            /**
             * @description At most 32768 characters; shown to nobody again
             * @example kept to ourselves
             */
            value: string;
        };
        /** @description A task that refers to the secret */
        SecretTask: {
            /** Format: int64 */
            id: number;
            name: string;
        };
        /** @description How this server is */
        SystemHealth: {
            /**
             * @description `degraded`: a check of `/readyz` fails
             * @enum {string}
             */
            status: "healthy" | "degraded";
            /**
             * @description The event store and the read models
             * @enum {string}
             */
            database: "connected" | "disconnected";
            /**
             * @description NATS; where there is none the agents' HTTP channel, which is this server
             * @enum {string}
             */
            message_queue: "connected" | "disconnected";
            /**
             * Format: int32
             * @example 86400
             */
            uptime_seconds: number;
            /** @example 1.0.0 */
            version: string;
        };
        /** @description How it is */
        SystemHealthAnswer: {
            success: boolean;
            data: components["schemas"]["SystemHealth"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description What there is, and how today is */
        SystemStatus: {
            tasks: components["schemas"]["SystemTasks"];
            workers: components["schemas"]["SystemWorkers"];
            /**
             * Format: int32
             * @description Runs of these tasks that were begun today
             * @example 450
             */
            runs_today: number;
            /**
             * @description Of the runs that ended today by themselves, the share that succeeded, in percent; 100 where none ended
             * @example 98.5
             */
            success_rate: number;
        };
        /** @description What there is */
        SystemStatusAnswer: {
            success: boolean;
            data: components["schemas"]["SystemStatus"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description Tasks of the caller's tenant; an administrator gets all */
        SystemTasks: {
            /**
             * Format: int32
             * @description All there are, disabled ones too
             * @example 150
             */
            total: number;
            /**
             * Format: int32
             * @example 120
             */
            active: number;
            /**
             * Format: int32
             * @example 20
             */
            paused: number;
            /**
             * Format: int32
             * @description Those that have a run which is carried out now, whatever else they are
             * @example 10
             */
            running: number;
        };
        /** @description Nodes, and who only sends heartbeats */
        SystemWorkers: {
            /**
             * Format: int32
             * @example 5
             */
            total: number;
            /**
             * Format: int32
             * @description Busy ones too
             * @example 4
             */
            online: number;
            /**
             * Format: int32
             * @example 1
             */
            offline: number;
        };
        /**
         * @description Each end of a run of any of these tasks starts a run of this one, if it is active and `concurrency` lets it
         * @example {
         *       "tasks": [
         *         1
         *       ],
         *       "on": "success"
         *     }
         */
        TaskAfter: {
            /** @description Numbers of tasks of the tenant; none: it follows nobody */
            tasks: number[];
            /**
             * @description `success` unless it says otherwise; `failure`: failed or took too long; `always`: cancelled too
             * @default success
             * @enum {string}
             */
            on?: "success" | "failure" | "always";
        };
        /** @description The task */
        TaskAnswer: {
            success: boolean;
            data: components["schemas"]["ScheduledTask"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /**
         * @description A span that is past
         * @example {
         *       "from": "2026-01-01T00:00:00Z",
         *       "to": "2026-01-02T00:00:00Z"
         *     }
         */
        TaskBackfill: {
            /**
             * Format: date-time
             * @description The first moment of the span
             */
            from: string;
            /**
             * Format: date-time
             * @description Its end, which is not in it; not in the future, and at most 1000 slots later
             */
            to: string;
        };
        /** @description What was decided */
        TaskBackfillAnswer: {
            success: boolean;
            data: components["schemas"]["TaskBackfillResult"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description What was decided of the slots of a span */
        TaskBackfillResult: {
            /** @description Slots that run, the oldest first */
            runs: components["schemas"]["TaskBackfilledSlot"][];
            /** @description `decided`: it was decided before, to run or to be skipped; `due`: the schedule is about to decide it; `paused`: it will when the pause ends; `too_many`: 1,000 runs wait, ask again later */
            left_out: components["schemas"]["TaskSlotLeftOut"][];
        };
        /** @description A slot and its run */
        TaskBackfilledSlot: {
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            slot: string;
            /** Format: int64 */
            run_id: number;
        };
        /** @description What is to change; null: as if it had never been given */
        TaskChange: {
            /**
             * @description Unique in the tenant
             * @example database_backup
             */
            name?: string;
            /**
             * @description `paused`: no slot runs, it can be triggered; `disabled`: it cannot
             * @enum {string}
             */
            status?: "active" | "paused" | "disabled";
            /**
             * @description `shell`: a command line on a worker; `python`: a script there; `http`: a call
             * @enum {string}
             */
            executor?: "shell" | "http" | "python";
            resources?: components["schemas"]["Resources"];
            after?: components["schemas"]["TaskAfter"];
            expect?: components["schemas"]["TaskChangeExpect"];
            /** @description What it is for */
            description?: string | null;
            /**
             * @description Cron: five fields, six with seconds first, or a nickname such as `@daily`; absent: it runs when it is told to
             * @example 0 *\/6 * * *
             */
            schedule?: string | null;
            /**
             * @description The zone whose clock `schedule` means
             * @example Europe/Berlin
             */
            timezone?: string | null;
            /**
             * Format: date-time
             * @description Runs once, then
             * @example 2026-12-24T18:00:00Z
             */
            run_at?: string | null;
            /**
             * Format: date-time
             * @description Nothing fires before
             * @example 2026-12-24T18:00:00Z
             */
            start_at?: string | null;
            /**
             * Format: date-time
             * @description Nothing fires after
             * @example 2026-12-24T18:00:00Z
             */
            end_at?: string | null;
            /**
             * @description What a slot does while a run is unfinished: `forbid` skips it, `replace` cancels the run, `allow` runs both
             * @enum {string|null}
             */
            concurrency?: "allow" | "forbid" | "replace" | null;
            /**
             * @description Of slots that were missed: `once` runs the newest, `skip` none
             * @enum {string|null}
             */
            misfire?: "skip" | "once" | null;
            /**
             * Format: int32
             * @description A run begins up to so much behind its slot, always the same for the same slot
             */
            jitter_seconds?: number | null;
            notify?: components["schemas"]["TaskNotify"] | null;
            /**
             * @description Who goes first where not all can run; `critical` takes the right execute
             * @example normal
             * @enum {string|null}
             */
            priority?: "low" | "normal" | "high" | "critical" | null;
            /**
             * Format: int32
             * @description Further attempts of a run that fails or takes too long
             * @example 3
             */
            retry_count?: number | null;
            /**
             * Format: int32
             * @description Pause before the second attempt; doubled each time, at most an hour
             */
            retry_delay_seconds?: number | null;
            /**
             * Format: int32
             * @description How long an attempt may run; a call at most an hour
             * @example 3600
             */
            timeout_seconds?: number | null;
            /**
             * @description A run whose worker is lost is placed again, at most 3 times, or fails
             * @enum {string|null}
             */
            on_lost?: "retry" | "fail" | null;
            /**
             * @description Of workers: only one that has them all is given its runs
             * @example [
             *       "gpu"
             *     ]
             */
            tags?: string[] | null;
            /**
             * @description To group by
             * @example {
             *       "team": "data"
             *     }
             */
            labels?: {
                [key: string]: string;
            } | null;
            /**
             * Format: int32
             * @description Ended runs that can be looked at
             */
            keep_runs?: number | null;
            /**
             * @description Shell: a command line for `/bin/sh -c`. Python: the path of a script, or `-c` with the code as the first of the arguments
             * @example echo hello
             */
            command?: string | null;
            /**
             * @description Where it runs; absent: in a folder of the run
             * @example /tmp
             */
            working_directory?: string | null;
            /**
             * @description Environment of its process; sealed, and shown only to those who may change the task. A value may be a secret of the tenant
             * @example {
             *       "LANG": "C.UTF-8",
             *       "PGPASSWORD": {
             *         "secret": "db-password"
             *       }
             *     }
             */
            environment?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description Arguments of the script; sealed as the environment is
             * @example [
             *       "--input",
             *       "data.csv"
             *     ]
             */
            arguments?: string[] | null;
            /**
             * @description Interpreter; absent: the worker's first
             * @example /usr/bin/python3
             */
            python_path?: string | null;
            /**
             * @description What is called. Addresses that are not of the Internet are refused, unless the worker lists them
             * @example https://example.com/hook
             */
            url?: string | null;
            /**
             * @description GET unless it says otherwise
             * @example POST
             * @enum {string|null}
             */
            method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | null;
            /**
             * @description Sealed as the environment is; a value may be a secret of the tenant
             * @example {
             *       "Content-Type": "application/json"
             *     }
             */
            headers?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description Sealed as the environment is
             * @example {"text": "done"}
             */
            body?: string | null;
            /**
             * @description Ours. Fields to clear, as if each were null
             * @example [
             *       "description"
             *     ]
             */
            clear?: components["schemas"]["ClearableTaskField"][];
        };
        /** @description What the response must be to count as a success; absent: any 2xx. `status` takes one number as well as a list */
        TaskChangeExpect: {
            status?: number[];
            body_regex?: string;
        };
        /** @enum {string} */
        TaskExecutorFilter: "shell" | "http" | "python";
        /** @description The run that ended last */
        TaskLastRun: {
            /** Format: int64 */
            id: number;
            /** @enum {string} */
            status: "pending" | "running" | "success" | "failed" | "timeout" | "cancelled" | "retrying";
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            finished_at: string;
        };
        /** @description A notice: a call that tells what became of a task */
        TaskNotice: {
            /**
             * Format: int64
             * @description Number of the notice within its task
             * @example 1
             */
            id: number;
            /** Format: int64 */
            task_id: number;
            /**
             * @description What it tells
             * @enum {string}
             */
            on: "failure" | "recovery" | "missed" | "success";
            /** @description Who is told: scheme and host alone for those who may not change the task */
            url: string;
            /**
             * @description `delivered`: answered with 2xx; `dropped`: too many newer ones waited
             * @enum {string}
             */
            status: "pending" | "sending" | "retrying" | "delivered" | "failed" | "dropped";
            /**
             * Format: int64
             * @description The run that it tells of; null: it tells of slots
             */
            run_id: number | null;
            /**
             * Format: date-time
             * @description The first slot that was missed
             * @example 2026-11-20T02:00:00Z
             */
            slot: string | null;
            /**
             * Format: date-time
             * @description The last one
             * @example 2026-11-20T02:00:00Z
             */
            until: string | null;
            /**
             * Format: int32
             * @description How many; null: it tells of a run, or they are more than were counted
             */
            count: number | null;
            /**
             * Format: int32
             * @description Which attempt it is at, from 1
             */
            attempt: number;
            /**
             * Format: int32
             * @description How many there can be
             * @example 8
             */
            attempts: number;
            /** @description Id of the worker that makes the call, or made it last */
            worker: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Before that it is not tried
             * @example 2026-11-20T02:00:00Z
             */
            due_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            finished_at: string | null;
            /**
             * Format: int32
             * @description Of the newest attempt, where it was answered; not in lists
             */
            http_status?: number | null;
            /**
             * @description What it waits for
             * @enum {string|null}
             */
            reason: "requested" | "replaced" | "deleted" | "exited" | "timeout" | "not_started" | "secret_missing" | "secrets_too_large" | "worker_lost" | "stopped_by_operator" | "not_due" | "no_worker_online" | "no_suitable_worker" | "worker_shares_its_user" | "worker_shares_its_tmp" | "worker_reaches_open_store" | "too_large_for_any_worker" | "over_quota" | "waiting_for_capacity" | "being_placed" | "starting" | null;
            /** @description What the worker said of the newest attempt */
            message: string | null;
        };
        /** @description The notice */
        TaskNoticeAnswer: {
            success: boolean;
            data: components["schemas"]["TaskNotice"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description A page of notices */
        TaskNoticePage: {
            success: boolean;
            data: components["schemas"]["TaskNotice"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination: components["schemas"]["Pagination"];
        };
        /** @description Who is told of what becomes of the task */
        TaskNotify: {
            /** @description Of what: `failure` unless it says otherwise, a run that failed or took too long after all its attempts; `recovery`, the first success after that; `missed`, slots that were missed; `success` */
            on?: ("failure" | "recovery" | "missed" | "success")[];
            /**
             * @description What is called, by the rules of a task that is a call: POST with JSON, tried again until it is answered with 2xx
             * @example https://example.com/hook
             */
            url: string;
        };
        /** @description Who is told of what becomes of the task */
        TaskNotifyView: {
            on: ("failure" | "recovery" | "missed" | "success")[];
            /**
             * @description Its scheme and host alone for those who may not change the task, as what follows can be secret
             * @example https://example.com/hook
             */
            url: string;
        };
        /** @description A page of tasks */
        TaskPage: {
            success: boolean;
            data: components["schemas"]["ScheduledTask"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination: components["schemas"]["Pagination"];
        };
        /** @description A task to be made. A field that its executor does not use is refused */
        TaskRequest: {
            /**
             * @description Unique in the tenant
             * @example database_backup
             */
            name: string;
            /** @description What it is for */
            description?: string;
            /**
             * @description Cron: five fields, six with seconds first, or a nickname such as `@daily`; absent: it runs when it is told to
             * @example 0 *\/6 * * *
             */
            schedule?: string;
            /**
             * @description The zone whose clock `schedule` means
             * @example Europe/Berlin
             */
            timezone?: string;
            /**
             * Format: date-time
             * @description Runs once, then
             * @example 2026-12-24T18:00:00Z
             */
            run_at?: string;
            /**
             * Format: date-time
             * @description Nothing fires before
             * @example 2026-12-24T18:00:00Z
             */
            start_at?: string;
            /**
             * Format: date-time
             * @description Nothing fires after
             * @example 2026-12-24T18:00:00Z
             */
            end_at?: string;
            /**
             * @description What a slot does while a run is unfinished: `forbid` skips it, `replace` cancels the run, `allow` runs both
             * @enum {string}
             */
            concurrency?: "allow" | "forbid" | "replace";
            /**
             * @description Of slots that were missed: `once` runs the newest, `skip` none
             * @enum {string}
             */
            misfire?: "skip" | "once";
            /**
             * Format: int32
             * @description A run begins up to so much behind its slot, always the same for the same slot
             */
            jitter_seconds?: number;
            after?: components["schemas"]["TaskAfter"];
            notify?: components["schemas"]["TaskNotify"];
            /**
             * @description Who goes first where not all can run; `critical` takes the right execute
             * @example normal
             * @enum {string}
             */
            priority?: "low" | "normal" | "high" | "critical";
            /**
             * Format: int32
             * @description Further attempts of a run that fails or takes too long
             * @example 3
             */
            retry_count?: number;
            /**
             * Format: int32
             * @description Pause before the second attempt; doubled each time, at most an hour
             */
            retry_delay_seconds?: number;
            /**
             * Format: int32
             * @description How long an attempt may run; a call at most an hour
             * @example 3600
             */
            timeout_seconds?: number;
            /**
             * @description A run whose worker is lost is placed again, at most 3 times, or fails
             * @enum {string}
             */
            on_lost?: "retry" | "fail";
            /**
             * @description Of workers: only one that has them all is given its runs
             * @example [
             *       "gpu"
             *     ]
             */
            tags?: string[];
            /**
             * @description To group by
             * @example {
             *       "team": "data"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Ended runs that can be looked at
             */
            keep_runs?: number;
            resources?: components["schemas"]["Resources"];
            /** @enum {string} */
            executor: "shell" | "http" | "python";
            /** @description Shell: a command line for `/bin/sh -c`. Python: the path of a script, or `-c` with the code as the first of the arguments. Only with `executor` shell, python. Required with shell, python */
            command?: string;
            /**
             * @description Where it runs; absent: in a folder of the run. Only with `executor` shell, python
             * @example /tmp
             */
            working_directory?: string;
            /**
             * @description Environment of its process; sealed, and shown only to those who may change the task. A value may be a secret of the tenant. Only with `executor` shell, python
             * @example {
             *       "LANG": "C.UTF-8",
             *       "PGPASSWORD": {
             *         "secret": "db-password"
             *       }
             *     }
             */
            environment?: {
                [key: string]: unknown;
            };
            /**
             * @description What is called. Addresses that are not of the Internet are refused, unless the worker lists them. Only with `executor` http. Required with http
             * @example https://example.com/hook
             */
            url?: string;
            /**
             * @description GET unless it says otherwise. Only with `executor` http
             * @example POST
             * @enum {string}
             */
            method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
            /**
             * @description Sealed as the environment is; a value may be a secret of the tenant. Only with `executor` http
             * @example {
             *       "Content-Type": "application/json"
             *     }
             */
            headers?: {
                [key: string]: unknown;
            };
            /**
             * @description Sealed as the environment is. Only with `executor` http
             * @example {"text": "done"}
             */
            body?: string;
            expect?: components["schemas"]["TaskRequestExpect"];
            /**
             * @description Arguments of the script; sealed as the environment is. Only with `executor` python
             * @example [
             *       "--input",
             *       "data.csv"
             *     ]
             */
            arguments?: string[];
            /**
             * @description Interpreter; absent: the worker's first. Only with `executor` python
             * @example /usr/bin/python3
             */
            python_path?: string;
        };
        /** @description What the response must be to count as a success; absent: any 2xx. `status` takes one number as well as a list. Only with `executor` http */
        TaskRequestExpect: {
            status?: number[];
            body_regex?: string;
        };
        /** @description A run of a task */
        TaskRun: {
            /**
             * Format: int64
             * @description Number of the run within its task
             * @example 1
             */
            id: number;
            /** Format: int64 */
            task_id: number;
            /** @enum {string} */
            status: "pending" | "running" | "success" | "failed" | "timeout" | "cancelled" | "retrying";
            /**
             * @description What it was made by
             * @enum {string}
             */
            trigger: "schedule" | "manual" | "rerun" | "after" | "backfill";
            /**
             * Format: date-time
             * @description The moment of the schedule that it is for
             * @example 2026-11-20T02:00:00Z
             */
            slot: string | null;
            /**
             * Format: int64
             * @description Number of the run that it repeats
             */
            repeats: number | null;
            after?: components["schemas"]["TaskRunBefore"];
            /**
             * Format: int32
             * @description Which attempt it is at, from 1
             */
            attempt: number;
            /**
             * Format: int32
             * @description How many there can be; what is lost with its worker does not count
             */
            attempts: number;
            /** @description Id of the worker that it is on, or was on last */
            worker: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Before that it does not begin: a jitter, or a pause before the next attempt
             * @example 2026-11-20T02:00:00Z
             */
            due_at: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            finished_at: string | null;
            /** @description Of the newest attempt; of one that runs: so far */
            duration_seconds: number | null;
            /** Format: int32 */
            exit_code: number | null;
            /**
             * Format: int32
             * @description Of a call that was answered; not in lists
             */
            http_status?: number | null;
            /** @description The last 8 KiB of what it wrote to its output and to its errors, the stream that it wrote to last at the end; of a call the end of the body of the answer. Of the newest attempt, once that has ended; not in lists */
            output?: string;
            /** @description Memory of all its processes, at its largest, in MiB; null: not measured */
            memory_peak_mb: number | null;
            /** @description On average over its time, in MiB; null: not measured */
            memory_average_mb: number | null;
            /** @description Time of processors that its processes took, in seconds; null: not measured */
            cpu_seconds: number | null;
            /**
             * @description Why it is as it is; null: there is nothing to explain
             * @enum {string|null}
             */
            reason: "requested" | "replaced" | "deleted" | "exited" | "timeout" | "not_started" | "secret_missing" | "secrets_too_large" | "worker_lost" | "stopped_by_operator" | "not_due" | "no_worker_online" | "no_suitable_worker" | "worker_shares_its_user" | "worker_shares_its_tmp" | "worker_reaches_open_store" | "too_large_for_any_worker" | "over_quota" | "waiting_for_capacity" | "being_placed" | "starting" | null;
            /** @description What its worker said of it */
            message: string | null;
            former_tries: components["schemas"]["TaskRunTry"][];
        };
        /** @description The new run */
        TaskRunAnswer: {
            success: boolean;
            data: components["schemas"]["TaskRun"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description The run of another task, whose end it is about; absent: it is about none */
        TaskRunBefore: {
            /** Format: int64 */
            task_id: number;
            /** Format: int64 */
            run_id: number;
        };
        /** @description A run, or a slot without one: then its `status` is `skipped` */
        TaskRunOrSlot: {
            /**
             * Format: int64
             * @description Number of the run within its task
             * @example 1
             */
            id?: number;
            /** Format: int64 */
            task_id: number;
            /** @enum {string} */
            status: "pending" | "running" | "success" | "failed" | "timeout" | "cancelled" | "retrying" | "skipped";
            /**
             * @description What it was made by
             * @enum {string}
             */
            trigger: "schedule" | "manual" | "rerun" | "after" | "backfill";
            /**
             * Format: date-time
             * @description The moment of the schedule that it is for
             * @example 2026-11-20T02:00:00Z
             */
            slot: string | null;
            /**
             * Format: int64
             * @description Number of the run that it repeats
             */
            repeats?: number | null;
            after?: components["schemas"]["TaskRunBefore"];
            /**
             * Format: int32
             * @description Which attempt it is at, from 1
             */
            attempt?: number;
            /**
             * Format: int32
             * @description How many there can be; what is lost with its worker does not count
             */
            attempts?: number;
            /** @description Id of the worker that it is on, or was on last */
            worker?: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Before that it does not begin: a jitter, or a pause before the next attempt
             * @example 2026-11-20T02:00:00Z
             */
            due_at?: string;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            started_at?: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            finished_at?: string | null;
            /** @description Of the newest attempt; of one that runs: so far */
            duration_seconds?: number | null;
            /** Format: int32 */
            exit_code?: number | null;
            /**
             * Format: int32
             * @description Of a call that was answered; not in lists
             */
            http_status?: number | null;
            /** @description The last 8 KiB of what it wrote to its output and to its errors, the stream that it wrote to last at the end; of a call the end of the body of the answer. Of the newest attempt, once that has ended; not in lists */
            output?: string;
            /** @description Memory of all its processes, at its largest, in MiB; null: not measured */
            memory_peak_mb?: number | null;
            /** @description On average over its time, in MiB; null: not measured */
            memory_average_mb?: number | null;
            /** @description Time of processors that its processes took, in seconds; null: not measured */
            cpu_seconds?: number | null;
            /**
             * @description Why it is as it is; null: there is nothing to explain
             * @enum {string|null}
             */
            reason: "requested" | "replaced" | "deleted" | "exited" | "timeout" | "not_started" | "secret_missing" | "secrets_too_large" | "worker_lost" | "stopped_by_operator" | "not_due" | "no_worker_online" | "no_suitable_worker" | "worker_shares_its_user" | "worker_shares_its_tmp" | "worker_reaches_open_store" | "too_large_for_any_worker" | "over_quota" | "waiting_for_capacity" | "being_placed" | "starting" | "paused" | "disabled" | "forbidden" | "missed" | "too_many" | "not_permitted" | "no_environment" | null;
            /** @description What its worker said of it */
            message?: string | null;
            former_tries?: components["schemas"]["TaskRunTry"][];
            /**
             * Format: date-time
             * @description The last slot of the span
             * @example 2026-11-20T02:00:00Z
             */
            until?: string;
            /**
             * Format: int32
             * @description Slots of the span; null: more than were counted
             */
            count?: number | null;
        };
        /** @description A page of runs */
        TaskRunPage: {
            success: boolean;
            data: components["schemas"]["TaskRunOrSlot"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination: components["schemas"]["Pagination"];
        };
        /** @enum {string} */
        TaskRunStatusFilter: "pending" | "running" | "success" | "failed" | "timeout" | "cancelled" | "retrying" | "skipped";
        /** @description A try of a run that another one followed */
        TaskRunTry: {
            /** Format: int32 */
            attempt: number;
            /**
             * @description How it ended
             * @enum {string}
             */
            after: "failed" | "timeout" | "lost";
            worker: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            finished_at: string | null;
            /** Format: int32 */
            exit_code: number | null;
            message: string | null;
        };
        /** @description When a task fires, and what became of its slots */
        TaskSchedule: {
            /**
             * @description Of the task; one that is not active fires nothing
             * @enum {string}
             */
            status: "active" | "paused" | "disabled";
            /** @description Whether it is paused: its slots are skipped until it is resumed */
            paused: boolean;
            /** @description When it fires next */
            next: string[];
            /** @description What was decided, newest first */
            past: components["schemas"]["TaskSlot"][];
            clock_went_back?: components["schemas"]["TaskScheduleClockWentBack"];
        };
        /** @description The schedule */
        TaskScheduleAnswer: {
            success: boolean;
            data: components["schemas"]["TaskSchedule"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /** @description The server's clock went back while the task had a schedule: the last time; absent: never */
        TaskScheduleClockWentBack: {
            /**
             * Format: date-time
             * @description When that was seen, by the clock as it is since
             * @example 2026-11-20T02:00:00Z
             */
            at: string;
            /**
             * Format: date-time
             * @description Up to where slots had been decided by then: those that ran do not run again, the others are decided anew
             * @example 2026-11-20T02:00:00Z
             */
            decided_until: string;
        };
        /** @description What was decided of a slot, or of an end of a run of another task */
        TaskSlot: {
            /**
             * Format: date-time
             * @description Of a start by another task: when its run ended
             * @example 2026-11-20T02:00:00Z
             */
            slot: string;
            /**
             * Format: date-time
             * @description The last slot of a span that was skipped
             * @example 2026-11-20T02:00:00Z
             */
            until: string | null;
            /**
             * Format: int32
             * @description Slots of the span; null: more than were counted
             */
            count: number | null;
            /** @enum {string} */
            decision: "run" | "skipped";
            /** @enum {string|null} */
            reason: "paused" | "disabled" | "forbidden" | "missed" | "too_many" | "not_permitted" | "no_environment" | "over_quota" | null;
            /** Format: int64 */
            run_id: number | null;
            after?: components["schemas"]["TaskRunBefore"];
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            decided_at: string;
        };
        /** @description A slot without a run, and why */
        TaskSlotLeftOut: {
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            slot: string;
            /** @enum {string} */
            reason: "decided" | "due" | "paused" | "too_many";
        };
        /**
         * @default id
         * @enum {string}
         */
        TaskSort: "id" | "name" | "status" | "priority" | "next_run_at" | "created_at" | "updated_at" | "-id" | "-name" | "-status" | "-priority" | "-next_run_at" | "-created_at" | "-updated_at";
        /** @enum {string} */
        TaskStatusFilter: "active" | "paused" | "disabled";
        /**
         * @description What this run has in addition to, or in place of, the task's
         * @example {}
         */
        TaskTrigger: {
            /**
             * @description Environment of its process; sealed, and shown only to those who may change the task. A value may be a secret of the tenant
             * @example {
             *       "LANG": "C.UTF-8",
             *       "PGPASSWORD": {
             *         "secret": "db-password"
             *       }
             *     }
             */
            environment?: {
                [key: string]: unknown;
            };
            /**
             * @description Arguments of the script; sealed as the environment is
             * @example [
             *       "--input",
             *       "data.csv"
             *     ]
             */
            arguments?: string[];
        };
        /** @description No credential, or a wrong one */
        Unauthorized: {
            success: boolean;
            /**
             * @description What is wrong
             * @example Authentication required
             */
            message: string;
            data?: null;
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            timestamp?: string;
            /** @description What to do, where nothing says which of the two surfaces was meant */
            error?: string;
        };
        /** @description A node, seen as a worker; or who only sends heartbeats, and is given nothing */
        Worker: {
            /**
             * @description Id of its node
             * @example worker-001
             */
            id: string;
            /**
             * @description What the machine calls itself
             * @example worker-node-1
             */
            name: string;
            /**
             * @description `busy`: it is heard, and all its slots are held
             * @enum {string}
             */
            status: "online" | "offline" | "busy";
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            last_heartbeat: string;
            /**
             * Format: int32
             * @description Slots that are held
             */
            current_tasks: number;
            /**
             * Format: int32
             * @description Slots that it has for tasks: one is held by each run, unless its task asks for more
             * @example 20
             */
            max_tasks: number;
            /**
             * @description What tasks can ask for
             * @example [
             *       "gpu",
             *       "python"
             *     ]
             */
            tags: string[];
            /** @description Whether it is given new runs */
            enabled: boolean;
        };
        /** @description The worker */
        WorkerAnswer: {
            success: boolean;
            data: components["schemas"]["Worker"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /**
         * @description What is to change; what is not named stays
         * @example {
         *       "max_tasks": 20,
         *       "tags": [
         *         "cpu",
         *         "shell"
         *       ],
         *       "enabled": true
         *     }
         */
        WorkerChange: {
            /**
             * Format: int32
             * @description Slots that it has for tasks: one is held by each run, unless its task asks for more
             * @example 20
             */
            max_tasks?: number;
            /**
             * @description What tasks can ask for
             * @example [
             *       "gpu",
             *       "python"
             *     ]
             */
            tags?: string[];
            /** @description Whether it is given new runs */
            enabled?: boolean;
        };
        /** @description A worker, and what is on it */
        WorkerDetail: {
            /**
             * @description Id of its node
             * @example worker-001
             */
            id: string;
            /**
             * @description What the machine calls itself
             * @example worker-node-1
             */
            name: string;
            /**
             * @description `busy`: it is heard, and all its slots are held
             * @enum {string}
             */
            status: "online" | "offline" | "busy";
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            last_heartbeat: string;
            /**
             * Format: int32
             * @description Slots that are held
             */
            current_tasks: number;
            /**
             * Format: int32
             * @description Slots that it has for tasks: one is held by each run, unless its task asks for more
             * @example 20
             */
            max_tasks: number;
            /**
             * @description What tasks can ask for
             * @example [
             *       "gpu",
             *       "python"
             *     ]
             */
            tags: string[];
            /** @description Whether it is given new runs */
            enabled: boolean;
            /**
             * @description What it can carry out: `exec` shell tasks, `http` calls, `python` scripts
             * @example [
             *       "exec",
             *       "http"
             *     ]
             */
            drivers: string[];
            system_info: components["schemas"]["WorkerSystem"];
            /** @description Those of the caller's tenant; an administrator gets all */
            running_runs: components["schemas"]["WorkerRun"][];
            /**
             * @description By resource
             * @example {
             *       "slots": {
             *         "total": 10,
             *         "used": 2
             *       }
             *     }
             */
            capacity: {
                [key: string]: components["schemas"]["WorkerShare"];
            };
        };
        /** @description The worker */
        WorkerDetailAnswer: {
            success: boolean;
            data: components["schemas"]["WorkerDetail"];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
        };
        /**
         * @description How a worker is
         * @example {
         *       "status": "online",
         *       "current_tasks": 3,
         *       "system_info": {
         *         "cpu_usage": 45.2,
         *         "memory_usage": 60.8,
         *         "disk_usage": 35.1
         *       }
         *     }
         */
        WorkerHeartbeat: {
            /**
             * @default online
             * @enum {string}
             */
            status?: "online" | "offline" | "busy";
            /**
             * Format: int32
             * @default 0
             */
            current_tasks?: number;
            system_info?: components["schemas"]["WorkerHeartbeatSystemInfo"];
        };
        WorkerHeartbeatSystemInfo: {
            cpu_usage?: number;
            memory_usage?: number;
            disk_usage?: number;
        };
        /** @description The workers */
        WorkerList: {
            success: boolean;
            data: components["schemas"]["Worker"][];
            /**
             * @description What was done, in words
             * @example Task created
             */
            message: string;
            /**
             * Format: date-time
             * @description When it was answered
             * @example 2026-11-20T02:00:00Z
             */
            timestamp: string;
            pagination?: components["schemas"]["Pagination"];
        };
        /** @description A run that is on the worker */
        WorkerRun: {
            /** Format: int64 */
            task_id: number;
            /** Format: int64 */
            run_id: number;
            /** @enum {string} */
            status: "pending" | "running" | "success" | "failed" | "timeout" | "cancelled" | "retrying";
            /**
             * Format: date-time
             * @example 2026-11-20T02:00:00Z
             */
            started_at: string | null;
        };
        /** @description What there is of a resource, and what of it is held */
        WorkerShare: {
            total: number;
            used: number;
        };
        /** @enum {string} */
        WorkerStatusFilter: "online" | "offline" | "busy";
        /** @description How much of the machine is used, in percent; null: it has not said */
        WorkerSystem: {
            cpu_usage: number | null;
            memory_usage: number | null;
            disk_usage: number | null;
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
    tasks_listTasks: {
        parameters: {
            query?: {
                /** @description Which page, from 1 */
                page?: number;
                /** @description Items of a page */
                size?: number;
                /** @description Only tasks of this status */
                status?: components["schemas"]["TaskStatusFilter"];
                /** @description Only tasks with this in their name, command or URL, whatever the case */
                search?: string;
                /** @description Only tasks of this executor */
                executor?: components["schemas"]["TaskExecutorFilter"];
                /** @description Only tasks with this label: `name` or `name=value` */
                label?: string;
                /**
                 * @description Only tasks that fire before
                 * @example 2026-12-24T18:00:00Z
                 */
                due_before?: string;
                /** @description Only tasks of your own tenant; an administrator is shown all without it */
                own?: boolean;
                /** @description By which field; with a minus the other way round */
                sort?: components["schemas"]["TaskSort"];
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
            /** @description A page of tasks */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_createTask: {
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
                "application/json": components["schemas"]["TaskRequest"];
            };
        };
        responses: {
            /** @description The task */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_updateTask: {
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
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskChange"];
            };
        };
        responses: {
            /** @description The task */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_deleteTask: {
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
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted */
            204: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_backfillTask: {
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
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskBackfill"];
            };
        };
        responses: {
            /** @description What was decided */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskBackfillAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_triggerTask: {
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
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskTrigger"];
            };
        };
        responses: {
            /** @description The run */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRunAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_listRuns: {
        parameters: {
            query?: {
                /** @description Which page, from 1 */
                page?: number;
                /** @description Items of a page */
                size?: number;
                /** @description Only runs of this status; `skipped`: the slots that were not run */
                status?: components["schemas"]["TaskRunStatusFilter"];
                /** @description Only runs made at or after */
                from?: string;
                /** @description Only runs made before */
                to?: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRunPage"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
                /**
                 * @description Number of the run
                 * @example 1
                 */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRunAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getSchedule: {
        parameters: {
            query?: {
                /** @description How many moments to come */
                next?: number;
                /** @description How many decisions */
                past?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskScheduleAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getRunLogs: {
        parameters: {
            query?: {
                /** @description Go on as more is written, until the task has ended */
                follow?: boolean;
                /** @description Begin with the last so many lines; absent: the oldest kept */
                tail?: number;
                /** @description Only what it writes to its output, or to its errors; absent: both, line by line in the order in which they were written */
                stream?: components["schemas"]["LogStream"];
                /** @description Only lines that hold this text, as it stands; `tail` counts the lines before they are searched */
                search?: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
                /**
                 * @description Number of the run
                 * @example 1
                 */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it wrote */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_cancelRun: {
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
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
                /**
                 * @description Number of the run
                 * @example 1
                 */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRunAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_rerunRun: {
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
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
                /**
                 * @description Number of the run
                 * @example 1
                 */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new run */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRunAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_listNotices: {
        parameters: {
            query?: {
                /** @description Which page, from 1 */
                page?: number;
                /** @description Items of a page */
                size?: number;
                /** @description Only notices of this status */
                status?: components["schemas"]["NoticeStatusFilter"];
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of notices */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskNoticePage"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getNotice: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Number of the task
                 * @example 1
                 */
                task_id: string;
                /**
                 * @description Number of the notice
                 * @example 1
                 */
                notice_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notice */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskNoticeAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the secret
                 * @example db-password
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretDetailAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_setSecret: {
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
                 * @description Name of the secret within the tenant
                 * @example db-password
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretRequest"];
            };
        };
        responses: {
            /** @description The secret */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_removeSecret: {
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
                 * @description Name of the secret
                 * @example db-password
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What refers to it */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemovedSecretAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_listSecrets: {
        parameters: {
            query?: {
                /** @description Which page, from 1 */
                page?: number;
                /** @description Items of a page */
                size?: number;
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
            /** @description A page of secrets */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPage"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getWorker: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Id of the worker
                 * @example worker-001
                 */
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The worker */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerDetailAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_updateWorker: {
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
                 * @description Id of the worker
                 * @example worker-001
                 */
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkerChange"];
            };
        };
        responses: {
            /** @description The worker */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_heartbeatWorker: {
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
                 * @description Id of the worker
                 * @example worker-001
                 */
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkerHeartbeat"];
            };
        };
        responses: {
            /** @description The worker */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_listWorkers: {
        parameters: {
            query?: {
                /** @description Which page, from 1; neither this nor `size`: all of them */
                page?: number;
                /** @description Items of a page; 20 where only `page` is said */
                size?: number;
                /** @description Only workers of this status */
                status?: components["schemas"]["WorkerStatusFilter"];
                /** @description Only workers with this tag */
                tag?: string;
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
            /** @description The workers */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerList"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getHealth: {
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
            /** @description How it is */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemHealthAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getSystemStatus: {
        parameters: {
            query?: {
                /**
                 * @description The zone whose day today is
                 * @example Europe/Berlin
                 */
                timezone?: string;
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
            /** @description What there is */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemStatusAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_getQuotas: {
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
            /** @description The quotas */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_listQuotas: {
        parameters: {
            query?: {
                /** @description Which page, from 1 */
                page?: number;
                /** @description Items of a page */
                size?: number;
                /** @description Only those of this tenant and its accounts */
                tenant_id?: string;
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
            /** @description Quotas of a page of tenants */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaPage"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tasks_setQuota: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422 */
                "Idempotency-Key"?: string;
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /** @description Id of the tenant */
                tenant_id: string;
                /**
                 * @description What is counted
                 * @example slots
                 */
                quota: components["schemas"]["QuotaName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuotaRequest"];
            };
        };
        responses: {
            /** @description The limit */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaRuleAnswer"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Unauthorized"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
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
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
}
