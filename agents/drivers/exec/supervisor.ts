/** Prepends words to a program that make it run as the task's user with the task's environment. */
export const BECOME_TASK_USER = `  if [ -n "$MUSTER_S_USER" ]; then
    set -- \${MUSTER_S_LIMIT-} setpriv $MUSTER_S_USER env -S "$entries" "$@"
  else
    set -- env -S "$entries" "$@"
  fi`;

/**
 * The process between agent and task. It outlives the agent, waits for the task and records its end. Plain POSIX sh keeps it small.
 *
 * Arguments: STATE WORK_DIR N FILE{N} ENTRIES WORD... It joins the cgroups by writing to each FILE, then runs WORD... in WORK_DIR in a new session with
 * exactly the environment of ENTRIES, a text for `env -S` such as `-i ${E0} ${E1}`, where E0 holds "NAME=VALUE". So values never appear in command
 * lines, which every user can read, and none (LD_PRELOAD) has an effect before the switch to the task's user. env(1) expands them only once.
 *
 * With MUSTER_S_PLACES the task gets its own mount and IPC namespaces, in which that script mounts empty directories (`private-directories.ts`).
 * The task is a foreground subshell, because background jobs of a shell without a terminal ignore SIGINT and SIGQUIT.
 *
 * Files in STATE:
 * - claim: "PID START_TIME BOOT_ID" of the supervisor, created exclusively. A second supervisor ends at once, and an agent that creates the file
 *   itself ensures that the task never starts. Its mtime is the start time.
 * - task: "PID START_TIME end" of the task. PID is also its session and process group.
 * - exit: "CODE end". Its mtime is the end time.
 * - times: output of `times`, the CPU time of the task and of children that it waited for.
 * - error: errors from before the task's own program took over.
 * The files task and exit exist before, filled with dots, and are overwritten by a single write of less than a block, so that a full disk
 * cannot lose an exit code and readers never see half of it.
 */
export const SUPERVISOR = `#!/bin/sh
set -fu
trap : TERM INT HUP
umask 077
state=$1 work=$2 files=$3
shift 3
exec 3>&1 4>&2 >"$state/error" 2>&1
born() { read -r line <"/proc/$1/stat" && pid=\${line%% *} && line=\${line##*) } && set -- $line && birth=\${20}; }
born self || exit 74
set -C
{ echo "$pid $birth $MUSTER_S_BOOT" >"$state/claim"; } || exit 75
set +C
(
  umask "$MUSTER_S_UMASK"
  born self
  echo "$pid $birth end" 1<>"$state/task"
  while [ "$files" -gt 0 ]; do
    echo 0 >"$1" || exit 125
    shift
    files=$((files - 1))
  done
  entries=$1
  shift
  cd "$work" || exit 125
${BECOME_TASK_USER}
  if [ -n "\${MUSTER_S_PLACES-}" ]; then
    set -- unshare --mount --ipc --propagation private /bin/sh -c "$MUSTER_S_PLACES" places "$MUSTER_S_KEPT" "$MUSTER_S_SIZE" "$@"
  fi
  exec setsid "$@" </dev/null >&3 2>&4 3>&- 4>&-
)
code=$?
times >"$state/times"
echo "$code end" 1<>"$state/exit"
`;
