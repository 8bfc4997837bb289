#!/usr/bin/env bash
# tap 21.8.0 (tap-parser 18.3.4): a comment of the root test reaches a stream that `t.pipe` names only with the next output of the test.
#
# `t.comment()` between two subtests is written to the parser, which holds it back, because it may still belong to the result before it. A program that
# reads the stream and waits for the comment before it goes on waits for ever: nothing is left to run, and Node 20 exits with status 13. A subtest that
# passes is sent at once, and can mark the place instead.
#
# Seen: one second after the comment it has not been sent; after the next subtest it has. The script fails if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts tap@21.8.0 tap-parser@18.3.4 >/dev/null
cat >comment.mjs <<'JS'
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { t } from 'tap';

const out = new PassThrough();
let sent = '';
out.on('data', (part) => (sent += part));
t.pipe(out);
await t.test('first', async (t) => t.pass());
t.comment('between the subtests');
await pause(1_000);
console.error(`after one second: ${sent.includes('# between the subtests')}`);
await t.test('second', async (t) => t.pass());
console.error(`after the next subtest: ${sent.includes('# between the subtests')}`);
t.end();
JS
seen=$(node comment.mjs 2>&1 >/dev/null)
echo "$seen"
[[ $seen == $'after one second: false\nafter the next subtest: true' ]]
