/*
 * Preloaded into the process under test. Records, in order, its operations on the files of one directory, with their bytes.
 * TRACE_DIRECTORY: the directory. TRACE_FILE: the record, outside of that directory. Shared memory of SQLite (-shm) is left out.
 *
 * A record: operation (1 byte: W write, T truncate, S sync, U unlink), length of the name (1 byte), the name within the directory,
 * offset or size (8 bytes, little endian), length (4 bytes), bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_FD 4096
#define MAX_NAME 100

static char names[MAX_FD][MAX_NAME];
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static int record_fd = -2;

static const char *name_within(const char *path) {
  const char *directory = getenv("TRACE_DIRECTORY");
  size_t length = directory == NULL ? 0 : strlen(directory);
  if (length == 0 || strncmp(path, directory, length) != 0 || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  size_t size = strlen(name);
  if (size >= MAX_NAME || strncmp(name, "muster.", 7) == 0) return NULL;
  if (size > 4 && strcmp(name + size - 4, "-shm") == 0) return NULL;
  return name;
}

static void put(const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    long done = syscall(SYS_write, record_fd, at, count);
    if (done <= 0) abort();
    at += done;
    count -= done;
  }
}

static void record(char operation, const char *name, int64_t offset, const void *bytes, uint32_t count) {
  if (record_fd == -2) record_fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("TRACE_FILE"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  char head[2 + MAX_NAME + 12];
  size_t size = strlen(name);
  head[0] = operation;
  head[1] = (char)size;
  memcpy(head + 2, name, size);
  memcpy(head + 2 + size, &offset, 8);
  memcpy(head + 10 + size, &count, 4);
  put(head, 14 + size);
  put(bytes, count);
}

static const char *name_of(int fd) { return fd >= 0 && fd < MAX_FD && names[fd][0] != 0 ? names[fd] : NULL; }

#define REAL(name) \
  static __typeof__(name) *real = NULL; \
  if (real == NULL) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int opened(int fd, const char *path, int flags) {
  const char *name = name_within(path);
  if (fd < 0 || fd >= MAX_FD) return fd;
  pthread_mutex_lock(&order);
  if (name == NULL) names[fd][0] = 0;
  else {
    strcpy(names[fd], name);
    if (flags & O_TRUNC) record('T', name, 0, NULL, 0);
  }
  pthread_mutex_unlock(&order);
  return fd;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    return opened(real(path, flags, mode), path, flags); \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < MAX_FD) names[fd][0] = 0;
  return real(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(write);
  const char *name = name_of(fd);
  if (name == NULL) return real(fd, bytes, count);
  pthread_mutex_lock(&order);
  struct stat status;
  off_t offset = lseek(fd, 0, SEEK_CUR);
  if ((fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &status) == 0) offset = status.st_size;
  ssize_t done = real(fd, bytes, count);
  if (done > 0) record('W', name, offset, bytes, (uint32_t)done);
  pthread_mutex_unlock(&order);
  return done;
}

#define PWRITE(function, offset_type) \
  ssize_t function(int fd, const void *bytes, size_t count, offset_type offset) { \
    REAL(function); \
    const char *name = name_of(fd); \
    if (name == NULL) return real(fd, bytes, count, offset); \
    pthread_mutex_lock(&order); \
    ssize_t done = real(fd, bytes, count, offset); \
    if (done > 0) record('W', name, offset, bytes, (uint32_t)done); \
    pthread_mutex_unlock(&order); \
    return done; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(function, size_type) \
  int function(int fd, size_type size) { \
    REAL(function); \
    const char *name = name_of(fd); \
    if (name == NULL) return real(fd, size); \
    pthread_mutex_lock(&order); \
    int result = real(fd, size); \
    if (result == 0) record('T', name, size, NULL, 0); \
    pthread_mutex_unlock(&order); \
    return result; \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(function) \
  int function(int fd) { \
    REAL(function); \
    const char *name = name_of(fd); \
    if (name == NULL) return real(fd); \
    pthread_mutex_lock(&order); \
    int result = real(fd); \
    if (result == 0) record('S', name, 0, NULL, 0); \
    pthread_mutex_unlock(&order); \
    return result; \
  }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
  REAL(unlink);
  const char *name = name_within(path);
  if (name == NULL) return real(path);
  pthread_mutex_lock(&order);
  int result = real(path);
  if (result == 0) record('U', name, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return result;
}
