#include "RealTimeGuardHooks.h"

#include <cstdarg>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

bool mw::test::guard::filesAreLinked() noexcept { return true; }

MW_GUARD_PLAIN bool mw::test::guard::isDiskFull(int fd) noexcept
{
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && isToFail(Resource::disk, ENOSPC);
}

#if MW_GUARD_CALLS

namespace
{
using mw::test::Resource;
using mw::test::guard::isDiskFull;
using mw::test::guard::isToFail;

MW_GUARD_PLAIN bool isOpenRefused(bool forWriting) noexcept
{
    return isToFail(Resource::descriptor, EMFILE) || (forWriting && isToFail(Resource::file, EACCES));
}

MW_GUARD_PLAIN bool isForWriting(const char* mode) noexcept { return mode[0] != 'r' || mode[1] == '+'; }

MW_GUARD_PLAIN bool isForWriting(int flags) noexcept { return (flags & O_ACCMODE) != O_RDONLY; }
} // namespace

MW_GUARD_CALL(file, ssize_t, read, (int fd, void* bytes, size_t count), (fd, bytes, count))
MW_GUARD_FAILING_CALL(file, ssize_t, write, (int fd, const void* bytes, size_t count), (fd, bytes, count),
                      isDiskFull(fd), -1)
MW_GUARD_CALL(file, ssize_t, readv, (int fd, const iovec* parts, int count), (fd, parts, count))
MW_GUARD_FAILING_CALL(file, ssize_t, writev, (int fd, const iovec* parts, int count), (fd, parts, count),
                      isDiskFull(fd), -1)
MW_GUARD_CALL(file, ssize_t, pread, (int fd, void* bytes, size_t count, off_t at), (fd, bytes, count, at))
MW_GUARD_CALL(file, ssize_t, pread64, (int fd, void* bytes, size_t count, off64_t at), (fd, bytes, count, at))
MW_GUARD_CALL(file, ssize_t, pwrite, (int fd, const void* bytes, size_t count, off_t at), (fd, bytes, count, at))
MW_GUARD_CALL(file, ssize_t, pwrite64, (int fd, const void* bytes, size_t count, off64_t at), (fd, bytes, count, at))
MW_GUARD_CALL(file, int, eventfd_read, (int fd, eventfd_t* value), (fd, value))
MW_GUARD_CALL(file, int, eventfd_write, (int fd, eventfd_t value), (fd, value))
MW_GUARD_CALL(file, int, close, (int fd), (fd))
MW_GUARD_CALL(file, int, dup, (int fd), (fd))
MW_GUARD_FAILING_CALL(file, int, creat, (const char* path, mode_t mode), (path, mode),
                      isOpenRefused(true), -1)
MW_GUARD_FAILING_CALL(file, int, creat64, (const char* path, mode_t mode), (path, mode),
                      isOpenRefused(true), -1)
MW_GUARD_CALL(file, int, stat, (const char* path, struct stat* result), (path, result))
MW_GUARD_CALL(file, int, stat64, (const char* path, struct stat64* result), (path, result))
MW_GUARD_CALL(file, int, lstat, (const char* path, struct stat* result), (path, result))
MW_GUARD_CALL(file, int, lstat64, (const char* path, struct stat64* result), (path, result))
MW_GUARD_CALL(file, int, fstat, (int fd, struct stat* result), (fd, result))
MW_GUARD_CALL(file, int, fstat64, (int fd, struct stat64* result), (fd, result))
MW_GUARD_CALL(file, int, access, (const char* path, int mode), (path, mode))
MW_GUARD_CALL(file, int, unlink, (const char* path), (path))
MW_GUARD_CALL(file, int, rename, (const char* from, const char* to), (from, to))
MW_GUARD_CALL(file, int, mkdir, (const char* path, mode_t mode), (path, mode))
MW_GUARD_CALL(file, int, fsync, (int fd), (fd))
MW_GUARD_CALL(file, off_t, lseek, (int fd, off_t at, int from), (fd, at, from))
MW_GUARD_CALL(file, off64_t, lseek64, (int fd, off64_t at, int from), (fd, at, from))
MW_GUARD_CALL(file, int, ftruncate, (int fd, off_t length), (fd, length))
MW_GUARD_CALL(file, void*, mmap, (void* at, size_t length, int protection, int flags, int fd, off_t from),
              (at, length, protection, flags, fd, from))
