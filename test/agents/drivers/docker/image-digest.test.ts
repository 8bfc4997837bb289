import t from 'tap';
import { imageDigest } from '#agents/drivers/docker/image-digest.js';

const Id = 'sha256:1d';

void t.test("returns an image's digest in the task's repository, or its id if there is none", async (t) => {
  const RepoDigests = ['mirror.example:5000/nginx@sha256:aa', 'nginx@sha256:bb'];
  t.equal(imageDigest('nginx:1.27', { Id, RepoDigests }), 'nginx@sha256:bb');
  t.equal(imageDigest('nginx', { Id, RepoDigests }), 'nginx@sha256:bb');
  t.equal(
    imageDigest('mirror.example:5000/nginx', { Id, RepoDigests }),
    'mirror.example:5000/nginx@sha256:aa',
  );
  t.equal(
    imageDigest('mirror.example:5000/nginx:1@sha256:aa', { Id, RepoDigests }),
    'mirror.example:5000/nginx@sha256:aa',
  );
  t.equal(imageDigest('docker.io/library/nginx:1', { Id, RepoDigests }), 'nginx@sha256:bb');
  t.equal(
    imageDigest('other', { Id, RepoDigests }),
    Id,
    'a repository that the task does not refer to is not disclosed',
  );
  t.equal(
    imageDigest('nginx@sha256:cc', { Id, RepoDigests: [...RepoDigests, 'nginx@sha256:cc'] }),
    'nginx@sha256:cc',
    'the requested digest is preferred',
  );
  t.equal(imageDigest('nginx', { Id, RepoDigests: [] }), Id);
});
