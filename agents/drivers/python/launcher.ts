const COUNT = 'MUSTER_ARGUMENTS';
const argument = (index: number): string => `MUSTER_ARGUMENT_${index}`;
const IS_ARGUMENT = /^MUSTER_ARGUMENT(S$|_)/;

/**
 * Runs a script or code with arguments from the environment, because command lines are visible to every user of the machine, and the environment only
 * to the task's own user. `__main__` has the same content as without the launcher. Works with any supported version of Python.
 */
const LAUNCHER = `
def launch():
    import os, sys
    names = sys.modules["__main__"].__dict__
    del names["launch"]
    words = [os.environ.pop("MUSTER_ARGUMENT_%d" % each) for each in range(int(os.environ.pop("MUSTER_ARGUMENTS")))]
    command = sys.argv[1]
    if command == "-c":
        sys.argv[:] = ["-c"] + words[1:]
        return words[0], "<string>", names
    sys.argv[:] = [command] + words
    if os.path.isdir(command) or (os.path.isfile(command) and __import__("zipfile").is_zipfile(command)):
        import runpy
        runpy.run_path(command, run_name="__main__")
        sys.exit(0)
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(command))
    try:
        with open(command, "rb") as script:
            text = script.read()
    except (IOError, OSError) as error:
        sys.stderr.write("%s: can't open file %r: [Errno %d] %s\\n" % (sys.executable, command, error.errno, error.strerror))
        sys.exit(2)
    names["__file__"] = command
    return text, command, names
(lambda text, name, names: exec(compile(text, name, "exec", 0, True), names))(*launch())
`;

/** Returns the interpreter's arguments and environment variables. `command`: a script, or `-c` with the code as the first word. */
export function launched(
  command: string,
  words: readonly string[],
): { readonly args: string[]; readonly env: Record<string, string> } {
  if (words.length === 0) return { args: [command], env: {} };
  const env = Object.fromEntries(words.map((word, index) => [argument(index), word]));
  return { args: ['-c', LAUNCHER, command], env: { [COUNT]: String(words.length), ...env } };
}

/** Returns whether a variable holds an argument, including arguments that this run overrides. */
export function isArgument(name: string): boolean {
  return IS_ARGUMENT.test(name);
}