MW_GUARD_CALL(file, void*, mmap64, (void* at, size_t length, int protection, int flags, int fd, off64_t from),
              (at, length, protection, flags, fd, from))
MW_GUARD_CALL(file, int, munmap, (void* at, size_t length), (at, length))
MW_GUARD_CALL(file, int, mprotect, (void* at, size_t length, int protection), (at, length, protection))
MW_GUARD_CALL(file, int, madvise, (void* at, size_t length, int advice), (at, length, advice))
MW_GUARD_CALL(file, int, mlock, (const void* at, size_t length), (at, length))

MW_GUARD_FAILING_CALL(file, FILE*, fopen, (const char* path, const char* mode), (path, mode),
                      isOpenRefused(isForWriting(mode)), nullptr)
MW_GUARD_FAILING_CALL(file, FILE*, fopen64, (const char* path, const char* mode), (path, mode),
                      isOpenRefused(isForWriting(mode)), nullptr)
MW_GUARD_CALL(file, FILE*, fdopen, (int fd, const char* mode), (fd, mode))
MW_GUARD_CALL(file, int, fclose, (FILE * file), (file))
MW_GUARD_CALL(file, size_t, fread, (void* bytes, size_t size, size_t count, FILE* file), (bytes, size, count, file))
MW_GUARD_CALL(file, char*, fgets, (char* text, int size, FILE* file), (text, size, file))
MW_GUARD_CALL(file, int, fflush, (FILE * file), (file))
MW_GUARD_CALL(file, DIR*, opendir, (const char* path), (path))
MW_GUARD_CALL(file, dirent*, readdir, (DIR * folder), (folder))

namespace
{
bool hasMode(int flags) noexcept { return (flags & (O_CREAT | O_TMPFILE)) != 0; }
} // namespace

#define MW_GUARD_OPEN(name)                                                                \
    MW_GUARD_NEXT(int, name, (const char* path, int flags, ...))\
    MW_GUARD_DECLARE(file, int, name, (const char* path, int flags, ...));                 \
    int guarded_##name(const char* path, int flags, ...)                                   \
    {                                                                                      \
        mw::test::guard::note(call_##name);                                                \
        va_list more;                                                                      \
        va_start(more, flags);                                                             \
        const auto mode = hasMode(flags) ? va_arg(more, mode_t) : mode_t { 0 };            \
        va_end(more);                                                                      \
        return isOpenRefused(isForWriting(flags)) ? -1 : next_##name.get()(path, flags, mode); \
    }

#define MW_GUARD_OPENAT(name)                                                              \
    MW_GUARD_NEXT(int, name, (int folder, const char* path, int flags, ...))\
    MW_GUARD_DECLARE(file, int, name, (int folder, const char* path, int flags, ...));     \
    int guarded_##name(int folder, const char* path, int flags, ...)                       \
    {                                                                                      \
        mw::test::guard::note(call_##name);                                                \
        va_list more;                                                                      \
        va_start(more, flags);                                                             \
        const auto mode = hasMode(flags) ? va_arg(more, mode_t) : mode_t { 0 };            \
        va_end(more);                                                                      \
        return isOpenRefused(isForWriting(flags)) ? -1 : next_##name.get()(folder, path, flags, mode); \
    }

// The last argument is a number or a pointer, as wide as a pointer either way; where there is none, nobody looks at it.
#define MW_GUARD_CONTROL(name, Request)                                                    \
    MW_GUARD_NEXT(int, name, (int fd, Request request, ...))\
    MW_GUARD_DECLARE(file, int, name, (int fd, Request request, ...));                     \
    int guarded_##name(int fd, Request request, ...)                                       \
    {                                                                                      \
        mw::test::guard::note(call_##name);                                                \
        va_list more;                                                                      \
        va_start(more, request);                                                           \
        auto* const argument = va_arg(more, void*);                                        \
        va_end(more);                                                                      \
        return next_##name.get()(fd, request, argument);                                   \
    }

MW_GUARD_OPEN(open)
MW_GUARD_OPEN(open64)
MW_GUARD_OPENAT(openat)
MW_GUARD_OPENAT(openat64)
MW_GUARD_CONTROL(ioctl, unsigned long)
MW_GUARD_CONTROL(fcntl, int)
MW_GUARD_CONTROL(fcntl64, int)

#endif
