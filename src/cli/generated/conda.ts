// Made of openapi/conda.json by openapi-typescript; after a change run: node dist/test/generated/write.js
export interface paths {
    "/login": {
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
         * @description Opens a session and sets its cookie, `session`, for fifteen minutes; a use more than a minute after it was set sets it anew. The session that is shown, where there is one, is over. What is wrong is not said: an unknown name, a wrong password and an account that is not active look the same.
         */
        post: operations["conda_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logout": {
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
         * @description Ends the session on every server, and clears its cookie.
         */
        post: operations["conda_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/create_user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account
         * @description In the administrator's own tenant. It may run processes on workers, until that is taken from it.
         */
        post: operations["conda_createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List environments
         * @description Those of your tenant, in the order in which they were made.
         */
        get: operations["conda_listEnvironments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count environments
         * @description What they take and how they are used.
         */
        get: operations["conda_getEnvironmentStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an environment
         * @description With the packages of its current generation.
         */
        get: operations["conda_getEnvironment"];
        /**
         * Rename an environment
         * @description Nothing else of it changes, and tasks that refer to it go on.
         */
        put: operations["conda_renameEnvironment"];
        post?: never;
        /**
         * Delete an environment
         * @description With its generations. Builds that go on are cancelled. Refused where a task refers to it.
         */
        delete: operations["conda_deleteEnvironment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an environment
         * @description With Python, and what else is asked for. The answer waits for the build, which goes on without it: who sends the same again with the same `Idempotency-Key` waits for the same build. 503 where it takes longer than 15 minutes, or no node can carry it out.
         */
        post: operations["conda_createEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Install packages
         * @description What is there stays as it is as far as it can; where it fails nothing changes. The answer waits for the build, which goes on without it: who sends the same again with the same `Idempotency-Key` waits for the same build. 503 where it takes longer than 15 minutes, or no node can carry it out.
         */
        post: operations["conda_installPackages"];
        /**
         * Remove packages
         * @description Only what was asked for is removed; what nothing needs any more goes with it. The answer waits for the build, which goes on without it: who sends the same again with the same `Idempotency-Key` waits for the same build. 503 where it takes longer than 15 minutes, or no node can carry it out.
         */
        delete: operations["conda_removePackages"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look what an installation would do
         * @description Ours. Solved by a node as the installation would be, and nothing is built: what would come, go and change. The answer waits for the solver, behind changes that go on. 503 where it takes longer than 15 minutes, or no node can solve it.
         */
        get: operations["conda_planEnvironment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List generations
         * @description Ours. What the environment was from each change on, as far back as it can be gone back (`MUSTER_CONDA_KEEP_GENERATIONS`).
         */
        get: operations["conda_listGenerations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/generations/{one}/diff/{other}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare generations
         * @description Ours. What the other one has more, has no more, and has in another version.
         */
        get: operations["conda_diffGenerations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export an environment
         * @description Ours. For conda, for people, or for another Muster.
         */
        get: operations["conda_exportEnvironment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go back to a generation
         * @description Ours. The environment is at once what it was: runs that begin from now on are of that generation. Nothing is built, and no generation is lost.
         */
        post: operations["conda_rollBackEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/builds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List builds
         * @description Ours. Changes that were asked for, and what became of them. They are carried out one after another.
         */
        get: operations["conda_listBuilds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/builds/{build}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a build
         * @description Ours.
         */
        get: operations["conda_getBuild"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/builds/{build}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a build writes
         * @description Ours. With `follow=true` server-sent events, one a line, until it has ended and an event `end` says so. Where the node does not answer, or keeps the log no more, the end that was kept with the build, and the header `X-Muster-Log-End: true`.
         */
        get: operations["conda_getBuildLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/generations/{generation}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what the build of a generation wrote
         * @description Ours. A generation has the number of the build that made it. Where its node does not answer, the end that was kept, as with the build.
         */
        get: operations["conda_getGenerationLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conda/environment/{env_name}/builds/{build}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a build
         * @description Ours. One that goes on is ended, one that waits is left out; the environment stays as it is, and a new one is none.
         */
        post: operations["conda_cancelBuild"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks
         * @description Those of your tenant by their numbers: the newest 1,000, or so many as `limit` says.
         */
        get: operations["conda_listTasks"];
        put?: never;
        /**
         * Make a task
         * @description A script that runs in an environment: at once, later, or again and again. What it requires is installed first, and an environment that does not exist is made, unless `reuse_env` is true: the answer waits for that. A task that is refused leaves neither task nor environment.
         */
        post: operations["conda_createTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count tasks and executions
         * @description Of your tenant. Days are those of `MUSTER_TIMEZONE`, today the last.
         */
        get: operations["conda_getTaskStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Executions of the last month
         * @description Of all tasks of your tenant, the newest 1,000, or so many as `limit` says; those before an `execution_id` with `before`.
         */
        get: operations["conda_getTaskHistory"];
        put?: never;
        post?: never;
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
         * @description With its newest 1,000 executions, or so many as `limit` says; those before an `execution_id` with `before`.
         */
        get: operations["conda_getTask"];
        put?: never;
        post?: never;
        /**
         * Delete a task
         * @description Ours. It refers to its environment no more, and its name is free. Refused while it is carried out.
         */
        delete: operations["conda_deleteTask"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{task_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a task
         * @description Its execution that is carried out. What is to come of it by its `cron_expression` comes.
         */
        post: operations["conda_stopTask"];
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
         *       "password": "password123",
         *       "is_admin": false
         *     }
         */
        AccountCreation: {
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
             * @description Whether it gets the role `admin`, else `user`
             * @default false
             */
            is_admin?: boolean;
        };
        /** @description A change of an environment that was asked for */
        Build: {
            /** Format: int32 */
            build: number;
            /** @enum {string} */
            kind: "create" | "install" | "remove" | "require" | "lock";
            asked: string[];
            /** @enum {string} */
            status: "waiting" | "placing" | "building" | "built" | "planned" | "failed" | "cancelled";
            /**
             * @description Where it failed
             * @enum {string|null}
             */
            step: "solve" | "fetch" | "install" | "pip" | "not_run" | "timeout" | "lost" | "no_room" | null;
            failed_packages: components["schemas"]["BuildFailedPackagesItem"][];
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            requested_at: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            ended_at: string | null;
        };
        /** @description It is over */
        BuildCancelled: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Build cancelled";
        };
        BuildFailedPackagesItem: {
            name: string;
            /** @enum {string} */
            why: "not_found" | "conflict" | "not_installed" | "broken";
        };
        /** @description The newest hundred, the newest first */
        BuildList: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            builds: components["schemas"]["Build"][];
        };
        /** @description Nothing was changed */
        BuildRefused: {
            success: boolean;
            /** @example Failed to install packages */
            message: string;
            /** @description What is wrong, or what the solver itself said */
            error?: string;
            /** @description Of those that were asked for */
            failed_packages?: string[];
            /**
             * @description One sentence for each of them
             * @example [
             *       "Package 'nope' not found in available channels"
             *     ]
             */
            error_details?: string[];
            /** @description Scripts of the tasks that stand against it */
            referencing_tasks?: string[];
        };
        /** @description One execution of a task */
        CondaExecution: {
            /**
             * @description Id of the execution
             * @example task.1.3
             */
            execution_id: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            start_time: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            end_time: string | null;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            status: "scheduled" | "running" | "completed" | "failed" | "stopped";
            /** @description Seconds */
            duration: number | null;
            /** @description MB (10^6); null: not known */
            peak_memory: number | null;
            /** @description MB (10^6); null: not known */
            avg_memory: number | null;
            /** Format: int32 */
            exit_code: number | null;
            /** @description What it wrote, its end; only of the latest */
            logs: string | null;
            /**
             * Format: int32
             * @description Ours. The generation of the environment that it is carried out in
             */
            generation: number;
            /**
             * @description Ours. Why it waits or failed, in one word
             * @example exited
             */
            reason: string | null;
            /** @description Ours. The same in a sentence */
            message: string | null;
        };
        /** @description An error */
        CondaFailure: {
            success: boolean;
            /**
             * @description What kind of error it is
             * @example Environment not found
             */
            message: string;
            /** @description What is wrong, naming the field where there is one */
            error?: string;
        };
        /** @description A task */
        CondaTaskDetail: {
            /** @description It was done */
            success: boolean;
            task: components["schemas"]["CondaTaskDetailTask"];
            /** @description The newest, newest first */
            execution_history: components["schemas"]["CondaExecution"][];
            performance_metrics: components["schemas"]["CondaTaskDetailPerformanceMetrics"];
            latest_execution: components["schemas"]["CondaExecution"] | null;
        };
        /** @description Of the same that began, oldest first */
        CondaTaskDetailPerformanceMetrics: {
            durations: (number | null)[];
            timestamps: string[];
            peak_memories: (number | null)[];
            avg_memories: (number | null)[];
        };
        CondaTaskDetailTask: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            task_id: number;
            /**
             * @description Name of the task
             * @example nightly-report
             */
            task_name: string;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            status: "scheduled" | "running" | "completed" | "failed" | "stopped";
            /**
             * @description Path of the script, or its text
             * @example print('hello')
             */
            script_path: string;
            /**
             * @description Name of its environment
             * @example analysis
             */
            conda_env: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
            /**
             * @description Null: it runs once
             * @example *\/10 * * * *
             */
            cron_expression: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            next_run_time: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            last_run_time: string | null;
            /** @description Seconds */
            last_run_duration: number | null;
            /**
             * @description Id of the execution
             * @example task.1.3
             */
            last_execution_id: string | null;
            executions: string[];
            requirements?: string;
            /** @description Ours. The newest moment at which it was to run and did not, and why */
            skipped: components["schemas"]["CondaTaskSkip"] | null;
        };
        /** @description A task */
        CondaTaskEntry: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            task_id: number;
            /**
             * @description Name of the task
             * @example nightly-report
             */
            task_name: string;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            status: "scheduled" | "running" | "completed" | "failed" | "stopped";
            /**
             * @description Path of the script, or its text
             * @example print('hello')
             */
            script_path: string;
            /**
             * @description Name of its environment
             * @example analysis
             */
            conda_env: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
            /**
             * @description Null: it runs once
             * @example *\/10 * * * *
             */
            cron_expression: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            next_run_time_formatted: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            last_run_time_formatted: string | null;
            /** @description Seconds */
            last_run_duration_formatted: number | null;
            /**
             * @description When the last execution ended
             * @example 2025-05-01 14:30:00
             */
            completed_at?: string;
        };
        /** @description Executions of the last month, the newest first */
        CondaTaskHistory: {
            /** @constant */
            status: "success";
            data: components["schemas"]["CondaTaskHistoryDataItem"][];
        };
        CondaTaskHistoryDataItem: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            task_id: number;
            /**
             * @description Name of the task
             * @example nightly-report
             */
            task_name: string;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            status: "scheduled" | "running" | "completed" | "failed" | "stopped";
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            execution_time: string | null;
            /** @description Seconds */
            duration: number | null;
            /** @description MB (10^6); null: not known */
            peak_memory: number | null;
            /** @description MB (10^6); null: not known */
            avg_memory: number | null;
            /** Format: int32 */
            exit_code: number | null;
            /**
             * @description Id of the execution
             * @example task.1.3
             */
            execution_id: string;
            /**
             * Format: int32
             * @description Ours
             */
            generation: number;
            /**
             * @description Ours. What solved it
             * @enum {string}
             */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
        };
        /** @description It is made */
        CondaTaskMade: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Task scheduled successfully";
            task: components["schemas"]["CondaTaskMadeTask"];
            /** @description What was done about its environment; absent: nothing */
            environment_message?: string;
        };
        CondaTaskMadeTask: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            task_id: number;
            /**
             * @description Name of the task
             * @example nightly-report
             */
            task_name: string;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            status: "scheduled" | "running" | "completed" | "failed" | "stopped";
            /**
             * @description Path of the script, or its text
             * @example print('hello')
             */
            script_path: string;
            /**
             * @description Name of its environment
             * @example analysis
             */
            conda_env: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
            /**
             * @description Null: it runs once
             * @example *\/10 * * * *
             */
            cron_expression: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            next_run_time: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            last_run_time: string | null;
            /** @description Seconds */
            last_run_duration: number | null;
            requirements?: string;
        };
        /** @description There is nothing to stop, or something is in the way */
        CondaTaskNotRunning: {
            success: boolean;
            message: string;
            error?: string;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            current_status?: "scheduled" | "running" | "completed" | "failed" | "stopped";
        };
        /** @description It was not made */
        CondaTaskRefused: {
            success: boolean;
            /** @example Failed to install packages */
            message: string;
            /** @description What is wrong, or what the solver itself said */
            error?: string;
            /** @description Of those that were asked for */
            failed_packages?: string[];
            /**
             * @description One sentence for each of them
             * @example [
             *       "Package 'nope' not found in available channels"
             *     ]
             */
            error_details?: string[];
            /** @description Scripts of the tasks that stand against it */
            referencing_tasks?: string[];
            /** @description How the environment is: as it was */
            environment_state?: string;
        };
        /**
         * @description A task to be made
         * @example {
         *       "script": "print('hello')",
         *       "conda_env": "analysis",
         *       "task_name": "nightly-report",
         *       "cron_expression": "0 2 * * *"
         *     }
         */
        CondaTaskRequest: {
            /** @description A line that begins with `/` or ends in `.py` is the path of a file of the node, all else is the code itself */
            script: string;
            /**
             * @description Name of the environment; made where it does not exist, unless `reuse_env` is true
             * @example analysis
             */
            conda_env: string;
            /**
             * @description Unique in the tenant; absent: `task-` and its number
             * @example nightly-report
             */
            task_name?: string;
            /**
             * @description As in a `requirements.txt`: names with versions, one a line
             * @example requests>=2.31
             */
            requirements?: string;
            /** @description Refuse a task whose environment does not exist, instead of making one */
            reuse_env?: boolean;
            /**
             * @description When it runs, in `MUSTER_TIMEZONE`
             * @example *\/10 * * * *
             */
            cron_expression?: string;
            /**
             * @description It runs once, so many seconds from now; neither this nor `cron_expression`: at once
             * @example 3600
             */
            delay_seconds?: number;
            /**
             * Format: int32
             * @description Ours. Of an execution; absent: as long as it takes
             */
            timeout_seconds?: number;
            /**
             * Format: int32
             * @description Ours. Hundredths of a core
             * @default 100
             */
            cpu?: number;
            /**
             * Format: int32
             * @description Ours. MiB that it may take
             * @default 512
             */
            memory_mb?: number;
            /** @description Ours. Variables of its process; sealed, and never shown */
            environment?: {
                [key: string]: unknown;
            };
        };
        /** @description A moment at which it was to run and did not */
        CondaTaskSkip: {
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            slot: string;
            reason: string;
        };
        /** @description All tasks of the tenant, and their executions */
        CondaTaskStats: {
            /** Format: int32 */
            total: number;
            /** Format: int32 */
            scheduled: number;
            /** Format: int32 */
            running: number;
            /** Format: int32 */
            completed: number;
            /** Format: int32 */
            failed: number;
            avg_duration: number;
            min_duration: number;
            max_duration: number;
            /** @description Percent: completed of completed and failed */
            success_rate: number;
            last_7_days: components["schemas"]["CondaTaskStatsLast7Days"];
            recent_tasks: components["schemas"]["CondaTaskStatsRecentTasksItem"][];
        };
        CondaTaskStatsLast7Days: {
            dates: string[];
            success_counts: number[];
            failed_counts: number[];
        };
        CondaTaskStatsRecentTasksItem: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            task_id: number;
            /**
             * @description Name of the task
             * @example nightly-report
             */
            name: string;
            /**
             * @description `scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`
             * @enum {string}
             */
            status: "scheduled" | "running" | "completed" | "failed" | "stopped";
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            start_time: string | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            end_time: string | null;
            /** @description Seconds */
            duration: number | null;
        };
        /** @description Its execution is stopped */
        CondaTaskStopped: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Task stopped successfully";
            task: components["schemas"]["CondaTaskStoppedTask"];
        };
        CondaTaskStoppedTask: {
            /**
             * Format: int64
             * @description Number of the task
             * @example 1
             */
            task_id: number;
            /**
             * @description Name of the task
             * @example nightly-report
             */
            task_name: string;
            /** @constant */
            status: "stopped";
            /** @constant */
            previous_status: "running";
        };
        /**
         * @description A new environment
         * @example {
         *       "name": "analysis",
         *       "python_version": "3.11",
         *       "packages": [
         *         "numpy>=1.24"
         *       ]
         *     }
         */
        EnvironmentCreation: {
            /**
             * @description Letters and digits of any script, `.`, `_` and `-`; unique in the tenant
             * @example analysis
             */
            name: string;
            /**
             * @description Ours. Of Python; absent: what the solver takes
             * @example 3.11
             */
            python_version?: string;
            /**
             * @description Ours. What is to be in it, besides Python
             * @example [
             *       "numpy>=1.24"
             *     ]
             */
            packages?: string[];
            /**
             * @description Ours. What pip installs on top
             * @example [
             *       "requests>=2.31"
             *     ]
             */
            requirements?: string[];
            /**
             * @description Ours. Channels, of those that the nodes allow; absent: those
             * @example [
             *       "conda-forge"
             *     ]
             */
            channels?: string[];
            /**
             * @description Ours. All of it, as conda writes it: instead of the others
             * @example dependencies:
             *       - numpy>=1.24
             */
            environment_yml?: string;
            lock?: components["schemas"]["EnvironmentLock"];
        };
        /** @description An environment */
        EnvironmentDetail: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            name: string;
            python_version: string | null;
            /**
             * @description Date
             * @example 2025-04-15
             */
            created_at: string;
            usage_stats: components["schemas"]["EnvironmentDetailUsageStats"];
            packages: components["schemas"]["EnvironmentDetailPackagesItem"][];
            /**
             * Format: int32
             * @description Ours. Its current generation
             */
            generation: number;
            /**
             * @description Ours. What solved it
             * @enum {string}
             */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
            /** @description Ours. Whether it is yours */
            created_by_me: boolean;
        };
        EnvironmentDetailPackagesItem: {
            name: string;
            version: string;
        };
        EnvironmentDetailUsageStats: {
            /** Format: int32 */
            total_tasks: number;
            /** @description Percent of the executions that ended */
            success_rate: number;
            /** @description Seconds */
            avg_execution_time: number;
            /** @description GB (10^9) */
            disk_usage: number;
        };
        /** @description An environment */
        EnvironmentEntry: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            name: string;
            /** @example 3.11.9 */
            python_version: string | null;
            /**
             * @description Each with its version
             * @example [
             *       "numpy==1.24.3"
             *     ]
             */
            packages: string[];
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
        };
        /** @description Ours. Exactly these packages, as `…/export?format=lock` gave them: instead of the others */
        EnvironmentLock: {
            /** Format: int32 */
            version: number;
            platform: string;
            python?: string;
            channels: string[];
            packages: components["schemas"]["EnvironmentLockPackagesItem"][];
            pip: components["schemas"]["EnvironmentLockPipItem"][];
        };
        EnvironmentLockPackagesItem: {
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
        EnvironmentLockPipItem: {
            name: string;
            version: string;
            url: string;
            sha256: string;
            /** Format: int32 */
            size: number;
        };
        /** @description It is ready */
        EnvironmentMade: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Environment created successfully";
            environment: components["schemas"]["EnvironmentMadeEnvironment"];
        };
        EnvironmentMadeEnvironment: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            name: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
        };
        /** @description What a change would do */
        EnvironmentPlan: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            /**
             * Format: int32
             * @description What it is compared with
             */
            generation: number;
            /** @description Of what it would be */
            hash: string;
            /** @enum {string} */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
            python_version: string | null;
            added: components["schemas"]["EnvironmentPlanAddedItem"][];
            removed: components["schemas"]["EnvironmentPlanRemovedItem"][];
            changed: components["schemas"]["EnvironmentPlanChangedItem"][];
        };
        EnvironmentPlanAddedItem: {
            name: string;
            version: string;
        };
        EnvironmentPlanChangedItem: {
            name: string;
            from: string;
            to: string;
        };
        EnvironmentPlanRemovedItem: {
            name: string;
            version: string;
        };
        /**
         * @description What it is to be called
         * @example {
         *       "new_name": "analysis-2"
         *     }
         */
        EnvironmentRename: {
            /**
             * @description Letters and digits of any script, `.`, `_` and `-`; unique in the tenant
             * @example analysis
             */
            new_name: string;
        };
        /** @description It has the name */
        EnvironmentRenamed: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Environment renamed successfully";
            /**
             * @description Name of the environment
             * @example analysis
             */
            old_name: string;
            /**
             * @description Name of the environment
             * @example analysis
             */
            new_name: string;
            /**
             * Format: int32
             * @description Tasks that refer to it
             */
            updated_tasks_count: number;
        };
        /** @description All environments of the tenant */
        EnvironmentStats: {
            /** Format: int32 */
            total_environments: number;
            /**
             * Format: int32
             * @description Those that tasks refer to
             */
            active_environments: number;
            /** @description GB (10^9) */
            total_disk_usage: number;
            latest_created: components["schemas"]["NewestEnvironment"] | null;
            environment_usage: components["schemas"]["EnvironmentStatsEnvironmentUsageItem"][];
            package_stats: components["schemas"]["EnvironmentStatsPackageStatsItem"][];
            /** @description Ours. What solves, by how many nodes that are up */
            backends: components["schemas"]["EnvironmentStatsBackendsItem"][];
        };
        EnvironmentStatsBackendsItem: {
            /** @enum {string} */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
            /** Format: int32 */
            nodes: number;
        };
        EnvironmentStatsEnvironmentUsageItem: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            name: string;
            /** @description Share of the executions of the last 30 days */
            usage_percent: number;
        };
        EnvironmentStatsPackageStatsItem: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            name: string;
            /** Format: int32 */
            package_count: number;
        };
        /**
         * @default explicit
         * @enum {string}
         */
        ExportFormat: "explicit" | "yaml" | "lock";
        /** @description What differs between two generations */
        GenerationDifference: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            /** Format: int64 */
            from: number;
            /** Format: int32 */
            to: number;
            added: components["schemas"]["GenerationDifferenceAddedItem"][];
            removed: components["schemas"]["GenerationDifferenceRemovedItem"][];
            changed: components["schemas"]["GenerationDifferenceChangedItem"][];
        };
        GenerationDifferenceAddedItem: {
            name: string;
            version: string;
        };
        GenerationDifferenceChangedItem: {
            name: string;
            from: string;
            to: string;
        };
        GenerationDifferenceRemovedItem: {
            name: string;
            version: string;
        };
        /** @description Generations that can be gone back to, the newest first */
        GenerationList: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            generations: components["schemas"]["GenerationListGenerationsItem"][];
        };
        GenerationListGenerationsItem: {
            /** Format: int32 */
            generation: number;
            current: boolean;
            /** @enum {string} */
            backend: "micromamba" | "mamba" | "conda" | "rattler" | "venv";
            /** @description SHA-256 of its lock: what is equal is the same environment */
            hash: string;
            python_version: string | null;
            /** Format: int32 */
            package_count: number;
            /** @description GB (10^9) */
            disk_usage: number | null;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
        };
        /** @enum {string} */
        LogStream: "stdout" | "stderr";
        /** @description The session is over */
        LoggedOut: {
            /** @constant */
            message: "Logout successful";
        };
        /** @description The environment that was made last */
        NewestEnvironment: {
            /**
             * @description Name of the environment
             * @example analysis
             */
            name: string;
            /**
             * @description YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`
             * @example 2025-05-01 14:30:00
             */
            created_at: string;
        };
        /**
         * @description Packages to install
         * @example {
         *       "packages": [
         *         "numpy",
         *         "pandas",
         *         "matplotlib>=3.4.0"
         *       ]
         *     }
         */
        PackageInstallation: {
            packages: string[];
        };
        /**
         * @description Packages to remove
         * @example {
         *       "packages": [
         *         "numpy",
         *         "pandas"
         *       ]
         *     }
         */
        PackageRemoval: {
            packages: string[];
        };
        /** @description They are there */
        PackagesInstalled: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Packages installed successfully";
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            installed_packages: string[];
        };
        /** @description They are gone */
        PackagesRemoved: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Packages removed successfully";
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            removed_packages: string[];
        };
        /** @description An error: exactly this key */
        Refusal: {
            /**
             * @description What is wrong, naming the field where there is one
             * @example Authentication required
             */
            message: string;
        };
        /**
         * @description The generation to go back to
         * @example {
         *       "generation": 1
         *     }
         */
        Rollback: {
            /** Format: int32 */
            generation: number;
        };
        /** @description It is what it was */
        RolledBack: {
            /** @description It was done */
            success: boolean;
            /** @constant */
            message: "Environment rolled back successfully";
            /**
             * @description Name of the environment
             * @example analysis
             */
            environment: string;
            /** Format: int32 */
            generation: number;
        };
        /**
         * @description Who logs in
         * @example {
         *       "username": "testuser",
         *       "password": "password123"
         *     }
         */
        SessionLogin: {
            /** @example testuser */
            username: string;
            /** @example password123 */
            password: string;
        };
        /** @description The session is open */
        SessionOpened: {
            /** @constant */
            message: "Login successful";
            user: components["schemas"]["SessionUser"];
        };
        /** @description An account */
        SessionUser: {
            /** @example testuser */
            username: string;
            /** @description Whether its role is `admin` */
            is_admin: boolean;
        };
        /** @description The account is made */
        UserCreated: {
            /** @constant */
            message: "User created successfully";
            user: components["schemas"]["SessionUser"];
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
    conda_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionLogin"];
            };
        };
        responses: {
            /** @description The session is open */
            200: {
                headers: {
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOpened"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
                };
            };
        };
    };
    conda_logout: {
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
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedOut"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
                };
            };
        };
    };
    conda_createUser: {
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
                "application/json": components["schemas"]["AccountCreation"];
            };
        };
        responses: {
            /** @description The account is made */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserCreated"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
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
                    "application/json": components["schemas"]["Refusal"];
                };
            };
        };
    };
    conda_listEnvironments: {
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
            /** @description The environments */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentEntry"][];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getEnvironmentStats: {
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
            /** @description The figures */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentStats"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The environment */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDetail"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_renameEnvironment: {
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
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnvironmentRename"];
            };
        };
        responses: {
            /** @description It has the name */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentRenamed"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_deleteEnvironment: {
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
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
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
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_createEnvironment: {
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
                "application/json": components["schemas"]["EnvironmentCreation"];
            };
        };
        responses: {
            /** @description It is ready */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentMade"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_installPackages: {
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
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackageInstallation"];
            };
        };
        responses: {
            /** @description They are there */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagesInstalled"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_removePackages: {
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
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackageRemoval"];
            };
        };
        responses: {
            /** @description They are gone */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagesRemoved"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_planEnvironment: {
        parameters: {
            query: {
                /** @description Packages to install, separated by `;`: versions hold commas */
                packages: string;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it would do */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentPlan"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_listGenerations: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generations */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationList"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_diffGenerations: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
                /** @description Number of a generation */
                one: string;
                /** @description Number of another one */
                other: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The difference */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationDifference"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_exportEnvironment: {
        parameters: {
            query?: {
                /** @description `explicit`: the list that conda installs from without solving; `yaml`: what was asked for, as an environment.yml; `lock`: every package, as Muster keeps it */
                format?: components["schemas"]["ExportFormat"];
                /** @description Absent: the current one */
                generation?: number;
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The environment */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/yaml": string;
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_rollBackEnvironment: {
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
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rollback"];
            };
        };
        responses: {
            /** @description It is what it was */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolledBack"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_listBuilds: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The builds */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BuildList"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getBuild: {
        parameters: {
            query?: never;
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
                /**
                 * @description Number of the build
                 * @example 1
                 */
                build: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The build */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Build"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getBuildLog: {
        parameters: {
            query?: {
                /** @description Go on as more is written, until the task has ended */
                follow?: boolean;
                /** @description Begin with the last so many lines; absent: the oldest kept */
                tail?: number;
                /** @description Only what it writes to its output, or to its errors; absent: both, line by line in the order in which they were written */
                stream?: components["schemas"]["LogStream"];
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
                /**
                 * @description Number of the build
                 * @example 1
                 */
                build: string;
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
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getGenerationLog: {
        parameters: {
            query?: {
                /** @description Go on as more is written, until the task has ended */
                follow?: boolean;
                /** @description Begin with the last so many lines; absent: the oldest kept */
                tail?: number;
                /** @description Only what it writes to its output, or to its errors; absent: both, line by line in the order in which they were written */
                stream?: components["schemas"]["LogStream"];
            };
            header?: {
                /** @description Wait, at most 500 ms, until this position can be seen */
                "X-Muster-Min-Position"?: string;
            };
            path: {
                /**
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
                /**
                 * @description Number of the generation
                 * @example 1
                 */
                generation: string;
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
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_cancelBuild: {
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
                 * @description Name of the environment
                 * @example analysis
                 */
                env_name: string;
                /**
                 * @description Number of the build
                 * @example 1
                 */
                build: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is over */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BuildCancelled"];
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
                    "application/json": components["schemas"]["BuildRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_listTasks: {
        parameters: {
            query?: {
                /** @description Ours. So many of the newest */
                limit?: number;
                /** @description Ours. Only older ones than this: its id */
                before?: string;
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
            /** @description The tasks */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CondaTaskEntry"][];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_createTask: {
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
                "application/json": components["schemas"]["CondaTaskRequest"];
            };
        };
        responses: {
            /** @description It is made */
            201: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CondaTaskMade"];
                };
            };
            /** @description It was not made */
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
                    "application/json": components["schemas"]["CondaTaskRefused"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getTaskStats: {
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
            /** @description The figures */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CondaTaskStats"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getTaskHistory: {
        parameters: {
            query?: {
                /** @description Ours. So many of the newest */
                limit?: number;
                /** @description Ours. Only older ones than this: its id */
                before?: string;
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
            /** @description The executions */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CondaTaskHistory"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_getTask: {
        parameters: {
            query?: {
                /** @description Ours. So many of the newest */
                limit?: number;
                /** @description Ours. Only older ones than this: its id */
                before?: string;
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
            /** @description The task */
            200: {
                headers: {
                    /** @description `true` where the answer shows an older state than asked for */
                    "X-Muster-Stale"?: "true";
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CondaTaskDetail"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_deleteTask: {
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
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is carried out */
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
                    "application/json": components["schemas"]["CondaTaskNotRunning"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
    conda_stopTask: {
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
            /** @description It is stopped */
            200: {
                headers: {
                    /** @description Position of the newest event that the command left, where it left one */
                    "X-Muster-Position"?: string;
                    /**
                     * @description The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over
                     * @example session=…; Path=/; HttpOnly; Max-Age=900;
                     */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CondaTaskStopped"];
                };
            };
            /** @description Nothing of it is carried out */
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
                    "application/json": components["schemas"]["CondaTaskNotRunning"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
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
                    "application/json": components["schemas"]["CondaFailure"];
                };
            };
        };
    };
}
