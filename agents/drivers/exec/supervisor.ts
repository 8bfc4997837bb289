/**
 * Shell code that prepends words to a program, so that it runs as the task's user with the task's environment, in the folder MUSTER_S_FOLDER if that
 * is set. A task may name any folder, so only the task's user enters it, in the task's own namespaces: root may enter folders that this user may not,
 * and the host's `/tmp` and `/dev/shm`.
 */
export const BECOME_TASK_USER = `  set -- env \${MUSTER_S_FOLDER:+"--chdir=$MUSTER_S_FOLDER"} -S "$entries" "$@"
  [ -z "$MUSTER_S_USER" ] || set -- \${MUSTER_S_LIMIT-} setpriv $MUSTER_S_USER "$@"`;

/** Shell function that finds the id and the start time (in clock ticks since the boot) of a process. */
export const BORN = `born() { read -r line <"/proc/$1/stat" && pid=\${line%% *} && line=\${line##*) } && set -- $line && birth=\${20}; }`;

/**
 * The process between agent and task. It outlives the agent, waits for the task and records its end. Plain POSIX sh keeps it small.
 *
 * Arguments: STATE OWN_FOLDER N FILE{N} ENTRIES WORD... It joins the cgroups by writing to each FILE, then runs WORD... in OWN_FOLDER, or in
 * MUSTER_S_FOLDER if that is set, in a new session with exactly the environment of ENTRIES, a string for `env -S` such as `-i ${E0} ${E1}`, where E0
 * holds "NAME=VALUE". Values therefore never appear in command lines, which every user can read, and no variable (such as LD_PRELOAD) takes effect
 * before the switch to the task's user. env(1) expands values only once.
 *
 * If MUSTER_S_PLACES is set, the task gets its own mount and IPC namespaces, in which that script mounts empty directories
 * (`private-directories.ts`). The task is a foreground subshell, because background jobs of a shell without a terminal ignore SIGINT and SIGQUIT.
 *
 * stdout and stderr are the pipes STATE/stdout and STATE/stderr (`output-pipes.ts`). Descriptors 3 and 4 are the same pipes, open for reading and
 * writing. They stay open until the task has ended, so that its writes do not fail while no agent reads.
 *
 * Files in STATE:
 * - claim: "PID START_TIME BOOT_ID" of the supervisor, created exclusively. A second supervisor ends immediately, and an agent that creates the file
 *   itself ensures that the task never starts. Its mtime is the start time.
 * - task: "PID START_TIME end" of the task. PID is also its session and process group.
 * - exit: "CODE end". Its mtime is the end time.
 * - times: output of `times`, the CPU time of the task and of children that it waited for.
 * - error: errors from before the task's own program took over.
 * The files task and exit are created in advance, filled with dots, and overwritten by a single write of less than a block, so that a full disk
 * cannot lose an exit code and readers never see half of it.
 */
export const SUPERVISOR = `#!/bin/sh
set -fu
trap : TERM INT HUP
umask 077
state=$1 own=$2 files=$3
shift 3
exec 5>&1 6>&2 >"$state/error" 2>&1
${BORN}
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
  cd "$own" || exit 125
  if [ -n "\${MUSTER_S_FOLDER-}" ]; then
    # Only tells why the task cannot start: the task itself writes its errors to its log.
    ( set -- cd "$MUSTER_S_FOLDER"
      [ -z "$MUSTER_S_USER" ] || set -- setpriv $MUSTER_S_USER /bin/sh -c 'cd "$1"' "$@"
      "$@" ) || exit 125
  fi
${BECOME_TASK_USER}
  if [ -n "\${MUSTER_S_PLACES-}" ]; then
    set -- unshare --mount --ipc --propagation private /bin/sh -c "$MUSTER_S_PLACES" places "$MUSTER_S_KEPT" "$MUSTER_S_SIZE" "$@"
  fi
  exec setsid "$@" </dev/null >&5 2>&6 3>&- 4>&- 5>&- 6>&-
)
code=$?
times >"$state/times"
echo "$code end" 1<>"$state/exit"
# What no agent has read yet would be lost when the last descriptor is closed, so this waits until an agent reads.
exec 3<&- 4<&-
[ ! -p "$state/stdout" ] || : >"$state/stdout"
`;
