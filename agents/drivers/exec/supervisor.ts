/** Puts those words before the words of a program that make it the task's user, with the task's environment. */
export const BECOME_TASK_USER = `  if [ -n "$MUSTER_S_USER" ]; then
    set -- \${MUSTER_S_LIMIT-} setpriv $MUSTER_S_USER env -S "$entries" "$@"
  else
    set -- env -S "$entries" "$@"
  fi`;

/**
 * The process between agent and task: it outlives the agent, waits for the task and writes down how it ended.
 * Plain POSIX sh, so that a task costs two small processes and no runtime of ours.
 *
 * Arguments: STATE WORK_DIR N FILE{N} ENTRIES WORD... — join the cgroups FILE (by writing to each), then run WORD... in WORK_DIR
 * in a session of its own, with exactly the environment that ENTRIES names: text for `env -S` such as `-i ${E0} ${E1}`, where
 * E0 holds "NAME=VALUE". So no value ever stands among the arguments of a process, which every user of the host can read, and
 * none (LD_PRELOAD) has an effect before the process is the task's user. env(1) expands them byte by byte, without a second look.
 *
 * With MUSTER_S_PLACES the task has mount and IPC namespaces of its own, and in them the empty folders that this script makes (`private-places.ts`).
 *
 * The task is a foreground subshell and not a job: jobs of a shell without a terminal ignore SIGINT and SIGQUIT.
 *
 * Files in STATE:
 * - claim: "PID START_TIME BOOT_ID" of the supervisor, created exclusively. The one that creates it decides: a second supervisor ends
 *   at once, and an agent that creates it itself has made sure that the task never starts. Its mtime is the start time.
 * - task: "PID START_TIME end" of the task; PID is also its session and process group.
 * - exit: "CODE end"; its mtime is the end time. Both are there before, filled with dots, and overwritten in
 *   place by one write of less than a block: a full disk takes no exit code away, and a reader never sees a half.
 * - times: output of `times`, cpu of all that the task ran and waited for.
 * - error: what went wrong before the task's own program took over.
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
